import Admission
import Testing

/// Nobody takes the others' turn.
@Suite("Who may come in, and how often they may ask")
struct AdmissionTests {
  private static func gate(perSecond: Double = 4, remembered: Int = 16) -> Gate<Int> {
    Gate(
      Gate.Limits(
        connections: 3, connectionsOfOne: 2, requestsPerSecond: perSecond, remembered: remembered))
  }

  @Test("so many are in at once, and one of them so many times; who leaves makes room")
  func count() {
    let gate = Self.gate()
    #expect(gate.enter(1) == nil)
    #expect(gate.enter(1) == nil)
    #expect(gate.enter(1) == .tooManyOfOne(2))
    #expect(gate.enter(2) == nil)
    #expect(gate.enter(3) == .full(3))
    // Whoever was not let in has no place to give back.
    gate.leave(1)
    #expect(gate.enter(3) == nil)
    #expect(gate.enter(1) == .full(3))
    gate.leave(2)
    #expect(gate.enter(1) == nil)
    for guest in [1, 1, 3] { gate.leave(guest) }
    for guest in [4, 4, 5] { #expect(gate.enter(guest) == nil) }
  }

  @Test("as many come at once as in a second, and there are more as time passes")
  func refilling() {
    let gate = Self.gate()
    let now = ContinuousClock.now
    for _ in 0..<4 { #expect(gate.allows(1, at: now)) }
    #expect(!gate.allows(1, at: now))
    #expect(gate.allows(2, at: now), "that is nobody else's")
    #expect(!gate.allows(1, at: now + .milliseconds(200)))
    #expect(gate.allows(1, at: now + .milliseconds(300)))
    #expect(!gate.allows(1, at: now + .milliseconds(300)))
    // However long nobody asks, no more than a second's are saved.
    let later = now + .seconds(3600)
    #expect((0..<10).count { _ in gate.allows(1, at: later) } == 4)
  }

  @Test("a clock that seems to go back gives nobody more")
  func backwards() {
    let gate = Self.gate()
    let now = ContinuousClock.now
    for _ in 0..<4 { #expect(gate.allows(1, at: now)) }
    #expect(!gate.allows(1, at: now - .seconds(10)))
    #expect(!gate.allows(1, at: now))
  }

  @Test("what costs more takes more, and what costs too much takes all there is")
  func cost() {
    let allowance = Allowance<Int>(perSecond: 10, remembered: 16)
    let now = ContinuousClock.now
    #expect(allowance.allows(1, cost: 8, at: now))
    #expect(!allowance.allows(1, cost: 3, at: now))
    #expect(allowance.allows(1, cost: 2, at: now), "what was refused was not taken off")
    #expect(!allowance.allows(1, cost: 1000, at: now + .milliseconds(900)))
    #expect(allowance.allows(1, cost: 1000, at: now + .milliseconds(1100)))
    #expect(!allowance.allows(1, cost: 0.5, at: now + .milliseconds(1100)))
  }

  @Test("to be forgotten gives nobody more than they had")
  func forgetting() {
    let gate = Self.gate(remembered: 3)
    let now = ContinuousClock.now
    for _ in 0..<4 { #expect(gate.allows(0, at: now)) }
    // Many others come, so that somebody has to be forgotten.
    for guest in 1...100 { #expect(gate.allows(guest, at: now + .milliseconds(1))) }
    #expect(!gate.allows(0, at: now + .milliseconds(2)))
    // Full again, whether they were forgotten or not.
    let later = now + .milliseconds(1500)
    for guest in 101...200 { #expect(gate.allows(guest, at: later)) }
    #expect((0..<10).count { _ in gate.allows(0, at: later) } == 4)
  }
}
