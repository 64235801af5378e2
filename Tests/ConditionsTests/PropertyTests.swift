import Conditions
import Foundation
import Testing

@Suite("Conditions of any shape")
struct PropertyTests {
  /// A random condition, with every kind of name, word, number and nesting.
  private struct Maker {
    var dice: Seeded

    mutating func condition(_ depth: Int) -> String {
      switch depth == 0 ? 0 : Int.random(in: 0...9, using: &dice) {
      case 0, 1: return comparison()
      case 2: return "not (\(condition(depth - 1)))"
      case 3: return "(\(condition(depth - 1))) and (\(condition(depth - 1)))"
      case 4: return "\(condition(depth - 1)) or \(condition(depth - 1))"
      case 5: return "all(\(condition(depth - 1)), \(condition(depth - 1)), \(comparison()))"
      case 6: return "any(\(condition(depth - 1)), \(comparison()))"
      case 7: return "(\(condition(depth - 1))) for \(time())"
      case 8: return "(\(condition(depth - 1))) until (\(condition(depth - 1)))"
      default: return "(\(comparison())) for \(time()) until (\(comparison())) for \(time())"
      }
    }

    mutating func comparison() -> String {
      let names = [
        "p99_ms", "p99.9_ms", "error_ratio", "memory_bytes", "age", "rate", "pricing.p99.9_ms",
        "a.b-c.error_ratio", "\"x y\\\"z\".queue-depth", "saturation(db-pool)", "burn(fast,  1h)",
        "breaker(\"a(b)\")", "check(http://[::1]:8080)", "größe.health",
      ]
      let name = names.randomElement(using: &dice)!
      if Bool.random(using: &dice) {
        let words = ["x", "not-ready", "1.42.0", "\"two words\"", "\"and\"", "\"\"", "v1/β"]
        return name + (Bool.random(using: &dice) ? " is " : " is not ")
          + words.randomElement(using: &dice)!
      }
      let relation = [">", ">=", "<", "<=", "==", "!="].randomElement(using: &dice)!
      // Within what a ratio may be.
      let number =
        switch Int.random(in: 0...3, using: &dice) {
        case 0: "\(Double.random(in: 0...1, using: &dice))"
        case 1: "\(Double.random(in: -1...1e-7, using: &dice))"
        case 2: "0"
        default: "-\(Int.random(in: 0...100_000_000_000, using: &dice))"
        }
      return "\(name) \(relation) \(number)"
    }

    mutating func time() -> String {
      ["5m", "1h30m", "90s", "250ms", "1d", "0.125s", "3.7m"].randomElement(using: &dice)!
    }
  }

  @Test("what a condition prints parses back to the same condition, and prints the same again")
  func roundTrip() throws {
    var maker = Maker(dice: Seeded(42))
    for _ in 0..<5000 {
      let text = maker.condition(3)
      let condition: Condition
      do {
        condition = try Condition(text)
      } catch {
        // Only what is too large, or would end where it begins, may be refused.
        let isRight = error.reason.contains("at most") || error.reason.contains("what begins")
        #expect(isRight, "\(text): \(error)")
        continue
      }
      let printed = condition.description
      let back = try Condition(printed)
      #expect(back == condition, "\(text) printed as \(printed)")
      #expect(back.description == printed)
      let bytes = try JSONEncoder().encode([condition])
      #expect(try JSONDecoder().decode([Condition].self, from: bytes) == [condition])
    }
  }

  @Test("numbers with units print as what parses back to the very same number")
  func numbers() throws {
    var dice = Seeded(3)
    for name in ["p99_ms", "age", "error_ratio", "heap_bytes", "rate"] {
      for _ in 0..<3000 {
        var number = Double(Int.random(in: 0...100_000_000, using: &dice))
        switch Int.random(in: 0...3, using: &dice) {
        case 0: number /= 1000
        case 1: number *= 1024
        case 2: number = Double.random(in: 0...1, using: &dice)
        default: break
        }
        if name == "error_ratio" { number /= 1e12 }
        let condition = try Condition("\(name) > \(number)")
        let back = try Condition(condition.description)
        #expect(back == condition, "\(name) > \(number) printed as \(condition)")
      }
    }
  }

  @Test("all, any and not follow Kleene's tables, written either way")
  func kleene() throws {
    let values: [(Fact, Truth)] = [(.word("x"), .yes), (.word("y"), .no), (.unknown, .unknown)]
    for (a, at) in values {
      for (b, bt) in values {
        let table = Table(["a": a, "b": b])
        func of(_ text: String) throws -> Truth {
          var run = ConditionRun()
          return run.advance(try Condition(text), table, at: 0)
        }
        let both: Truth = at == .no || bt == .no ? .no : at == .yes && bt == .yes ? .yes : .unknown
        let either: Truth =
          at == .yes || bt == .yes ? .yes : at == .no && bt == .no ? .no : .unknown
        #expect(try of("a is x and b is x") == both)
        #expect(try of("all(a is x, b is x)") == both)
        #expect(try of("a is x or b is x") == either)
        #expect(try of("any(a is x, b is x)") == either)
        #expect(try of("not (a is x and b is x)") == of("not a is x or not b is x"))
      }
    }
  }
}
