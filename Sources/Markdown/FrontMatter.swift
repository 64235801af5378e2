/// The head of a file, in YAML between lines of dashes, and the text below it.
package struct FrontMatter: Sendable, Hashable {
  /// Without the dashes; nil where the file begins with its text.
  package var head: String?
  package var body: String
  /// Lines of the file before the head's first and before the body's first.
  package var linesBeforeHead: Int
  package var linesBeforeBody: Int

  /// What opens with dashes and never closes them is all text.
  package init(_ text: String) {
    // A byte order mark is no part of what is said.
    let text =
      text.unicodeScalars.first == "\u{feff}"
      ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
    head = nil
    body = String(text)
    (linesBeforeHead, linesBeforeBody) = (0, 0)
    // By scalars: to Swift a line that ends as on Windows ends in one character of its own.
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    guard let first = lines.popFirst(), FrontMatter.isFence(first, ["---"]),
      let close = lines.firstIndex(where: { FrontMatter.isFence($0, ["---", "..."]) })
    else { return }
    head = lines[..<close].map { String($0) }.joined(separator: "\n")
    body = lines[(close + 1)...].map { String($0) }.joined(separator: "\n")
    (linesBeforeHead, linesBeforeBody) = (1, close + 1)
  }

  private static func isFence(
    _ line: String.UnicodeScalarView.SubSequence, _ fences: [String]
  ) -> Bool {
    let line = String(line).trimmingEnd
    return fences.contains { $0 == line }
  }
}
