enum Version {
  /// Of this program, as `damcon --version` prints it and CHANGELOG.md heads it.
  static let current = "0.1.0"
}
