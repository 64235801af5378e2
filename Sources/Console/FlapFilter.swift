import Fleet
import Health

/// Keeps what changes back and forth from filling the page: of each topic the first few changes in
/// a minute are told, the rest are counted in one line once it rests or the minute is over.
///
/// All times come from the news themselves, so the same news give the same lines however they are
/// handed over.
struct FlapFilter {
  /// What became of one topic since it first changed.
  private struct Stretch {
    var began: Instant
    var changes = 0
    /// Changes that were not told.
    var held = 0
    /// It flapped before: none of its changes gets a line of its own.
    var isCounted = false
    /// It has stopped flapping for now.
    var hasRested = false
    var last: News?

    /// When it is time to tell what was held, or to forget the topic.
    var due: Instant {
      let end = began.advanced(by: FlapFilter.window)
      guard held > 0, let last else { return end }
      let rested = last.at.advanced(by: FlapFilter.rest)
      return rested.offset < end.offset ? rested : end
    }
  }

  private var stretches: [String: Stretch] = [:]

  /// Lines that one topic may have in a minute.
  static let ownLines = 3
  /// Seconds.
  static let window = 60.0
  /// Seconds without a change after which a topic that flapped is told of.
  static let rest = 10.0

  /// Nothing is held back, and nothing goes on flapping.
  var isSettled: Bool {
    stretches.values.allSatisfy { $0.held == 0 && (!$0.isCounted || $0.hasRested) }
  }

  /// What is to be told of `news` (oldest first) and of what was held back until `now`.
  mutating func pass(_ news: [News], at now: Instant) -> [News] {
    var told: [News] = []
    for item in news {
      told += settle(until: item.at)
      guard let topic = item.topic else {
        told.append(item)
        continue
      }
      var stretch = stretches[topic] ?? Stretch(began: item.at)
      stretch.changes += 1
      stretch.last = item
      if stretch.isCounted || stretch.changes > Self.ownLines {
        stretch.held += 1
      } else {
        told.append(item)
      }
      stretches[topic] = stretch
    }
    return told + settle(until: now)
  }

  private mutating func settle(until now: Instant) -> [News] {
    let due = stretches.filter { $0.value.due.offset <= now.offset }
      .sorted { ($0.value.due.offset, $0.key) < ($1.value.due.offset, $1.key) }
    var told: [News] = []
    for (topic, stretch) in due {
      guard stretch.held > 0, let last = stretch.last else {
        stretches[topic] = nil
        continue
      }
      let times = stretch.changes == 1 ? "once" : "\(stretch.changes) times"
      let span = stretch.due.seconds(since: stretch.began)
      let time = span >= Self.window ? "minute" : Words.wholeDuration(span)
      told.append(
        News(stretch.due, "\(topic) changed \(times) in the last \(time), now \(last.outcome)"))
      stretches[topic] = Stretch(
        began: stretch.due, isCounted: true, hasRested: span < Self.window)
    }
    return told
  }
}
