import ArgumentParser
import Console
import Fleet
import Foundation
import Incident
import Journal
import Replay
import Screen
import Settings

/// A recording in the same panes.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Go through a recording in the same panes: play, pause, step, jump, compare.",
    discussion: """
      Any size, any theme: a recording holds data and not pictures. Notes go into a file beside it, \
      which is never changed itself. Without a terminal it prints what happened, a line each.

      Times are UTC as on the screen: 14:32, 14:32:05, 2026-11-21T14:32Z, or -5m from the end.
      """)

  @Argument(help: "The recording.", completion: .file(extensions: ["damcon"]))
  var file: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Where to begin; else at its first entry.", valueName: "time"))
  var at: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Where to stop; else at its last entry.", valueName: "time"))
  var until: String?

  @Option(
    help: ArgumentHelp(
      "Play at once, so many seconds of the recording in one; negative is backwards.",
      valueName: "number"))
  var speed: Double?

  @OptionGroup var look: ScreenOptions

  func validate() throws {
    if let speed, !(0.25...600).contains(abs(speed)) {
      throw ValidationError("--speed is from 0.25 to 600, or the same backwards.")
    }
  }

  func run() throws {
    let preferences = try Preferences.read(look.flags)
    let recording = try OpenRecording(file)
    let start = try at.map { try recording.offset($0, option: "--at") }
    let end = try until.map { try recording.offset($0, option: "--until") }
    guard StandardOutput.isTerminal, !preferences.settings.linear.value else {
      return try ReplayCommand.list(recording, from: start, to: end)
    }
    SignalMask.blockAll()
    try ReplayScreen.show(
      recording, from: start, to: end, speed: speed, preferences)
  }

  /// What happened, a line each.
  private static func list(_ recording: OpenRecording, from: Int64?, to end: Int64?) throws {
    let milestones: [Milestone]
    do {
      milestones =
        try recording.archive.milestones() + NotesFile(of: recording.path).milestones()
    } catch { throw OpenRecording.failure(error, recording.path) }
    let wanted = (from ?? .min)...max(from ?? .min, end ?? .max)
    var text = ""
    for milestone in milestones.sorted(by: { $0.instant.offset < $1.instant.offset })
    where wanted.contains(milestone.instant.offset) {
      let time = CivilTime(unixNanoseconds: milestone.instant.wall).rfc3339Seconds
      let service = milestone.service.map { " \($0)" } ?? ""
      text += "\(time) \(milestone.kind.rawValue)\(service): \(milestone.words)\n"
    }
    if let damage = recording.archive.damage { text += "partial: \(damage)\n" }
    try StandardOutput.write(text.split(separator: "\n").map { LineText.clean($0) }.joined())
  }
}
