/// Whose turn it is to do something in a session: one after the other, in the order in which they came.
///
/// Kept by the owner of the state, in its isolation. Who has been given the turn has it until they pass it on: nobody
/// who comes meanwhile gets in before those who wait. Who is cancelled keeps their place, since what was asked for goes
/// on when whoever asked is gone.
struct WaitingLine {
  private var waiting: [CheckedContinuation<Void, Never>] = []
  /// Those before it have had their turn.
  private var next = 0
  private var isTaken = false

  var isFree: Bool { !isTaken }
  var count: Int { waiting.count - next }

  /// Takes the turn where it is nobody's.
  mutating func take() -> Bool {
    defer { isTaken = true }
    return !isTaken
  }

  /// - Parameter continuation: is resumed once it has the turn.
  mutating func join(_ continuation: CheckedContinuation<Void, Never>) {
    waiting.append(continuation)
  }

  /// Gives the turn to the next in line.
  mutating func pass() {
    guard next < waiting.count else {
      isTaken = false
      return
    }
    let first = waiting[next]
    next += 1
    if next == waiting.count || next >= 64 {
      waiting.removeFirst(next)
      next = 0
    }
    first.resume()
  }
}
