import Foundation

/// `JournalProbe` run to its end in a process of its own, and what it said.
struct ProbeRun {
  /// The exit status, or the number of the signal that ended it below zero.
  var status: Int32
  var lines: [String]

  struct Failed: Error {}

  /// - Parameter environment: set beside what this process has.
  init(_ arguments: [String], environment: [String: String] = [:], seconds: Double = 60) throws {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let program = folder.appendingPathComponent("JournalProbe").path
    let output = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-probe-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: output) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(
      &actions, 1, output.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // A trap that is looked for needs no picture of the stack.
    let own = ["SWIFT_BACKTRACE": "enable=no"].merging(environment) { $1 }
    let inherited = ProcessInfo.processInfo.environment.merging(own) { $1 }
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let variables = inherited.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var id: pid_t = 0
    guard posix_spawn(&id, program, &actions, nil, words, variables) == 0 else { throw Failed() }
    var raw: Int32 = 0
    let end = Date(timeIntervalSinceNow: seconds)
    while waitpid(id, &raw, WNOHANG) == 0 {
      if Date() > end { kill(id, SIGKILL) }
      usleep(5000)
    }
    status = raw & 0x7f == 0 ? raw >> 8 & 0xff : -(raw & 0x7f)
    lines = String(decoding: try Data(contentsOf: output), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }
}
