/// Reads a condition by descending into its parts; every error says where and what to write.
struct Parser {
  var scanner: Scanner
  private var depth = 0
  private(set) var columns: [Int] = []

  init(_ text: String) throws(ConditionError) {
    guard text.utf8.count <= Condition.textLimit else {
      throw ConditionError(
        column: 1,
        reason: "a condition has at most \(Condition.textLimit) bytes, this one has "
          + "\(text.utf8.count); put it together from smaller ones with all: and any:")
    }
    scanner = Scanner(text)
  }

  func error(_ reason: String, at position: Int? = nil) -> ConditionError {
    ConditionError(column: scanner.column(of: position ?? scanner.position), reason: reason)
  }

  mutating func condition() throws(ConditionError) -> Expression {
    scanner.skipSpaces()
    if scanner.byte == nil {
      throw error("expected a condition such as p99_ms > 800 for 5m, found nothing")
    }
    let result = try alternatives()
    guard scanner.byte == nil else { throw unexpected() }
    return result
  }

  mutating func onlyReference() throws(ConditionError) -> Reference {
    scanner.skipSpaces()
    if scanner.byte == nil { throw error("expected a name such as p99_ms, found nothing") }
    let reference = try reference()
    scanner.skipSpaces()
    guard scanner.byte == nil else {
      throw error("expected the end after '\(reference)', found \(scanner.found)")
    }
    return reference
  }

  /// What follows a whole condition and cannot.
  private func unexpected() -> ConditionError {
    switch scanner.byte {
    case UInt8(ascii: ")"): return error("this ')' closes nothing")
    case UInt8(ascii: "&"): return error("write 'and'")
    case UInt8(ascii: "|"): return error("write 'or'")
    case UInt8(ascii: ","): return error("a comma stands only within all(…) and any(…)")
    default: break
    }
    switch scanner.word.lowercased() {
    case "for": return error("'for' is given twice; put the part before it in parentheses")
    case "until": return error("'until' is given twice; put the part before it in parentheses")
    case "and", "or":
      return error("expected '\(scanner.word.lowercased())', found \(scanner.found)")
    case "unless", "but": return error("write 'and not'")
    default:
      return error("expected and, or, for, until or the end, found \(scanner.found)")
    }
  }

  // MARK: From the loosest to the tightest

  private mutating func alternatives() throws(ConditionError) -> Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Condition.depthLimit else {
      throw error("parts stand at most \(Condition.depthLimit) deep in each other")
    }
    var parts = [try conjunction()]
    while takeWord("or") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(ConditionError) -> Expression {
    var parts = [try clause()]
    while takeWord("and") { parts.append(try clause()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func clause() throws(ConditionError) -> Expression {
    let entry = try held(try part())
    scanner.skipSpaces()
    let start = scanner.position
    guard takeWord("until") else { return entry }
    let exit = try exit(of: entry, at: start)
    if let begun = entry.comparison, let ended = exit.comparison,
      begun.reference == ended.reference, let reason = overlap(begun, ended)
    {
      throw error(reason, at: start)
    }
    return .latch(entry, until: try held(exit))
  }

  /// `part` itself, or for as long as it is to hold.
  private mutating func held(_ part: Expression) throws(ConditionError) -> Expression {
    guard takeWord("for") else { return part }
    return .held(part, seconds: try duration())
  }

  private mutating func part() throws(ConditionError) -> Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Condition.depthLimit else {
      throw error("parts stand at most \(Condition.depthLimit) deep in each other")
    }
    scanner.skipSpaces()
    let start = scanner.position
    if scanner.byte == UInt8(ascii: "(") {
      scanner.advance()
      let inner = try alternatives()
      try close(start)
      return inner
    }
    if takeWord("not") { return .not(try part()) }
    if scanner.byte == UInt8(ascii: "!") { throw error("write 'not'") }
    for word in ["all", "any"] where takeWord(word) {
      return try group(word, at: start)
    }
    return .comparison(try comparison())
  }

  private mutating func group(_ word: String, at start: Int) throws(ConditionError) -> Expression {
    scanner.skipSpaces()
    let open = scanner.position
    guard scanner.take("(") else {
      throw error("expected '(' after '\(word)', as in \(word)(a, b), found \(scanner.found)")
    }
    scanner.skipSpaces()
    if scanner.byte == UInt8(ascii: ")") {
      throw error("\(word)() needs at least one condition", at: start)
    }
    var parts: [Expression] = []
    repeat {
      parts.append(try alternatives())
      scanner.skipSpaces()
    } while scanner.take(",")
    try close(open)
    if parts.count == 1 { return parts[0] }
    return word == "all" ? .all(parts) : .any(parts)
  }

  private mutating func close(_ open: Int) throws(ConditionError) {
    scanner.skipSpaces()
    if scanner.take(")") { return }
    if scanner.byte == nil {
      throw error("the '(' of column \(scanner.column(of: open)) is not closed")
    }
    throw error("expected and, or, ',' or ')', found \(scanner.found)")
  }

  // MARK: Comparisons

  private mutating func comparison() throws(ConditionError) -> Comparison {
    scanner.skipSpaces()
    let start = scanner.position
    guard columns.count < Condition.termLimit else {
      throw error("a condition has at most \(Condition.termLimit) comparisons")
    }
    let reference = try reference()
    columns.append(scanner.column(of: start))
    return try limit(of: reference)
  }

  /// What a reference is held against: `> 800`, `is not pass`.
  private mutating func limit(of reference: Reference) throws(ConditionError) -> Comparison {
    scanner.skipSpaces()
    let place = scanner.position
    if takeWord("is") {
      let relation: Term.Relation = takeWord("not") ? .isNot : .is
      return Comparison(
        reference: reference, relation: relation, operand: .word(try word(after: relation)))
    }
    guard let relation = try relation() else {
      throw error(
        "expected a comparison after '\(reference)', such as > 100 or is \(example(reference)), "
          + "found \(scanner.found)", at: place)
    }
    let number = try number(after: relation, of: reference)
    return Comparison(reference: reference, relation: relation, operand: .number(number))
  }

  private func example(_ reference: Reference) -> String {
    switch reference.kind {
    case "health": "unhealthy"
    case "readiness", "liveness", "check", "journey": "pass"
    case "breaker": "open"
    case "fallback": "active"
    case "alert": "page"
    case "flag": "on"
    default: "high"
    }
  }

  private mutating func relation() throws(ConditionError) -> Term.Relation? {
    if scanner.take(">=") || scanner.take("≥") { return .atLeast }
    if scanner.take("<=") || scanner.take("≤") { return .atMost }
    if scanner.take("=>") { throw error("write '>='", at: scanner.position - 2) }
    if scanner.take("=<") { throw error("write '<='", at: scanner.position - 2) }
    if scanner.take("!=") || scanner.take("≠") { return .unequal }
    if scanner.take("==") || scanner.take("=") { return .equal }
    if scanner.take(">") { return .above }
    if scanner.take("<") { return .below }
    return nil
  }

  // MARK: Hysteresis

  private mutating func exit(
    of entry: Expression, at start: Int
  ) throws(ConditionError) -> Expression {
    scanner.skipSpaces()
    let isShort =
      scanner.byte.map { "<>=!".utf8.contains($0) || $0 == 0xE2 } == true || scanner.word == "is"
    guard isShort else { return try part() }
    guard let begun = entry.comparison else {
      throw error("write what ends it with its name, such as p99_ms < 600", at: nil)
    }
    guard columns.count < Condition.termLimit else {
      throw error("a condition has at most \(Condition.termLimit) comparisons")
    }
    columns.append(scanner.column(of: scanner.position))
    return .comparison(try limit(of: begun.reference))
  }

  /// Why an end leaves no room after the beginning; nil where it does.
  private func overlap(_ begun: Comparison, _ ended: Comparison) -> String? {
    guard case .number(let from) = begun.operand, case .number(let to) = ended.operand else {
      return nil
    }
    let limit = SignalUnit(of: begun.reference.kind).text(from)
    switch (begun.relation, ended.relation) {
    case (.above, .below), (.above, .atMost), (.atLeast, .below), (.atLeast, .atMost):
      return to <= from
        ? nil
        : "what begins above \(limit) cannot end there too; give until a limit of \(limit) or less"
    case (.below, .above), (.below, .atLeast), (.atMost, .above), (.atMost, .atLeast):
      return to >= from
        ? nil
        : "what begins below \(limit) cannot end there too; give until a limit of \(limit) or more"
    case (.above, .above), (.above, .atLeast), (.atLeast, .above), (.atLeast, .atLeast):
      return "what begins above \(limit) ends below a limit: write until < \(limit)"
    case (.below, .below), (.below, .atMost), (.atMost, .below), (.atMost, .atMost):
      return "what begins below \(limit) ends above a limit: write until > \(limit)"
    default: return nil
    }
  }

  /// Takes a word of the grammar if it stands here whole.
  mutating func takeWord(_ word: String) -> Bool {
    scanner.skipSpaces()
    guard scanner.word == word else { return false }
    scanner.move(to: scanner.position + word.utf8.count)
    return true
  }
}
