import CBench
import Glibc
import Synchronization

/// A process that the bench started: ended by its id, in order, whatever way the bench itself ends.
final class Child: Sendable {
  let id: pid_t
  /// Our end of its terminal, where it has one; -1 otherwise.
  let terminal: CInt
  private let ended = Atomic(false)

  private init(id: pid_t, terminal: CInt) {
    self.id = id
    self.terminal = terminal
    Children.add(id)
  }

  /// Starts a program whose output goes to descriptors, nowhere where they are -1.
  static func start(
    _ arguments: [String], in folder: String, output: CInt = -1, errors: CInt = -1
  ) throws(BenchError) -> Child {
    let id = withCStrings(arguments) { arguments in
      withCStrings(environment(home: folder)) { environment in
        bench_spawn(folder, arguments, environment, output, errors)
      }
    }
    guard id > 0 else { throw BenchError("cannot start \(arguments[0]): \(lastError())") }
    return Child(id: id, terminal: -1)
  }

  /// Starts a program on a terminal of its own.
  static func start(
    _ arguments: [String], in folder: String, columns: Int, rows: Int
  ) throws(BenchError) -> Child {
    var terminal: CInt = -1
    let environment = environment(home: folder) + ["TERM=xterm-256color", "COLORTERM=truecolor"]
    let id = withCStrings(arguments) { arguments in
      withCStrings(environment) { environment in
        bench_spawn_terminal(
          folder, arguments, environment, CInt(columns), CInt(rows), &terminal)
      }
    }
    guard id > 0 else { throw BenchError("cannot start \(arguments[0]): \(lastError())") }
    _ = bench_set_close_on_exec(terminal)
    return Child(id: id, terminal: terminal)
  }

  /// A bare environment and an empty home: nobody's own settings are measured.
  private static func environment(home: String) -> [String] {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return [
      "PATH=\(path)", "HOME=\(home)", "LANG=C.UTF-8", "LC_ALL=C.UTF-8",
      "XDG_CONFIG_HOME=\(home)/config", "XDG_STATE_HOME=\(home)/state",
      "XDG_CACHE_HOME=\(home)/cache", "XDG_RUNTIME_DIR=\(home)",
    ]
  }

  var isRunning: Bool { !ended.load(ordering: .relaxed) && !reap() }

  /// Asks it to end, insists after five seconds, and returns when it has ended.
  func end() {
    defer { if terminal >= 0 { close(terminal) } }
    guard !ended.load(ordering: .relaxed) else { return }
    kill(id, SIGTERM)
    let deadline = Clock.now() + 5_000_000_000
    while !reap() {
      // A program that writes its farewell to a full terminal could not end.
      if terminal >= 0 { Terminal.discard(from: terminal) }
      if Clock.now() > deadline { kill(id, SIGKILL) }
      usleep(10_000)
    }
  }

  /// Waits for it to end by itself; false when it had to be ended.
  func wait(upTo seconds: Double) -> Bool {
    if Clock.wait(upTo: seconds, until: { !isRunning }) { return true }
    end()
    return false
  }

  private func reap() -> Bool {
    if ended.load(ordering: .relaxed) { return true }
    var status: CInt = 0
    guard waitpid(id, &status, WNOHANG) != 0 else { return false }
    ended.store(true, ordering: .relaxed)
    Children.remove(id)
    return true
  }
}

/// Every process that is running because of us.
enum Children {
  private static let running = Mutex(Set<pid_t>())

  static func add(_ id: pid_t) { running.withLock { _ = $0.insert(id) } }
  static func remove(_ id: pid_t) { running.withLock { _ = $0.remove(id) } }

  /// For the way out by a signal: no manners, only ids of ours.
  static func endAll() {
    running.withLock { ids in
      for id in ids { kill(id, SIGTERM) }
      usleep(200_000)
      for id in ids {
        kill(id, SIGKILL)
        waitpid(id, nil, 0)
      }
      ids = []
    }
  }
}

/// A null-terminated array of C strings, as `execve` wants it.
private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return body(copies + [nil])
}
