internal import Foundation

#if canImport(Glibc)
  package import Glibc
#elseif canImport(Musl)
  package import Musl
#else
  package import Darwin
#endif

/// A program in a terminal of its own, seen from the terminal's side: what it writes, and how it left things.
package final class PseudoTerminal {
  package let pid: pid_t
  /// -1 once the terminal was taken away.
  private var master: Int32
  /// Kept open so that the terminal's mode can be read after the program is gone.
  private let slave: Int32
  /// All that the program wrote and that was read here.
  package private(set) var output: [UInt8] = []
  private let log: String
  /// How the terminal was set before the program began.
  package let modeBefore: termios

  // POSIX_SPAWN_SETSID, which Glibc's headers show to GNU programs only.
  #if os(Linux)
    private static let newSession: Int16 = 0x80
  #else
    private static let newSession: Int16 = 0x400
  #endif

  package struct Failure: Error, CustomStringConvertible { package var description: String }

  /// Starts `program` with nothing in its environment but `environment`.
  package init(
    _ program: String, _ words: [String] = [], columns: UInt16 = 80, rows: UInt16 = 24,
    environment: [String: String]
  ) throws {
    var master: Int32 = -1
    var slave: Int32 = -1
    var name = [CChar](repeating: 0, count: 256)
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&master, &slave, &name, nil, &size) == 0 else {
      throw Failure(description: "openpty: \(String(cString: strerror(errno)))")
    }
    self.master = master
    self.slave = slave
    var mode = termios()
    tcgetattr(slave, &mode)
    modeBefore = mode
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
    log = NSTemporaryDirectory() + "/probe-\(UUID().uuidString).log"

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    // The test runner's threads block signals; the program must not inherit that.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes,
      Self.newSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    // Opened by the leader of a new session, it becomes its controlling terminal.
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var variablesByName = environment
    variablesByName["PROBE_LOG"] = log
    variablesByName["SWIFT_BACKTRACE"] = "enable=no"
    var arguments: [UnsafeMutablePointer<CChar>?] = ([program] + words).map {
      strdup($0)
    }
    arguments.append(nil)
    var variables: [UnsafeMutablePointer<CChar>?] = variablesByName.map {
      strdup("\($0.key)=\($0.value)")
    }
    variables.append(nil)
    defer {
      for pointer in arguments + variables { free(pointer) }
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, program, &actions, &attributes, &arguments, &variables)
    guard result == 0 else {
      close(master)
      close(slave)
      throw Failure(description: "\(program): \(String(cString: strerror(result)))")
    }
    self.pid = pid
  }

  deinit {
    if status == nil {
      kill(pid, SIGKILL)
      var status: Int32 = 0
      waitpid(pid, &status, 0)
    }
    if master >= 0 { close(master) }
    close(slave)
    unlink(log)
  }

  private var status: Int32?

  package var events: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
  package var text: String { String(decoding: output, as: UTF8.self) }

  package func type(_ text: String) { type(Array(text.utf8)) }

  package func type(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let n = bytes[sent...].withUnsafeBytes { write(master, $0.baseAddress!, $0.count) }
      if n > 0 { sent += n } else { pump(10) }
    }
  }

  package func resize(columns: UInt16, rows: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  package func signal(_ number: Int32) { kill(pid, number) }

  /// Reads what the program writes for up to so many milliseconds, or until there is some.
  package func pump(_ milliseconds: Int32) {
    var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, milliseconds) > 0 else { return }
    var buffer = [UInt8](repeating: 0, count: 65536)
    let n = read(master, &buffer, buffer.count)
    if n > 0 { output += buffer.prefix(n) }
  }

  /// Waits until `condition` holds, reading all the while; throws where it does not come true in time.
  package func wait(
    for what: String, seconds: Double = 10, reading: Bool = true, _ condition: () -> Bool
  ) throws {
    let end = Date().addingTimeInterval(seconds)
    while !condition() {
      if Date() > end {
        throw Failure(
          description:
            "waited in vain for \(what); events:\n\(events)\noutput: \(text.debugDescription)")
      }
      if reading { pump(20) } else { _ = poll(nil, 0, 20) }
    }
  }

  package func wait(forOutput wanted: String) throws {
    try wait(for: wanted) { text.contains(wanted) }
  }
  package func wait(forEvent wanted: String) throws {
    try wait(for: wanted) { events.contains(wanted) }
  }

  package enum End: Equatable {
    case exited(Int32)
    case signalled(Int32)
  }

  package func waitForEnd() throws -> End {
    var raw: Int32 = 0
    try wait(for: "the end of the program") { waitpid(pid, &raw, WNOHANG) == pid }
    status = raw
    for _ in 0..<5 { pump(5) }
    let signal = raw & 0x7f
    return signal == 0 ? .exited(raw >> 8 & 0xff) : .signalled(signal)
  }

  package func waitUntilStopped() throws {
    var raw: Int32 = 0
    try wait(for: "the program to stop") { waitpid(pid, &raw, WNOHANG | WUNTRACED) == pid }
  }

  /// Whether the terminal is set as it was before the program began.
  package var isModeRestored: Bool {
    var now = termios()
    tcgetattr(slave, &now)
    return now.c_lflag == modeBefore.c_lflag && now.c_iflag == modeBefore.c_iflag
      && now.c_oflag == modeBefore.c_oflag && now.c_cflag == modeBefore.c_cflag
  }

  package func forgetOutput() { output = [] }

  /// Reads until the program has written nothing for so many milliseconds.
  package func readToRest(_ milliseconds: Int32 = 200) {
    var length = -1
    while output.count > length {
      length = output.count
      pump(milliseconds)
    }
  }

  /// Takes the terminal away, as a link that dies does.
  package func hangUp() {
    close(master)
    master = -1
  }
}
