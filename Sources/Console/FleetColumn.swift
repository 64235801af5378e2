/// A column of the fleet table, by the name that settings use.
package enum FleetColumn: String, Sendable, Hashable, CaseIterable {
  case state, service, version, rate, trend, errors, p50, p95, p99, saturation, age, why
}
