import Foundation
import Synchronization

/// A process that runs beside the test, and no longer than whoever has begun it holds it.
///
/// Once it was waited for its number may be another's: nothing is sent there any more.
final class Child: Sendable {
  let id: pid_t
  /// How it ended; nil while nobody has waited for that.
  private let end = Mutex<Int32?>(nil)

  /// Starts `program` without standard input; what it says goes to files, by default to none.
  ///
  /// - Parameter descriptor: handed to it as its fourth.
  init(
    _ program: String, _ arguments: [String], output: String = "/dev/null",
    errors: String = "/dev/null", handing descriptor: Int32? = nil
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    if let descriptor { posix_spawn_file_actions_adddup2(&actions, descriptor, 3) }
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

  deinit {
    signal(SIGKILL)
    _ = look(0)
  }

  func signal(_ number: Int32) { end.withLock { if $0 == nil { kill(id, number) } } }

  /// The exit status, or the number of the signal below zero; killed where `seconds` have passed.
  @discardableResult func wait(_ seconds: Double) -> Int32 {
    if !waitUntil(seconds, { look(WNOHANG) != nil }) { signal(SIGKILL) }
    let status = look(0) ?? 0
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : -signal
  }

  /// How it ended, as `waitpid` tells it; nil while it runs.
  private func look(_ options: Int32) -> Int32? {
    end.withLock { end in
      guard end == nil else { return end }
      var status: Int32 = 0
      var found: pid_t
      repeat { found = waitpid(id, &status, options) } while found < 0 && errno == EINTR
      if found != 0 { end = status }
      return end
    }
  }
}
