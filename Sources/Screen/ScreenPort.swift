internal import CNcurses
package import Canvas
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The way from any thread to the screen: the latest frame wins, and posting never waits.
package final class ScreenPort: Sendable {
  /// What the screen has done so far.
  package struct Statistics: Sendable, Hashable {
    /// Bytes that have reached the terminal.
    package var bytesWritten = 0
    /// Bytes made but not yet taken by the terminal; stays above 0 where the link is slow.
    package var bytesPending = 0
    package var framesPresented = 0
    /// Frames that a later one overtook before they were drawn.
    package var framesSkipped = 0

    package init() {}
  }

  struct State {
    var frame: Frame?
    var theme: Theme?
    var wantsAll = false
    var isFinished = false
    var rings = 0
    var copied: [String] = []
    var isAwake = false
    var statistics = Statistics()
  }

  private let state = Mutex(State())
  /// Reads become ready when something was posted.
  let wakeRead: Int32
  private let wakeWrite: Int32

  package init() throws(ScreenError) {
    (wakeRead, wakeWrite) = try Pipe.make()
  }

  deinit {
    close(wakeRead)
    close(wakeWrite)
  }

  /// Shows `frame` as soon as the terminal can take it, and instead of any that still waits.
  package func post(_ frame: Frame) {
    wake { state in
      if state.frame != nil { state.statistics.framesSkipped += 1 }
      state.frame = frame
    }
  }

  /// Draws everything in another theme from the next moment on.
  package func use(_ theme: Theme) { wake { $0.theme = theme } }

  /// Draws every cell anew, whatever the terminal is thought to show.
  package func redraw() { wake { $0.wantsAll = true } }

  /// Asks the terminal to put `text` on the clipboard of the machine it runs on.
  package func copy(_ text: String) { wake { $0.copied.append(text) } }

  /// Sounds the terminal's bell, or flashes it where it has none.
  package func ring() { wake { $0.rings += 1 } }

  /// Ends `Screen.run` once what was posted has been shown.
  package func finish() { wake { $0.isFinished = true } }

  package var statistics: Statistics { state.withLock { $0.statistics } }

  func record(_ change: (inout Statistics) -> Void) { state.withLock { change(&$0.statistics) } }

  /// Empties the pipe; whatever is posted from here on wakes the loop again.
  func acknowledgeWake() {
    state.withLock { state in
      guard state.isAwake else { return }
      state.isAwake = false
      var byte: UInt8 = 0
      while read(wakeRead, &byte, 1) > 0 {}
    }
  }

  /// What was asked of the screen since it last looked.
  struct Posted {
    var frame: Frame?
    var theme: Theme?
    var wantsAll: Bool
    var rings: Int
    var copied: [String]
    var isFinished: Bool
  }

  /// What waits to be shown. The frame is taken only where `takingFrame`, so that a later one can still overtake it.
  func take(
    frame takingFrame: Bool
  ) -> Posted {
    state.withLock { state in
      defer {
        if takingFrame { state.frame = nil }
        state.theme = nil
        state.wantsAll = false
        state.rings = 0
        state.copied = []
      }
      let isFinished = state.isFinished && (takingFrame || state.frame == nil)
      return Posted(
        frame: takingFrame ? state.frame : nil, theme: state.theme, wantsAll: state.wantsAll,
        rings: state.rings, copied: state.copied, isFinished: isFinished)
    }
  }

  private func wake(_ change: (inout State) -> Void) {
    state.withLock { state in
      change(&state)
      if !state.isAwake {
        state.isAwake = true
        var byte: UInt8 = 1
        _ = write(wakeWrite, &byte, 1)
      }
    }
  }
}

/// A pipe whose ends never block and do not outlive an exec.
enum Pipe {
  static func make() throws(ScreenError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system("pipe: \(String(cString: strerror(errno)))") }
    for end in ends {
      _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    return (ends[0], ends[1])
  }
}
