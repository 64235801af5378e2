import Conditions
import Testing

@Suite("Reading conditions")
struct ParsingTests {
  private func truth(_ text: String, _ facts: [String: Fact]) throws -> Truth {
    var run = ConditionRun()
    return run.advance(try Condition(text), Table(facts), at: 0)
  }

  @Test(
    "and binds tighter than or, not tighter than and",
    arguments: [
      ("a is x or b is x and c is x", "a is x or (b is x and c is x)"),
      ("not a is x and b is x", "(not a is x) and b is x"),
      ("any(a is x, all(b is x, c is x))", "a is x or b is x and c is x"),
      ("all( a is x )", "a is x"),
      ("not a is x for 5m", "(not a is x) for 5m"),
      ("a > 8 until < 6 for 2m", "a > 8 until (a < 6) for 2m"),
      ("a > 8 for 1m until b is x", "(a > 8) for 1m until (b is x)"),
      ("a is x\n  and  b is x", "(a is x) and (b is x)"),
    ])
  func precedence(_ short: String, _ long: String) throws {
    #expect(try Condition(short) == Condition(long))
  }

  @Test("for belongs to the part before it alone")
  func forBindsToTheNearest() throws {
    #expect(try Condition("a is x and b is x for 5m") != Condition("(a is x and b is x) for 5m"))
    #expect(try Condition("not (a is x for 5m)") != Condition("not a is x for 5m"))
  }

  @Test(
    "numbers are brought to the unit that the signal's name tells",
    arguments: [
      ("p99_ms > 2s", "p99_ms > 2000"), ("p99_ms > 0.8s", "p99_ms > 800ms"),
      ("error_ratio >= 5%", "error_ratio >= 0.05"), ("age > 1h30m", "age > 5400"),
      ("memory_bytes > 1KiB", "memory_bytes > 1024"),
      ("memory_bytes > 2MB", "memory_bytes > 2000000B"),
      ("saturation(db-pool) ≥ 90 %", "saturation(db-pool)>=0.9"),
      ("p99.9_ms > 800 ms", "p99.9_ms > 800"), ("pause_seconds < 500ms", "pause_seconds < 0.5"),
      ("burn(fast,1h) > 14.4", "burn( fast , 1h ) > 14.4"),
    ])
  func units(_ a: String, _ b: String) throws {
    #expect(try Condition(a) == Condition(b))
  }

  @Test("a reference has a service, a name and an argument")
  func references() throws {
    func only(_ text: String) throws -> Reference { try Condition(text).subjects[0] }
    #expect(
      try only("pricing.p99.9_ms > 1") == Reference(service: "pricing", kind: "p99.9_ms"))
    #expect(
      try only("api.eu-1.p99_ms > 1") == Reference(service: "api.eu-1", kind: "p99_ms"))
    #expect(
      try only("\"odd name (1)\".breaker(\"http://10.0.0.1:8080\") is open")
        == Reference(service: "odd name (1)", kind: "breaker", argument: "http://10.0.0.1:8080"))
    #expect(try only("burn(fast,1h) > 1").arguments == ["fast", "1h"])
    #expect(
      try only("fallback(cached-prices) is active")
        == Reference(kind: "fallback", argument: "cached-prices"))
  }

  @Test("every comparison is told with its place, in order")
  func terms() throws {
    let terms = try Condition("é.p99_ms > 800 until < 600 and not health is healthy").terms
    #expect(
      terms.map(\.description)
        == ["é.p99_ms > 800ms", "é.p99_ms < 600ms", "health is healthy"])
    #expect(terms.map(\.column) == [1, 22, 36])
  }

  @Test(
    "an error says where, what was expected and what to write",
    arguments: [
      ("", "column 1: expected a condition such as p99_ms > 800 for 5m, found nothing"),
      ("p99_ms > fast", "column 10: expected a number after '>', found 'fast'"),
      ("p99_ms > 800msec", "column 13: unknown unit 'msec'; did you mean ms?"),
      (
        "p99_ms > 8 parsecs",
        "column 12: expected and, or, for, until or the end, found 'parsecs'"
      ),
      (
        "health == unhealthy",
        "column 11: expected a number after '==', found 'unhealthy'; "
          + "states are compared with 'is'"
      ),
      (
        "error_ratio > 5",
        "column 15: error_ratio goes from 0 to 1; did you mean 5%?"
      ),
      (
        "error_ratio > 800ms",
        "column 15: error_ratio is a share from 0 to 1, such as 5%; 800ms is none"
      ),
      ("p99_ms > 5%", "column 10: p99_ms is a time, such as 800ms; 5% is none"),
      (
        "800 < p99_ms",
        "column 1: the signal comes first: write p99_ms > 800, not the other way round"
      ),
      ("(a is x", "column 8: the '(' of column 1 is not closed"),
      ("a is x)", "column 7: this ')' closes nothing"),
      ("a is x && b is x", "column 8: write 'and'"),
      ("a is x || b is x", "column 8: write 'or'"),
      ("!a is x", "column 1: write 'not'"),
      ("a is x for 5", "column 12: a time needs a unit; did you mean 5s or 5m?"),
      ("a is x for ever", "column 12: expected a time such as 5m after 'for', found 'ever'"),
      (
        "a is x for 5m for 5m",
        "column 15: 'for' is given twice; put the part before it in parentheses"
      ),
      (
        "p99_ms > 800 until < 900",
        "column 14: what begins above 800ms cannot end there too; give until a limit of 800ms "
          + "or less"
      ),
      (
        "(a is x or b is x) until < 6",
        "column 26: write what ends it with its name, such as p99_ms < 600"
      ),
      ("all()", "column 1: all() needs at least one condition"),
      ("any a is x", "column 5: expected '(' after 'any', as in any(a, b), found 'a'"),
      (
        "readiness",
        "column 10: expected a comparison after 'readiness', such as > 100 or is pass, "
          + "found the end"
      ),
      ("\"odd", "column 1: the quote that begins here is not closed"),
      ("p99_ms > 1e999", "column 10: '1e999' is no number that can be compared"),
      ("x > 1,500", "column 6: numbers are written without separators, such as 1500"),
      ("a is", "column 5: expected a word after 'is', found the end"),
      (
        "ärger is x and",
        "column 15: expected a signal or state such as p99_ms or health, found the end"
      ),
    ])
  func errors(_ text: String, _ sentence: String) {
    let error = #expect(throws: ConditionError.self) { try Condition(text) }
    #expect(error?.description == sentence)
  }

  @Test("huge and deeply nested texts are refused, not overflowed")
  func limits() throws {
    let open = String(repeating: "(", count: 4000)
    let error = #expect(throws: ConditionError.self) { try Condition(open + "a is x") }
    #expect(error?.reason == "parts stand at most 32 deep in each other")
    #expect(throws: ConditionError.self) {
      try Condition(String(repeating: "not ", count: 1000) + "a is x")
    }
    #expect(throws: ConditionError.self) {
      try Condition(String(repeating: "all(", count: 1000) + "a is x")
    }
    let many = Array(repeating: "a is x", count: 65).joined(separator: " and ")
    #expect(
      #expect(throws: ConditionError.self) { try Condition(many) }?.reason
        == "a condition has at most 64 comparisons")
    #expect(throws: ConditionError.self) {
      try Condition("a is " + String(repeating: "x", count: 5000))
    }
  }

  @Test("any bytes are read or refused with a place within them")
  func anyBytes() {
    var dice = Seeded(7)
    let pieces = [
      "a", ".", "(", ")", "\"", "\\", " for ", "5m", " until ", "is", " not ", "<", ">=", "%", "1",
      "e9", "é", "\u{202E}", ",", "and ", " or ", "\n", "all(", "-", "p99.9_ms", "\u{0}",
    ]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...12, using: &dice))
        .map { _ in pieces.randomElement(using: &dice)! }.joined()
      do {
        let condition = try Condition(text)
        #expect(try Condition(condition.description) == condition, "\(text)")
      } catch {
        #expect((1...(text.unicodeScalars.count + 1)).contains(error.column), "\(text): \(error)")
      }
    }
  }

  @Test("unknown, NaN and a state that is held against a number decide nothing")
  func unknowns() throws {
    #expect(try truth("a > 1", [:]) == .unknown)
    #expect(try truth("a > 1", ["a": .number(.nan)]) == .unknown)
    #expect(try truth("a != 1", ["a": .number(.nan)]) == .unknown)
    #expect(try truth("a > 1", ["a": .word("x")]) == .unknown)
    #expect(try truth("a is x", ["a": .number(1)]) == .unknown)
    #expect(try truth("a is not x", [:]) == .unknown)
    #expect(try truth("a > 1 or b is x", ["b": .word("x")]) == .yes)
    #expect(try truth("a > 1 and b is x", ["b": .word("y")]) == .no)
    #expect(try truth("not a > 1", [:]) == .unknown)
  }

  @Test("conditions of a mapping come to the same as those of one text")
  func composed() throws {
    let a = try Condition("a is x or b is x")
    let b = try Condition("c > 1 for 5m")
    #expect(try Condition(all: [a, b]) == Condition("(a is x or b is x) and c > 1 for 5m"))
    #expect(try Condition(any: [a, b]) == Condition("any(a is x or b is x, c > 1 for 5m)"))
    #expect(try Condition(not: b) == Condition("not (c > 1 for 5m)"))
    #expect(try Condition(all: []) == nil)
  }
}
