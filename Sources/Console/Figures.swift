import Canvas
import Fleet
import Health
import Incident
import Telemetry

import enum Canvas.Role

/// How the numbers of a service look: the same in every table.
///
/// `–` is no traffic, `?` is not known; neither is ever a blank or a 0. A figure whose scrape is
/// late is dim, and `?` once it is older than the window it speaks of.
struct Figures {
  /// What the figures lie under: quiet for what is well.
  var isQuiet: Bool
  var freshness: Freshness

  enum Freshness { case fresh, late, lost }

  init(isQuiet: Bool, freshness: Freshness = .fresh) {
    self.isQuiet = isQuiet
    self.freshness = freshness
  }

  init(_ service: ServicePresent, at now: Instant) {
    isQuiet = service.verdict.state.isQuiet
    freshness = .fresh
    guard let age = Figures.scrapeAge(of: service, at: now) else { return }
    if age.seconds > Window.minute.seconds + age.interval {
      freshness = .lost
    } else if age.seconds > 2 * age.interval + age.timeout {
      freshness = .late
    }
  }

  /// How old the newest scrape of any instance is, with the pace it should come at.
  static func scrapeAge(
    of service: ServicePresent, at now: Instant
  ) -> (seconds: Double, interval: Double, timeout: Double)? {
    var newest: (seconds: Double, interval: Double, timeout: Double)?
    for index in service.instances.indices {
      guard let last = service.instances[index].meter.lastScrape else { continue }
      let age = now.seconds - last
      let polling = service.instances[index].definition.polling
      if age < newest?.seconds ?? .infinity { newest = (age, polling.interval, polling.timeout) }
    }
    return newest
  }

  var plain: Style { isQuiet || freshness != .fresh ? Style.dim : .text }

  private func style(_ severity: Role?) -> Style {
    guard freshness == .fresh, let severity else { return plain }
    return Style(severity)
  }

  private static let unknown = [Run(Quantity.unknown, Style.dim)]
  private static let noTraffic = [Run(Quantity.noTraffic, Style.dim)]

  func rate(_ rate: Double?) -> [Run] {
    guard freshness != .lost, let rate else { return Figures.unknown }
    return rate == 0 ? Figures.noTraffic : [Run(Quantity.rate(rate), plain)]
  }

  func errors(_ ratio: Double?, rate: Double?) -> [Run] {
    guard freshness != .lost, let rate else { return Figures.unknown }
    guard rate > 0 else { return Figures.noTraffic }
    guard let ratio else { return Figures.unknown }
    return [Run(Quantity.percent(ratio), style(Figures.severity(ofErrors: ratio)))]
  }

  static func severity(ofErrors ratio: Double) -> Role? {
    ratio >= 0.05 ? .bad : ratio >= 0.01 ? .warning : nil
  }

  /// - Parameters:
  ///   - threshold: seconds above which an objective counts requests as slow.
  ///   - unit: whether the unit stands beside it rather than in a column's head.
  func latency(
    _ quantile: LatencyQuantile, rate: Double?, threshold: Double? = nil, unit: Bool = false
  ) -> [Run] {
    guard freshness != .lost, let rate else { return Figures.unknown }
    guard rate > 0 else { return Figures.noTraffic }
    guard quantile != .none else { return Figures.unknown }
    var role: Role?
    if let threshold, let seconds = quantile.seconds, seconds > threshold { role = .bad }
    return [Run(unit ? Figures.words(quantile) : Figures.text(quantile), style(role))]
  }

  /// `310`, `2.40s`, `>5s`; `w310` where it is the worst instance's own figure.
  static func text(_ quantile: LatencyQuantile) -> String {
    switch quantile {
    case .none: Quantity.unknown
    case .within(let value, _, _): Quantity.latency(milliseconds: value * 1000)
    case .beyond(let bound): Quantity.beyond(milliseconds: bound * 1000)
    case .summary(let value, _): "w" + Quantity.latency(milliseconds: value * 1000)
    }
  }

  /// The same with its unit: `310ms`, `>5s`, `w310ms`.
  static func words(_ quantile: LatencyQuantile) -> String {
    switch quantile {
    case .none: Quantity.unknown
    case .within(let value, _, _): Quantity.time(seconds: value)
    case .beyond(let bound): ">" + Quantity.bound(seconds: bound)
    case .summary(let value, _): "w" + Quantity.time(seconds: value)
    }
  }

  func saturation(_ saturation: Saturation?) -> [Run] {
    guard let ratio = saturation?.ratio, freshness != .lost else { return Figures.unknown }
    let role: Role? = ratio >= 0.9 ? .bad : ratio >= 0.75 ? .warning : nil
    return [Run(Quantity.wholePercent(ratio), style(role))]
  }

  /// An age: nothing while it is on time, said aloud when it is not.
  static func age(_ seconds: Double?, interval: Double, timeout: Double) -> [Run] {
    guard let seconds else { return [Run(Quantity.unknown, Style.dim)] }
    let isLate = seconds > 2 * interval + timeout
    return isLate ? [Run(Quantity.duration(seconds), .warning)] : []
  }
}

extension Service {
  /// The tightest latency that any objective of all its requests sets, in seconds.
  var threshold: Double? {
    slos.filter { $0.counts.endpoint == nil }.compactMap(\.threshold).min()
  }

  /// The smallest share of failed requests that an availability objective allows, 0...1.
  var allowedErrors: Double? {
    slos.filter { $0.counts == .requests(endpoint: nil) }.map(\.objective.budget).min()
  }
}
