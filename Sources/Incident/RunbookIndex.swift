import Conditions
import Fleet
import Runbooks

/// Which runbooks may concern which service: made of the present, no part of what holds.
struct RunbookIndex: Sendable, Hashable {
  private(set) var table: ConditionTable
  /// By service: the places of the cards that apply to it and have something to match.
  private(set) var applying: [[Int]]
  /// What the services were written in when that was worked out.
  private var languages: [Language?]
  /// To be taken out while it is used, so that it is never copied.
  var answers = ConditionTable.Answers()

  init() {
    table = ConditionTable([])
    applying = []
    languages = []
  }

  init(_ cards: [RunbookCard], _ services: [ServicePresent]) {
    table = ConditionTable(cards.map(\.match))
    languages = services.map(\.language)
    applying = []
    applying = services.indices.map { own(of: services[$0], cards) }
  }

  private func own(of service: ServicePresent, _ cards: [RunbookCard]) -> [Int] {
    let (name, language, tier) = (
      service.definition.name, service.language, service.definition.tier
    )
    return cards.indices.filter {
      cards[$0].match != nil && cards[$0].scope.applies(to: name, language: language, tier: tier)
    }
  }

  /// A service tells what it is written in once it is heard.
  mutating func follow(_ service: ServicePresent, at index: Int, _ cards: [RunbookCard]) {
    guard languages.indices.contains(index), languages[index] != service.language else { return }
    languages[index] = service.language
    applying[index] = own(of: service, cards)
  }

  static func == (_: RunbookIndex, _: RunbookIndex) -> Bool { true }
  func hash(into _: inout Hasher) {}
}
