/// A small regular expression for the filter: `.` `*` `+` `?` `|` `( )` `[a-z]` `[^a-z]` `^` `$` `\d` `\w` `\s`.
///
/// Case is ignored for ASCII letters. It is matched by walking all states at once (Thompson), so
/// that no pattern a tired hand types and no text a service sends can make it slow: the time is
/// at most pattern length times text length. A value, so that it can live in `ConsoleState`.
package struct Pattern: Sendable, Hashable {
  fileprivate enum Step: Sendable, Hashable {
    case scalar(UInt32)
    case any
    case set([ClosedRange<UInt32>], negated: Bool)
    case start
    case end
    /// Goes on at both places.
    case fork(Int, Int)
    case jump(Int)
    case accept
  }

  private var steps: [Step] = []

  /// Why a pattern cannot be read: a sentence with what to write instead.
  package struct Problem: Error, Hashable {
    package var sentence: String
  }

  /// Longer patterns are refused: nobody types one, and a pasted one is a mistake.
  package static let limit = 200

  package init(_ text: String) throws(Problem) {
    guard text.unicodeScalars.count <= Pattern.limit else {
      throw Problem(sentence: "a pattern has at most \(Pattern.limit) characters")
    }
    var reader = Reader(Array(text.unicodeScalars.map { Pattern.fold($0.value) }))
    let tree = try reader.alternatives(depth: 0)
    if !reader.isAtEnd { throw Problem(sentence: "`)` without `(`; write `\\)` for the character") }
    emit(tree)
    steps.append(.accept)
  }

  /// Whether the pattern is found anywhere in `text`.
  package func isFound(in text: String) -> Bool {
    var current = Threads(steps.count)
    var next = Threads(steps.count)
    var iterator = text.unicodeScalars.makeIterator()
    var scalar = iterator.next()
    var isFirst = true
    while true {
      if add(0, to: &current, isStart: isFirst, isEnd: scalar == nil) { return true }
      guard let now = scalar.map({ Pattern.fold($0.value) }) else { return false }
      scalar = iterator.next()
      isFirst = false
      for place in current.places where steps[place].takes(now) {
        if add(place + 1, to: &next, isStart: false, isEnd: scalar == nil) { return true }
      }
      swap(&current, &next)
      next.removeAll()
    }
  }

  /// Follows what takes no character from `place`; true when the end of the pattern is reached.
  private func add(_ place: Int, to threads: inout Threads, isStart: Bool, isEnd: Bool) -> Bool {
    guard threads.insert(place) else { return false }
    switch steps[place] {
    case .accept: return true
    case .jump(let target): return add(target, to: &threads, isStart: isStart, isEnd: isEnd)
    case .fork(let a, let b):
      return add(a, to: &threads, isStart: isStart, isEnd: isEnd)
        || add(b, to: &threads, isStart: isStart, isEnd: isEnd)
    case .start: return isStart && add(place + 1, to: &threads, isStart: isStart, isEnd: isEnd)
    case .end: return isEnd && add(place + 1, to: &threads, isStart: isStart, isEnd: isEnd)
    case .scalar, .any, .set: return false
    }
  }

  private static func fold(_ value: UInt32) -> UInt32 {
    (0x41...0x5A).contains(value) ? value + 32 : value
  }

  /// The places a match may stand at, each once.
  private struct Threads {
    private(set) var places: [Int] = []
    private var has: [Bool]
    init(_ count: Int) { has = Array(repeating: false, count: count) }

    mutating func insert(_ place: Int) -> Bool {
      guard !has[place] else { return false }
      has[place] = true
      places.append(place)
      return true
    }

    mutating func removeAll() {
      for place in places { has[place] = false }
      places.removeAll(keepingCapacity: true)
    }
  }

  private indirect enum Tree {
    case step(Step)
    case row([Tree])
    case either(Tree, Tree)
    case repeated(Tree, atLeastOnce: Bool, many: Bool)
  }

  private mutating func emit(_ tree: Tree) {
    switch tree {
    case .step(let step): steps.append(step)
    case .row(let trees): for tree in trees { emit(tree) }
    case .either(let a, let b):
      let fork = steps.count
      steps.append(.accept)
      emit(a)
      let jump = steps.count
      steps.append(.accept)
      steps[fork] = .fork(fork + 1, steps.count)
      emit(b)
      steps[jump] = .jump(steps.count)
    case .repeated(let inner, let atLeastOnce, let many):
      if atLeastOnce {
        let again = steps.count
        emit(inner)
        steps.append(.fork(again, steps.count + 1))
      } else {
        let fork = steps.count
        steps.append(.accept)
        emit(inner)
        if many { steps.append(.jump(fork)) }
        steps[fork] = .fork(fork + 1, steps.count)
      }
    }
  }

  private struct Reader {
    private let scalars: [UInt32]
    private var next = 0
    init(_ scalars: [UInt32]) { self.scalars = scalars }

    var isAtEnd: Bool { next == scalars.count }

    private func peek(_ character: Unicode.Scalar) -> Bool {
      next < scalars.count && scalars[next] == character.value
    }

    mutating func alternatives(depth: Int) throws(Problem) -> Tree {
      guard depth < 20 else { throw Problem(sentence: "too many `(` inside each other") }
      let left = try row(depth: depth)
      guard peek("|") else { return left }
      next += 1
      return .either(left, try alternatives(depth: depth))
    }

    private mutating func row(depth: Int) throws(Problem) -> Tree {
      var trees: [Tree] = []
      while !isAtEnd, !peek("|"), !peek(")") {
        var tree = try atom(depth: depth)
        if peek("*") {
          next += 1
          tree = .repeated(tree, atLeastOnce: false, many: true)
        } else if peek("+") {
          next += 1
          tree = .repeated(tree, atLeastOnce: true, many: true)
        } else if peek("?") {
          next += 1
          tree = .repeated(tree, atLeastOnce: false, many: false)
        }
        trees.append(tree)
      }
      return .row(trees)
    }

    private mutating func atom(depth: Int) throws(Problem) -> Tree {
      let scalar = scalars[next]
      next += 1
      switch Unicode.Scalar(scalar) {
      case ".": return .step(.any)
      case "^": return .step(.start)
      case "$": return .step(.end)
      case "[": return .step(try set())
      case "\\":
        guard !isAtEnd else { throw Problem(sentence: "the pattern ends in `\\`") }
        defer { next += 1 }
        if let ranges = Reader.classes[scalars[next]] {
          return .step(.set(ranges, negated: false))
        }
        return .step(.scalar(scalars[next]))
      case "(":
        let inner = try alternatives(depth: depth + 1)
        guard peek(")") else { throw Problem(sentence: "`(` without `)`") }
        next += 1
        return inner
      case "*", "+", "?":
        throw Problem(sentence: "nothing before `\(Unicode.Scalar(scalar)!)` to repeat")
      default: return .step(.scalar(scalar))
      }
    }

    private static let classes: [UInt32: [ClosedRange<UInt32>]] = [
      0x64: [0x30...0x39],
      0x77: [0x30...0x39, 0x61...0x7A, 0x5F...0x5F],
      0x73: [0x20...0x20, 0x09...0x0D],
    ]

    private mutating func set() throws(Problem) -> Step {
      var negated = false
      if peek("^") {
        next += 1
        negated = true
      }
      var ranges: [ClosedRange<UInt32>] = []
      while !isAtEnd, !peek("]") || ranges.isEmpty {
        let low = scalars[next]
        next += 1
        if peek("-"), next + 1 < scalars.count, scalars[next + 1] != 0x5D {
          let high = scalars[next + 1]
          next += 2
          guard low <= high else { throw Problem(sentence: "a range in `[ ]` runs backwards") }
          ranges.append(low...high)
        } else {
          ranges.append(low...low)
        }
      }
      guard peek("]") else { throw Problem(sentence: "`[` without `]`") }
      next += 1
      return .set(ranges, negated: negated)
    }
  }
}

extension Pattern.Step {
  fileprivate func takes(_ scalar: UInt32) -> Bool {
    switch self {
    case .scalar(let wanted): wanted == scalar
    case .any: true
    case .set(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
    case .start, .end, .fork, .jump, .accept: false
    }
  }
}
