/// One report after another of the same route, most of which say the same.
extension HealthReport {
  /// Takes over what moves from answer to answer (the time, how long checks took, how much of a
  /// limited thing is used), if all else is as it was. In place: nothing is copied but numbers.
  ///
  /// - Returns: false where anything else differs; then nothing was taken.
  mutating func follow(_ next: HealthReport) -> Bool {
    guard isLike(next) else { return false }
    timestamp = next.timestamp
    for place in checks.indices where checks[place].observed != next.checks[place].observed {
      checks[place].observed = next.checks[place].observed
    }
    for place in saturation.indices where saturation[place].used != next.saturation[place].used {
      saturation[place].used = next.saturation[place].used
    }
    return true
  }

  private func isLike(_ next: HealthReport) -> Bool {
    dialect == next.dialect && status == next.status && phase == next.phase
      && message == next.message && hint == next.hint && nextCheck == next.nextCheck
      && service == next.service && version == next.version && build == next.build
      && language == next.language && rollout == next.rollout && apiVersions == next.apiVersions
      && breakers == next.breakers && fallbacks == next.fallbacks && flags == next.flags
      && defects == next.defects && areLike(checks, next.checks)
      && areLike(saturation, next.saturation)
  }

  private func areLike(_ checks: [Check], _ next: [Check]) -> Bool {
    guard checks.count == next.count else { return false }
    for place in checks.indices {
      guard checks[place].name == next[place].name, checks[place].status == next[place].status,
        checks[place].required == next[place].required,
        checks[place].transient == next[place].transient,
        checks[place].since == next[place].since, checks[place].message == next[place].message,
        checks[place].retryAfter == next[place].retryAfter
      else { return false }
    }
    return true
  }

  private func areLike(_ parts: [Saturation], _ next: [Saturation]) -> Bool {
    guard parts.count == next.count else { return false }
    for place in parts.indices {
      guard parts[place].name == next[place].name, parts[place].limit == next[place].limit else {
        return false
      }
    }
    return true
  }
}
