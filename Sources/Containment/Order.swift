/// What an action sends, before it is known to whom and with which arguments.
public struct Order: Sendable, Hashable, Codable {
  public var method: String
  public var url: Template
  public var headers: [Header] = []
  public var body: Shape?
  /// Status codes that say that it was done.
  public var success: [ClosedRange<Int>] = [200...299]
  /// One request for each instance, or one for the service.
  public var isPerInstance: Bool { url.asksForInstance }

  public init(method: String, url: Template) {
    self.method = method
    self.url = url
  }

  public struct Header: Sendable, Hashable, Codable {
    public var name: String
    public var value: Value
    public init(name: String, value: Value) {
      self.name = name
      self.value = value
    }

    public enum Value: Sendable, Hashable, Codable {
      case text(Template)
      /// Read when it is sent, and told to nobody.
      case secret(SecretPlace)
    }
  }
}

/// Where a secret is: in a file, in the environment, or what a command prints.
public enum SecretPlace: Sendable, Hashable, Codable, CustomStringConvertible {
  case file(String)
  case environment(String)
  case command([String])

  /// The place, never the secret.
  public var description: String {
    switch self {
    case .file(let path): "from the file \(path)"
    case .environment(let name): "from the environment, \(name)"
    case .command(let arguments): "from the command \(arguments.first ?? "")"
    }
  }
}

/// Text with places in it: `{instance}/admin/flags/{name}`.
public struct Template: Sendable, Hashable, Codable {
  public private(set) var parts: [Part]

  public enum Part: Sendable, Hashable, Codable {
    case plain(String)
    /// `{instance}`: the address of the instance, only at the beginning of a URL.
    case instance
    /// `{service}`
    case service
    /// `{captured}`: what was so before.
    case captured
    /// `{parameter}`
    case parameter(String)
  }

  /// Braces that stand for themselves are doubled.
  public init(_ text: String) throws(ArgumentError) {
    parts = []
    var plain = ""
    var rest = Substring(text)
    while let sign = rest.popFirst() {
      guard sign == "{" || sign == "}" else {
        plain.append(sign)
        continue
      }
      if rest.first == sign {
        plain.append(rest.removeFirst())
        continue
      }
      guard sign == "{", let end = rest.firstIndex(of: "}"), end != rest.startIndex else {
        throw ArgumentError(reason: "a brace that is not closed, or names nothing, in '\(text)'")
      }
      if !plain.isEmpty { parts.append(.plain(plain)) }
      plain = ""
      switch rest[..<end] {
      case "instance": parts.append(.instance)
      case "service": parts.append(.service)
      case "captured": parts.append(.captured)
      case let name: parts.append(.parameter(String(name)))
      }
      rest = rest[rest.index(after: end)...]
    }
    if !plain.isEmpty { parts.append(.plain(plain)) }
  }

  public var asksForInstance: Bool { parts.contains(.instance) }

  /// The parameters that it names.
  public var parameters: [String] {
    parts.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
  }
}

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
