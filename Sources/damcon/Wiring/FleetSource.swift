import Containment
import Fleet
import FleetFile
import Incident
import Runbooks
import YAMLText

/// Where the fleet comes from, and what becomes of it while it is watched.
struct FleetSource: Sendable {
  static let defaultPath = "damcon.yaml"

  let fleet: Fleet
  /// What was odd about the file, though it could be read.
  let warnings: [String]
  /// What its budgets have seen is kept across restarts; a simulated fleet's is not.
  var keepsLedger: Bool { watcher != nil }
  private var watcher: FleetWatcher?
  /// What is recorded of the files it comes from; nil where there are none.
  private(set) var documents: KeptDocuments?
  /// What to do when; empty where no folder of runbooks is named.
  private(set) var shelf = RunbookShelf([])
  /// Looks until the folders of runbooks are looked at again.
  private var looksLeft = FleetSource.looksBetween
  private static let looksBetween = 5
  /// What the file was when it was read last, for what is kept of it beside new runbooks.
  private(set) var reading: FleetFile.Reading?

  /// What a look at the file brought.
  enum Change {
    case none
    case note(Note)
    case fleet(Fleet, notes: [Note], KeptDocuments, RunbookShelf, Triggers)
    /// Only runbooks are others than before.
    case runbooks(KeptDocuments, RunbookShelf, Triggers)
  }

  private init(
    fleet: Fleet, warnings: [String] = [], watcher: FleetWatcher? = nil,
    reading: FleetFile.Reading? = nil, shelf: RunbookShelf = RunbookShelf([])
  ) {
    self.fleet = fleet
    self.warnings = warnings
    self.watcher = watcher
    self.reading = reading
    self.shelf = shelf
    if reading != nil || !shelf.library.isEmpty { documents = keptDocuments }
  }

  static func fixed(_ fleet: Fleet, _ shelf: RunbookShelf = RunbookShelf([])) -> FleetSource {
    FleetSource(fleet: fleet, shelf: shelf)
  }

  /// Reads a fleet file; throws all that is wrong with it, a line each.
  static func file(_ path: String) throws -> FleetSource {
    do { return try reading(path) } catch { throw Failure(error.description, .wrongUse) }
  }

  /// Reads a fleet file; throws what is wrong with it, each with its place.
  static func reading(_ path: String) throws(FileProblems) -> FleetSource {
    // The watcher is made first, so that a change while the file is read is not missed.
    let watcher = FleetWatcher(path: path)
    let reading = try FleetFile.load(path: path)
    return FleetSource(
      fleet: reading.fleet, warnings: reading.warnings.map(\.description), watcher: watcher,
      reading: reading, shelf: RunbookShelf(reading.runbookFolders))
  }

  /// Looks whether the file has changed since it was last read, and now and then at the runbooks.
  mutating func look() -> Change {
    if let change = watcher?.poll() { return told(change) }
    looksLeft -= 1
    guard looksLeft <= 0 else { return .none }
    looksLeft = FleetSource.looksBetween
    guard let next = shelf.readAgain() else { return .none }
    shelf = next
    return .runbooks(keptDocuments, next, triggers)
  }

  /// Reads the file again though it may not have changed.
  mutating func reload() -> Change {
    guard let change = watcher?.reload() else {
      guard !shelf.folders.isEmpty else {
        return .note(Note(.warning, "there is no fleet file to read again"))
      }
      shelf = RunbookShelf(shelf.folders)
      return .runbooks(keptDocuments, shelf, triggers)
    }
    return told(change)
  }

  /// Where other logins talk to who watches it, as the fleet file says; nil where it does not.
  var socket: String? { reading?.socket }

  /// What can be triggered: what the fleet file declares, then what each runbook does.
  var actions: [Action] { (reading?.actions ?? []) + shelf.actions }

  var triggers: Triggers {
    Triggers(
      actions: actions, maneuvers: reading?.maneuvers ?? [], rules: reading?.rules ?? [])
  }

  private var keptDocuments: KeptDocuments {
    var documents = KeptDocuments()
    if let reading, let path = watcher?.path { documents.add(reading, path: path) }
    shelf.add(to: &documents)
    return documents
  }

  private mutating func told(_ change: FleetWatcher.Change) -> Change {
    switch change {
    case .reloaded(let reading):
      let count = reading.fleet.services.count
      let notes =
        [Note(.info, "read the fleet file again: \(count) services")]
        + reading.warnings.map { Note(.warning, $0.description) }
      self.reading = reading
      shelf = RunbookShelf(reading.runbookFolders)
      return .fleet(reading.fleet, notes: notes, keptDocuments, shelf, triggers)
    case .refused(let error):
      let first = error.problems.first?.description ?? "it cannot be read"
      let more = error.problems.count > 1 ? " (and \(error.problems.count - 1) more)" : ""
      return .note(Note(.error, "\(first)\(more); the fleet before it stays in use"))
    case .vanished:
      return .note(Note(.warning, "the fleet file is gone; the fleet it named stays in use"))
    }
  }
}
