import Canvas

/// A line for a person, without what a terminal must not get.
enum LineText {
  static func clean(_ text: some StringProtocol) -> String {
    DisplayText.sanitised(String(text)) + "\n"
  }
}
