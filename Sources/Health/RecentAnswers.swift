import Canonical

/// The last answers of one route, in a ring: each new one takes the place of the oldest, so that from
/// keyframe to keyframe the others stay where they are.
struct RecentAnswers: Sendable, Hashable {
  static let kept = 60

  /// In microseconds; below zero where the answer was no pass.
  private var answers: [Int32] = []
  /// Where the oldest stands; 0 until the ring is full.
  private var oldest = 0

  mutating func keep(_ duration: Double, passed: Bool) {
    let micros = Int32(min(max(0, duration * 1e6), 2e9).rounded())
    let answer = passed ? micros : -1 - micros
    guard answers.count == Self.kept else { return answers.append(answer) }
    answers[oldest] = answer
    oldest = (oldest + 1) % Self.kept
  }

  /// Oldest first: seconds each took, and whether it passed.
  var inOrder: [(duration: Double, passed: Bool)] {
    (answers[oldest...] + answers[..<oldest]).map {
      ($0 < 0 ? Double(-1 - $0) / 1e6 : Double($0) / 1e6, $0 >= 0)
    }
  }

  /// How often passing turned into failing or back among the last `count`.
  func changes(among count: Int) -> Int {
    guard answers.count > 1 else { return 0 }
    var changes = 0
    var place = (oldest + answers.count - 1) % answers.count
    for _ in 1..<max(1, min(count, answers.count)) {
      let before = (place + answers.count - 1) % answers.count
      if (answers[place] < 0) != (answers[before] < 0) { changes += 1 }
      place = before
    }
    return changes
  }
}

extension RecentAnswers: FieldCoded {
  static var blank: Self { Self() }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(small: &answers)
    try fields.pass(&oldest)
    try fields.require(
      (answers.count == Self.kept ? (0..<Self.kept).contains(oldest) : oldest == 0)
        && answers.count <= Self.kept && !answers.contains(.min),
      "\(answers.count) answers of which number \(oldest) is the oldest")
  }
}
