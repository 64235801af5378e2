import NIOCore
import NIOHTTP1

/// A client outside the fleet: it sends at its rate whatever becomes of what it sent before.
@Simulation
final class TrafficSource {
  private let model: ClientModel
  private let roster: Roster
  private let dice: Dice
  private var callers: [Int: HTTPCaller] = [:]
  private(set) var sent: UInt64 = 0

  init(model: ClientModel, roster: Roster) {
    self.model = model
    self.roster = roster
    dice = Dice(seed: roster.seed, stream: "client/\(model.name)")
  }

  /// Sends until the clock stops.
  func run() async {
    guard model.rate > 0 else { return }
    let clock = roster.clock
    var due = clock.now
    while !clock.isStopped {
      due += (0.5 + dice.roll(.arrival, sent)) / model.rate
      await clock.pause(due - clock.now)
      if clock.isStopped { break }
      sent += 1
      // Where the machine is too slow to keep up, requests are left out, not sent in a burst: a
      // fleet short of processor time must not look like a fleet short of workers.
      if (clock.now - due) / clock.speed > 0.1 {
        due = clock.now
        continue
      }
      let number = sent
      roster.begin()
      Task {
        await send(number)
        roster.end()
      }
    }
  }

  func close() {
    for (_, caller) in callers { caller.close() }
  }

  private func send(_ number: UInt64) async {
    guard let service = roster.services[model.service] else { return }
    for attempt in 0...model.retries {
      if attempt > 0 { await roster.clock.pause(0.1 * Double(attempt)) }
      let roll = dice.roll(.instance, number &* 16 &+ UInt64(attempt))
      guard !roster.clock.isStopped, let instance = service.pick(roll: roll) else { return }
      let outcome = await caller(to: instance.port).call(
        HTTPMethod(rawValue: model.method), model.path, limit: roster.clock.real(model.timeout))
      if case .status(let code) = outcome, code < 500 { return }
    }
  }

  private func caller(to port: Int) -> HTTPCaller {
    if let known = callers[port] { return known }
    let caller = HTTPCaller(port: port)
    callers[port] = caller
    return caller
  }
}
