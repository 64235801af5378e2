import Containment
import Execution
import Foundation

/// A folder of its own with scripts and a spool, gone with the test.
final class Workshop: Sendable {
  let folder: String
  let executor: CommandExecutor

  /// Beside this bundle lies what was built for it.
  static let supervisor: [String] = {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return [folder.appendingPathComponent("SupervisorProbe").path, "supervise"]
  }()

  var spool: String { folder + "/state/spool" }

  init() throws {
    folder =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-workshop-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    executor = CommandExecutor(
      spool: folder + "/state/spool", supervisor: Workshop.supervisor)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A command that has a shell run these lines; `$1` is the folder, and what follows comes behind it.
  func script(_ lines: String, _ further: String...) throws -> PlannedCommand {
    let path = "\(folder)/script-\(UUID().uuidString).sh"
    try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
    return PlannedCommand(arguments: ["sh", path, folder] + further)
  }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
  }

  /// A number that a script has written down; nil before it has.
  func number(_ name: String) -> Int32? {
    (try? text(name)).flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  func send(
    _ command: PlannedCommand, as name: SendingName = SendingName(run: "run-1", place: 0),
    timeout: Double = 30, began: @escaping @Sendable () async -> String? = { nil }
  ) async -> ActionAnswer {
    await executor.send(.command(command), as: name, key: nil, timeout: timeout, began: began)
  }

  func outcome(
    _ command: PlannedCommand, as name: SendingName = SendingName(run: "run-1", place: 0)
  ) async -> SpooledOutcome {
    await executor.outcome(of: name, .command(command))
  }

  /// What the spool keeps of what a program said.
  func output(_ file: String = "run-1-1") throws -> String {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(spool)/\(file).outcome"))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return object?["output"] as? String ?? ""
  }
}

/// Whether a process runs; one that has ended and that nobody has asked after yet does not.
func isAlive(_ process: Int32) -> Bool {
  guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
    let end = text.lastIndex(of: ")")
  else { return kill(process, 0) == 0 && !FileManager.default.fileExists(atPath: "/proc/self") }
  return text[end...].dropFirst(2).first != "Z"
}
