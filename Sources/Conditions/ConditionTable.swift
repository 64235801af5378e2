/// Many conditions that are asked over the same facts: what several of them name is looked up once, and
/// what several compare is compared once.
///
/// It answers one question, and that fast: would this condition, of which nothing goes on, do anything
/// but rest? Most of many would not, and cost a few steps; the others are left to a `ConditionRun`.
public struct ConditionTable: Sendable {
  private var references: [Reference] = []
  private var referenceSlots: [Reference: Int32] = [:]
  private var comparisons: [Comparison] = []
  /// Of every comparison what it names.
  private var named: [Int32] = []
  private var slots: [Comparison: Int32] = [:]
  /// Of every condition where its program begins, and at last where the last one ends.
  private var starts: [Int] = [0]
  private var programs: [Step] = []
  /// The comparisons of each, and where those of each begin.
  private var own: [Int32] = []
  private var ownStarts: [Int] = [0]
  /// Without `not`, nothing stirs where no comparison holds.
  private var needsOne: [Bool] = []

  /// A condition is written behind its parts, so that it is decided without going down into anything.
  private enum Step: Sendable {
    case compare(slot: Int32)
    case not
    case all(Int32)
    case any(Int32)
    case held
    case latch
  }

  /// What was looked up and compared over the facts of one moment.
  public struct Answers: Sendable {
    /// nil: not asked yet.
    fileprivate var facts: [Fact?] = []
    fileprivate var truths: [Truth?] = []
    fileprivate var stack: [Truth] = []
    public init() {}
  }

  /// - Parameter conditions: to be asked for by their places; one that is nil always rests.
  public init(_ conditions: [Condition?]) {
    for condition in conditions {
      if let condition { compile(condition.root) }
      let program = programs[starts[starts.count - 1]...]
      needsOne.append(!program.contains { if case .not = $0 { true } else { false } })
      for case .compare(let slot) in program { own.append(slot) }
      starts.append(programs.count)
      ownStarts.append(own.count)
    }
  }

  /// Makes answers those of a new moment.
  public func begin(_ answers: inout Answers) {
    answers.facts.removeAll(keepingCapacity: true)
    answers.facts.append(contentsOf: repeatElement(nil, count: references.count))
    answers.truths.removeAll(keepingCapacity: true)
    answers.truths.append(contentsOf: repeatElement(nil, count: comparisons.count))
  }

  /// Whether the condition at `place` holds by these facts, or a `for` or an `until` of it begins.
  public func stirs(_ place: Int, _ facts: some Facts, _ answers: inout Answers) -> Bool {
    if needsOne[place] {
      var holds = false
      for index in ownStarts[place]..<ownStarts[place + 1]
      where truth(Int(own[index]), facts, &answers) == .yes {
        holds = true
        break
      }
      guard holds else { return false }
    }
    return works(place, facts, &answers)
  }

  private func works(_ place: Int, _ facts: some Facts, _ answers: inout Answers) -> Bool {
    var begins = false
    answers.stack.removeAll(keepingCapacity: true)
    for step in programs[starts[place]..<starts[place + 1]] {
      switch step {
      case .compare(let slot): answers.stack.append(truth(Int(slot), facts, &answers))
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

  private func truth(_ slot: Int, _ facts: some Facts, _ answers: inout Answers) -> Truth {
    if let truth = answers.truths[slot] { return truth }
    let place = Int(named[slot])
    let fact = answers.facts[place] ?? facts.fact(references[place])
    answers.facts[place] = fact
    let truth = comparisons[slot].truth(of: fact)
    answers.truths[slot] = truth
    return truth
  }

  private mutating func compile(_ part: Expression) {
    switch part {
    case .comparison(let comparison): programs.append(.compare(slot: slot(of: comparison)))
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

  private mutating func slot(of comparison: Comparison) -> Int32 {
    if let known = slots[comparison] { return known }
    let slot = Int32(comparisons.count)
    slots[comparison] = slot
    comparisons.append(comparison)
    let reference = referenceSlots[comparison.reference] ?? Int32(references.count)
    if reference == references.count {
      referenceSlots[comparison.reference] = reference
      references.append(comparison.reference)
    }
    named.append(reference)
    return slot
  }
}
