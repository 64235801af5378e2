import Bridge
import Replay
import Synchronization

/// The way of a live view into its own past and back: opened when it is asked for, let go of at LIVE.
final class Rewind: Sendable {
  private struct Way {
    var desk: ConsoleDesk?
    var running: Task<Void, Never>?
  }

  private let way = Mutex(Way())
  private let past: @Sendable () async throws -> Past
  private let keyboard: Keyboard

  /// - Parameter past: opens it at its end; may wait for files, or for another process.
  init(keyboard: Keyboard, past: @escaping @Sendable () async throws -> Past) {
    self.past = past
    self.keyboard = keyboard
  }

  /// The desk that the past is shown on.
  func show(on desk: ConsoleDesk) { way.withLock { $0.desk = desk } }

  /// Opens the past at its end; where it is open already, nothing.
  func open() {
    way.withLock { way in
      guard way.running == nil, let desk = way.desk else { return }
      way.running = Task { [opens = past, keyboard] in
        do {
          let past = try await opens()
          guard !Task.isCancelled else { return }
          keyboard.ring(also: { past.nudge() })
          await past.attach { PastSeat(desk) }
          await past.run()
        } catch {
          self.close()
          // Which session it is stands above; why is what there is room for.
          let reason = (error as? BridgeError)?.reason ?? "\(error)"
          desk.tell("the past cannot be shown: \(reason)")
        }
      }
    }
  }

  func close() {
    keyboard.ring(also: nil)
    way.withLock { way in
      way.running?.cancel()
      way.running = nil
    }
  }
}
