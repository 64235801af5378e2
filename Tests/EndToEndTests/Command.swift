import Foundation
import Testing

/// A program that is run to its end, and what it said.
///
/// By `posix_spawn` rather than Foundation's `Process`, whose waiting needs a run loop that the
/// threads of a test do not have.
struct Command {
  var status: Int32
  var output: String
  var errors: String

  /// Runs `program` and returns once it has ended; it is ended by force after `seconds`.
  @discardableResult static func run(
    _ program: String, _ arguments: [String], seconds: Double = 60, in folder: URL? = nil
  ) throws -> Command {
    let output = temporaryFile()
    let errors = temporaryFile()
    defer { for file in [output, errors] { try? FileManager.default.removeItem(at: file) } }
    // `env -C` goes to a folder for the program alone; this process stays where it is.
    let words = folder.map { ["/usr/bin/env", "-C", $0.path, program] } ?? [program]
    let child = try Child(
      words[0], words.dropFirst() + arguments, output: output.path, errors: errors.path)
    let status = child.wait(seconds)
    return Command(
      status: status, output: try text(of: output), errors: try text(of: errors))
  }

  private static func temporaryFile() -> URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("damcon-\(UUID().uuidString)")
  }

  private static func text(of file: URL) throws -> String {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }
}

/// What a command of `damcon action` printed with `--format json`.
extension Command {
  /// The one object that it printed.
  func object() throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any],
      "\(output)\(errors)")
  }

  /// The run that it is about.
  func run() throws -> ToldRun {
    try ToldRun(try #require(try object()["run"] as? [String: Any], "\(output)\(errors)"))
  }
}

/// A run of an action, as it was told.
struct ToldRun: CustomStringConvertible {
  let id: String
  let hash: String
  let state: String
  /// Why it ended where it did not go well.
  let because: String?
  /// What stands in each of its steps.
  let steps: [[String: Any]]
  let approvedBy: [String]

  init(_ run: [String: Any]) throws {
    id = try #require(run["id"] as? String, "\(run)")
    hash = try #require(run["hash"] as? String, "\(run)")
    state = try #require(run["state"] as? String, "\(run)")
    because = run["because"] as? String
    steps = try #require(run["steps"] as? [[String: Any]], "\(run)")
    let approvals = try #require(run["approvals"] as? [String: Any], "\(run)")
    approvedBy = try #require(approvals["by"] as? [String], "\(run)")
  }

  /// For who reads that a test has failed.
  var description: String {
    let heard = steps.map { step in
      "\(step["target"] ?? "?"): \(step["answer"] ?? "?"), taken back: \(step["taken_back"] ?? "?")"
    }
    return "\(id) is \(state): \(because ?? "no reason"); \(heard)"
  }
}

/// The program under test: `DAMCON_BINARY`, or the one built beside the tests.
enum Damcon {
  static let path: String = {
    // Whoever runs the tests may have settings and themes of their own; they are not what is tested.
    setenv("XDG_CONFIG_HOME", FileManager.default.temporaryDirectory.path + "/no-settings", 1)
    setenv(
      "XDG_STATE_HOME", FileManager.default.temporaryDirectory.path + "/damcon-state-\(getpid())", 1
    )
    if let path = ProcessInfo.processInfo.environment["DAMCON_BINARY"] { return path }
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return bundle.appendingPathComponent("damcon").path
  }()

  static func run(_ arguments: String..., seconds: Double = 60) throws -> Command {
    try Command.run(path, arguments, seconds: seconds)
  }
}
