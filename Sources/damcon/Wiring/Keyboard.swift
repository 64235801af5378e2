import Canvas
import Session
import Synchronization

/// The way of keys from the screen's thread to the owner of the state, in their order.
final class Keyboard: Sendable {
  private let events = Mutex<[InputEvent]>([])
  private let inbox: Inbox

  init(ringing inbox: Inbox) { self.inbox = inbox }

  /// Has the owner look again in a while, though nobody typed.
  func lookAgain(in seconds: Double) {
    Task { [inbox] in
      try? await Task.sleep(for: .seconds(seconds))
      inbox.nudge()
    }
  }

  /// Called on the screen's thread; returns at once.
  func send(_ event: InputEvent) {
    events.withLock { $0.append(event) }
    inbox.nudge()
  }

  func take() -> [InputEvent] {
    events.withLock { events in
      var taken: [InputEvent] = []
      swap(&taken, &events)
      return taken
    }
  }
}
