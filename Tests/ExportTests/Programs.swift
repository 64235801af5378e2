import Foundation
import Testing

/// A program that is run to its end, and what it said.
///
/// By `posix_spawn`: Foundation's `Process` needs a run loop that the threads of a test do not
/// have.
struct Program {
  var status: Int32
  var output: String

  /// nil where it is not installed; that is a mistake in CI, and elsewhere a reason to skip.
  static func find(_ name: String) -> String? {
    let folders = ["/usr/bin", "/usr/local/bin", "/bin"]
    if let folder = folders.first(where: {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }) {
      return "\(folder)/\(name)"
    }
    #expect(
      ProcessInfo.processInfo.environment["CI"] == nil, "\(name) is missing: make deps-test")
    print("skipped: \(name) is not installed; `make deps-test` installs it")
    return nil
  }

  /// Runs `program` and returns once it has ended; it is ended by force after `seconds`.
  static func run(_ program: String, _ arguments: [String], seconds: Double = 60) throws -> Program
  {
    let output = Folder()
    let file = output.path + "/said"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var id: pid_t = 0
    let failure = posix_spawn(&id, program, &actions, &attributes, words, environ)
    guard failure == 0 else { throw POSIXError(.init(rawValue: failure) ?? .ENOENT) }
    var status: Int32 = 0
    if !wait(seconds, until: { waitpid(id, &status, WNOHANG) == id }) {
      kill(id, SIGKILL)
      waitpid(id, &status, 0)
    }
    return Program(
      status: status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f),
      output: String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self))
  }

  /// Looks again every 20 ms until `condition` holds; false when it has not after `seconds`.
  static func wait(_ seconds: Double, until condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while !condition() {
      if ContinuousClock.now > deadline { return false }
      Thread.sleep(forTimeInterval: 0.02)
    }
    return true
  }
}

/// A folder that is gone with the test.
final class Folder {
  let path = FileManager.default.temporaryDirectory.path + "/damcon-export-\(UUID().uuidString)"

  init() {
    try? FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }
}

/// Python's own reading of a text, as the JSON that its script prints.
struct Python {
  /// `script` finds the text's file in `path`, and prints JSON; nil where there is no Python.
  static func read<Answer: Decodable>(
    _ text: String, as type: Answer.Type, _ script: String
  ) throws -> Answer? {
    guard let python = Program.find("python3") else { return nil }
    let folder = Folder()
    let file = try folder.write(text, to: "text")
    let program = try Program.run(python, ["-c", "import json\npath = '\(file)'\n\(script)"])
    #expect(program.status == 0, "\(program.output)")
    return try JSONDecoder().decode(Answer.self, from: Data(program.output.utf8))
  }
}
