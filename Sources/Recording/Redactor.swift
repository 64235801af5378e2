import Canonical
import Containment
package import Incident
import Runbooks

/// Replaces what a recording should not carry out of the house: the same thing by the same word
/// everywhere, so that what it shows stays readable.
///
/// What it finds it finds by rule, in every text of a recording; what no rule knows stays.
package struct Redactor: Sendable {
  package enum Rule: String, Sendable, Hashable, CaseIterable {
    /// Host names of the addresses that are polled, and names that end like one.
    case hosts
    /// IPv4 and IPv6.
    case addresses
    /// Responders, owners' handles, mail addresses.
    case names
    /// Keys, passwords, long random words.
    case tokens
  }

  private let rules: Set<Rule>
  /// What stands for each thing that was found, by rule.
  private var words: [Rule: [String: String]] = [:]
  /// Texts that were cleaned, and what became of them.
  private var cleaned: [String: String] = [:]

  package init(_ rules: Set<Rule>) { self.rules = rules }

  /// How many different things were replaced by each rule.
  package var counts: [(rule: Rule, count: Int)] {
    Rule.allCases.compactMap { rule in
      guard rules.contains(rule) else { return nil }
      return (rule, words[rule]?.count ?? 0)
    }
  }

  /// The same value without what the rules find.
  package mutating func redacted<Value: Codable>(_ value: Value) throws -> Value {
    let bytes = try CanonicalEncoder.bytes(of: value)
    return try CanonicalDecoder.value(Value.self, from: bytes, mapping: { clean($0) })
  }

  package mutating func redacted(_ state: State) throws -> State {
    let bytes = try state.canonicalBytes()
    return try State(canonicalBytes: bytes, mapping: { clean($0) })
  }

  /// Names of people are known by what they did, before their words are met.
  package mutating func learn(_ entry: Entry) {
    guard rules.contains(.names) else { return }
    switch entry.event {
    case .remark(let remark): _ = word(remark.by, .names)
    case .runbook(let act): _ = word(act.by, .names)
    case .action(let move): _ = word(move.by, .names)
    case .rule(let move): _ = word(move.by, .names)
    case .halt(let move): _ = word(move.by, .names)
    case .incident(let act):
      _ = word(act.by, .names)
      if case .command(_, let commander) = act { _ = word(commander, .names) }
    default: break
    }
  }

  /// A text without what the rules find.
  package mutating func clean(_ text: String) -> String {
    if let known = cleaned[text] { return known }
    var result = text
    if rules.contains(.tokens) {
      result = replace(result, Redactor.keyed, .tokens)
      result = replace(result, Redactor.random, .tokens)
    }
    if rules.contains(.names) {
      result = replace(result, Redactor.mail, .names)
      result = replace(result, Redactor.handle, .names)
    }
    if rules.contains(.addresses) { result = replace(result, Redactor.address, .addresses) }
    if rules.contains(.hosts) {
      result = replace(result, Redactor.authority, .hosts)
      result = replace(result, Redactor.domain, .hosts)
    }
    for rule in [Rule.names, .hosts] where rules.contains(rule) {
      for (found, word) in (words[rule] ?? [:]).sorted(by: { $0.key < $1.key }) {
        result = Redactor.replace(result, wholeWord: found, by: word)
      }
    }
    // What is found later may be a word of this text: only what no word can change is remembered.
    if result == text, cleaned.count < 100_000 { cleaned[text] = result }
    return result
  }

  private mutating func word(_ found: String, _ rule: Rule) -> String {
    if let known = words[rule]?[found] { return known }
    let kind =
      switch rule {
      case .hosts: "host"
      case .addresses: "address"
      case .names: "person"
      case .tokens: "token"
      }
    let word = "\(kind)-\((words[rule]?.count ?? 0) + 1)"
    words[rule, default: [:]][found] = word
    cleaned = [:]
    return word
  }

  /// The one group of a pattern is what is replaced.
  private mutating func replace(
    _ text: String, _ pattern: Regex<(Substring, Substring)>, _ rule: Rule
  ) -> String {
    var result = ""
    var rest = text[...]
    while let match = rest.firstMatch(of: pattern), !match.0.isEmpty {
      let found = match.1
      result += rest[..<found.startIndex]
      result += Redactor.isOurs(found) ? String(found) : word(String(found), rule)
      rest = rest[found.endIndex...]
    }
    return result + rest
  }

  /// Words that this very thing puts in.
  private static func isOurs(_ text: Substring) -> Bool {
    text.wholeMatch(of: /(host|address|person|token)-[0-9]+/) != nil
  }

  private static func replace(
    _ text: String, wholeWord found: String, by word: String
  ) -> String {
    guard !found.isEmpty, text.contains(found) else { return text }
    var result = ""
    var rest = text[...]
    while let range = rest.firstRange(of: found) {
      let before = rest[..<range.lowerBound].last
      let after = range.upperBound < rest.endIndex ? rest[range.upperBound] : nil
      result += rest[..<range.lowerBound]
      let isWhole = !isPart(before) && !isPart(after)
      result += isWhole ? word : found
      rest = rest[range.upperBound...]
    }
    return result + rest
  }

  private static func isPart(_ character: Character?) -> Bool {
    guard let character else { return false }
    return character.isLetter || character.isNumber || character == "_" || character == "-"
  }

  // A recording is read by one thread; a pattern is no more than its text.
  nonisolated(unsafe) private static let keyed =
    /(?i)(?:bearer|token|secret|password|passwd|api[_-]?key|authorization)(?:["']?\s*[=:]\s*["']?|\s+)([^\s"'&,;{][^\s"'&,;]{3,})/
  nonisolated(unsafe) private static let random = /\b([A-Fa-f0-9]{24,}|eyJ[A-Za-z0-9_.-]{16,})\b/
  nonisolated(unsafe) private static let mail = /([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+)/
  nonisolated(unsafe) private static let handle = /(@[A-Za-z][A-Za-z0-9._-]*)/
  nonisolated(unsafe) private static let address =
    /((?:[0-9]{1,3}\.){3}[0-9]{1,3}|\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\])/
  nonisolated(unsafe) private static let authority = /:\/\/([A-Za-z][A-Za-z0-9._-]*)/
  nonisolated(unsafe) private static let domain =
    /\b((?:[A-Za-z0-9-]+\.)+(?:com|net|org|io|dev|local|internal|lan|corp|cloud|svc|cluster))\b/
}
