/// An http or https address taken apart, as strictly as what is sent there deserves: where two readers could
/// differ about the host or the path, it is none.
struct TargetAddress: Sendable, Hashable {
  let isSecure: Bool
  /// A name, or an IP address without brackets.
  let host: String
  let port: Int
  /// As the Host header says it: `shop.example:8080`.
  let authority: String
  /// Begins with a slash; the query is part of it.
  let path: String

  /// nil for what holds a password, a fragment, `.` or `..` as a segment, or signs that no address has.
  init?(_ text: String) {
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !text.contains("#") else {
      return nil
    }
    let lowered = text.prefix(8).lowercased()
    isSecure = lowered.hasPrefix("https://")
    guard isSecure || lowered.hasPrefix("http://") else { return nil }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let path = rest.dropFirst(authority.count)
    guard let (host, port) = TargetAddress.parts(of: authority),
      !TargetAddress.climbs(path.prefix { $0 != "?" })
    else { return nil }
    self.host = host
    self.port = port ?? (isSecure ? 443 : 80)
    self.authority = String(authority)
    self.path = path.hasPrefix("/") ? String(path) : "/" + path
  }

  /// `10.0.0.1:8080`, `[::1]`, `shop.example`
  private static func parts(of authority: Substring) -> (host: String, port: Int?)? {
    var host = authority.prefix { $0 != ":" }
    var rest = authority.dropFirst(host.count)
    let isBracketed = authority.hasPrefix("[")
    if isBracketed {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      host = authority[authority.index(after: authority.startIndex)..<end]
      rest = authority[authority.index(after: end)...]
    }
    let isHost = host.utf8.allSatisfy { sign in
      switch sign {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): true
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "-"), UInt8(ascii: "_"): !isBracketed
      case UInt8(ascii: ":"): isBracketed
      default: false
      }
    }
    guard isHost, !host.isEmpty else { return nil }
    if rest.isEmpty { return (String(host), nil) }
    let digits = rest.dropFirst()
    guard rest.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = Int(digits), (1...65535).contains(port)
    else { return nil }
    return (String(host), port)
  }

  private static func climbs(_ path: Substring) -> Bool {
    path.split(separator: "/").contains { segment in
      let plain = segment.lowercased().split(separator: "%2e", omittingEmptySubsequences: false)
        .joined(separator: ".")
      return plain == "." || plain == ".."
    }
  }
}
