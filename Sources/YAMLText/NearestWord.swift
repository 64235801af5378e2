/// The right word that is nearest to a wrong one.
package enum NearestWord {
  /// nil where none is near enough to be meant: more than a third of its letters differ.
  package static func to(_ word: String, among words: [String]) -> String? {
    let wanted = normal(word)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in words {
      let letters = normal(candidate)
      let distance = distance(wanted, letters)
      let allowed = max(1, max(wanted.count, letters.count) / 3)
      if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
  }

  /// `; did you mean 'interval'?`, or `; expected a, b or c` where no word is near.
  package static func advice(_ word: String, among words: [String]) -> String {
    if let near = to(word, among: words) { return "; did you mean '\(near)'?" }
    return words.isEmpty ? "" : "; expected \(listed(words))"
  }

  /// `a, b or c`.
  package static func listed(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }

  /// `dependsOn`, `depends-on` and `depends_on` are one word.
  private static func normal(_ word: String) -> [Character] {
    word.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
  }

  /// Damerau's distance: letters changed, added, left out, or two neighbours swapped.
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var rows = [Array(0...b.count)]
    for i in 1...a.count {
      var row = [i]
      for j in 1...b.count {
        var least = min(
          rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          least = min(least, rows[i - 2][j - 2] + 1)
        }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
