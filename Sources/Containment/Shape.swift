/// A JSON value with places in it: a parameter is put in as a value, never as text among text.
public indirect enum Shape: Sendable, Hashable, Codable {
  case null
  case flag(Bool)
  case number(Double)
  case text(Template)
  case list([Shape])
  case fields([Field])
  case parameter(String)
  case captured

  public struct Field: Sendable, Hashable, Codable {
    public var name: String
    public var value: Shape
    public init(name: String, value: Shape) {
      self.name = name
      self.value = value
    }
  }

  /// The parameters that it names.
  public var parameters: [String] {
    switch self {
    case .null, .flag, .number, .captured: []
    case .text(let template): template.parameters
    case .list(let items): items.flatMap(\.parameters)
    case .fields(let fields): fields.flatMap(\.value.parameters)
    case .parameter(let name): [name]
    }
  }

  public var asksForCaptured: Bool {
    switch self {
    case .null, .flag, .number, .parameter: false
    case .text(let template): template.parts.contains(.captured)
    case .list(let items): items.contains(where: \.asksForCaptured)
    case .fields(let fields): fields.contains(where: \.value.asksForCaptured)
    case .captured: true
    }
  }
}
