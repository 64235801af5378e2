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
    /// `{answer}`: what the first answer said, known once it is there; only where it is followed.
    case answer
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
      case "answer": parts.append(.answer)
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
