package import Yams

/// One value of a file with the name that it goes by: `poll.interval`.
package struct YAMLValue {
  package let node: Node
  package let name: String
  package let log: ProblemLog

  package var mark: Mark? { node.mark }

  package init(node: Node, name: String, log: ProblemLog) {
    self.node = node
    self.name = name
    self.log = log
  }

  /// Left empty, `~` or `null`: the same as not written.
  package var isNull: Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else {
      return false
    }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  package var scalar: String? {
    if case .scalar(let scalar) = node { scalar.string } else { nil }
  }

  /// What a sentence about a wrong value says was found.
  package var found: String {
    switch node {
    case .scalar(let scalar): isNull ? "nothing" : "'\(scalar.string.prefix(60))'"
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  package func expected(_ what: String, _ advice: String = "") {
    log.error("\(name): expected \(what), found \(found)\(advice)", at: mark)
  }

  // MARK: Scalars

  package func text(_ what: String = "text") -> String? {
    guard let scalar, !isNull, !scalar.trimmed.isEmpty else {
      expected(what)
      return nil
    }
    return scalar
  }

  package func word<Word: RawRepresentable & CaseIterable>(
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

  package func integer(_ range: ClosedRange<Int>) -> Int? {
    let what = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let text = scalar, let value = Int(text.filter { $0 != "_" }), range.contains(value)
    else {
      expected(what)
      return nil
    }
    return value
  }

  // MARK: Lists and sections

  /// The values of a list; one value alone counts as a list of it where `orOne`.
  package func list(_ what: String = "a list", orOne: Bool = false) -> [YAMLValue] {
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
  package func texts(_ what: String) -> [String] {
    list("\(what) or a list of them", orOne: true).compactMap { $0.text(what) }
  }

  /// The members of a mapping, of which only `keys` are right (any, where nil).
  package func section(_ title: String? = nil, keys: [String]?) -> YAMLSection? {
    guard case .mapping(let mapping) = node else {
      let most = keys.map { " with \(NearestWord.listed($0))" } ?? ""
      expected("a mapping\(most)")
      return nil
    }
    return YAMLSection(mapping, title: title ?? name, name: name, keys: keys, log: log)
  }
}
