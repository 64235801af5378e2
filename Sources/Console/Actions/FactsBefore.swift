import Canvas
import Conditions
import Fleet
import Health
import Incident
import Telemetry

/// What a figure was shortly before an instant, out of what is kept; what nobody kept is not known.
struct FactsBefore {
  private let at: Instant
  private let service: String
  private let state: State

  init(_ at: Instant, service: String, _ state: State) {
    self.at = at
    self.service = service
    self.state = state
  }

  /// `2.4s`, `unhealthy`, `?`
  func words(_ term: Term) -> String {
    let reference = term.reference
    let owner = reference.service ?? service
    if reference.kind == "health" { return health(of: owner) }
    guard let value = value(reference, of: owner) else { return Quantity.unknown }
    return FactWords.number(value, reference)
  }

  private func value(_ reference: Reference, of owner: String) -> Double? {
    guard reference.argument == nil else { return nil }
    switch reference.kind {
    case "rate": return point(of: owner)?.rate
    case "error_ratio": return point(of: owner)?.errorRatio
    case "p50_ms": return milliseconds(point(of: owner)?.p50)
    case "p95_ms": return milliseconds(point(of: owner)?.p95)
    case "p99_ms": return milliseconds(point(of: owner)?.p99)
    default:
      let steps = Int(age / RequestHistory.fineSeconds) + 2
      guard steps <= RequestHistory.fineLimit else { return nil }
      return Lookback.signal(reference.kind, of: owner, steps: steps, state).first ?? nil
    }
  }

  private var age: Double { max(0, state.present.now.seconds(since: at)) }

  private func milliseconds(_ quantile: LatencyQuantile?) -> Double? {
    quantile?.seconds.map { $0 * 1000 }
  }

  /// The last stretch that was over by then: of seconds, or of a minute where those are gone.
  private func point(of owner: String) -> RequestHistory.Point? {
    let fine = Lookback.recent(of: owner, count: RequestHistory.fineLimit, state)
    let found = fine.last { $0.start + $0.length <= at.seconds && $0.rate != nil }
    if let found { return found }
    let minutes = Int(age / RequestHistory.coarseSeconds) + 2
    guard minutes <= RequestHistory.coarseLimit else { return nil }
    return Lookback.minutes(of: owner, count: minutes, state)
      .last { $0.start + $0.length <= at.seconds && $0.rate != nil }
  }

  /// By the changes since: what it came from in the first of them, else what it is.
  private func health(of owner: String) -> String {
    let own = state.present.changes.filter { $0.service == owner }
    if let last = own.last(where: { $0.at.offset <= at.offset }) { return last.to.rawValue }
    if let next = own.first(where: { $0.at.offset > at.offset }) { return next.from.rawValue }
    return state.present.service(named: owner)?.verdict.state.rawValue ?? Quantity.unknown
  }
}
