import YAMLText

/// The base address of an instance, taken apart just far enough to tell a right one from a wrong.
struct Address: Hashable {
  /// As it is kept: the scheme in small letters, no slash at the end.
  var url: String
  /// `10.0.0.1:8080`, `/run/a.sock`: what names it where nothing else does.
  var label: String

  /// Why a text is no address, to follow its name: `expected …, found …`.
  struct Mistake: Error, Hashable {
    var text: String
    init(_ text: String) { self.text = text }
  }

  /// - Parameter scheme: what a text without one is taken for; nil where it must have one.
  init(_ text: String, assuming scheme: String? = nil) throws(Mistake) {
    // First of all, since every other sentence shows what was found.
    if !text.hasPrefix("unix:"), text.contains("@") {
      throw Mistake(
        "an address holds no user or password; give them as headers or bearer_token instead")
    }
    let trimmed = try Self.complete(text.trimmed, assuming: scheme)
    guard let colon = trimmed.range(of: "://") else { throw Mistake("'\(text)' has no scheme") }
    let scheme = trimmed[..<colon.lowerBound].lowercased()
    let rest = trimmed[colon.upperBound...]
    if rest.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) {
      throw Mistake("an address holds no spaces or control characters, found '\(trimmed)'")
    }
    switch scheme {
    case "unix":
      guard rest.hasPrefix("/"), rest.count > 1 else {
        throw Mistake("expected unix:// and an absolute path, such as unix:///run/a.sock")
      }
      url = "unix://\(rest)"
      label = String(rest)
    case "http", "https":
      let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
      var path = rest.dropFirst(authority.count)
      if path.contains("?") || path.contains("#") {
        throw Mistake("an address has no query; give it with the path, as metrics: /metrics?x=y")
      }
      try Self.check(authority, in: trimmed)
      while path.last == "/" { path.removeLast() }
      url = "\(scheme)://\(authority)\(path)"
      label = "\(authority)\(path)"
    default:
      throw Mistake(
        "expected http://, https:// or unix://, found '\(scheme)://'"
          + (NearestWord.to(scheme, among: ["https", "http", "unix"]).map {
            "; did you mean '\($0)'?"
          } ?? ""))
    }
  }

  /// With a scheme and its two slashes.
  private static func complete(
    _ text: String, assuming scheme: String?
  ) throws(Mistake) -> String {
    if text.range(of: "://") != nil { return text }
    if text.hasPrefix("unix:/") { return "unix://" + text.dropFirst("unix:".count) }
    if let scheme, !text.isEmpty { return "\(scheme)://\(text)" }
    let sentence = "expected an address such as http://10.0.0.1:8080, found '\(text)'"
    let isNear = !text.isEmpty && (try? Address("http://" + text)) != nil
    throw Mistake(isNear ? "\(sentence); did you mean 'http://\(text)'?" : sentence)
  }

  /// Host, and port where there is one.
  private static func check(_ authority: Substring, in text: String) throws(Mistake) {
    var host = authority
    var port: Substring?
    if authority.hasPrefix("[") {
      guard let close = authority.firstIndex(of: "]") else {
        throw Mistake("an IPv6 address ends with ']', found '\(text)'")
      }
      host = authority[authority.index(after: authority.startIndex)..<close]
      let after = authority[authority.index(after: close)...]
      if !after.isEmpty {
        guard after.hasPrefix(":") else {
          throw Mistake("expected ':' and a port after ']', found '\(text)'")
        }
        port = after.dropFirst()
      }
      guard host.contains(":"),
        host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." || $0 == "%" || $0.isLetter })
      else { throw Mistake("'\(host)' is no IPv6 address") }
    } else {
      if let colon = authority.firstIndex(of: ":") {
        host = authority[..<colon]
        port = authority[authority.index(after: colon)...]
        if port?.contains(":") == true {
          throw Mistake("an IPv6 address is written in brackets, such as http://[::1]:8080")
        }
      }
      guard !host.isEmpty else { throw Mistake("'\(text)' names no host") }
      guard host.allSatisfy({ $0.isLetter || $0.isNumber || "-._~%".contains($0) }) else {
        throw Mistake("'\(host)' is no host name")
      }
    }
    if let port {
      guard port.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(port),
        (1...65_535).contains(number)
      else { throw Mistake("expected a port from 1 to 65535, found '\(port)'") }
    }
  }
}

extension StringProtocol {
  /// Where `needle` first occurs.
  fileprivate func range(of needle: String) -> Range<Index>? {
    guard let first = needle.first else { return nil }
    var start = startIndex
    while let index = self[start...].firstIndex(of: first) {
      if self[index...].hasPrefix(needle) {
        return index..<self.index(index, offsetBy: needle.count)
      }
      start = self.index(after: index)
    }
    return nil
  }
}
