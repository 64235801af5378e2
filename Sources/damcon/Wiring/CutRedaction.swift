import Containment
import Incident
import Journal
import Recording
import Runbooks

/// What a cut carries beside its entries, and what becomes of it and of them by rule.
struct CutRedaction {
  private let archive: JournalArchive
  /// Whether anything is to be replaced.
  private let isAsked: Bool
  private(set) var redactor: Redactor
  /// Texts that were made, by their own hash: they are in no archive yet.
  private var made: [ContentHash: [UInt8]] = [:]
  /// What became of the hash of a text whose words were replaced.
  private var renamed: [[UInt8]: [UInt8]] = [:]

  /// No file of ours is longer; a recording can come from anybody.
  private static let longest = 4 << 20

  init(_ rules: Set<Redactor.Rule>, archive: JournalArchive) {
    self.archive = archive
    isAsked = !rules.isEmpty
    redactor = Redactor(rules)
  }

  var counts: [(rule: Redactor.Rule, count: Int)] { redactor.counts }

  mutating func learn(_ entry: Entry) { redactor.learn(entry) }

  mutating func clean(_ text: String) -> String { isAsked ? redactor.clean(text) : text }

  mutating func state(_ state: State) throws -> State {
    guard isAsked else { return state }
    var redacted = try redactor.redacted(state)
    try redacted.replaceDocuments { try documents($0) }
    let renamed = renamed
    redacted.renameRunbooks { renamed[$0] ?? $0 }
    return redacted
  }

  /// An answer's body is left out: what follows a rule in it and what does not, nobody can say.
  mutating func entry(_ entry: Entry) throws -> Entry {
    guard isAsked else { return entry }
    // A moment in which nothing else happened does to the state what a body does.
    if case .body = entry.event {
      return Entry(sequence: entry.sequence, instant: entry.instant, event: .tick)
    }
    var redacted = try redactor.redacted(entry)
    switch redacted.event {
    case .documents(let found): redacted.event = .documents(try documents(found))
    case .runbooks(var cards):
      for place in cards.indices {
        cards[place].hash = renamed[cards[place].hash] ?? cards[place].hash
      }
      redacted.event = .runbooks(cards)
    case .runbook(var act):
      act.runbook.hash = renamed[act.runbook.hash] ?? act.runbook.hash
      redacted.event = .runbook(act)
    case .action(var move):
      if case .plan(var plan, hash: let hash) = move.step, let origin = plan.origin {
        plan.origin?.hash = renamed[origin.hash] ?? origin.hash
        move.step = .plan(plan, hash: hash)
        redacted.event = .action(move)
      }
    case .resume(var unfinished):
      unfinished.renameRunbooks { [renamed] in renamed[$0] ?? $0 }
      redacted.event = .resume(unfinished)
    default: break
    }
    return redacted
  }

  /// The bytes that an entry of the cut names by their content, as far as they are kept.
  func bytes(of event: Event) throws -> [ContentHash: [UInt8]] {
    switch event {
    case .documents(let documents): try texts(of: documents)
    case .body(_, let body): try texts([body.hash])
    default: [:]
    }
  }

  func texts(of documents: [Document]) throws -> [ContentHash: [UInt8]] {
    try texts(documents.map(\.hash))
  }

  private func texts(_ hashes: [[UInt8]]) throws -> [ContentHash: [UInt8]] {
    var found: [ContentHash: [UInt8]] = [:]
    for hash in hashes.compactMap({ ContentHash($0) }) where found[hash] == nil {
      found[hash] = try made[hash] ?? archive.blob(hash)
    }
    return found
  }

  /// Those whose texts are kept, with the words of their texts replaced.
  private mutating func documents(_ documents: [Document]) throws -> [Document] {
    var redacted: [Document] = []
    for document in documents {
      guard let hash = ContentHash(document.hash), let bytes = try archive.blob(hash),
        bytes.count <= CutRedaction.longest
      else { continue }
      let lines = String(decoding: bytes, as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false)
      var cleaned: [String] = []
      for line in lines { cleaned.append(redactor.clean(String(line))) }
      let text = [UInt8](cleaned.joined(separator: "\n").utf8)
      var document = document
      renamed[document.hash] = ContentHash(of: text).bytes
      document.hash = ContentHash(of: text).bytes
      document.size = text.count
      if let hash = ContentHash(document.hash) { made[hash] = text }
      redacted.append(document)
    }
    return redacted
  }
}
