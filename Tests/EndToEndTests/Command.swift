import Foundation

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

/// A process that runs beside the test and is ended by its id.
struct Child {
  let id: pid_t

  /// Starts `program` without standard input; what it says goes to files, by default to none.
  init(
    _ program: String, _ arguments: [String], output: String = "/dev/null",
    errors: String = "/dev/null"
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    // Threads of a test block signals; a terminal that inherited that would never hear its child end.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var id: pid_t = 0
    let failure = posix_spawn(&id, program, &actions, &attributes, words, environ)
    guard failure == 0 else { throw POSIXError(.init(rawValue: failure) ?? .ENOENT) }
    self.id = id
  }

  /// The exit status, or the number of the signal below zero; killed where `seconds` have passed.
  func wait(_ seconds: Double) -> Int32 {
    var status: Int32 = 0
    if !waitUntil(seconds, { waitpid(id, &status, WNOHANG) == id }) {
      kill(id, SIGKILL)
      waitpid(id, &status, 0)
    }
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : -signal
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
