/// What stands between `<details>` and `</details>`: Markdown has no word for it, and runbooks use it.
enum Details {
  /// Blocks with those between the two put into one; what is not closed stays as it is.
  static func folded(_ blocks: [Block]) -> [Block] {
    var found: [Block] = []
    var open: [(place: Int, summary: String)] = []
    for block in blocks {
      found.append(block)
      guard case .html(let html) = block.content else { continue }
      let text = html.lowercased()
      let depth = text.ranges(of: "<details").count - text.ranges(of: "</details>").count
      if depth > 0 { open.append((found.count - 1, summary(of: html))) }
      guard depth < 0, !open.isEmpty else { continue }
      found.removeLast()
      for _ in 0..<min(-depth, open.count) {
        let (place, summary) = open.removeLast()
        let inner = Array(found[(place + 1)...])
        let line = found[place].line
        found.removeSubrange(place...)
        found.append(Block(.details(summary: summary, inner), line: line))
      }
    }
    return found
  }

  /// The words between `<summary>` and `</summary>`, without what else is marked in them.
  private static func summary(of html: String) -> String {
    guard let open = html.firstRange(of: /(?i)<summary>/),
      let close = html[open.upperBound...].firstRange(of: /(?i)<\/summary>/)
    else { return "Details" }
    let words = html[open.upperBound..<close.lowerBound].replacing(/<[^>]*>/, with: "")
    return String(String(words).trimmingSpaces)
  }
}
