/// Many conditions that are asked over the same facts: what several of them name is looked up once, and
/// what is found leads to those that it could stir. Those that it could not cost nothing.
///
/// It answers one question, and that fast: which of these conditions, of which nothing goes on, would do
/// anything but rest? The others are left to a `ConditionRun`.
public struct ConditionTable: Sendable {
  /// What the conditions name, each once: `stirred` asks for them by their places here.
  public private(set) var references: [Reference] = []
  private var referenceSlots: [Reference: Int32] = [:]
  /// Of every reference what it is held against.
  private var shelves: [LimitShelf] = []
  private var comparisons: [Comparison] = []
  /// Of every comparison what it names, and which conditions it is a part of.
  private var named: [Int32] = []
  private var parts: [[Int32]] = []
  private var slots: [Comparison: Int32] = [:]
  /// Of every condition where its program begins, and at last where the last one ends.
  private var starts: [Int] = [0]
  private var programs: [Step] = []
  /// By a `not` in it, a condition may stir where no comparison holds.
  private var isBlind: [Bool] = []

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
    /// By the places of what is named; what a choice does not name is left from an earlier one.
    fileprivate var facts: [Fact] = []
    fileprivate var stack: [Truth] = []
    fileprivate var found: [Int32] = []
    public init() {}
  }

  /// Some of the conditions: those that may concern one service.
  public struct Choice: Sendable {
    /// A bit for each condition of the table.
    fileprivate var bits: [UInt64]
    /// What they name.
    fileprivate var references: [Int32] = []
    fileprivate var blind: [Int32] = []

    /// Whether the condition at `place` is one of them.
    public func contains(_ place: Int) -> Bool { bits[place >> 6] & 1 << UInt64(place & 63) != 0 }
  }

  /// - Parameter conditions: to be asked for by their places; one that is nil always rests.
  public init(_ conditions: [Condition?]) {
    for (place, condition) in conditions.enumerated() {
      if let condition { compile(condition.root) }
      let program = programs[starts[starts.count - 1]...]
      isBlind.append(program.contains { if case .not = $0 { true } else { false } })
      for case .compare(let slot) in program where parts[Int(slot)].last != Int32(place) {
        parts[Int(slot)].append(Int32(place))
      }
      starts.append(programs.count)
    }
    for (slot, comparison) in comparisons.enumerated() {
      shelves[Int(named[slot])].add(comparison, Int32(slot))
    }
    for place in shelves.indices { shelves[place].sort() }
  }

  /// - Parameters:
  ///   - places: of the conditions that are asked about together.
  ///   - others: a choice of this table that is asked about with them.
  public func choice(of places: [Int], beside others: Choice? = nil) -> Choice {
    var choice =
      others ?? Choice(bits: Array(repeating: 0, count: (isBlind.count + 63) / 64))
    var isNamed = Array(repeating: false, count: references.count)
    for reference in choice.references { isNamed[Int(reference)] = true }
    for place in places where !choice.contains(place) {
      choice.bits[place >> 6] |= 1 << UInt64(place & 63)
      if isBlind[place] { choice.blind.append(Int32(place)) }
      for case .compare(let slot) in programs[starts[place]..<starts[place + 1]] {
        isNamed[Int(named[Int(slot)])] = true
      }
    }
    choice.references = isNamed.indices.filter { isNamed[$0] }.map { Int32($0) }
    return choice
  }

  /// The places of those that hold now, or of which a `for` or an `until` begins, in their order.
  ///
  /// - Parameter fact: what is known of the one of `references` at a place; asked once for each that the
  ///   choice names.
  public func stirred(
    among choice: Choice, _ answers: inout Answers, _ fact: (Int) -> Fact
  ) -> [Int] {
    if answers.facts.count != references.count {
      answers.facts = Array(repeating: .unknown, count: references.count)
    }
    answers.found.removeAll(keepingCapacity: true)
    answers.found.append(contentsOf: choice.blind)
    for reference in choice.references {
      let known = fact(Int(reference))
      shelves[Int(reference)].forEach(heldBy: known, comparisons) { slot in
        for place in parts[Int(slot)] where choice.contains(Int(place)) && !isBlind[Int(place)] {
          answers.found.append(place)
        }
      }
      answers.facts[Int(reference)] = known
    }
    guard !answers.found.isEmpty else { return [] }
    var stirred: [Int] = []
    for place in Set(answers.found) where stirs(Int(place), &answers) {
      stirred.append(Int(place))
    }
    return stirred.sorted()
  }

  private func stirs(_ place: Int, _ answers: inout Answers) -> Bool {
    var begins = false
    answers.stack.removeAll(keepingCapacity: true)
    for step in programs[starts[place]..<starts[place + 1]] {
      switch step {
      case .compare(let slot):
        let fact = answers.facts[Int(named[Int(slot)])]
        answers.stack.append(comparisons[Int(slot)].truth(of: fact))
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
      shelves.append(LimitShelf())
    }
    named.append(reference)
    parts.append([])
    return slot
  }
}
