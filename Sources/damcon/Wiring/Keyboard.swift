import Canvas
import Synchronization

/// The way of keys from the screen's thread to the owner of what is shown, in their order.
final class Keyboard: Sendable {
  private struct Keys {
    var events: [InputEvent] = []
    /// Who is woken by a key: the session, and a past that is shown.
    var bells: [@Sendable () -> Void] = []
  }

  private let keys: Mutex<Keys>

  init(ringing bell: @escaping @Sendable () -> Void) { keys = Mutex(Keys(bells: [bell])) }

  /// The second bell: the past that is shown now.
  func ring(also bell: (@Sendable () -> Void)?) {
    keys.withLock { keys in
      keys.bells.removeSubrange(1...)
      if let bell { keys.bells.append(bell) }
    }
  }

  func ring() {
    for bell in keys.withLock(\.bells) { bell() }
  }

  /// Has the owner look again in a while, though nobody typed.
  func lookAgain(in seconds: Double) {
    Task { [self] in
      try? await Task.sleep(for: .seconds(seconds))
      ring()
    }
  }

  /// Called on the screen's thread; returns at once.
  func send(_ event: InputEvent) {
    keys.withLock { $0.events.append(event) }
    ring()
  }

  func take() -> [InputEvent] {
    keys.withLock { keys in
      var taken: [InputEvent] = []
      swap(&taken, &keys.events)
      return taken
    }
  }

  /// Events that were taken and are for another to read.
  func putBack(_ events: ArraySlice<InputEvent>) {
    keys.withLock { $0.events.insert(contentsOf: events, at: 0) }
    ring()
  }
}
