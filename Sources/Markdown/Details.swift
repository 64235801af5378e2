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
    guard let open = html.range(of: "<summary>", isCaseBlind: true),
      let close = html[open.upperBound...].range(of: "</summary>", isCaseBlind: true)
    else { return "Details" }
    var words = ""
    var isInTag = false
    for character in html[open.upperBound..<close.lowerBound] {
      if character == "<" { isInTag = true }
      if !isInTag { words.append(character) }
      if character == ">" { isInTag = false }
    }
    return String(words.trimmingSpaces)
  }
}

extension StringProtocol {
  /// Of ASCII letters alone.
  fileprivate func range(of part: String, isCaseBlind: Bool) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      var (here, there) = (start, part.startIndex)
      while here < endIndex, there < part.endIndex,
        self[here].lowercased() == part[there].lowercased()
      {
        here = index(after: here)
        there = part.index(after: there)
      }
      if there == part.endIndex { return start..<here }
      start = index(after: start)
    }
    return nil
  }
}
