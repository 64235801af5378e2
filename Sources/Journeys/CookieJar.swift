/// Cookies of one run, as a browser would bring them back; each to the origin that set it.
struct CookieJar: Sendable {
  private var cookies: [(origin: String, name: String, value: String)] = []

  /// More than a shop needs, less than would hurt.
  private static let limit = 64
  private static let longest = 4096

  /// Takes a Set-Cookie header. What is malformed is left out, what has expired is forgotten.
  mutating func take(_ header: String, from origin: String) {
    guard header.utf8.count <= CookieJar.longest else { return }
    let parts = header.split(separator: ";")
    guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { return }
    let name = trimmed(pair[..<equals])
    let value = trimmed(pair[pair.index(after: equals)...])
    guard !name.isEmpty, (name + value).utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return }
    cookies.removeAll { $0.origin == origin && $0.name == name }
    let isOver = parts.dropFirst().contains { part in
      let sides = part.split(separator: "=", maxSplits: 1)
      guard sides.count == 2, trimmed(sides[0]).lowercased() == "max-age" else { return false }
      return (Int(trimmed(sides[1])) ?? 1) <= 0
    }
    if !isOver, cookies.count < CookieJar.limit { cookies.append((origin, name, value)) }
  }

  /// The Cookie header for a request there; nil where none was set.
  func header(for origin: String) -> String? {
    let own = cookies.filter { $0.origin == origin }.map { "\($0.name)=\($0.value)" }
    return own.isEmpty ? nil : own.joined(separator: "; ")
  }

  private func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
