import Canvas

extension String {
  /// Filled with spaces to `width` columns, at least one; never cut.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - DisplayText.width(of: self)))
  }

  /// The same with the room before it, for numbers.
  func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - DisplayText.width(of: self))) + self
  }
}
