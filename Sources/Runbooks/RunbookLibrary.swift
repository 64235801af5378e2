package import Fleet

/// The runbooks that are at hand, with the words of each: those in force, and those that something was
/// begun with.
package struct RunbookLibrary: Sendable {
  /// In the order of their names.
  package private(set) var runbooks: [Runbook]
  private var byHash: [[UInt8]: Runbook] = [:]
  private var byID: [String: Int] = [:]
  private var searchables: [String]

  /// Told apart by their words.
  private let mark: [[UInt8]]

  package init(_ runbooks: [Runbook] = []) {
    self.runbooks = runbooks.sorted { ($0.card.id, $0.path) < ($1.card.id, $1.path) }
    for (place, runbook) in self.runbooks.enumerated() {
      byHash[runbook.card.hash] = runbook
      let name = runbook.card.id.lowercased()
      if byID[name] == nil { byID[name] = place }
    }
    searchables = self.runbooks.map(\.searchable)
    mark = self.runbooks.map(\.card.hash)
  }

  package var isEmpty: Bool { runbooks.isEmpty }
  package var cards: [RunbookCard] { runbooks.map(\.card) }

  /// The words that were in force under this hash.
  package func runbook(hash: [UInt8]) -> Runbook? { byHash[hash] }

  /// By its id, case apart.
  package func runbook(id: String) -> Runbook? { byID[id.lowercased()].map { runbooks[$0] } }

  /// The same with those of `earlier` that are in force no more, for what was begun with them.
  package func keeping(_ earlier: RunbookLibrary) -> RunbookLibrary {
    var library = self
    for (hash, runbook) in earlier.byHash where library.byHash[hash] == nil {
      library.byHash[hash] = runbook
    }
    return library
  }

  /// Those in which every word of `text` occurs: in their names first, then in their tags, then anywhere.
  package func search(_ text: String) -> [Runbook] {
    let words = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    guard !words.isEmpty else { return runbooks }
    var found: [(rank: Int, place: Int)] = []
    for place in runbooks.indices where words.allSatisfy({ searchables[place].contains($0) }) {
      let runbook = runbooks[place]
      let name = "\(runbook.card.id) \(runbook.card.title)".lowercased()
      let tags = runbook.tags.joined(separator: " ").lowercased()
      let rank =
        words.allSatisfy { name.contains($0) } ? 0 : words.allSatisfy { tags.contains($0) } ? 1 : 2
      found.append((rank, place))
    }
    return found.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.map { runbooks[$0.place] }
  }
}

extension RunbookLibrary: Hashable {
  package static func == (a: RunbookLibrary, b: RunbookLibrary) -> Bool { a.mark == b.mark }
  package func hash(into hasher: inout Hasher) { hasher.combine(mark) }
}

extension RunbookCard {
  /// Whether an address such as `https://runbooks.example/kubernetes/KubePodCrashLooping/` names it: by its
  /// last part, case apart.
  public func isNamed(byAddress address: String) -> Bool {
    Self.id(inAddress: address) == id.lowercased()
  }

  /// The id, in lower case, of the runbook that an address would name; nil where it has no last part.
  public static func id(inAddress address: String) -> String? {
    let path = address.prefix { $0 != "#" && $0 != "?" }
    guard let last = path.split(separator: "/").last else { return nil }
    var name = last.lowercased()
    if name.hasSuffix(".md") { name.removeLast(3) }
    if name.hasSuffix(".html") { name.removeLast(5) }
    return name
  }
}
