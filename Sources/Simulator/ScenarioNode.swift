import Yams

/// A place in a scenario file: its YAML and the words to complain about it.
struct ScenarioNode {
  let file: String
  let node: Node
  /// Where a person would look for it: `services[2].needs[0].timeout`.
  let path: String

  func error(_ text: String) -> ScenarioError {
    ScenarioError(file: file, line: node.mark?.line, column: node.mark?.column, text: text)
  }

  // MARK: Plain values

  func text() throws(ScenarioError) -> String {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
      throw error("\(path) must be text")
    }
    return scalar.string
  }

  func number(in range: ClosedRange<Double>) throws(ScenarioError) -> Double {
    guard case .scalar(let scalar) = node, let value = Double(scalar.string), value.isFinite else {
      throw error("\(path) must be a number")
    }
    guard range.contains(value) else {
      let low = NumberText.plain(range.lowerBound)
      let high = NumberText.plain(range.upperBound)
      throw error("\(path) must be from \(low) to \(high), not \(scalar.string)")
    }
    return value
  }

  func share() throws(ScenarioError) -> Double { try number(in: 0...1) }

  func whole(in range: ClosedRange<Int>) throws(ScenarioError) -> Int {
    guard case .scalar(let scalar) = node, let value = Int(scalar.string) else {
      throw error("\(path) must be a whole number")
    }
    guard range.contains(value) else {
      throw error(
        "\(path) must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
    return value
  }

  func flag() throws(ScenarioError) -> Bool {
    guard case .scalar(let scalar) = node, ["true", "false"].contains(scalar.string) else {
      throw error("\(path) must be true or false")
    }
    return scalar.string == "true"
  }

  /// `250ms`, `20s`, `15m`, `30d`: seconds. A number alone has no unit and is refused.
  func duration() throws(ScenarioError) -> Double {
    let units: [(String, Double)] = [
      ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
    ]
    if case .scalar(let scalar) = node {
      for (unit, seconds) in units where scalar.string.hasSuffix(unit) {
        let count = scalar.string.dropLast(unit.count)
        if let value = Double(count), value.isFinite, value >= 0 { return value * seconds }
      }
    }
    throw error("\(path) must be a duration such as 250ms, 20s or 15m")
  }

  func choice<T: RawRepresentable & CaseIterable>(
    _ type: T.Type
  ) throws(ScenarioError) -> T where T.RawValue == String {
    let word = try text()
    guard let value = T(rawValue: word) else {
      throw unknown(word, among: T.allCases.map(\.rawValue))
    }
    return value
  }

  /// Names what was meant, if one of `known` is near enough.
  func unknown(_ word: String, among known: [String]) -> ScenarioError {
    if let near = NearestWord.to(word, among: known) {
      return error("\(path): unknown \"\(word)\"; did you mean \"\(near)\"?")
    }
    return error("\(path): unknown \"\(word)\"; expected \(known.joined(separator: ", "))")
  }

  // MARK: Lists and mappings

  func items() throws(ScenarioError) -> [ScenarioNode] {
    guard case .sequence(let sequence) = node else { throw error("\(path) must be a list") }
    return sequence.enumerated().map {
      ScenarioNode(file: file, node: $0.element, path: "\(path)[\($0.offset)]")
    }
  }

  func fields(_ known: [String]) throws(ScenarioError) -> ScenarioFields {
    let all = try entries()
    for entry in all where !known.contains(entry.key.name) {
      throw entry.key.place.unknown(entry.key.name, among: known)
    }
    return ScenarioFields(
      place: self,
      values: Dictionary(all.map { ($0.key.name, $0.value) }, uniquingKeysWith: { $1 }))
  }

  /// Every key with its value, in the order of the file; Yams refuses repeated ones.
  func entries() throws(ScenarioError) -> [(
    key: (name: String, place: ScenarioNode), value: ScenarioNode
  )] {
    guard case .mapping(let mapping) = node else { throw error("\(path) must be a mapping") }
    var all: [(key: (name: String, place: ScenarioNode), value: ScenarioNode)] = []
    for (key, value) in mapping {
      let place = ScenarioNode(file: file, node: key, path: path)
      guard let name = key.scalar?.string else { throw place.error("\(path): keys must be text") }
      let inner = path == "the scenario" ? name : "\(path).\(name)"
      all.append(((name, place), ScenarioNode(file: file, node: value, path: inner)))
    }
    return all
  }
}

/// The fields of one mapping.
struct ScenarioFields {
  let place: ScenarioNode
  let values: [String: ScenarioNode]

  subscript(name: String) -> ScenarioNode? { values[name] }

  func required(_ name: String) throws(ScenarioError) -> ScenarioNode {
    guard let value = values[name] else { throw place.error("\(place.path) needs \"\(name)\"") }
    return value
  }

  func text(_ name: String) throws(ScenarioError) -> String? { try values[name]?.text() }
  func duration(_ name: String) throws(ScenarioError) -> Double? { try values[name]?.duration() }
  func share(_ name: String) throws(ScenarioError) -> Double? { try values[name]?.share() }
  func items(_ name: String) throws(ScenarioError) -> [ScenarioNode] {
    guard let list = values[name] else { return [] }
    return try list.items()
  }
}

/// What is wrong with a scenario file, and where.
package struct ScenarioError: Error, Sendable, Hashable, CustomStringConvertible {
  package var file: String
  /// From 1.
  package var line: Int?
  package var column: Int?
  package var text: String

  /// `bad.yaml:14:7: services[0].tier: unknown "critcal"; did you mean "critical"?`
  package var description: String {
    guard let line else { return "\(file): \(text)" }
    return "\(file):\(line):\(column ?? 1): \(text)"
  }
}

/// Finds what a person may have meant.
enum NearestWord {
  /// The word within two edits, or nil.
  static func to(_ word: String, among known: [String]) -> String? {
    let best = known.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
      .min { $0.1 < $1.1 }
    guard let best, best.1 <= 2, best.1 < max(word.utf8.count, 2) else { return nil }
    return best.0
  }

  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard abs(a.count - b.count) <= 2 else { return 3 }
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(diagonal + (x == y ? 0 : 1), above + 1, row[j] + 1)
        diagonal = above
      }
    }
    return row[b.count]
  }
}
