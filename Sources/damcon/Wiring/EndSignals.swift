#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The signals that ask a program without a screen to end: Ctrl-C, `kill`, the end of its terminal.
///
/// Others keep their meaning, so that Ctrl-Z stops it as any program.
enum EndSignals {
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
  }

  /// Returns when one of them has come.
  static func wait() {
    var signals = all
    var signal: Int32 = 0
    while sigwait(&signals, &signal) != 0 {}
  }
}
