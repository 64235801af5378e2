import Fleet
import Foundation
import Incident
import Synchronization

/// What viewers of a recording wrote down about it, a line each in a file beside it: the recording
/// itself is never changed.
final class NotesFile: Sendable {
  /// One note.
  private struct Line: Codable {
    /// The instant it is about: nanoseconds since 1970, and of the session's clock.
    var wall: Int64
    var offset: Int64
    var sequence: UInt64
    var by: String
    var written: String
    var text: String
  }

  let path: String
  private let writing = Mutex<Void>(())

  /// - Parameter recording: `incident.damcon` has `incident.notes.jsonl` beside it.
  init(of recording: String) {
    let stem = recording.hasSuffix(".damcon") ? String(recording.dropLast(7)) : recording
    path = stem + ".notes.jsonl"
  }

  /// What is there, oldest first; a line that is none is left out.
  func milestones() -> [Milestone] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    let decoder = JSONDecoder()
    return data.split(separator: UInt8(ascii: "\n")).prefix(10_000).compactMap {
      (try? decoder.decode(Line.self, from: Data($0))).map(NotesFile.milestone)
    }
    .sorted { $0.instant.offset < $1.instant.offset }
  }

  /// Writes one down; throws a sentence where that cannot be done.
  func write(_ text: String, by name: String, at present: Present) throws -> Milestone {
    let line = Line(
      wall: present.now.wall, offset: present.now.offset, sequence: present.sequence, by: name,
      written: CivilTime(unixNanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
        .rfc3339Seconds, text: text)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes = try encoder.encode(line) + [UInt8(ascii: "\n")]
    try writing.withLock { _ in
      if !FileManager.default.fileExists(atPath: path) {
        FileManager.default.createFile(atPath: path, contents: nil)
      }
      guard let file = FileHandle(forWritingAtPath: path) else {
        throw Failure("\(path) cannot be written, so the note was not kept")
      }
      defer { try? file.close() }
      try file.seekToEnd()
      try file.write(contentsOf: bytes)
    }
    return NotesFile.milestone(line)
  }

  private static func milestone(_ line: Line) -> Milestone {
    Milestone(
      .note, sequence: line.sequence, instant: Instant(wall: line.wall, offset: line.offset),
      words: "\(line.by): \(line.text)")
  }
}
