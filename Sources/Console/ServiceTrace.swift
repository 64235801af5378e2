import Fleet
import Health
import Incident

/// What was last told of one service besides its state: versions, fallbacks, breakers and targets.
struct ServiceTrace {
  private struct Told {
    var since: Instant
    var isOverdue = false
  }

  private var versions: [String] = []
  private var fallbacks: [String: Told] = [:]
  private var breakers: [String: HealthReport.Breaker.State] = [:]
  private var lost: [String: Instant] = [:]
  private var targets: [String]?
  private var followed: Instant?

  /// Something that time alone may change.
  var hasTimer: Bool { !fallbacks.isEmpty }

  func watches(_ count: Int) -> Bool { targets?.count == count }

  /// What is new since the last call, in the order in which it is best read.
  ///
  /// The first call tells what is out of the ordinary, and nothing of what is well.
  mutating func follow(_ service: ServicePresent, at now: Instant) -> [News] {
    defer { followed = now }
    return targetsWatched(service, now) + reach(service, now) + versionsRun(service, now)
      + breakersOf(service, now) + fallbacksOf(service, now)
  }

  private mutating func targetsWatched(_ service: ServicePresent, _ now: Instant) -> [News] {
    let current = service.instances.map(\.id)
    defer { targets = current }
    guard let before = targets, before != current else { return [] }
    let name = service.definition.name
    lost = lost.filter { current.contains($0.key) }
    return current.filter { !before.contains($0) }
      .map { News(now, "\(name) target \($0) is watched from now on") }
      + before.filter { !current.contains($0) }
      .map { News(now, "\(name) target \($0) is watched no more") }
  }

  /// Targets lost and found again; of a service's only target its own state tells.
  private mutating func reach(_ service: ServicePresent, _ now: Instant) -> [News] {
    guard service.instances.count > 1 else { return [] }
    var news: [News] = []
    for instance in service.instances {
      let health = instance.health
      let isLost = [.unreachable, .stale].contains(health.state)
      guard isLost != (lost[instance.id] != nil), isLost || health.state != .unknown else {
        continue
      }
      let at = health.since ?? now
      let target = "\(service.definition.name) target \(instance.id)"
      let topic = "target \(instance.id) of \(service.definition.name)"
      if isLost {
        let why = health.reasons.first.map { ": \($0)" } ?? ""
        news.append(News(at, target + " lost" + why, topic: topic, outcome: "lost" + why))
        lost[instance.id] = at
      } else if let since = lost.removeValue(forKey: instance.id) {
        let after = Words.wholeDuration(at.seconds(since: since))
        news.append(
          News(at, "\(target) found again after \(after)", topic: topic, outcome: "found"))
      }
    }
    return news
  }

  private mutating func versionsRun(_ service: ServicePresent, _ now: Instant) -> [News] {
    let current = service.versions
    // Of a process that does not say it now, the version is not known to be another.
    guard !current.isEmpty, Set(current) != Set(versions) else { return [] }
    defer { versions = current }
    guard !versions.isEmpty else { return [] }
    let name = service.definition.name
    let running = current.joined(separator: ", ")
    return [
      News(
        moment(of: .version, service) ?? now,
        "\(name) version \(versions.joined(separator: ", ")) -> \(running)",
        topic: "version of \(name)", outcome: running)
    ]
  }

  private mutating func breakersOf(_ service: ServicePresent, _ now: Instant) -> [News] {
    let name = service.definition.name
    var news: [News] = []
    let current = service.breakers
    for breaker in current {
      let before = breakers[breaker.name]
      guard before ?? .closed != breaker.state else { continue }
      let state = breaker.state.rawValue
      let way = before.map { "\($0.rawValue) -> \(state)" } ?? "is \(state)"
      news.append(
        News(
          moment(of: .breaker(breaker.name), service) ?? now,
          "\(name) breaker \(breaker.name) \(way)", topic: "breaker \(breaker.name) of \(name)",
          outcome: state))
    }
    let said = Dictionary(current.map { ($0.name, $0.state) }) { first, _ in first }
    for (gone, state) in breakers.sorted(by: { $0.key < $1.key })
    where said[gone] == nil && state != .closed {
      news.append(
        News(now, "\(name) tells of breaker \(gone) no more, which was \(state.rawValue)"))
    }
    breakers = said
    return news
  }

  private mutating func fallbacksOf(_ service: ServicePresent, _ now: Instant) -> [News] {
    let name = service.definition.name
    var news: [News] = []
    var active: Set<String> = []
    for fallback in service.activeFallbacks {
      active.insert(fallback.name)
      let timer = FleetDigest.ActiveFallback(fallback, of: name, at: now)
      let isOverdue = timer.isOverdue
      let topic = "fallback \(fallback.name) of \(name)"
      if let told = fallbacks[fallback.name] {
        if isOverdue, !told.isOverdue {
          fallbacks[fallback.name]?.isOverdue = true
          news.append(
            News(
              now,
              "\(name) fallback \(fallback.name) goes on for longer than the "
                + "\(Words.wholeDuration(fallback.tolerance ?? 0)) tolerated"))
        }
        continue
      }
      let at = moment(of: .fallback(fallback.name), service) ?? now
      fallbacks[fallback.name] = Told(since: at, isOverdue: isOverdue)
      let reason = fallback.reason.map { ": \($0)" } ?? ""
      news.append(
        News(
          at, "\(name) fallback \(fallback.name) engaged\(reason)" + FallbackStrip.time(of: timer),
          topic: topic, outcome: "engaged"))
    }
    for (ended, told) in fallbacks.sorted(by: { $0.key < $1.key }) where !active.contains(ended) {
      fallbacks[ended] = nil
      let at = moment(of: .fallback(ended), service) ?? now
      let after = Words.wholeDuration(at.seconds(since: told.since))
      news.append(
        News(
          at, "\(name) fallback \(ended) ended after \(after)",
          topic: "fallback \(ended) of \(name)",
          outcome: "ended"))
    }
    return news
  }

  /// When an instance told of a change of `subject` since the last call; nil where only metrics
  /// tell of it, or where it is told of no more.
  private func moment(of subject: Change.Subject, _ service: ServicePresent) -> Instant? {
    service.instances.compactMap { instance in
      instance.health.changes.last { $0.subject == subject }?.at
    }.filter { $0.offset >= followed?.offset ?? 0 }.max { $0.offset < $1.offset }
  }
}
