/// What is known of a condition: it holds, it does not, or nobody can tell.
///
/// The logic is Kleene's: an unknown decides nothing that a known part has not decided already.
public enum Truth: String, Sendable, Hashable, Codable {
  case yes = "true"
  case no = "false"
  case unknown

  public init(_ holds: Bool) { self = holds ? .yes : .no }

  public static prefix func ! (a: Truth) -> Truth {
    switch a {
    case .yes: .no
    case .no: .yes
    case .unknown: .unknown
    }
  }

  /// All hold; one that does not settles it whatever is unknown of the others.
  public static func all(_ parts: some Sequence<Truth>) -> Truth {
    var result = Truth.yes
    for part in parts {
      if part == .no { return .no }
      if part == .unknown { result = .unknown }
    }
    return result
  }

  /// Any holds; one that does settles it whatever is unknown of the others.
  public static func any(_ parts: some Sequence<Truth>) -> Truth {
    var result = Truth.no
    for part in parts {
      if part == .yes { return .yes }
      if part == .unknown { result = .unknown }
    }
    return result
  }
}
