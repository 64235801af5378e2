import Fleet

/// Puts arguments into what an action sends: by structure, so that none can become another segment, header,
/// line or value than it is.
public struct OrderRendering: Sendable {
  private let service: String
  private let instance: String?
  private let arguments: [String: Argument]
  /// What was so before; nil where nobody knows.
  private let captured: Argument?

  public init(
    service: String, instance: String?, arguments: [ActionPlan.Given], captured: Argument? = nil
  ) {
    self.service = service
    self.instance = instance
    self.arguments = Dictionary(
      arguments.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    self.captured = captured
  }

  public func order(_ order: Order) throws(ArgumentError) -> PlannedOrder {
    switch order {
    case .http(let order): .http(try request(order))
    case .command(let order): .command(try command(order))
    }
  }

  private func request(_ order: HTTPOrder) throws(ArgumentError) -> PlannedRequest {
    var headers: [PlannedRequest.Header] = []
    for header in order.headers {
      switch header.value {
      case .secret(let place): headers.append(.init(name: header.name, value: .secret(place)))
      case .text(let template):
        let text = try text(template)
        guard text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
          throw ArgumentError(reason: "the header \(header.name) would not be plain ASCII")
        }
        headers.append(.init(name: header.name, value: .text(text)))
      }
    }
    var body: String?
    if let shape = order.body { body = try json(shape) }
    var request = PlannedRequest(
      method: order.method, url: try url(order.url), headers: headers, body: body,
      success: order.success)
    if let follow = order.follow {
      request.follow = PlannedRequest.Follow(
        url: try url(follow.url), answer: follow.answer, pointer: follow.pointer,
        done: follow.done, failed: follow.failed, every: follow.every)
    }
    return request
  }

  public func reading(_ reading: Action.Reading) throws(ArgumentError) -> PlannedReading {
    let expected: Argument
    switch reading.expected {
    case .fixed(let value): expected = value
    case .parameter(let name): expected = try argument(name)
    }
    let place: ReadingPlace
    switch reading.place {
    case .pointer(let pointer): place = .pointer(pointer)
    case .match(let template): place = .match(try pattern(template))
    case .whole: place = .whole
    }
    var planned = PlannedReading(order: try order(reading.order), place: place, expected: expected)
    planned.isReadOnly = reading.isReadOnly
    return planned
  }

  // MARK: Text

  /// Each value is one segment, or one value of a query: what would be a sign of the address is escaped.
  private func url(_ template: Template) throws(ArgumentError) -> String {
    var url = ""
    for (place, part) in template.parts.enumerated() {
      switch part {
      case .plain(let text): url += text
      case .instance:
        guard let instance else { throw ArgumentError(reason: "there is no instance here") }
        guard place == 0 else {
          throw ArgumentError(reason: "{instance} stands only at the beginning of an address")
        }
        guard !Beacon.isAddress(instance) else {
          throw ArgumentError(
            reason:
              "\(Beacon.name(in: instance) ?? instance) sends beats and has no address of its own")
        }
        url += instance.hasSuffix("/") ? String(instance.dropLast()) : instance
      case .service, .captured, .parameter:
        let value = try value(part)
        guard !value.isEmpty, value != ".", value != ".." else {
          throw ArgumentError(reason: "'\(value)' cannot be a part of an address")
        }
        // What somebody says is no part of who is asked: that is the fleet file's to say.
        guard part == .service || OrderRendering.namesWhere(url) else {
          throw ArgumentError(reason: "'\(value)' would be a part of the host's name")
        }
        url += OrderRendering.escaped(value)
      case .answer:
        guard OrderRendering.namesWhere(url) else {
          throw ArgumentError(reason: "an answer would be a part of the host's name")
        }
        url += PlannedRequest.Follow.place
      }
    }
    guard url.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw ArgumentError(reason: "the address has signs that no address has")
    }
    return url
  }

  /// The host is written out, and what follows is asked of it.
  private static func namesWhere(_ url: String) -> Bool {
    guard let scheme = url.firstRange(of: "://") else { return false }
    return url[scheme.upperBound...].contains { $0 == "/" || $0 == "?" }
  }

  /// All but the unreserved signs of RFC 3986.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default: result += "%" + Hexadecimal.pair(byte).uppercased()
      }
    }
    return result
  }

  func text(_ template: Template) throws(ArgumentError) -> String {
    var text = ""
    for part in template.parts { text += try value(part) }
    return text
  }

  func value(_ part: Template.Part) throws(ArgumentError) -> String {
    switch part {
    case .plain(let text): return text
    case .service: return service
    case .instance:
      guard let instance else { throw ArgumentError(reason: "there is no instance here") }
      return instance
    case .captured: return try known().words
    case .answer: throw ArgumentError(reason: "{answer} is known only once something has answered")
    case .parameter(let name): return try argument(name).words
    }
  }

  private func argument(_ name: String) throws(ArgumentError) -> Argument {
    guard let argument = arguments[name] else {
      throw ArgumentError(reason: "\(name) is not said, and nothing is usual")
    }
    return argument
  }

  private func known() throws(ArgumentError) -> Argument {
    guard let captured else {
      throw ArgumentError(reason: "what was so before is not known")
    }
    return captured
  }

  // MARK: JSON

  private func json(_ shape: Shape) throws(ArgumentError) -> String {
    switch shape {
    case .null: return "null"
    case .flag(let isOn): return isOn ? "true" : "false"
    case .number(let value): return Argument.number(value).words
    case .text(let template): return JSONText.quoted(try text(template))
    case .list(let items):
      var parts: [String] = []
      for item in items { parts.append(try json(item)) }
      return "[" + parts.joined(separator: ",") + "]"
    case .fields(let fields):
      var parts: [String] = []
      for field in fields {
        parts.append(JSONText.quoted(field.name) + ":" + (try json(field.value)))
      }
      return "{" + parts.joined(separator: ",") + "}"
    case .captured: return try known().json
    case .parameter(let name):
      return try argument(name).json
    }
  }
}
