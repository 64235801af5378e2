import Canvas
import Console
import Testing

/// A key that is held down or pasted does nothing that cannot be meant so; one that somebody presses always does.
@Suite("Keys that nobody means")
struct KeyHasteTests {
  private static let start = ContinuousClock.now

  /// Which of keys that come so many milliseconds after one another are held to be meant by nobody.
  private static func judged(
    _ keys: [(Character, after: Int)], before question: KeyHaste.Question = .none
  ) -> [Bool] {
    var haste = KeyHaste()
    var now = start
    return keys.map { key, after in
      now += .milliseconds(after)
      return haste.judges(.key(.character(key)), before: question, at: now)
    }
  }

  @Test("a key that is held down counts once and when it begins to repeat, and no more")
  func held() {
    let keys = [("x", 0), ("x", 500)] + Array(repeating: ("x", 33), count: 20)
    let judged = Self.judged(keys.map { (Character($0.0), $0.1) })
    #expect(judged == [false, false] + Array(repeating: true, count: 20))
  }

  @Test("the same key several times at once, as from a paste, counts once")
  func pasted() {
    #expect(Self.judged([("x", 0), ("x", 0), ("x", 0)]) == [false, true, true])
  }

  @Test("keys that somebody types count, however fast, and though they are read together")
  func typed() {
    #expect(Self.judged([("x", 0), ("j", 0), ("x", 0)]) == [false, false, false])
    #expect(Self.judged([("x", 0), ("x", 130), ("x", 130)]) == [false, false, false])
    #expect(Self.judged([("r", 0), ("x", 1)]) == [false, false])
  }

  @Test("a question is answered by a key of its own, once it can have been read")
  func questions() {
    let seen = KeyHaste.Question.seen(Self.start)
    #expect(Self.judged([("y", 300)], before: seen) == [true])
    #expect(Self.judged([("y", 500)], before: seen) == [false])
    #expect(Self.judged([("y", 500), ("y", 600)], before: seen) == [false, true])
    #expect(Self.judged([("y", 5000)], before: .unseen) == [true])
    var haste = KeyHaste()
    let isHasty = haste.judges(
      .key(.character("y")), among: 2, before: seen, at: Self.start + .seconds(5))
    #expect(isHasty)
  }
}
