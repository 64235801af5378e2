/// What a piece of screen means; a theme says how each meaning looks.
///
/// The names (kebab case of the cases) are the keys of a theme file.
package enum Role: UInt8, Sendable, Hashable, CaseIterable {
  // Text
  case text, dim, strong, title, rule, header, key, keyUnavailable, reason, link, searchMatch
  // The health states, in the words of the design
  case healthy, warming, degraded, draining, notReady, unhealthy, unreachable, stale, unknown
  // What a service is worth
  case critical, important, optional
  // Numbers beside their limits
  case good, warning, bad
  // Strips that may interrupt every pane, and the notes of Damcon itself
  case fallbackStrip, pastStrip, error, info
  // Which environment an action would touch
  case environmentDanger, environmentCaution, environmentSafe
  // Charts
  case sparkline, axis, threshold, mark
  case series1, series2, series3, series4, series5
  // What a person is aiming at or typing
  case cursor, input, button, buttonChosen
}

/// The surface a cell lies on; it gives the background where the role states none of its own.
package enum Ground: UInt8, Sendable, Hashable, CaseIterable {
  case plain, selection, bar, dialog
}

extension Role {
  /// The kebab-case name a theme file uses: `not-ready`, `series-1`.
  package var name: String { Names.roles[Int(rawValue)] }
  package init?(name: String) {
    guard let i = Names.roles.firstIndex(of: name) else { return nil }
    self = Role.allCases[i]
  }
}

extension Ground {
  package var name: String { "\(self)" }
}

private enum Names {
  static let roles = Role.allCases.map { role in
    var name = ""
    for character in String(describing: role) {
      if character.isUppercase || character.isNumber { name += "-" }
      name += character.lowercased()
    }
    return name
  }
}
