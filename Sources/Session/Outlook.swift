import Fleet
import Incident

/// What is shown while the disk does not answer: the state as it would be with all that has happened
/// since, but for what waits to be durable.
///
/// It is never recorded and nothing is done by it. What happened is kept and becomes entries behind the
/// one that waits, so that a recording and what was lived come to the same.
struct Outlook {
  private(set) var state: State
  /// What happened meanwhile, oldest first.
  private(set) var items: [Inbox.Item] = []
  /// Of what happened, as much as there was no more room for.
  private(set) var lost = 0

  /// Minutes of a large fleet: a disk that never answers must not cost memory without end.
  static let limit = 100_000

  /// - Parameter state: what holds; the one copy that is ever made of it.
  init(_ state: State) { self.state = state }

  mutating func take(_ more: [Inbox.Item], at now: Instant) {
    for item in more {
      apply(item)
      if items.count < Outlook.limit { items.append(item) } else { lost += 1 }
    }
    guard now.seconds(since: state.present.now) >= 1 else { return }
    take([Inbox.Item(instant: now, event: .tick)], at: now)
  }

  /// What is to become entries now, and how much never will.
  mutating func handBack() -> (items: [Inbox.Item], lost: Int) {
    defer { (items, lost) = ([], 0) }
    return (items, lost)
  }

  private mutating func apply(_ item: Inbox.Item) {
    let last = state.present.now
    state.apply(
      Entry(
        sequence: state.present.sequence + 1,
        instant: item.instant.offset < last.offset ? last : item.instant, event: item.event))
  }
}
