/// What an action has done, before it is known to whom and with which arguments.
public enum Order: Sendable, Hashable, Codable {
  case http(HTTPOrder)
  case command(CommandOrder)

  /// One for each instance, or one for the service.
  public var isPerInstance: Bool { templates.contains(where: \.asksForInstance) }

  /// The parameters that it names.
  public var parameters: [String] {
    templates.flatMap(\.parameters) + (body?.parameters ?? [])
  }

  public var asksForCaptured: Bool {
    templates.contains { $0.parts.contains(.captured) } || body?.asksForCaptured == true
  }

  private var body: Shape? {
    if case .http(let order) = self { order.body } else { nil }
  }

  private var templates: [Template] {
    switch self {
    case .http(let order):
      let texts = order.headers.compactMap { header -> Template? in
        if case .text(let text) = header.value { text } else { nil }
      }
      return [order.url] + texts + (order.follow.map { [$0.url] } ?? [])
    case .command(let order):
      let texts = order.environment.compactMap { variable -> Template? in
        if case .text(let text) = variable.value { text } else { nil }
      }
      return order.arguments + (order.input.map { [$0] } ?? []) + texts
    }
  }
}
