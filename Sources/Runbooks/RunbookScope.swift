public import Fleet

/// Which services a runbook is for. What is left open leaves nobody out.
public struct RunbookScope: Sendable, Hashable, Codable {
  /// By name.
  public var services: [String]
  public var languages: [Language]
  public var tiers: [Tier]

  public init(services: [String] = [], languages: [Language] = [], tiers: [Tier] = []) {
    self.services = services
    self.languages = languages
    self.tiers = tiers
  }

  /// - Parameter language: nil where it is not known: then no runbook of a language applies.
  public func applies(to service: String, language: Language?, tier: Tier) -> Bool {
    (services.isEmpty || services.contains(service))
      && (languages.isEmpty || language.map { languages.contains($0) } == true)
      && (tiers.isEmpty || tiers.contains(tier))
  }

  /// In a sentence after "for": `pricing`, `Rust services`, `critical services`.
  public var words: String {
    if !services.isEmpty { return services.joined(separator: ", ") }
    let kinds =
      tiers.map(\.rawValue)
      + languages.map {
        switch $0 {
        case .go: "Go"
        case .rust: "Rust"
        case .other: "other"
        }
      }
    return kinds.isEmpty ? "any service" : kinds.joined(separator: " ") + " services"
  }

  /// How closely it is cut: a runbook of one service says more of it than one of all.
  public var closeness: Int {
    if services.count == 1 { return 12 }
    if !services.isEmpty { return 10 }
    return (languages.isEmpty ? 0 : 5) + (tiers.isEmpty ? 0 : 3)
  }
}
