/// A circuit breaker in front of one dependency.
@Simulation
final class Breaker {
  enum State: String, Sendable { case closed, open, halfOpen = "half-open" }
  /// What an admin has decided over its head.
  package enum Override: String, Sendable, CaseIterable { case open, closed, auto }

  let name: String
  private let model: BreakerModel
  private var automatic = State.closed
  private var openedAt = 0.0
  private var outcomes: [Bool] = []
  private var next = 0
  private var probesUnderWay = 0
  private var probesPassed = 0
  private(set) var override = Override.auto
  /// Unix nanoseconds of the last change of `state`.
  private(set) var since: Int64
  private let wall: @Sendable () -> Int64

  init(name: String, model: BreakerModel, wall: @escaping @Sendable () -> Int64) {
    self.name = name
    self.model = model
    self.wall = wall
    since = wall()
  }

  var state: State {
    switch override {
    case .open: .open
    case .closed: .closed
    case .auto: automatic
    }
  }

  /// Whether a call may go out now. A call let through is answered with `record`.
  func admit(now: Double) -> Bool {
    switch override {
    case .open: return false
    case .closed: return true
    case .auto: break
    }
    switch automatic {
    case .closed: return true
    case .open:
      guard now - openedAt >= model.openFor else { return false }
      move(to: .halfOpen)
      probesUnderWay = 1
      probesPassed = 0
      return true
    case .halfOpen:
      guard probesUnderWay == 0 else { return false }
      probesUnderWay = 1
      return true
    }
  }

  /// How a call failed, the mildest first.
  enum Failure: Int, Sendable { case slow, status, unreachable }

  /// Takes note of how a call ended; nil for well.
  func record(_ failure: Failure?, now: Double) {
    let isFailure = failure != nil
    let counts =
      switch (failure, model.counts) {
      case (nil, _): false
      case (_, .all), (.unreachable, _), (.status, .hard): true
      case (.slow, .hard), (.slow, .unreachable), (.status, .unreachable): false
      }
    switch automatic {
    case .halfOpen:
      probesUnderWay = 0
      if isFailure {
        trip(now: now)
      } else {
        probesPassed += 1
        if probesPassed >= model.probes {
          outcomes = []
          next = 0
          move(to: .closed)
        }
      }
    case .closed:
      if outcomes.count < model.window {
        outcomes.append(counts)
      } else {
        outcomes[next] = counts
      }
      next = (next + 1) % model.window
      let failures = outcomes.count { $0 }
      if outcomes.count * 2 >= model.window,
        Double(failures) >= model.threshold * Double(outcomes.count)
      {
        trip(now: now)
      }
    case .open: break
    }
  }

  /// Returns whether anything changed. Back to `auto` starts closed, with a clean memory.
  func set(_ override: Override) -> Bool {
    guard override != self.override else { return false }
    let before = state
    self.override = override
    automatic = .closed
    outcomes = []
    next = 0
    probesUnderWay = 0
    if state != before { since = wall() }
    return true
  }

  private func trip(now: Double) {
    openedAt = now
    outcomes = []
    next = 0
    move(to: .open)
  }

  private func move(to state: State) {
    automatic = state
    if override == .auto { since = wall() }
  }
}
