import ArgumentParser
import Canvas
import Console
import Export
import Fleet
import Foundation
import Incident
import Journal
import Recording
import Replay
import Settings

extension ExportFormat: ExpressibleByArgument {}

/// A recording's numbers for other tools.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a recording's numbers for other tools.",
    discussion: """
      csv: a row for each service and step. jsonl: an object a line, events and figures. openmetrics: \
      for `promtool tsdb create-blocks-from openmetrics`. asciicast: what the screen showed, for \
      asciinema. raw: what services answered word for word, an object a line, where it was recorded \
      with --keep-raw. fleet: the fleet file in force at the end, or when --at says.
      """)

  @Argument(help: "The recording.", completion: .file(extensions: ["damcon"]))
  var file: String

  @Option(help: "What to write.") var format: ExportFormat

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Where to; else standard output.", valueName: "file"), completion: .file())
  var output: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("From when on; else all.", valueName: "time"))
  var from: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("Up to when; else all.", valueName: "time"))
  var to: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("fleet: in force when; else at the end.", valueName: "time"))
  var at: String?

  @Option(help: ArgumentHelp("Time between two rows.", valueName: "duration"))
  var step = DurationArgument(argument: "15s")!

  @Option(help: ArgumentHelp("asciicast: columns and rows.", valueName: "120x40"))
  var size = FrameSize(argument: "120x40")!

  @Option(help: ArgumentHelp("asciicast: seconds of the recording in one.", valueName: "number"))
  var speed = 30.0

  @Option(
    help: ArgumentHelp("asciicast: a theme by name or file.", valueName: "name|file"),
    completion: ThemeOption.completion)
  var theme = "dark"

  @Option(help: "asciicast: which pane.") var pane: PaneChoice = .fleet

  func validate() throws {
    if at != nil, format != .fleet {
      throw ValidationError("--at is for --format fleet; others take --from and --to.")
    }
    if format == .fleet, from != nil || to != nil {
      throw ValidationError("--format fleet tells of one instant: --at says which.")
    }
  }

  func run() throws {
    let recording = try OpenRecording(file)
    guard var exporter = try exporter(of: recording) else {
      return try writeFleetFile(of: recording)
    }
    let start = try from.map { try recording.offset($0, option: "--from") }
    let end = try to.map { try recording.offset($0, option: "--to") }
    let writing = try Writing(output)
    var last: State?
    try recording.walk(from: start, to: end) { entry, state in
      try exporter.take(entry, after: state) { try writing.write($0) }
      if entry.instant.offset >= end ?? .max { last = state }
    }
    last = try last ?? recording.player(at: end ?? .max).state
    do { try exporter.finish(after: last) { try writing.write($0) } } catch {
      throw OpenRecording.failure(error, file)
    }
    for caveat in exporter.caveats { Damcon.writeError("note: \(caveat)") }
    if let damage = recording.archive.damage { Damcon.writeError("partial: \(damage)") }
  }

  private func writeFleetFile(of recording: OpenRecording) throws {
    let offset = try at.map { try recording.offset($0, option: "--at") } ?? .max
    let documents = try recording.player(at: offset).state.present.documents
    guard let document = documents.first(where: { $0.kind == .fleetFile }) else {
      throw Failure(
        "\(file): no fleet file was in force then, or none was recorded", .notFine)
    }
    let bytes: [UInt8]?
    do { bytes = try ContentHash(document.hash).flatMap { try recording.archive.blob($0) } } catch {
      throw OpenRecording.failure(error, file)
    }
    guard let bytes else {
      throw Failure("\(file): the text of \(document.name) is not in it", .couldNotRun)
    }
    var text = String(decoding: bytes, as: UTF8.self)
    // A recording can come from anybody: a terminal gets no escape out of it, a file gets the text.
    if output == nil, isatty(STDOUT_FILENO) == 1 {
      text = text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { LineText.clean($0) }.joined()
    }
    try Writing(output).write(text)
    if document.masked > 0 {
      Damcon.writeError(
        "note: secrets were written in \(document.name); masked: \(document.masked)")
    }
    if let damage = recording.archive.damage { Damcon.writeError("partial: \(damage)") }
  }

  private func exporter(of recording: OpenRecording) throws -> (any Exporter)? {
    switch format {
    case .raw:
      return RawExport { hash in
        try ContentHash(hash).flatMap { try recording.archive.blob($0) }
      }
    case .fleet: return nil
    case .csv: return CSVExport(step: step.seconds)
    case .jsonl: return JSONLinesExport(step: step.seconds)
    case .openmetrics:
      do {
        return OpenMetricsExport(
          step: step.seconds, spool: try FileSpool(in: FileManager.default.temporaryDirectory.path))
      } catch { throw Failure("\(error)") }
    case .asciicast:
      let theme = try Preferences.theme(theme)
      return AsciicastExport(
        console: ConsoleState(size: size.size), theme: theme,
        direction: AsciicastExport.Direction(speed: speed)
      ) { [pane] console, _ in
        if console.pane != pane.pane { console.show(pane.pane) }
      }
    }
  }
}

/// Where the text goes.
private final class Writing {
  private let file: FileHandle?

  init(_ path: String?) throws {
    guard let path else {
      file = nil
      return
    }
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw Failure("\(path) cannot be written", .wrongUse) }
    self.file = file
  }

  func write(_ text: String) throws {
    if let file { return try file.write(contentsOf: Data(text.utf8)) }
    if try !StandardOutput.write(text) { throw Failure("nobody reads what is written", .notFine) }
  }
}
