import Containment
import FleetFile
import Foundation
import Incident
import Runbooks
import Session
import Synchronization
import YAMLText

/// The runbooks of some folders, as they are now.
struct RunbookShelf: Sendable {
  let folders: [String]
  private(set) var files: [RunbookFile] = []
  /// What could not be read, a line each.
  private(set) var problems: [String] = []
  /// Folders and files that could not be read at all.
  private(set) var unread: [Problem] = []
  private(set) var library = RunbookLibrary()
  private var stamps: [String: Stamp] = [:]

  /// Two files of one size and age are taken for the same.
  private struct Stamp: Hashable {
    var size: Int
    var modified: Date?
  }

  init(_ folders: [String]) {
    self.folders = folders
    guard !folders.isEmpty else { return }
    for folder in folders {
      let revision = GitRevision(of: folder)
      let found = RunbookFolder(folder, revision: { revision.of($0) })
      files += found.files
      unread += found.problems
      problems += found.problems.map(\.description)
      problems += found.files.flatMap(\.problems).map(\.description)
    }
    library = RunbookLibrary(files.map(\.runbook))
    stamps = RunbookShelf.stamps(of: folders)
  }

  /// The same folders read again; nil where nothing of them has changed.
  func readAgain() -> RunbookShelf? {
    guard !folders.isEmpty, RunbookShelf.stamps(of: folders) != stamps else { return nil }
    return RunbookShelf(folders)
  }

  private static func stamps(of folders: [String]) -> [String: Stamp] {
    var stamps: [String: Stamp] = [:]
    for folder in folders {
      for name in RunbookFolder.names(below: folder) {
        let path = "\(folder)/\(name)"
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        stamps[path] = Stamp(
          size: attributes?[.size] as? Int ?? 0, modified: attributes?[.modificationDate] as? Date)
      }
    }
    return stamps
  }

  /// What they declare themselves, each as its own.
  var actions: [Action] {
    files.flatMap { file in
      file.actions.map { action in
        var own = action
        own.home = file.runbook.card.id
        return own
      }
    }
  }

  /// Adds the words of each to what is kept.
  func add(to documents: inout KeptDocuments) {
    for runbook in library.runbooks {
      documents.add(.runbook, path: runbook.path, text: runbook.source)
    }
  }

  /// They are in force from now on.
  func enter(into inbox: Inbox) {
    for problem in problems.prefix(20) { inbox.put(.note(Note(.warning, problem))) }
    inbox.put(.runbooks(library.cards))
  }

  /// The runbooks that come with Damcon, for its simulated fleet.
  static func samples() -> RunbookShelf {
    RunbookShelf(SampleFolders.named("runbooks").prefix(1).map { $0 })
  }
}

/// The library that a screen shows runbooks from; it changes while it is looked at.
final class RunbookDesk: Sendable {
  private let library: Mutex<RunbookLibrary>

  init(_ library: RunbookLibrary = RunbookLibrary()) { self.library = Mutex(library) }

  var current: RunbookLibrary { library.withLock { $0 } }

  /// What was begun with an earlier text goes on with that text.
  func take(_ next: RunbookLibrary) { library.withLock { $0 = next.keeping($0) } }
}
