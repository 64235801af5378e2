import CProcess
import Containment
import Foundation

/// A program that a supervisor runs: begun in a session of its own, fed, heard, and stopped with all its group
/// once its time is over. It waits on the thread that calls it.
struct SupervisedProgram {
  private let id: Int32
  private var input: Int32
  private var output: Int32
  private var pending: [UInt8]
  private var tail: OutputTail

  /// Seconds between asking a program to end and ending it.
  static let grace = 2.0
  /// Milliseconds between two looks.
  private static let pause: Int32 = 20
  /// Bytes that are still read of a program that has ended: what it left behind may go on for ever.
  private static let longestRest = 4 << 20

  /// Why it was not begun.
  struct Flaw: Error { var reason: String }

  /// How it came to its end.
  struct End {
    /// As `waitpid` tells it.
    var status: Int32
    var wasStopped: Bool
    var tail: OutputTail
  }

  init(_ command: SupervisedCommand) throws(Flaw) {
    var toChild: [Int32] = [-1, -1]
    var fromChild: [Int32] = [-1, -1]
    guard pipe(&toChild) == 0 else { throw Flaw(reason: "there are no file descriptors left") }
    guard pipe(&fromChild) == 0 else {
      for end in toChild { close(end) }
      throw Flaw(reason: "there are no file descriptors left")
    }
    for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    for end in [toChild[1], fromChild[0]] {
      _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
    }
    let variables = command.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    var arguments = SupervisedProgram.words(command.arguments)
    var environment = SupervisedProgram.words(variables)
    id = damcon_begin(command.program, &arguments, &environment, toChild[0], fromChild[1])
    for word in arguments + environment { free(word) }
    close(toChild[0])
    close(fromChild[1])
    input = toChild[1]
    output = fromChild[0]
    pending = Array((command.input ?? "").utf8)
    tail = OutputTail()
    guard id > 0 else {
      close(input)
      close(output)
      throw Flaw(reason: SupervisedProgram.words(of: -id))
    }
  }

  private static func words(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { strdup($0) } + [nil]
  }

  private static func words(of code: Int32) -> String {
    switch code {
    case ENOENT: "there is no such program"
    case EACCES, EPERM: "the system does not allow to run it"
    case ENOEXEC: "it is no program that can be run: does it begin with #!"
    case E2BIG: "its arguments are too long"
    default: String(cString: strerror(code))
    }
  }

  /// Waits for its end, for at most so many seconds and what stopping it takes.
  mutating func run(for seconds: Double) -> End {
    var deadline = SupervisedProgram.now + seconds
    var stops: [Int32] = [SIGTERM, SIGKILL]
    var wasStopped = false
    feed()
    while damcon_has_ended(id) == 0 {
      let now = SupervisedProgram.now
      if now >= deadline, !stops.isEmpty {
        wasStopped = true
        kill(-id, stops.removeFirst())
        deadline = now + SupervisedProgram.grace
      }
      wait()
      feed()
      _ = hear()
    }
    // Its group is its own until it is buried: whoever of it did not listen ends now.
    if wasStopped { kill(-id, SIGKILL) }
    var rest = 0
    while rest < SupervisedProgram.longestRest, case let count = hear(), count > 0 { rest += count }
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    if input >= 0 { close(input) }
    if output >= 0 { close(output) }
    return End(status: status, wasStopped: wasStopped, tail: tail)
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private func wait() {
    var ends: [pollfd] = []
    if input >= 0 { ends.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
    if output >= 0 { ends.append(pollfd(fd: output, events: Int16(POLLIN), revents: 0)) }
    _ = poll(&ends, nfds_t(ends.count), SupervisedProgram.pause)
  }

  /// Gives it what it is to read, as much as it takes at once.
  private mutating func feed() {
    while input >= 0 {
      if pending.isEmpty {
        close(input)
        input = -1
        return
      }
      let count = pending.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      if count > 0 {
        pending.removeFirst(count)
      } else if errno == EAGAIN {
        return
      } else if errno != EINTR {
        // It does not read any more.
        pending = []
      }
    }
  }

  /// - Returns: bytes that were heard.
  private mutating func hear() -> Int {
    guard output >= 0 else { return 0 }
    var room = [UInt8](repeating: 0, count: 65_536)
    let count = read(output, &room, room.count)
    if count > 0 {
      tail.append(room[..<count])
      return count
    }
    if count == 0 {
      close(output)
      output = -1
    }
    return 0
  }
}
