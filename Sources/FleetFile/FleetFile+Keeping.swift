import Containment
import Fleet
import YAMLText
import Yams

extension FleetFile {
  /// A fleet file's text as it may be kept and given to others: without the secrets written in it.
  package struct KeptText: Sendable, Hashable {
    package var text: String
    /// Secrets that `mask` stands for.
    package var masked: Int
  }

  /// What stands where a secret stood.
  package static let mask = "<masked>"

  /// The text of a fleet file that was read, with every secret masked that is written in it: values of
  /// headers, tokens, bodies of journeys' requests, and in bodies of actions and in sections that are not
  /// read yet whatever is named like a secret.
  ///
  /// What is masked is read again, to see that it says the same but for them.
  ///
  /// - Returns: nil where a secret is written in a way that cannot be masked: then nothing is kept.
  package static func keepable(_ reading: Reading, path: String) -> KeptText? {
    let text = reading.text
    let secrets = reading.fleet.literals
    guard let root = try? YAMLDocument.root(of: text, path: path) else { return nil }
    var search = SecretSearch()
    search.walk(root)
    guard !search.isEndless else { return nil }
    if search.found.isEmpty { return secrets.isEmpty ? KeptText(text: text, masked: 0) : nil }
    guard let masked = SecretMask.masked(text, search.found, by: "\"\(mask)\""),
      let after = try? parse(masked, path: path),
      after.fleet.literals.allSatisfy({ $0.hasSuffix(mask) }),
      after.fleet.literals.count == secrets.count,
      after.fleet.services.map(\.name) == reading.fleet.services.map(\.name),
      after.actions.map(\.name) == reading.actions.map(\.name),
      after.actions.flatMap(\.headerTexts).allSatisfy({ $0.parts == [.plain(mask)] })
    else { return nil }
    return KeptText(text: masked, masked: search.found.count)
  }
}

extension Fleet {
  /// Secrets that stand in the file itself.
  fileprivate var literals: [String] {
    let headers =
      services.flatMap(\.instances).flatMap(\.credentials.headers)
      + journeys.flatMap(\.steps).flatMap(\.credentials.headers)
    let secrets =
      headers.map(\.value) + services.compactMap(\.beacon?.token)
      + journeys.flatMap(\.steps).compactMap { $0.body?.content }
    return secrets.compactMap { if case .literal(let value) = $0 { value } else { nil } }
  }
}

extension Action {
  /// What its headers say but for secrets that are elsewhere.
  fileprivate var headerTexts: [Template] {
    [order, read?.order, revert].flatMap { order -> [HTTPOrder.Header] in
      if case .http(let request)? = order { request.headers } else { [] }
    }.compactMap { if case .text(let text) = $0.value { text } else { nil } }
  }
}

/// Where a scalar begins, both from 1.
private struct Spot: Hashable {
  var line: Int
  var column: Int
}

/// Finds the secrets that are written in a fleet file.
private struct SecretSearch {
  /// By their places, in the order of the text.
  private(set) var found: [Spot: Node.Scalar] = [:]
  private(set) var isEndless = false
  /// Aliases of aliases end here.
  private var budget = 500_000

  /// What is known of a value by where it stands.
  private struct Place {
    var isSecret = false
    var isStep = false
    var isAction = false
    var isBeacon = false
    /// In a section that nothing reads yet, or in what an action sends: only the names tell.
    var isLoose = false
  }

  mutating func walk(_ root: Node?) {
    if let root { walk(root, Place(), depth: 0) }
  }

  private mutating func walk(_ node: Node, _ place: Place, depth: Int) {
    budget -= 1
    guard budget > 0, depth < 100 else { return isEndless = true }
    switch node {
    case .scalar(let scalar):
      if place.isSecret, let mark = scalar.mark, !scalar.string.isEmpty {
        found[Spot(line: mark.line, column: mark.column)] = scalar
      }
    case .sequence(let items):
      for item in items { walk(item, place, depth: depth + 1) }
    case .mapping(let members):
      for (key, value) in members {
        walk(value, inside(place, key.string ?? "", depth: depth), depth: depth + 1)
      }
    case .alias: break
    }
  }

  private func inside(_ place: Place, _ key: String, depth: Int) -> Place {
    var inner = place
    // They say where a secret is, and are none.
    if place.isSecret { inner.isSecret = !Keys.headerSecret.contains(key) }
    if key.hasPrefix("x-") || depth == 0 && key == "access" { inner.isLoose = true }
    if depth == 0, key == "actions" { inner.isAction = true }
    switch key {
    case "headers", "bearer_token": inner.isSecret = true
    case "beacon": inner.isBeacon = true
    case "token" where place.isBeacon: inner.isSecret = true
    case "steps": inner.isStep = true
    case "expect": inner.isStep = false
    case "body" where place.isStep: inner.isSecret = true
    case "body" where place.isAction, "env" where place.isAction: inner.isLoose = true
    default:
      let name = key.lowercased()
      if inner.isLoose, SecretSearch.words.contains(where: name.contains) { inner.isSecret = true }
    }
    return inner
  }

  private static let words = [
    "token", "passw", "secret", "authorization", "cookie", "api_key", "api-key", "apikey",
    "credential",
  ]
}

/// Takes scalars out of a text by where they begin.
private struct SecretMask {
  private let scalars: [Unicode.Scalar]
  /// Where each line begins.
  private let lines: [Int]

  static func masked(
    _ text: String, _ found: [Spot: Node.Scalar], by mask: String
  ) -> String? {
    let mask = Array(mask.unicodeScalars)
    let source = SecretMask(text)
    var ranges: [Range<Int>] = []
    for (spot, scalar) in found {
      guard let range = source.range(of: scalar, at: spot) else { return nil }
      ranges.append(range)
    }
    var scalars = source.scalars
    for range in ranges.sorted(by: { $0.lowerBound > $1.lowerBound }) {
      scalars.replaceSubrange(range, with: mask)
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    var lines = [0]
    for (place, scalar) in scalars.enumerated() {
      let isBreak =
        SecretMask.isBreak(scalar)
        && !(scalar == "\r" && place + 1 < scalars.count && scalars[place + 1] == "\n")
      if isBreak { lines.append(place + 1) }
    }
    self.lines = lines
  }

  /// Those of YAML.
  private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
  }

  private func range(of scalar: Node.Scalar, at spot: Spot) -> Range<Int>? {
    guard lines.indices.contains(spot.line - 1), spot.column > 0 else { return nil }
    var start = lines[spot.line - 1] + spot.column - 1
    // An anchor and a tag stand before the value.
    while start < scalars.count, scalars[start] == "&" || scalars[start] == "!" {
      while start < scalars.count, !isBlank(start) { start += 1 }
      while start < scalars.count, scalars[start] == " " { start += 1 }
    }
    guard start < scalars.count else { return nil }
    let end: Int?
    switch scalars[start] {
    case "'": end = quoted(from: start) { $0 == "'" && !isDoubled(&$1) }
    case "\"":
      end = quoted(from: start) {
        if $0 == "\\" { $1 += 1 }
        return $0 == "\""
      }
    case "|", ">": end = block(from: start)
    default:
      let words = Array(scalar.string.unicodeScalars)
      end = scalars[start...].starts(with: words) ? start + words.count : nil
    }
    return end.map { start..<$0 }
  }

  private func isBlank(_ place: Int) -> Bool {
    scalars[place] == " " || scalars[place] == "\t" || SecretMask.isBreak(scalars[place])
  }

  /// A quote that is written twice is one of the text.
  private func isDoubled(_ place: inout Int) -> Bool {
    guard place + 1 < scalars.count, scalars[place + 1] == "'" else { return false }
    place += 1
    return true
  }

  private func quoted(
    from start: Int, isEnd: (Unicode.Scalar, inout Int) -> Bool
  ) -> Int? {
    var place = start + 1
    while place < scalars.count {
      if isEnd(scalars[place], &place) { return place + 1 }
      place += 1
    }
    return nil
  }

  /// To the end of the last line that is indented as the first is.
  private func block(from start: Int) -> Int? {
    guard let header = lines.lastIndex(where: { $0 <= start }) else { return nil }
    var indent: Int?
    var end: Int?
    for line in lines.indices.dropFirst(header + 1) {
      let next = line + 1 < lines.count ? lines[line + 1] : scalars.count
      let words = lines[line]..<next
      guard let first = words.first(where: { !isBlank($0) }) else { continue }
      let own = first - words.lowerBound
      if own < indent ?? 1 { break }
      indent = indent ?? own
      end = words.last { !SecretMask.isBreak(scalars[$0]) }.map { $0 + 1 }
    }
    return end
  }
}
