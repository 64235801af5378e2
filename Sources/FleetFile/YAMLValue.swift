import Yams

/// Where the problems of one file gather.
final class ProblemLog {
  let file: String?
  private(set) var problems: [Problem] = []
  private(set) var warnings: [Problem] = []
  /// Values that may still be looked at: aliases of aliases end here.
  var budget = 200_000

  init(file: String?) { self.file = file }

  func error(_ text: String, at mark: Mark?) {
    guard problems.count < 100 else { return }
    problems.append(problem(text, at: mark))
  }

  func warn(_ text: String, at mark: Mark?) {
    guard warnings.count < 100 else { return }
    warnings.append(problem(text, at: mark))
  }

  private func problem(_ text: String, at mark: Mark?) -> Problem {
    Problem(file: file, line: mark?.line, column: mark?.column, text)
  }
}

/// One value of a fleet file with the name that it goes by: `poll.interval`.
struct YAMLValue {
  let node: Node
  let name: String
  let log: ProblemLog

  var mark: Mark? { node.mark }

  /// Left empty, `~` or `null`: the same as not written.
  var isNull: Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else {
      return false
    }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  var scalar: String? {
    if case .scalar(let scalar) = node { scalar.string } else { nil }
  }

  /// What a sentence about a wrong value says was found.
  var found: String {
    switch node {
    case .scalar(let scalar): isNull ? "nothing" : "'\(scalar.string.prefix(60))'"
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  func expected(_ what: String, _ advice: String = "") {
    log.error("\(name): expected \(what), found \(found)\(advice)", at: mark)
  }

  // MARK: Scalars

  func text(_ what: String = "text") -> String? {
    guard let scalar, !isNull, !scalar.trimmed.isEmpty else {
      expected(what)
      return nil
    }
    return scalar
  }

  func word<Word: RawRepresentable & CaseIterable>(
    _ what: String, _ type: Word.Type
  ) -> Word? where Word.RawValue == String {
    let words = Word.allCases.map(\.rawValue)
    guard let text = text(NearestWord.listed(words)) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let advice = NearestWord.to(text, among: words).map { "; did you mean '\($0)'?" } ?? ""
    log.error(
      "unknown \(what) '\(text)'; expected \(NearestWord.listed(words))\(advice)", at: mark)
    return nil
  }

  func duration(_ range: ClosedRange<Double>, such example: String) -> Double? {
    let what = "a duration such as \(example)"
    guard let text = scalar, !isNull else {
      expected(what)
      return nil
    }
    guard let seconds = Quantity.seconds(text) else {
      let isBare = Double(text) != nil
      expected(what, isBare ? "; did you mean '\(text)s'?" : "")
      return nil
    }
    guard range.contains(seconds) else {
      expected(
        "between \(Quantity.text(range.lowerBound)) and \(Quantity.text(range.upperBound))")
      return nil
    }
    return seconds
  }

  func integer(_ range: ClosedRange<Int>) -> Int? {
    let what = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let text = scalar, let value = Int(text.filter { $0 != "_" }), range.contains(value)
    else {
      expected(what)
      return nil
    }
    return value
  }

  func size(_ range: ClosedRange<Int>) -> Int? {
    guard let text = scalar, let bytes = Quantity.bytes(text), range.contains(bytes) else {
      expected("a size such as 16MiB, from 1KiB to 1GiB")
      return nil
    }
    return bytes
  }

  // MARK: Lists and sections

  /// The values of a list; one value alone counts as a list of it where `orOne`.
  func list(_ what: String = "a list", orOne: Bool = false) -> [YAMLValue] {
    guard case .sequence(let sequence) = node else {
      if orOne, scalar != nil, !isNull { return [self] }
      expected(what)
      return []
    }
    return sequence.enumerated().map {
      YAMLValue(node: $0.element, name: "\(name)[\($0.offset)]", log: log)
    }
  }

  /// Texts of a list, or of one text.
  func texts(_ what: String) -> [String] {
    list("\(what) or a list of them", orOne: true).compactMap { $0.text(what) }
  }

  /// The members of a mapping, of which only `keys` are right (any, where nil).
  func section(_ title: String? = nil, keys: [String]?) -> Section? {
    guard case .mapping(let mapping) = node else {
      let most = keys.map { " with \(NearestWord.listed($0))" } ?? ""
      expected("a mapping\(most)")
      return nil
    }
    return Section(mapping, title: title ?? name, name: name, keys: keys, log: log)
  }
}

/// The members of one mapping, each key known to be a right one.
struct Section {
  private(set) var members: [(key: String, mark: Mark?, value: YAMLValue)] = []
  let name: String
  let mark: Mark?
  let log: ProblemLog

  init(_ mapping: Node.Mapping, title: String, name: String, keys: [String]?, log: ProblemLog) {
    self.name = name
    self.log = log
    mark = mapping.mark
    add(mapping, title: title, keys: keys, isMerged: false, depth: 0)
  }

  private mutating func add(
    _ mapping: Node.Mapping, title: String, keys: [String]?, isMerged: Bool, depth: Int
  ) {
    for (key, value) in mapping {
      log.budget -= 1
      guard log.budget > 0, depth < 8 else { return }
      guard case .scalar(let scalar) = key else {
        log.error(
          "a key is text, found \(YAMLValue(node: key, name: "", log: log).found)", at: key.mark)
        continue
      }
      let text = scalar.string
      if text == "<<", scalar.style == .plain {
        let merged: [Node] = if case .sequence(let all) = value { Array(all) } else { [value] }
        for case .mapping(let inner) in merged.prefix(64) {
          add(inner, title: title, keys: keys, isMerged: true, depth: depth + 1)
        }
        continue
      }
      // Keys that begin with x- are for the file's own use: anchors, notes.
      if keys != nil, text.hasPrefix("x-") { continue }
      if let keys, !keys.contains(text) {
        if !isMerged {
          log.error(
            "unknown key '\(text.prefix(60))' in \(title)\(NearestWord.advice(text, among: keys))",
            at: key.mark)
        }
        continue
      }
      if isMerged, members.contains(where: { $0.key == text }) { continue }
      let path = name.isEmpty ? text : "\(name).\(text)"
      members.append((text, key.mark, YAMLValue(node: value, name: path, log: log)))
    }
  }

  /// The value under `key`; nil where it is not written or left empty.
  subscript(key: String) -> YAMLValue? {
    guard let value = members.last(where: { $0.key == key })?.value, !value.isNull else {
      return nil
    }
    return value
  }

  func mark(of key: String) -> Mark? { members.first { $0.key == key }?.mark }
}
