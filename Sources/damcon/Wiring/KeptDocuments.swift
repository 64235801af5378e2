import FleetFile
import Foundation
import Incident
import Journal
import Recording
import Session

/// The files in force as a recording keeps them: what they are for the state, their texts beside it.
struct KeptDocuments: Sendable {
  private(set) var documents: [Document] = []
  private var texts: [[UInt8]] = []
  /// What is to be said of those that cannot be kept.
  private(set) var notes: [Note] = []

  /// - Parameter path: only its last part is kept.
  mutating func add(_ kind: Document.Kind, path: String, text: String, masked: Int = 0) {
    let bytes = [UInt8](text.utf8)
    documents.append(
      Document(
        kind: kind, name: URL(fileURLWithPath: path).lastPathComponent,
        hash: ContentHash(of: bytes).bytes, size: bytes.count, masked: masked))
    texts.append(bytes)
  }

  /// A fleet file that was read; secrets that are written in it are masked.
  mutating func add(_ reading: FleetFile.Reading, path: String) {
    if let kept = FleetFile.keepable(reading, path: path) {
      add(.fleetFile, path: path, text: kept.text, masked: kept.masked)
    } else {
      notes.append(
        Note(
          .warning,
          "the fleet file holds a secret that cannot be masked: its text is not recorded; "
            + "{env: NAME} or {file: PATH} keeps secrets out"))
    }
  }

  /// They are in force from now on.
  func enter(into inbox: Inbox) {
    for note in notes { inbox.put(.note(note)) }
    inbox.put(.documents(documents), with: Enclosure(texts))
  }
}
