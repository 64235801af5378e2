/// What fate holds for one request of an instance, decided by the dice before it begins.
///
/// A value made of values: the same seed, instance, number and circumstances give the same plan
/// in every run, which is what "same seed, same story" means for a fleet on real sockets.
package struct RequestPlan: Sendable, Hashable {
  /// Seconds of the service's own work.
  package var work: Double
  package var isThrottled: Bool
  package var hangs: Bool
  package var panics: Bool
  /// The status it fails with once its work is done; nil if it does not fail by itself.
  package var failure: Int?
  /// Whether it asks the backends, or has what it needs in memory.
  package var queriesBackends: Bool
  package var traceID: UInt64

  package init(
    number: UInt64, dice: Dice, endpoint: EndpointModel, version: VersionModel,
    flags: [FlagModel] = [], effect: FaultEffect = FaultEffect(), throttle: Double = 0
  ) {
    var factor = version.work * effect.factor
    var errors = endpoint.errors + version.errors
    let luck = dice.roll(.error, number)
    // A request is exposed to a flag by the same luck for as long as its number is the same.
    for (place, flag) in flags.enumerated() where flag.on {
      guard dice.roll(.fallback, number &* 64 &+ 32 &+ UInt64(place)) < flag.exposure else {
        continue
      }
      factor *= flag.work
      errors += flag.errors
    }
    work = endpoint.latency.duration(at: dice.roll(.latency, number)) * factor + effect.extra
    isThrottled = dice.roll(.throttle, number) < throttle
    hangs = dice.roll(.hang, number) < effect.hang
    panics = dice.roll(.panic, number) < effect.panic
    if luck < effect.errors {
      failure = effect.status
    } else {
      failure = luck < effect.errors + errors ? 500 : nil
    }
    queriesBackends = dice.roll(.backend, number) < version.queries
    traceID = dice.bits(.trace, number)
  }
}

/// What the faults in force do to an instance, summed up.
package struct FaultEffect: Sendable, Hashable {
  package var factor = 1.0
  package var extra = 0.0
  package var errors = 0.0
  package var status = 500
  package var panic = 0.0
  package var hang = 0.0
  package var workers: Int?
  package var clockSkew = 0.0

  package init() {}

  package mutating func add(_ kind: InjectedFault.Kind) {
    switch kind {
    case .latency(let factor, let extra):
      self.factor *= factor
      self.extra += extra
    case .errors(let share, let status):
      errors = min(1, errors + share)
      self.status = status
    case .panic(let share): panic = min(1, panic + share)
    case .hang(let share): hang = min(1, hang + share)
    case .workers(let count): workers = min(workers ?? count, count)
    case .clockSkew(let seconds): clockSkew += seconds
    case .restart, .warmup, .deploy, .flag: break
    }
  }
}
