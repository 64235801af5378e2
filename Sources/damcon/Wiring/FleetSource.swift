import Fleet
import FleetFile
import Incident
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

  /// What a look at the file brought.
  enum Change {
    case none
    case note(Note)
    case fleet(Fleet, notes: [Note], KeptDocuments)
  }

  static func fixed(_ fleet: Fleet) -> FleetSource {
    FleetSource(fleet: fleet, warnings: [], watcher: nil)
  }

  /// Reads a fleet file; throws all that is wrong with it, a line each.
  static func file(_ path: String, orFail code: Failure.Code = .wrongUse) throws -> FleetSource {
    // The watcher is made first, so that a change while the file is read is not missed.
    let watcher = FleetWatcher(path: path)
    do {
      let reading = try FleetFile.load(path: path)
      return FleetSource(
        fleet: reading.fleet, warnings: reading.warnings.map(\.description), watcher: watcher,
        documents: documents(of: reading, path))
    } catch {
      throw Failure(error.description, code)
    }
  }

  /// Looks whether the file has changed since it was last read.
  mutating func look() -> Change {
    guard let path = watcher?.path, let change = watcher?.poll() else { return .none }
    return FleetSource.told(change, of: path)
  }

  /// Reads the file again though it may not have changed.
  mutating func reload() -> Change {
    guard let path = watcher?.path, let change = watcher?.reload() else {
      return .note(Note(.warning, "there is no fleet file to read again"))
    }
    return FleetSource.told(change, of: path)
  }

  private static func documents(of reading: FleetFile.Reading, _ path: String) -> KeptDocuments {
    var documents = KeptDocuments()
    documents.add(reading, path: path)
    return documents
  }

  private static func told(_ change: FleetWatcher.Change, of path: String) -> Change {
    switch change {
    case .reloaded(let reading):
      let count = reading.fleet.services.count
      let notes =
        [Note(.info, "read the fleet file again: \(count) services")]
        + reading.warnings.map { Note(.warning, $0.description) }
      return .fleet(reading.fleet, notes: notes, documents(of: reading, path))
    case .refused(let error):
      let first = error.problems.first?.description ?? "it cannot be read"
      let more = error.problems.count > 1 ? " (and \(error.problems.count - 1) more)" : ""
      return .note(Note(.error, "\(first)\(more); the fleet before it stays in use"))
    case .vanished:
      return .note(Note(.warning, "the fleet file is gone; the fleet it named stays in use"))
    }
  }
}
