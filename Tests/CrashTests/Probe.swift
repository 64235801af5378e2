import Foundation
import Synchronization

/// A process of the tests' own that does one action, and is killed; its lines are heard as they are said.
final class Probe: Sendable {
  let id: Int32
  private let input: Int32
  private let output: Int32
  private let state = Mutex(State())

  private struct State {
    var bytes: [UInt8] = []
    var isReaped = false
  }

  struct Failed: Error {}

  init(_ arguments: String...) throws {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let program = folder.appendingPathComponent("ContainmentProbe").path
    var toChild: [Int32] = [0, 0]
    var fromChild: [Int32] = [0, 0]
    guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw Failed() }
    for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    input = toChild[1]
    output = fromChild[0]
    _ = fcntl(output, F_SETFL, O_NONBLOCK)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    var id: pid_t = 0
    let result = posix_spawn(&id, program, &actions, nil, &words, environ)
    posix_spawn_file_actions_destroy(&actions)
    for word in words { free(word) }
    close(toChild[0])
    close(fromChild[1])
    guard result == 0 else { throw Failed() }
    self.id = id
  }

  deinit {
    kill()
    _ = end()
    close(input)
    close(output)
  }

  /// The whole lines so far.
  var lines: [String] {
    state.withLock { state in
      var chunk = [UInt8](repeating: 0, count: 65_536)
      while case let count = read(output, &chunk, chunk.count), count > 0 {
        state.bytes += chunk.prefix(count)
      }
      guard let end = state.bytes.lastIndex(of: 0x0a) else { return [] }
      return String(decoding: state.bytes[...end], as: UTF8.self).split(separator: "\n")
        .map(String.init)
    }
  }

  /// Waits until it has said a line that begins so; false where it never did.
  func wait(for word: String) -> Bool {
    waitUntil(60) { lines.contains { $0.hasPrefix(word) } || isOver }
      && lines.contains { $0.hasPrefix(word) }
  }

  func tell(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    // One that was killed reads no more.
    signal(SIGPIPE, SIG_IGN)
    _ = bytes.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
  }

  func kill() {
    state.withLock { if !$0.isReaped { _ = Foundation.kill(id, SIGKILL) } }
  }

  /// Waits for its end; what it said before can be heard then.
  func end() -> Bool {
    waitUntil(60) {
      // A pipe that is full would keep it from coming to its end.
      _ = lines
      return isOver
    }
  }

  private var isOver: Bool {
    state.withLock { state in
      var status: Int32 = 0
      if !state.isReaped, waitpid(id, &status, WNOHANG) == id { state.isReaped = true }
      return state.isReaped
    }
  }
}

func waitUntil(_ seconds: Double, _ isSo: () -> Bool) -> Bool {
  let end = ContinuousClock.now + .seconds(seconds)
  while !isSo() {
    guard ContinuousClock.now < end else { return false }
    usleep(1000)
  }
  return true
}
