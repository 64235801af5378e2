import Conditions
import Fleet
import Runbooks

/// Which runbooks may concern which service: made of the present, no part of what holds.
struct RunbookIndex: Sendable, Hashable {
  private let table: ConditionTable
  /// What the table's conditions name, by its places.
  private let subjects: [FactSubject]
  /// Of the cards that have something to match, those for services that they name: by name.
  private let named: [String: [Int]]
  /// The others of them, by the services that they apply to.
  private let broad: [Kind: ConditionTable.Choice]
  /// By id, in lower case.
  private let places: [String: [Int]]
  /// By service: the cards that apply to it and have something to match.
  private(set) var applying: [ConditionTable.Choice]
  /// What the services were written in when that was worked out.
  private var languages: [Language?]
  /// To be taken out while it is used, so that it is never copied.
  var answers = ConditionTable.Answers()

  /// What a scope tells services apart by, their names aside.
  private struct Kind: Hashable {
    var tier: Tier
    var language: Language?
  }

  init() { self.init([], []) }

  init(_ cards: [RunbookCard], _ services: [ServicePresent]) {
    let table = ConditionTable(cards.map(\.match))
    self.table = table
    subjects = table.references.map { FactSubject($0) }
    var named: [String: [Int]] = [:]
    var unnamed: [Int] = []
    for (place, card) in cards.enumerated() where card.match != nil {
      if card.scope.services.isEmpty { unnamed.append(place) }
      for service in card.scope.services { named[service, default: []].append(place) }
    }
    self.named = named
    var broad: [Kind: ConditionTable.Choice] = [:]
    for tier in Tier.allCases {
      for language in [nil] + Language.allCases {
        let own = unnamed.filter {
          cards[$0].scope.applies(to: "", language: language, tier: tier)
        }
        broad[Kind(tier: tier, language: language)] = table.choice(of: own)
      }
    }
    self.broad = broad
    places = Dictionary(grouping: cards.indices) { cards[$0].id.lowercased() }
    languages = services.map(\.language)
    applying = []
    applying = services.map { own(of: $0.definition, in: $0.language, cards) }
  }

  private func own(
    of service: Service, in language: Language?, _ cards: [RunbookCard]
  ) -> ConditionTable.Choice {
    let own = named[service.name, default: []].filter {
      cards[$0].scope.applies(to: service.name, language: language, tier: service.tier)
    }
    return table.choice(
      of: own, beside: broad[Kind(tier: service.tier, language: language)])
  }

  /// A service tells what it is written in once it is heard.
  mutating func follow(
    _ service: Service, in language: Language?, at index: Int, _ cards: [RunbookCard]
  ) {
    languages[index] = language
    applying[index] = own(of: service, in: language, cards)
  }

  /// Whether a service is written in something else than it was when that was worked out.
  func isOutdated(_ index: Int, _ language: Language?) -> Bool {
    languages.indices.contains(index) && languages[index] != language
  }

  /// The places of the cards that hold for a service now, or of which a `for` or an `until` begins.
  func stirred(
    at index: Int, _ facts: FleetFacts, _ answers: inout ConditionTable.Answers
  ) -> [Int] {
    table.stirred(among: applying[index], &answers) { facts.fact(subjects[$0]) }
  }

  /// The places of the cards that a text names: by their ids as words, or by addresses that end in them.
  func cards(namedIn text: String) -> [Int] {
    var found: Set<Int> = []
    for word in text.split(whereSeparator: { " ,;()[]<>\"'".contains($0) }) {
      let word = String(word.last == "." ? word.dropLast() : word)
      found.formUnion(places[word.lowercased(), default: []])
      if word.contains("/"), let id = RunbookCard.id(inAddress: word) {
        found.formUnion(places[id, default: []])
      }
    }
    return found.sorted()
  }

  static func == (_: RunbookIndex, _: RunbookIndex) -> Bool { true }
  func hash(into _: inout Hasher) {}
}
