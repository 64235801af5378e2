import Fleet
import Foundation
import Incident
import Journal
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

  let path: String
  let scribe: Scribe
  /// The last entry of the run before, which this one goes on from.
  let last: (sequence: UInt64, instant: Instant)?
  private let isTemporary: Bool
  private let sentences: Sentences

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
    path: String, file: JournalFile, isTemporary: Bool, said: [String]
  ) {
    self.path = path
    self.isTemporary = isTemporary
    last = file.end
    let sentences = Sentences()
    self.sentences = sentences
    for sentence in said { sentences.put(sentence) }
    scribe = Scribe(file) { sentences.put($0) }
  }

  /// Opens the journal of a fleet, or says why nothing is recorded.
  static func open(
    _ place: Place, for fleet: Fleet
  ) -> (journal: LiveJournal?, problem: String?) {
    do {
      guard let path = try path(place, fleet) else { return (nil, nil) }
      let about = About(fleet: fleet.name, kind: .journal, madeBy: Version.current, made: now)
      var said: [String] = []
      let file: JournalFile
      do { file = try JournalFile(path: path, about: about) } catch {
        guard error.cause == .damaged else { throw error }
        let aside = try JournalPlace.setAside(path)
        said.append("\(error); it was moved to \(aside), and recording begins anew")
        file = try JournalFile(path: path, about: about)
      }
      return (
        LiveJournal(path: path, file: file, isTemporary: place == .temporary, said: said), nil
      )
    } catch {
      return (nil, "\(error); nothing is recorded")
    }
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

  /// What is to be said goes into the log of a session from now on.
  func tell(_ inbox: Inbox) {
    sentences.hand { inbox.put(.note(Note(.warning, "journal: \($0)"))) }
  }

  /// The past up to now, for a view to go back through.
  func past() async throws -> Past {
    await scribe.flush()
    return try Past(try JournalArchive(path: path), at: .end, grows: true)
  }

  func stop() async {
    await scribe.stop()
    guard isTemporary else { return }
    for suffix in ["", "-wal", "-shm", ".lock"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }
}
