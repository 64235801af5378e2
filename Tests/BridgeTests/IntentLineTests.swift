import Bridge
import Containment
import Session
import Synchronization
import Testing

/// What a responder asks with one key is not overtaken by what they ask with the next, and nothing of it is lost unsaid.
@Suite("What one screen asks of a session")
struct IntentLineTests {
  /// A session that answers when it is told to, and remembers what it was asked.
  private final class Slow: Sendable {
    private struct Course {
      var heard: [Intent] = []
      var holds: @Sendable (Intent) -> Bool = { _ in false }
    }
    private let course = Mutex(Course())
    var heard: [Intent] { course.withLock { $0.heard } }
    func hold(_ which: @escaping @Sendable (Intent) -> Bool) {
      course.withLock { $0.holds = which }
    }

    @Sendable func carry(_ intent: Intent) async -> IntentOutcome {
      course.withLock { $0.heard.append(intent) }
      while course.withLock({ $0.holds(intent) }) { try? await Task.sleep(for: .milliseconds(2)) }
      return intent == .remark("bad") ? IntentOutcome(refusal: "not this") : .taken
    }
  }

  private static func line(_ slow: Slow, most: Int = 64) -> IntentLine {
    IntentLine(most: most, carrying: slow.carry) {}
  }

  private static func remarks(_ numbers: Range<Int>) -> [Intent] {
    numbers.map { .remark("\($0)") }
  }

  @Test("what was asked quickly arrives in the order in which it was asked")
  func order() async {
    let slow = Slow()
    let line = Self.line(slow)
    for intent in Self.remarks(0..<60) { line.take(intent) }
    #expect(await comes { slow.heard.count == 60 })
    #expect(slow.heard == Self.remarks(0..<60))
    #expect(await line.close(within: 20).isEmpty)
  }

  @Test("a stop and a refusal wait for nothing that hangs, and a step waits for no plan")
  func ways() async {
    let slow = Slow()
    let line = Self.line(slow)
    let stops: [Intent] = [
      .halt(reason: "fire"), .action(run: "a-1", .reject(reason: "no")),
      .action(run: "a-1", .cancel(reason: "no")), .stopRule(rule: "r", service: "pricing"),
    ]
    slow.hold { $0 == .reconcile(run: "a-1") || $0 == .remark("hangs") }
    line.take(.reconcile(run: "a-1"))
    line.take(.remark("first"))
    #expect(await comes { slow.heard.contains(.remark("first")) })
    line.take(.remark("hangs"))
    line.take(.remark("last"))
    for stop in stops { line.take(stop) }
    #expect(await comes { stops.allSatisfy(slow.heard.contains) })
    #expect(!slow.heard.contains(.remark("last")))
    slow.hold { _ in false }
    #expect(await comes { slow.heard.contains(.remark("last")) })
    #expect(await line.close(within: 20).isEmpty)
  }

  @Test("what was to be lifted before another stop was asked for stays stopped, and that is said")
  func liftsNoMore() async {
    let slow = Slow()
    let line = Self.line(slow)
    slow.hold { $0 == .remark("hangs") }
    line.take(.remark("hangs"))
    line.take(.lift)
    line.take(.halt(reason: ""))
    #expect(line.answers().map(\.intent) == [.lift])
    slow.hold { _ in false }
    #expect(await line.close(within: 20).isEmpty)
    #expect(!slow.heard.contains(.lift) && slow.heard.contains(.halt(reason: "")))
  }

  @Test("beyond what there is room for the newest is refused with a sentence; a stop is not")
  func bounded() async {
    let slow = Slow()
    let line = Self.line(slow, most: 4)
    slow.hold { if case .remark = $0 { true } else { false } }
    for intent in Self.remarks(0..<6) { line.take(intent) }
    let answers = line.answers()
    #expect(answers.map(\.intent) == Self.remarks(4..<6))
    #expect(
      answers.allSatisfy {
        $0.outcome.refusal == "not asked, for 4 things wait to be answered: write a note down"
      })
    line.take(.halt(reason: "fire"))
    #expect(await comes { slow.heard.contains(.halt(reason: "fire")) })
    slow.hold { _ in false }
    #expect(await line.close(within: 20).isEmpty)
    #expect(slow.heard.filter { $0 != .halt(reason: "fire") } == Self.remarks(0..<4))
  }

  @Test("whoever leaves is told what was not sent, what nobody answered, and what was refused")
  func leaves() async {
    let slow = Slow()
    let line = Self.line(slow)
    line.take(.remark("bad"))
    #expect(await comes { slow.heard.count == 1 })
    slow.hold { $0 == .resolve(reason: "it is over") }
    line.take(.resolve(reason: "it is over"))
    line.take(.declare(title: "again"))
    #expect(await comes { slow.heard.count == 2 })
    let left = await line.close(within: 0.1)
    #expect(
      left == [
        "write a note down: not this",
        "nobody has said what came of this: resolve the incident: it is over",
        "not asked any more: declare incident: again",
      ])
    slow.hold { _ in false }
    line.take(.poll)
    #expect(line.answers().first?.outcome.refusal == "not asked: this screen is being left")
    // What was said not to be asked is not asked after all.
    #expect(await line.close(within: 20).isEmpty)
    #expect(!slow.heard.contains(.declare(title: "again")))
  }
}
