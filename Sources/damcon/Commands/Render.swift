import ArgumentParser
import Canvas
import Console
import Containment
import Fleet
import Incident
import Journal
import Recording
import Replay
import Session
import Simulator

/// One frame of the dashboard, drawn without a terminal.
struct Render: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, ansi, svg }

  static let configuration = CommandConfiguration(
    abstract: "Draw one frame of a recording or of a simulated incident, as text, ANSI or SVG.",
    discussion: """
      Of a recording (a file that ends in .damcon) it draws the instant that --at names, else its last. \
      Of a scenario it lives the story for as long as --after says, then draws what the screen shows.
      """)

  @OptionGroup var scenario: ScenarioOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Of a recording: which instant, as 14:32:05 or -5m from its end.", valueName: "time"))
  var at: String?

  @Option(help: ArgumentHelp("How long to watch before drawing.", valueName: "duration"))
  var after = DurationArgument(argument: "30s")!

  @Option(help: ArgumentHelp("Columns and rows.", valueName: "120x40"))
  var size = FrameSize(argument: "120x40")!

  @Option(help: "Which pane to draw; a service's is --service.") var pane: PaneChoice = .fleet

  @Option(help: ArgumentHelp("Go into this service's pane.", valueName: "service"))
  var service: String?

  @Flag(help: "Draw what a screen on a wall shows.") var wall = false

  @Option(
    help: ArgumentHelp(
      "Of the wall: which page, where there is something to say of it; else the one whose turn it is."
    ))
  var page: Wall.Topic?

  @OptionGroup var veil: VeilOption

  @Option(
    help: ArgumentHelp("A theme by name or file.", valueName: "name|file"),
    completion: ThemeOption.completion)
  var theme = "dark"

  @Flag(help: "Draw with ASCII alone.") var ascii = false
  @Option(help: "How to print it.") var format: Format = .text

  func validate() throws {
    if page != nil, !wall { throw ValidationError("--page is a page of --wall.") }
    if veil.redact != nil, !wall {
      throw ValidationError(
        "--redact is for --wall: the other panes are full of names and addresses.")
    }
  }

  func run() throws {
    // The flag alone decides: a picture is to look the same whoever draws it.
    let theme = try Preferences.theme(theme)
    let frame =
      try scenario.scenario.hasSuffix(".damcon") ? recordedFrame() : simulatedFrame()
    switch format {
    case .text: try StandardOutput.write(frame.text + "\n")
    case .ansi: try StandardOutput.write(frame.ansi(theme: theme, depth: .truecolor) + "\n")
    case .svg:
      try StandardOutput.write(frame.svg(theme: theme, label: "damcon on \(scenario.scenario)"))
    }
  }

  /// The file's frame says PAST, as its replay does.
  private func recordedFrame() throws -> Frame {
    let recording = try OpenRecording(scenario.scenario)
    let offset = try at.map { try recording.offset($0, option: "--at") }
    let player = try recording.player(at: offset ?? .max)
    var console = ConsoleState(size: size.size, glyphs: ascii ? .ascii : .unicode)
    let damage = recording.archive.damage
    var playback = Playback(
      source: .file(
        name: recording.name, integrity: damage.map { "partial: \($0)" } ?? "",
        isWhole: damage == nil),
      from: recording.span.first, to: recording.span.last)
    do {
      playback.milestones = try recording.archive.milestones()
      playback.pulses = try recording.archive.pulses()
    } catch { throw OpenRecording.failure(error, recording.path) }
    console.playback = playback
    do {
      console.library = try RecordedRunbooks.library(of: recording.archive)
    } catch { throw OpenRecording.failure(error, recording.path) }
    look(&console, player.state)
    return Console.render(player.state, console)
  }

  /// Goes where the picture is to be taken.
  private func look(_ console: inout ConsoleState, _ state: State) {
    if wall {
      console.wall = Wall(veiled: veil.rules, pinned: page)
      return
    }
    console.show(pane.pane)
    if let service { console.show(service, state) }
    switch pane {
    case .runbook: _ = console.reduce(.key(.character("r")), over: state)
    case .actions: _ = console.reduce(.key(.character("a")), over: state)
    case .action:
      let run = state.present.actionRuns.last { service == nil || $0.plan.service == service }
      if let run { console.show(.action(run.plan.id)) }
    default: break
    }
  }

  private func simulatedFrame() throws -> Frame {
    let simulated = try scenario.start(near: true)
    defer { try? Blocking.run { await simulated.stop() } }
    let source = FleetSource.fixed(try scenario.watched(simulated), RunbookShelf.samples())
    let library = source.shelf.library
    return try Blocking.run { [after, size, ascii] in
      await LiveFleet.once(source, after: after.seconds) { state in
        var console = ConsoleState(size: size.size, glyphs: ascii ? .ascii : .unicode)
        console.library = library
        look(&console, state)
        return Console.render(state, console)
      }
    }
  }
}

extension Wall.Topic: ExpressibleByArgument {}

/// The panes that need no service to be named.
enum PaneChoice: String, ExpressibleByArgument, CaseIterable {
  case fleet, help, log, budgets, fallbacks, changes, origin, users
  case glossary, runbooks, runbook, handover, actions, action

  var pane: Pane {
    switch self {
    case .fleet: .fleet
    case .help: .help
    case .log: .log
    case .budgets: .budgets
    case .fallbacks: .fallbacks
    case .changes: .changes
    case .origin: .origin
    case .users: .capabilities
    case .glossary: .glossary
    case .runbooks: .runbooks(nil)
    // Which one, its key finds out.
    case .runbook, .actions, .action: .fleet
    case .handover: .handover
    }
  }
}

/// Columns by rows, as `120x40`.
struct FrameSize: ExpressibleByArgument {
  var size: Size

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x").map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1],
      (1...500).contains(width), (1...200).contains(height)
    else { return nil }
    size = Size(width, height)
  }
}
