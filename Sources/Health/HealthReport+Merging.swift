/// Several reports of one instance as one.
extension HealthReport {
  /// This report, with what it leaves out taken from `other`.
  func merged(under other: HealthReport) -> HealthReport {
    var result = self
    result.timestamp = timestamp ?? other.timestamp
    result.message = message ?? other.message
    result.hint = hint ?? other.hint
    result.nextCheck = nextCheck ?? other.nextCheck
    result.phase = phase ?? other.phase
    result.service = service ?? other.service
    result.version = version ?? other.version
    result.build = build ?? other.build
    result.language = language ?? other.language
    result.rollout = rollout ?? other.rollout
    if apiVersions.isEmpty { result.apiVersions = other.apiVersions }
    result.checks = Self.union(checks, other.checks, \.name)
    result.fallbacks = Self.union(fallbacks, other.fallbacks, \.name)
    result.breakers = Self.union(breakers, other.breakers, \.name)
    result.flags = Self.union(flags, other.flags, \.name)
    result.saturation = Self.union(saturation, other.saturation, \.name)
    for defect in other.defects where !defects.contains(defect) { result.note(defect) }
    return result
  }

  static func union<Entry: Equatable>(
    _ first: [Entry], _ second: [Entry], _ name: KeyPath<Entry, String>
  ) -> [Entry] {
    if first.isEmpty { return second }
    if second.isEmpty || first == second { return first }
    let names = Set(first.map { $0[keyPath: name] })
    return first + second.filter { !names.contains($0[keyPath: name]) }
  }
}
