import Fleet
import Health
import Incident
import Telemetry

/// What charts look back on, read out of the history.
enum Lookback {
  /// Requests a second in the last `count` five-second steps, oldest first; nil in a gap.
  static func rates(of service: Int, count: Int, _ state: State) -> [Double?] {
    guard state.history.chapters.indices.contains(service) else { return [] }
    return state.history.chapters[service].requests.rates(count, at: state.present.now.seconds)
  }

  /// The last `count` five-second steps, oldest first.
  static func recent(of service: String, count: Int, _ state: State) -> [RequestHistory.Point] {
    state.history[service]?.requests.recent(count, at: state.present.now.seconds) ?? []
  }

  /// The last `count` minutes, oldest first.
  static func minutes(of service: String, count: Int, _ state: State) -> [RequestHistory.Point] {
    state.history[service]?.requests.minutes(count, at: state.present.now.seconds) ?? []
  }

  /// A runtime signal in the last `steps` five-second steps, oldest first; of several instances the
  /// largest value.
  static func signal(
    _ name: String, of service: String, steps: Int, _ state: State
  ) -> [Double?] {
    state.history[service]?.signals.values(
      of: name, count: steps, at: state.present.now.seconds) ?? []
  }

  /// `values` as `count` averages, oldest first; what is not known counts for nothing.
  static func resampled(_ values: [Double?], to count: Int) -> [Double?] {
    guard count > 0, values.count > count else { return values }
    return (0..<count).map { step in
      let known = values[step * values.count / count..<(step + 1) * values.count / count]
        .compactMap { $0 }
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
  }
}
