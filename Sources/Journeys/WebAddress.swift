/// An http or https URL taken apart: where it leads, and what is asked there.
struct WebAddress: Sendable, Hashable {
  /// Scheme and authority, in small letters: `http://shop.example:8080`.
  var origin: String
  /// Begins with a slash; the query is part of it, a fragment never is.
  var path: String

  var isSecure: Bool { origin.hasPrefix("https://") }
  var text: String { origin + path }
  /// `shop.example:8080`
  var authority: Substring { origin[origin.index(origin.startIndex, offsetBy: isSecure ? 8 : 7)...] }
  /// Without a port and the brackets of an IPv6 address.
  var host: String {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      return String(authority[authority.index(after: authority.startIndex)..<end])
    }
    return String(authority.prefix { $0 != ":" })
  }

  /// Nil for what is no such URL, holds a password, or what no request line could hold.
  init?(_ text: some StringProtocol) {
    let lowered = text.prefix(8).lowercased()
    let scheme = lowered.hasPrefix("https://") ? "https://" : "http://"
    guard lowered.hasPrefix(scheme) else { return nil }
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.isEmpty, !authority.contains("@") else { return nil }
    self.init(origin: scheme + authority.lowercased(), path: String(rest.dropFirst(authority.count)))
  }

  private init?(origin: String, path: String) {
    let asked = path.prefix { $0 != "#" }
    guard (origin + asked).utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
    let standard = origin.hasPrefix("https://") ? ":443" : ":80"
    self.origin = origin.hasSuffix(standard) ? String(origin.dropLast(standard.count)) : origin
    self.path = asked.hasPrefix("/") ? String(asked) : "/" + asked
  }

  /// Where `location` leads from here, as a Location header says it.
  func following(_ location: String) -> WebAddress? {
    if let whole = WebAddress(location) { return whole }
    // Any other scheme is none that is followed.
    if let colon = location.firstIndex(of: ":"),
      location[..<colon].allSatisfy({ $0.isLetter || $0.isNumber })
    {
      return nil
    }
    if location.hasPrefix("//") { return WebAddress((isSecure ? "https:" : "http:") + location) }
    if location.hasPrefix("/") { return WebAddress(origin: origin, path: location) }
    let asked = path.prefix { $0 != "?" }
    if location.hasPrefix("?") || location.isEmpty {
      return WebAddress(origin: origin, path: asked + location)
    }
    let folder = asked.lastIndex(of: "/").map { asked[...$0] } ?? "/"
    return WebAddress(origin: origin, path: folder + location)
  }
}
