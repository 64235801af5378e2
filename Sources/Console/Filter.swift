import Fleet
import Health
package import Incident

/// Which services are shown: terms that must all hold, as typed after `/`.
///
/// | term | holds where |
/// |---|---|
/// | `text` | name, owner or a reason contains it, case ignored |
/// | `/re/` | the same are matched by the pattern |
/// | `state:un` | the state's word begins so (`bad`: any but healthy) |
/// | `tier:crit` | the tier begins so |
/// | `lang:go` | the language is Go; `rust`, `other` |
/// | `owner:pay` | the owner's team, person or channel contains it |
/// | `!term` | the term does not hold |
package struct Filter: Sendable, Hashable {
  /// As typed.
  package private(set) var text: String
  private var terms: [Term]

  package static let none = Filter()

  package var isEmpty: Bool { terms.isEmpty }

  /// Why a filter cannot be read: a sentence that names the term and what to write instead.
  package struct Problem: Error, Hashable {
    package var sentence: String
  }

  private init() {
    text = ""
    terms = []
  }

  package init(_ text: String) throws(Problem) {
    self.text = text
    terms = []
    for word in Filter.words(of: text) {
      terms.append(try Term(word))
    }
  }

  package func admits(_ service: ServicePresent) -> Bool {
    terms.allSatisfy { $0.test.holds(for: service) != $0.isNegated }
  }

  private struct Term: Sendable, Hashable {
    var isNegated = false
    var test: Test

    init(_ word: String) throws(Problem) {
      var rest = Substring(word)
      while rest.first == "!" {
        isNegated.toggle()
        rest = rest.dropFirst()
      }
      guard !rest.isEmpty else {
        throw Problem(sentence: "`!` needs a term after it, such as !state:healthy")
      }
      test = try Test(String(rest))
    }
  }

  private enum Test: Sendable, Hashable {
    case text(String)
    case pattern(Pattern)
    case states([HealthState])
    case tiers([Tier])
    case languages([Language])
    case owner(String)

    init(_ word: String) throws(Problem) {
      if word.first == "/" {
        var body = word.dropFirst()
        if body.last == "/", !body.isEmpty { body = body.dropLast() }
        do { self = .pattern(try Pattern(String(body))) } catch {
          throw Problem(sentence: "\(word): \(error.sentence)")
        }
        return
      }
      guard let colon = word.firstIndex(of: ":") else {
        self = .text(word)
        return
      }
      let value = word[word.index(after: colon)...].lowercased()
      switch word[..<colon].lowercased() {
      case "state":
        let states =
          value == "bad"
          ? HealthState.allCases.filter { $0 != .healthy }
          : HealthState.allCases.filter { $0.rawValue.hasPrefix(value) }
        guard !states.isEmpty else {
          throw Problem(
            sentence: "no state begins with `\(value)`; states: bad "
              + HealthState.allCases.map(\.rawValue).joined(separator: " "))
        }
        self = .states(states)
      case "tier":
        let tiers = Tier.allCases.filter { $0.rawValue.hasPrefix(value) }
        guard !tiers.isEmpty else {
          throw Problem(
            sentence: "no tier begins with `\(value)`; tiers: critical important optional")
        }
        self = .tiers(tiers)
      case "lang", "language":
        let languages = Language.allCases.filter { $0.rawValue.hasPrefix(value) }
        guard !languages.isEmpty else {
          throw Problem(sentence: "no language begins with `\(value)`; languages: go rust other")
        }
        self = .languages(languages)
      case "owner":
        self = .owner(value)
      default:
        // `http://…` and `10.0.0.1:8080` are text too.
        self = .text(word)
      }
    }

    func holds(for service: ServicePresent) -> Bool {
      switch self {
      case .text(let text):
        return Filter.searched(service) { $0.contains(foldedASCII: text) }
      case .pattern(let pattern):
        return Filter.searched(service) { pattern.isFound(in: $0) }
      case .states(let states): return states.contains(service.verdict.state)
      case .tiers(let tiers): return tiers.contains(service.definition.tier)
      case .languages(let languages): return languages.contains(service.language ?? .other)
      case .owner(let text):
        guard let owner = service.definition.owner else { return false }
        return [owner.team, owner.primary, owner.secondary, owner.channel]
          .contains { $0?.contains(foldedASCII: text) ?? false }
      }
    }
  }

  private static func searched(_ service: ServicePresent, _ test: (String) -> Bool) -> Bool {
    if test(service.definition.name) { return true }
    if let owner = service.definition.owner {
      for said in [owner.team, owner.primary, owner.secondary, owner.channel] {
        if let said, test(said) { return true }
      }
    }
    return service.verdict.reasons.contains(where: test)
  }

  /// Cut at spaces, but not inside `/re/` or `"quotes"`.
  private static func words(of text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var closer: Character?
    for character in text {
      if let awaited = closer {
        if character == awaited { closer = nil }
        if character != "\"" { word.append(character) }
      } else if character == " " {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else if character == "\"" {
        closer = character
      } else {
        if character == "/", word.allSatisfy({ $0 == "!" }) { closer = "/" }
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}

extension String {
  /// Whether `other` is found in here, ASCII letters compared without case.
  func contains(foldedASCII other: String) -> Bool {
    var other = other
    return other.withUTF8 { needle in
      guard !needle.isEmpty else { return true }
      var copy = self
      return copy.withUTF8 { text in
        guard text.count >= needle.count else { return false }
        for start in 0...(text.count - needle.count) {
          var length = 0
          while length < needle.count, fold(text[start + length]) == fold(needle[length]) {
            length += 1
          }
          if length == needle.count { return true }
        }
        return false
      }
    }
  }
}

private func fold(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
