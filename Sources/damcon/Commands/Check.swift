import ArgumentParser
import Canvas
import Export
import Fleet
import FleetFile
import Foundation
import Incident
import Replay
import Settings
import YAMLText

/// Validates the settings, the themes, the fleet file and the runbooks.
struct Check: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif }

  static let configuration = CommandConfiguration(
    abstract: "Say what is wrong with a fleet file and its runbooks, with file:line:column.",
    discussion: """
      Looks at your settings and themes too. Runbooks are held against the fleet: its services, \
      signals and actions; with --targets or --recording against what its targets export as well. \
      Without a fleet file, --runbooks checks what needs none. Exits 0 when nothing is wrong, 1 when \
      something is.
      """)

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "The fleet file. (default: \(FleetSource.defaultPath))", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(
    name: .customLong("runbooks"),
    help: ArgumentHelp(
      "A folder of runbooks, or one of them, beside the fleet file's; may be given again.",
      valueName: "folder"),
    completion: .directory)
  var runbooks: [String] = []

  @Flag(help: "Ask every target once, for indicators that none of them exports.")
  var targets = false

  @Option(
    help: ArgumentHelp(
      "Take what targets export from the end of a recording.", valueName: "file"),
    completion: .file(extensions: ["damcon"]))
  var recording: String?

  @Option(help: "How to print what is wrong: json and sarif go to standard output.")
  var format: Format = .text

  @Flag(
    help: """
      Print each setting and where it came from, and the fleet as it was understood, defaults \
      filled in.
      """)
  var explain = false

  /// To see what a flag would change.
  @OptionGroup(visibility: .hidden) var look: ScreenOptions

  func validate() throws {
    if explain, format != .text { throw ValidationError("--explain is text.") }
    if targets, recording != nil {
      throw ValidationError("Give --targets or --recording, not both.")
    }
  }

  func run() throws {
    var findings: [Finding] = []
    do {
      let preferences = try Preferences.read(look.flags)
      findings += themeProblems(preferences).map { Finding(.theme, $0) }
      if explain {
        try StandardOutput.write(preferences.settings.explanation(preferences.folders))
      }
    } catch let failure as Failure {
      findings.append(Finding(.settings, Problem(file: nil, failure.sentence)))
    }
    var source: FleetSource?
    do throws(FileProblems) {
      if try isFleetMeant { source = try FleetSource.reading(path) }
    } catch {
      findings += error.problems.map { Finding(.fleetFile, $0) }
    }
    if let source { try tell(of: source) }
    let shelf = RunbookShelf(folders(source))
    findings += shelf.unread.map {
      Finding(RunbookFinding(rule: .unreadable, problem: $0, fix: nil))
    }
    findings += try RunbookLint.findings(
      shelf.files, fleet: source?.fleet, actions: source?.reading?.actions ?? [],
      today: Today.number, exported: exported(source)
    ).map(Finding.init)
    try report(findings, shelf)
    if !findings.isEmpty { throw ExitCode(Failure.Code.notFine.rawValue) }
  }

  private var path: String { config ?? FleetSource.defaultPath }

  /// Runbooks can be checked by themselves, where no fleet file is named and there is none.
  private var isFleetMeant: Bool {
    config != nil || runbooks.isEmpty || FileManager.default.fileExists(atPath: path)
  }

  private func tell(of source: FleetSource) throws {
    for warning in source.warnings { Damcon.writeError("warning: \(warning)") }
    guard format == .text else { return }
    let instances = source.fleet.services.reduce(0) { $0 + $1.instances.count }
    try StandardOutput.write(
      "\(path): fine. \(source.fleet.services.count) services, \(instances) instances.\n")
    if explain { try StandardOutput.write(FleetExplanation.page(of: source.fleet)) }
  }

  /// The fleet file's and those that are named, each once.
  private func folders(_ source: FleetSource?) -> [String] {
    var seen: Set<String> = []
    return ((source?.shelf.folders ?? []) + runbooks).filter {
      seen.insert(URL(fileURLWithPath: $0).standardizedFileURL.path).inserted
    }
  }

  private func exported(_ source: FleetSource?) throws -> [String: Set<String>]? {
    if let recording {
      return ExportedNames.of(try OpenRecording(recording).player(at: .max).state.present)
    }
    guard targets else { return nil }
    guard let source else {
      throw Failure("--targets: there is no fleet file that says whom to ask", .wrongUse)
    }
    let patience = Patience(source.fleet, seconds: nil)
    return try Blocking.run {
      await LiveFleet.once(source, after: { await patience.wait(for: $0) }) {
        ExportedNames.of($0.present)
      }
    }
  }

  private func report(_ findings: [Finding], _ shelf: RunbookShelf) throws {
    switch format {
    case .text:
      if !findings.isEmpty {
        return Damcon.writeError(findings.map(\.line).joined(separator: "\n"))
      }
      if !shelf.folders.isEmpty {
        let count = shelf.files.count == 1 ? "1 runbook" : "\(shelf.files.count) runbooks"
        try StandardOutput.write("runbooks: fine. \(count).\n")
      }
    case .json:
      try StandardOutput.write(
        FindingsJSON.document(findings, runbooks: shelf.files.count).pretty + "\n")
    case .sarif:
      let report = FindingsSARIF(folder: FileManager.default.currentDirectoryPath)
      try StandardOutput.write(report.document(findings).pretty + "\n")
    }
  }

  /// What is wrong with the chosen theme and the responder's own; what is odd is warned of.
  private func themeProblems(_ preferences: Preferences) -> [Problem] {
    var wrong: [Problem] = []
    do throws(FileProblems) { _ = try preferences.settings.theme(from: preferences.library) } catch
    {
      wrong += error.problems
    }
    for name in preferences.library.ownNames() {
      do throws(FileProblems) {
        let reading = try preferences.library.theme(name)
        for warning in reading.warnings { Damcon.writeError("warning: \(warning)") }
        let faint = Legibility(of: reading.theme).faint()
        if let worst = faint.min(by: { $0.contrast < $1.contrast }) {
          Damcon.writeError(
            "warning: the theme \(name) is hard to read: \(worst), below 4.5"
              + (faint.count > 1 ? " (and \(faint.count - 1) more)" : ""))
        }
      } catch {
        wrong += error.problems.filter { !wrong.contains($0) }
      }
    }
    return wrong
  }
}
