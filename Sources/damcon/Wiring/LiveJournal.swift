import Fleet
import Foundation
import Incident
import Journal
import Polling
import Recording
import Replay
import Session
import Settings
import Synchronization

/// The journal of what is being watched: always kept, and what the live view goes back through.
final class LiveJournal: Sendable {
  /// Where a journal is kept.
  enum Place: Sendable, Hashable {
    /// Nowhere: for a single look.
    case none
    /// In the user's state, by the name of the fleet.
    case fleet
    /// As long as the program runs.
    case temporary
    case file(String)
  }

  /// What is asked for of a recording.
  struct Wish: Sendable, Hashable {
    var place: Place
    /// Whether the bodies of answers are kept too.
    var keepsRaw = false
    /// Where other logins talk to who records, as somebody chose it.
    var socket: String?

    static let none = Wish(place: .none)
  }

  let path: String
  let scribe: Scribe
  /// The last entry of the run before, which this one goes on from.
  let last: (sequence: UInt64, instant: Instant)?
  private let isTemporary: Bool
  /// Another process keeps the journal of this fleet: what is done is done there.
  let isAside: Bool
  private let sentences: Sentences
  /// What others are shown of it.
  private let shown = Mutex<JournalArchive?>(nil)

  /// Takes what the scribe has to say until there is a log to say it in.
  private final class Sentences: Sendable {
    private struct Told {
      var waiting: [String] = []
      var take: (@Sendable (String) -> Void)?
    }
    private let told = Mutex(Told())

    func put(_ sentence: String) {
      let take = told.withLock { told in
        if told.take == nil { told.waiting.append(sentence) }
        return told.take
      }
      take?(sentence)
    }

    func hand(to take: @escaping @Sendable (String) -> Void) {
      let waiting = told.withLock { told in
        defer { told.waiting = [] }
        told.take = take
        return told.waiting
      }
      for sentence in waiting { take(sentence) }
    }
  }

  private init(
    _ writer: JournalWriter, at path: String, after last: JournalEnd?, _ sentences: Sentences,
    isTemporary: Bool, isAside: Bool
  ) {
    self.isAside = isAside
    self.path = path
    self.last = last.map { ($0.sequence, $0.instant) }
    self.sentences = sentences
    self.isTemporary = isTemporary
    scribe = Scribe(writer)
  }

  /// Opens the journal of a fleet, or says why nothing is recorded.
  static func open(
    _ place: Place, for fleet: Fleet, isAside: Bool = false
  ) -> (journal: LiveJournal?, problem: String?) {
    do {
      do { return (try begin(place, for: fleet, isAside: isAside), nil) } catch let error
        as JournalError
      {
        guard error.cause == .held, place == .fleet else { throw error }
        // One writer a journal: this one records for itself, so that it can go back too.
        let (own, problem) = open(.temporary, for: fleet, isAside: true)
        own?.sentences.put("\(error); what this one sees is recorded only until it ends")
        return (own, problem)
      }
    } catch {
      let reason = (error as? Failure)?.sentence ?? "\(error)"
      return (nil, "\(reason); nothing is recorded")
    }
  }

  /// Opens the journal of a fleet for who keeps it for everybody: another process that does is said, and nothing is
  /// recorded aside.
  static func sole(_ place: Place, for fleet: Fleet) throws(Failure) -> LiveJournal {
    do {
      if let journal = try begin(place, for: fleet, isAside: false) { return journal }
    } catch let failure as Failure { throw failure } catch { throw Failure("\(error)") }
    throw Failure("there is no place to record into")
  }

  /// - Returns: nil where nothing is to be recorded.
  private static func begin(
    _ place: Place, for fleet: Fleet, isAside: Bool
  ) throws -> LiveJournal? {
    guard let path = try path(place, fleet) else { return nil }
    let about = About(fleet: fleet.name, kind: .journal, madeBy: Version.current, made: now)
    let sentences = Sentences()
    let writer = JournalWriter(path: path, about: about) { sentences.put($0) }
    let last = try Blocking.run { try await writer.begin() }
    return LiveJournal(
      writer, at: path, after: last, sentences, isTemporary: place == .temporary, isAside: isAside)
  }

  private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1e9) }

  private static func path(_ place: Place, _ fleet: Fleet) throws -> String? {
    switch place {
    case .none: return nil
    case .file(let path): return path
    case .temporary:
      let folder = FileManager.default.temporaryDirectory.path
      return "\(folder)/damcon-\(getpid())-\(UInt32.random(in: 0 ... .max)).damcon"
    case .fleet:
      guard let state = UserFolders(environment: ProcessInfo.processInfo.environment).state else {
        throw Failure("there is no home to keep a journal in")
      }
      return try JournalPlace.path(of: fleet.name, in: state)
    }
  }

  /// How things stood when the run before ended; nil where nothing is known of it.
  var left: Present? {
    guard let last else { return nil }
    do {
      let player = try Player(try JournalArchive(path: path), at: last.instant.offset)
      try player.seek(to: last.sequence)
      return player.state.present
    } catch {
      sentences.put("what was under way when Damcon ended cannot be read: \(error)")
      return nil
    }
  }

  /// What is to be said goes into the log of a session from now on.
  func tell(_ inbox: Inbox) {
    sentences.hand { inbox.put(.note(Note(.warning, "journal: \($0)"))) }
  }

  /// Keeps bodies of answers, as far as the disk takes them.
  func bodyKeeper(into inbox: Inbox) -> Readers.BodyKeeper {
    let allowance = BodyAllowance { inbox.put(.note(Note(.warning, "journal: \($0)"))) }
    return { body in
      guard let enclosure = allowance.enclose(body), let bytes = enclosure.values.first else {
        return nil
      }
      let hash = ContentHash(of: bytes).bytes
      return { target, kind in
        inbox.put(.body(target: target, AnswerBody(kind, hash: hash)), with: enclosure)
      }
    }
  }

  /// The past up to now, for a view to go back through.
  func past() async throws -> Past {
    await scribe.flush()
    return try Past(try JournalArchive(path: path), at: .end, grows: true)
  }

  /// All that is recorded up to now, for others to ask; opened once.
  func archive() async throws -> JournalArchive {
    await scribe.flush()
    if let known = shown.withLock({ $0 }) { return known }
    let opened = try JournalArchive(path: path)
    return shown.withLock { known in
      known = known ?? opened
      return known ?? opened
    }
  }

  func stop() async {
    await scribe.stop()
    guard isTemporary else { return }
    for suffix in ["", "-wal", "-shm", ".lock"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }
}
