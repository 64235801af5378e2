/// How one life of the probe ends.
struct Death: Sendable {
  /// As the probe is told: `act:at:durable-send`.
  var point: String
  var strike: CountingTarget.Strike?
  /// Whether it has to end there, rather than perhaps.
  var isCertain = true

  private static let moves = [
    "plan", "approve", "confirm", "intend", "send", "answer", "intendRevert", "sendRevert",
    "answerRevert",
  ]
  private static let sides = ["before", "durable", "after"]

  /// Every step there is, once; where a life has to be left in some way for the next one to end as it should, the
  /// two stand together.
  static let everyStep: [[Death]] = {
    let points =
      moves.flatMap { move in sides.map { "\($0)-\(move)" } } + ["proving", "proved", "taken-back"]
    let own = points.map { [Death(point: "act:at:\($0)")] }
    let struck = [false, true].flatMap { isRevert in
      CountingTarget.Strike.Moment.allCases.map { moment in
        [Death(point: "never", strike: .init(moment: moment, isRevert: isRevert))]
      }
    }
    // Nobody knows what came of what is killed there: the next life asks, and is killed over it.
    let asking = ["act:at:before-answer", "act:at:after-send"].flatMap { left in
      sides.map { [Death(point: left), Death(point: "recover:at:\($0)-reconcile")] }
    }
    let takingBack = ["intendRevert", "sendRevert", "answerRevert"].flatMap { move in
      sides.map {
        [Death(point: "act:at:proved"), Death(point: "recover:at:\($0)-\(move)")]
      }
    }
    return own + struck + asking + takingBack
  }()

  /// Those where a program is about to be run, or runs; a life that asks what became of it comes after each.
  static let programs: [[Death]] = {
    let moves = ["intend", "send", "answer", "intendRevert", "sendRevert", "answerRevert"]
    let own = moves.flatMap { move in sides.map { [Death(point: "act:at:\($0)-\(move)")] } }
    // The script takes 50 ms or so.
    let running = [0, 10_000, 30_000, 60_000].flatMap { time in
      ["send", "sendRevert"].map {
        [Death(point: "act:after:after-\($0):\(time)", isCertain: false)]
      }
    }
    return own + running
  }()

  /// At some time after one of the steps.
  static func random(_ dice: inout Dice) -> Death {
    let move = moves.randomElement(using: &dice) ?? "send"
    let time = UInt32.random(in: 0...12_000, using: &dice)
    return Death(point: "act:after:before-\(move):\(time)", isCertain: false)
  }

  /// So many, every step as often as any other, three fifths of them, and the rest at any time.
  ///
  /// - Returns: for each of the lanes.
  static func plan(_ count: Int, lanes: Int, _ dice: inout Dice) -> [[Death]] {
    var groups: [[Death]] = []
    var left = count
    while left > count * 2 / 5 {
      for group in everyStep.shuffled(using: &dice) where left >= group.count {
        groups.append(group)
        left -= group.count
      }
    }
    for _ in 0..<left { groups.append([random(&dice)]) }
    groups.shuffle(using: &dice)
    var plan: [[Death]] = Array(repeating: [], count: lanes)
    for group in groups {
      let shortest = plan.indices.min { plan[$0].count < plan[$1].count } ?? 0
      plan[shortest] += group
    }
    return plan
  }
}

/// Numbers that are the same in every run.
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
