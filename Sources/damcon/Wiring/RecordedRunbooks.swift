import FleetFile
import Incident
import Recording
import Replay
import Runbooks

/// The runbooks that were in force while something was recorded, with the words that they had.
enum RecordedRunbooks {
  static func library(of archive: any Archive) throws -> RunbookLibrary {
    try library(of: try Player(archive, at: .max).state.present, in: archive)
  }

  /// Of those that are in force in a present, and of what was begun in it, by their words in an archive.
  static func library(of present: Present, in archive: any Archive) throws -> RunbookLibrary {
    var names: [[UInt8]: String] = [:]
    for document in present.documents where document.kind == .runbook {
      names[document.hash] = document.name
    }
    // What was begun with an earlier text goes on with it.
    for work in present.works where names[work.runbook.hash] == nil {
      names[work.runbook.hash] = work.runbook.id + ".md"
    }
    let revisions = Dictionary(
      present.runbooks.map { ($0.hash, $0.revision) }
        + present.works.map { ($0.runbook.hash, $0.runbook.revision) },
      uniquingKeysWith: { first, _ in first })
    var runbooks: [Runbook] = []
    for (hash, name) in names.sorted(by: { $0.value < $1.value }) {
      guard let content = ContentHash(hash), let bytes = try archive.blob(content),
        let text = String(validating: bytes, as: UTF8.self)
      else { continue }
      let file = RunbookFile(text, path: name, name: name, revision: revisions[hash] ?? nil)
      runbooks.append(file.runbook)
    }
    return RunbookLibrary(runbooks)
  }
}
