import Conditions
import Fleet
import Runbooks

/// Which runbooks may concern which service: made of the present, no part of what holds.
struct RunbookIndex: Sendable, Hashable {
  private(set) var table: ConditionTable
  /// By service: the cards that apply to it and have something to match.
  private(set) var applying: [ConditionTable.Choice]
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

  private func own(
    of service: ServicePresent, _ cards: [RunbookCard]
  ) -> ConditionTable.Choice {
    let (name, language, tier) = (
      service.definition.name, service.language, service.definition.tier
    )
    return table.choice(
      of: cards.indices.filter {
        cards[$0].match != nil && cards[$0].scope.applies(to: name, language: language, tier: tier)
      })
  }

  /// A service tells what it is written in once it is heard.
  mutating func follow(_ service: ServicePresent, at index: Int, _ cards: [RunbookCard]) {
    languages[index] = service.language
    applying[index] = own(of: service, cards)
  }

  /// Whether a service is written in something else than it was when that was worked out.
  func isOutdated(_ index: Int, _ language: Language?) -> Bool {
    languages.indices.contains(index) && languages[index] != language
  }

  static func == (_: RunbookIndex, _: RunbookIndex) -> Bool { true }
  func hash(into _: inout Hasher) {}
}
