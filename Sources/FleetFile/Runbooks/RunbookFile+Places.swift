import Conditions

/// Where things stand in the file, for what is found out of it later.
extension RunbookFile {
  /// Where links of it lead from.
  var folder: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Where a text stands, from a line on and before another; nil where it stands nowhere there.
  private func found(_ text: String, from line: Int, before end: Int) -> Place? {
    for number in line..<max(line, min(lines.count + 1, end)) where number >= 1 {
      let found = lines[number - 1]
      if let range = found.firstRange(of: text) {
        let column = found.unicodeScalars.distance(from: found.startIndex, to: range.lowerBound)
        return Place(line: number, column: column + 1)
      }
    }
    return nil
  }

  /// Where a text stands in what begins at a line, else where that begins.
  func place(of text: String, from line: Int) -> Place {
    found(text, from: line, before: line + 400) ?? Place(line: line, column: 1)
  }

  /// Where a text stands below a key of the head, else where the key does.
  func place(of text: String, key: String) -> Place? {
    guard let place = places[key] else { return nil }
    return found(text, from: place.line, before: end(of: place)) ?? place
  }

  /// Where a comparison stands: a condition that was put together out of parts stands nowhere as a whole.
  func place(of term: Term, in condition: Condition, key: String) -> Place? {
    guard let place = places[key] else { return nil }
    let end = end(of: place)
    if var whole = found(condition.text, from: place.line, before: end) {
      whole.column += term.column - 1
      return whole
    }
    return found("\(term.reference)", from: place.line, before: end)
      ?? found(term.reference.kind, from: place.line, before: end) ?? place
  }

  /// The line of the key that follows one of the head.
  private func end(of place: Place) -> Int {
    let next = places.values.map(\.line).filter { $0 > place.line }.min()
    return next ?? place.line + 400
  }
}
