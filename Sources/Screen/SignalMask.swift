internal import CNcurses

/// The signals that the screen's loop reads: window size, end, hang-up, stop and continue.
package enum SignalMask {
  /// Blocks them in this thread and in every thread it starts from now on.
  ///
  /// To be called first thing in `main`, before anything (NIO) starts a thread; otherwise a thread
  /// that knows nothing of them may be interrupted by them. `Screen.run` opens them for its own thread.
  /// A command without a screen does not call this, or could not be interrupted.
  package static func blockAll() { guard_block_signals() }

  /// Opens them in this thread again, such as for a child process or a command without a screen.
  package static func unblockAll() { guard_unblock_signals() }
}
