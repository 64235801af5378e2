#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The signals that a daemon hears: to end, and to read its fleet file again.
enum ServeSignals {
  enum Wish: Sendable {
    case end
    case reload
  }

  private static var all: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
    return signals
  }

  /// Blocks them in this thread and in every thread it starts from now on, so that `wait` alone
  /// hears them; to be called before the first thread is started.
  static func block() {
    var signals = all
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    // A reader that has gone is an answer to a write, not the end of the program.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Returns when one of them has come.
  static func wait() -> Wish {
    var signals = all
    var signal: Int32 = 0
    while sigwait(&signals, &signal) != 0 {}
    return signal == SIGHUP ? .reload : .end
  }
}
