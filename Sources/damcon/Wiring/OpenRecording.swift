import Console
import Fleet
import Foundation
import Incident
import Journal
import Recording
import Replay

/// A recording that a command is about.
struct OpenRecording {
  let path: String
  let archive: JournalArchive
  let span: RecordingSpan

  init(_ path: String) throws {
    self.path = path
    do {
      archive = try JournalArchive(path: path)
      guard let span = try archive.span() else {
        throw Failure("\(path): nothing is recorded in it", .notFine)
      }
      self.span = span
    } catch let error as JournalError {
      throw Failure(error.description, error.cause == .absent ? .wrongUse : .couldNotRun)
    }
  }

  /// Its name as a banner shows it.
  var name: String { URL(fileURLWithPath: path).lastPathComponent }

  /// The offset that a text names: a time of the recording, or so long before its end.
  func offset(_ text: String, option: String) throws -> Int64 {
    let playback = Playback(
      source: .file(name: name, integrity: "", isWhole: true), from: span.first, to: span.last)
    switch playback.offset(of: text, from: span.last) {
    case .success(let offset): return offset
    case .failure(let problem): throw Failure("\(option): \(problem.sentence)", .wrongUse)
    }
  }

  func player(at offset: Int64? = nil) throws -> Player {
    do { return try Player(archive, at: offset) } catch { throw OpenRecording.failure(error, path) }
  }

  /// Goes over every entry between two offsets with the state that it led to.
  func walk(
    from: Int64?, to end: Int64?, _ body: (Entry, State) throws -> Void
  ) throws {
    let player = try player(at: from)
    do {
      // Where it begins is told of as a moment in which nothing else happened.
      let begin = Entry(sequence: player.sequence, instant: player.now, event: .tick)
      try body(begin, player.state)
      var thrown: (any Error)?
      try player.goOn {
        thrown == nil && $0.instant.offset <= end ?? .max
      } each: { entry, state in
        do { try body(entry, state) } catch { thrown = error }
      }
      if let thrown { throw thrown }
    } catch { throw OpenRecording.failure(error, path) }
  }

  static func failure(_ error: any Error, _ path: String) -> Failure {
    if let failure = error as? Failure { return failure }
    let text = "\(error)"
    return Failure(text.hasPrefix(path) ? text : "\(path): \(text)")
  }
}
