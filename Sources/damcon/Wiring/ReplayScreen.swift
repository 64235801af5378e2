import Console
import Foundation
import Incident
import Journal
import Replay
import Session
import Synchronization

/// A recording on this terminal, until the responder quits.
enum ReplayScreen {
  /// To be called on the main thread, after `SignalMask.blockAll()`.
  static func show(
    _ recording: OpenRecording, from start: Int64?, to end: Int64?, speed: Double?,
    _ preferences: Preferences
  ) throws {
    let past: Past
    do {
      past = try Past(
        recording.archive, at: start.map { .offset($0) } ?? .beginning, until: end)
    } catch { throw OpenRecording.failure(error, recording.path) }
    let stage = try Stage(preferences)
    let keyboard = Keyboard { past.nudge() }
    let notes = NotesFile(of: recording.path)
    let writer = NSUserName()
    let desk = stage.desk(
      .past, source: .file(name: recording.name, integrity: "checking it", isWhole: true),
      keyboard: keyboard,
      errands: ConsoleDesk.Errands(
        submit: { _ in .taken }, openPast: nil, closePast: {},
        note: { text, present in .mark(try notes.write(text, by: writer, at: present)) }))
    let running = Task {
      for milestone in notes.milestones() { await past.perform(.mark(milestone)) }
      if let speed {
        await past.perform(.speed(speed))
        await past.perform(.play)
      }
      await past.attach { PastSeat(desk) }
      await past.run()
    }
    let runbooks = RunbookDesk()
    desk.use(runbooks)
    // Runbooks are looked at after a key, and there may be thousands.
    Thread.detachNewThread { [archive = recording.archive] in
      guard let library = try? RecordedRunbooks.library(of: archive) else { return }
      runbooks.take(library)
      keyboard.ring()
    }
    let path = recording.path
    // It takes as long as the recording is large; what is shown was checked piece by piece anyway.
    Thread.detachNewThread { desk.tell(integrity(of: path), of: recording.name) }
    defer { running.cancel() }
    try stage.run(keyboard)
  }

  /// What is to be known of the whole file, in a few words.
  private static func integrity(of path: String) -> (words: String, isWhole: Bool) {
    do {
      let verification = try Verifier.verify(path: path)
      if verification.finding == .intact { return ("recording intact", true) }
      return (verification.damage?.description ?? "\(verification.finding)", false)
    } catch { return (error.reason, false) }
  }
}
