/// Many conditions that are asked over the same facts: what several of them compare is compared once.
///
/// It answers one question, and that fast: would this condition, of which nothing goes on, do anything
/// but rest? Most of many would not, and cost a few steps; the others are left to a `ConditionRun`.
public struct ConditionTable: Sendable {
  private var comparisons: [Comparison] = []
  private var slots: [Comparison: Int32] = [:]
  /// Of every condition where its program begins, and at last where the last one ends.
  private var starts: [Int] = [0]
  private var programs: [Step] = []

  /// A condition is written behind its parts, so that it is decided without going down into anything.
  private enum Step: Sendable {
    case compare(slot: Int32)
    case not
    case all(Int32)
    case any(Int32)
    case held
    case latch
  }

  /// What comparisons came to over the facts of one moment.
  public struct Answers: Sendable {
    /// nil: not asked yet.
    fileprivate var truths: [Truth?] = []
    fileprivate var stack: [Truth] = []
    public init() {}
  }

  /// - Parameter conditions: to be asked for by their places; one that is nil always rests.
  public init(_ conditions: [Condition?]) {
    for condition in conditions {
      if let condition { compile(condition.root) }
      starts.append(programs.count)
    }
  }

  /// Makes answers those of a new moment.
  public func begin(_ answers: inout Answers) {
    answers.truths.removeAll(keepingCapacity: true)
    answers.truths.append(contentsOf: repeatElement(nil, count: comparisons.count))
  }

  /// Whether the condition at `place` holds by these facts, or a `for` or an `until` of it begins.
  public func stirs(_ place: Int, _ facts: some Facts, _ answers: inout Answers) -> Bool {
    var begins = false
    answers.stack.removeAll(keepingCapacity: true)
    for step in programs[starts[place]..<starts[place + 1]] {
      switch step {
      case .compare(let slot): answers.stack.append(truth(Int(slot), facts, &answers.truths))
      case .not: answers.stack.append(!answers.stack.removeLast())
      case .all(let count):
        let truth = Truth.all(answers.stack.suffix(Int(count)))
        answers.stack.removeLast(Int(count))
        answers.stack.append(truth)
      case .any(let count):
        let truth = Truth.any(answers.stack.suffix(Int(count)))
        answers.stack.removeLast(Int(count))
        answers.stack.append(truth)
      case .held:
        guard answers.stack.last == .yes else { continue }
        begins = true
        answers.stack[answers.stack.count - 1] = .no
      case .latch:
        let ends = answers.stack.removeLast()
        let starts = Truth.all([answers.stack.removeLast(), !ends])
        begins = begins || starts == .yes
        answers.stack.append(starts)
      }
    }
    return begins || answers.stack.last == .yes
  }

  private func truth(_ slot: Int, _ facts: some Facts, _ truths: inout [Truth?]) -> Truth {
    if let truth = truths[slot] { return truth }
    let truth = comparisons[slot].truth(facts)
    truths[slot] = truth
    return truth
  }

  private mutating func compile(_ part: Expression) {
    switch part {
    case .comparison(let comparison):
      let slot = slots[comparison] ?? Int32(comparisons.count)
      if slot == comparisons.count {
        slots[comparison] = slot
        comparisons.append(comparison)
      }
      programs.append(.compare(slot: slot))
    case .not(let inner):
      compile(inner)
      programs.append(.not)
    case .all(let parts):
      for part in parts { compile(part) }
      programs.append(.all(Int32(parts.count)))
    case .any(let parts):
      for part in parts { compile(part) }
      programs.append(.any(Int32(parts.count)))
    case .held(let inner, _):
      compile(inner)
      programs.append(.held)
    case .latch(let entry, let exit):
      compile(entry)
      compile(exit)
      programs.append(.latch)
    }
  }
}
