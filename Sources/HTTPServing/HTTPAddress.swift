/// Where to listen, as somebody writes it: `127.0.0.1:9464`, `[::1]:9464`, `:9464` or `9464`.
package struct HTTPAddress: Sendable, Hashable, CustomStringConvertible {
  package var host: String
  /// 0: one of the system's choice.
  package var port: Int

  /// A port alone is one of this host only: to be heard by others has to be asked for by address.
  package static let usualHost = "127.0.0.1"

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// nil where it cannot be one.
  package init?(_ text: String) {
    var host = ""
    var rest = Substring(text)
    if rest.first == "[" {
      guard let close = rest.firstIndex(of: "]") else { return nil }
      host = String(rest[rest.index(after: rest.startIndex)..<close])
      guard host.contains(":") else { return nil }
      rest = rest[rest.index(after: close)...]
      guard rest.first == ":" else { return nil }
      rest = rest.dropFirst()
    } else if let colon = rest.lastIndex(of: ":") {
      host = String(rest[..<colon])
      // An address of IPv6 has to stand in brackets, or nobody knows where it ends.
      guard !host.contains(":") else { return nil }
      rest = rest[rest.index(after: colon)...]
    }
    let isDigits = !rest.isEmpty && rest.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard isDigits, let port = Int(rest), (0...65535).contains(port) else { return nil }
    guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") }) else {
      return nil
    }
    self.init(host: host.isEmpty ? HTTPAddress.usualHost : host, port: port)
  }

  /// Whether only this host itself can reach it.
  package var isOfThisHost: Bool {
    if ["localhost", "::1"].contains(host.lowercased()) { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
