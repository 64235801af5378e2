extension Int {
  /// The whole number next to a figure that a recording may have brought: 0 for what is none, and
  /// within ±2⁵³, which figures count to.
  public init(nearest value: Double) {
    self = value.isNaN ? 0 : Int(Swift.max(-0x1p53, Swift.min(0x1p53, value.rounded())))
  }
}
