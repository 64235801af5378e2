/// A server as a connection sees it: two links with the same origin can share one.
///
/// Also what decides who gets credentials: they stay within the origin they were given for.
package struct Origin: Sendable, Hashable {
  package enum Place: Sendable, Hashable {
    /// The host without brackets, in lower case.
    case network(host: String, port: Int)
    case socket(path: String)
  }

  package var secure: Bool
  package var place: Place

  package init(secure: Bool, place: Place) {
    self.secure = secure
    self.place = place
  }

  /// What the `Host` header says: the port only where it is not the scheme's own.
  package var authority: String {
    switch place {
    case .socket: return "localhost"
    case .network(let host, let port):
      let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
      return port == (secure ? 443 : 80) ? name : "\(name):\(port)"
    }
  }

  /// Whether bytes to it stay on this machine, where packing them costs more than it saves.
  package var isLocal: Bool {
    switch place {
    case .socket: true
    case .network(let host, _): host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
  }
}

/// One thing to ask for: an origin, and the path with its query as it goes on the wire.
package struct Link: Sendable, Hashable {
  package var origin: Origin
  /// Begins with `/`; holds nothing that could end a request line.
  package var path: String

  package init(origin: Origin, path: String) {
    self.origin = origin
    self.path = path
  }

  /// What is wrong with an address, as the end of a sentence.
  package struct Invalid: Error, Hashable {
    package var reason: String
  }

  /// Reads `http://host:8080/base?q`, `https://[::1]:8443`, `unix:///run/a.sock`, or `host:8080`.
  package init(parsing text: String) throws(Invalid) {
    guard let (scheme, rest) = Self.splitScheme(text) else {
      try self.init(parsing: "http://" + text)
      return
    }
    switch scheme {
    case "unix":
      guard rest.hasPrefix("/") else {
        throw Invalid(reason: "a Unix socket needs a whole path, as in unix:///run/a.sock")
      }
      self.init(origin: Origin(secure: false, place: .socket(path: rest)), path: "/")
    case "http", "https":
      try self.init(secure: scheme == "https", afterScheme: rest)
    default:
      throw Invalid(reason: "\(scheme):// is not spoken here; http://, https:// and unix:// are")
    }
  }

  private init(secure: Bool, afterScheme rest: String) throws(Invalid) {
    let bytes = rest.utf8
    let end = bytes.firstIndex {
      $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#")
    }
    let authority = rest[..<(end ?? rest.endIndex)]
    var path = end.map { String(rest[$0...]) } ?? "/"
    if !path.hasPrefix("/") { path = "/" + path }
    let place = try Self.place(authority, defaultPort: secure ? 443 : 80)
    self.init(origin: Origin(secure: secure, place: place), path: Self.wirePath(path))
  }

  private static func place(_ authority: Substring, defaultPort: Int) throws(Invalid)
    -> Origin.Place
  {
    if authority.utf8.contains(UInt8(ascii: "@")) {
      throw Invalid(reason: "a user name in the address would be shown; use headers instead")
    }
    var host = authority
    var portText: Substring?
    if authority.hasPrefix("[") {
      guard let close = authority.firstIndex(of: "]") else {
        throw Invalid(reason: "the IPv6 address has no closing ]")
      }
      host = authority[authority.index(after: authority.startIndex)..<close]
      let tail = authority[authority.index(after: close)...]
      if !tail.isEmpty {
        guard tail.hasPrefix(":") else {
          throw Invalid(reason: "after ] a port is expected, found \(tail)")
        }
        portText = tail.dropFirst()
      }
    } else if let colon = authority.lastIndex(of: ":") {
      host = authority[..<colon]
      portText = authority[authority.index(after: colon)...]
    }
    guard !host.isEmpty else { throw Invalid(reason: "it names no host") }
    guard host.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
      throw Invalid(reason: "the host holds a blank or control character")
    }
    var port = defaultPort
    if let portText, !portText.isEmpty {
      guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(portText),
        (1...65535).contains(number)
      else { throw Invalid(reason: "the port is 1 to 65535, found \(portText)") }
      port = number
    }
    return .network(host: host.lowercased(), port: port)
  }

  /// This link with `route` below its path, or where `route` is a whole URL, that.
  package func below(_ route: String) throws(Invalid) -> Link {
    if let (scheme, _) = Self.splitScheme(route), ["http", "https", "unix"].contains(scheme) {
      return try Link(parsing: route)
    }
    var base = path[...]
    if let query = base.firstIndex(of: "?") { base = base[..<query] }
    while base.hasSuffix("/") { base = base.dropLast() }
    let below = route.hasPrefix("/") ? route : "/" + route
    return Link(origin: origin, path: Self.wirePath(base + below))
  }

  /// Where a `Location` header leads from here (RFC 3986, section 5), or nil where that is no HTTP.
  package func following(_ reference: String) -> Link? {
    if let (scheme, rest) = Self.splitScheme(reference) {
      guard scheme == "http" || scheme == "https" else { return nil }
      return try? Link(secure: scheme == "https", afterScheme: rest)
    }
    if reference.hasPrefix("//") {
      return try? Link(secure: origin.secure, afterScheme: String(reference.dropFirst(2)))
    }
    let plain = path.prefix { $0 != "?" }
    let joined: String
    if reference.hasPrefix("/") {
      joined = reference
    } else if reference.isEmpty || reference.hasPrefix("#") {
      joined = path
    } else if reference.hasPrefix("?") {
      joined = plain + reference
    } else {
      let folder = plain.lastIndex(of: "/").map { plain[...$0] } ?? "/"
      joined = folder + reference
    }
    return Link(origin: origin, path: Self.wirePath(Self.withoutDots(joined)))
  }

  /// The scheme in lower case and what follows `://`.
  private static func splitScheme(_ text: String) -> (String, String)? {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), text[colon...].hasPrefix("://"),
      colon != text.startIndex,
      text[..<colon].utf8.allSatisfy({ ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a || $0 == 0x2b })
    else { return nil }
    return (text[..<colon].lowercased(), String(text[colon...].dropFirst(3)))
  }

  /// Without its fragment, and with every byte that could break a request line written as `%XX`.
  private static func wirePath(_ path: some StringProtocol) -> String {
    var result: [UInt8] = []
    let hex = Array("0123456789ABCDEF".utf8)
    for byte in path.utf8 {
      if byte == UInt8(ascii: "#") { break }
      if byte > 0x20 && byte < 0x7f {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
    return result.isEmpty ? "/" : String(decoding: result, as: UTF8.self)
  }

  /// RFC 3986, section 5.2.4, on the path before the query.
  private static func withoutDots(_ path: String) -> String {
    let plain = path.prefix { $0 != "?" && $0 != "#" }
    var kept: [Substring] = []
    let segments = plain.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for (index, segment) in segments.enumerated() {
      let isLast = index == segments.count - 1
      switch segment {
      case ".": if isLast { kept.append("") }
      case "..":
        if !kept.isEmpty { kept.removeLast() }
        if isLast { kept.append("") }
      default: kept.append(segment)
      }
    }
    return "/" + kept.joined(separator: "/") + path[plain.endIndex...]
  }
}
