public import Fleet
import Health

/// The rule and its evidence, as a person reads them.
extension Origins.Candidate {
  /// `pricing`, or `a, b and c, which need each other`.
  public var title: String {
    circle.isEmpty
      ? name : Origins.listed([name] + circle, atMost: 4) + ", which need each other"
  }

  /// `origin`, `possible origin`, `turned later`: how sure that is.
  public var standing: String {
    switch rule {
    case .needsAreWell, .turnedFirst: "origin"
    case .undecided, .beforeItsNeeds: "possible origin"
    case .later: "by itself"
    }
  }

  /// The rule that decided and its evidence, in clauses: `turned first (01:02:03, 14s before
  /// checkout)`, `what it needs is healthy (inventory)`, `3 services need it`.
  public func evidence(at now: Instant) -> [String] {
    var clauses: [String] = []
    if !isWatched {
      clauses.append("not watched")
      clauses.append("blamed by " + Origins.listed(blamedBy, atMost: 4) + timing(" since "))
    } else if looksWell {
      clauses.append("healthy by its own word, yet blamed by " + Origins.listed(blamedBy, atMost: 4))
      clauses.append("look at the way to it")
    } else {
      clauses.append(turned)
      clauses.append(needs)
    }
    if let restingSince {
      clauses.append("well again for \(Words.wholeDuration(now.seconds(since: restingSince)))")
    }
    clauses.append(
      dependents == 0
        ? "no service needs it"
        : dependents == 1 ? "1 service needs it" : "\(dependents) services need it")
    return clauses
  }

  /// All of it in one sentence: `origin: pricing turned first (…); …; …`.
  public func sentence(at now: Instant) -> String {
    "\(standing): \(title) " + evidence(at: now).joined(separator: "; ")
  }

  private func timing(_ word: String) -> String {
    word + CivilTime(unixNanoseconds: began.wall).clock
  }

  private var turned: String {
    let clock = CivilTime(unixNanoseconds: began.wall).clock
    let first = circle.isEmpty ? "turned first" : "\(name) turned first"
    guard let next else { return circle.isEmpty ? "turned (\(clock))" : "\(first) (\(clock))" }
    let seconds = Words.wholeDuration(next.seconds)
    switch rule {
    case .later: return "turned (\(clock), \(seconds) after \(next.name))"
    case .undecided where abs(next.seconds) < 1:
      return "turned (\(clock)) together with \(next.name): too close to tell which was first"
    case .undecided where abs(next.seconds) < Origins.leastSlack:
      let way = next.seconds < 0 ? "after" : "before"
      return "turned (\(clock), \(seconds) \(way) \(next.name)): too close to tell which was first"
    default: break
    }
    if next.seconds <= -1 {
      return "turned (\(clock), \(seconds) after \(next.name), as polls see it)"
    }
    return next.seconds < 1
      ? "turned (\(clock)) together with \(next.name)"
      : "\(first) (\(clock), \(seconds) before \(next.name))"
  }

  private var needs: String {
    if rule == .beforeItsNeeds { return "what it needs turned later" }
    if !blames.isEmpty {
      let blamed = Origins.listed(blames, atMost: 3)
      return "it blames \(blamed), not watched"
        + (wellNeeds.isEmpty ? "" : "; what else it needs is healthy")
    }
    if wellNeeds.isEmpty { return "it needs nothing that is watched" }
    return "what it needs is healthy (\(Origins.listed(wellNeeds, atMost: 3)))"
  }
}

extension Origins {
  /// `a, b and 2 more`; `a and b`.
  static func listed(_ names: [String], atMost most: Int) -> String {
    guard names.count > 1 else { return names.first ?? "" }
    if names.count > most {
      return names.prefix(most).joined(separator: ", ") + " and \(names.count - most) more"
    }
    return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
  }
}
