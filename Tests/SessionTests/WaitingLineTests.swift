import Containment
import Fleet
import Incident
import Session
import Synchronization
import Testing

/// While a disk does not answer those who do something wait, in the order in which they came.
@Suite("Whose turn it is")
struct WaitingLineTests {
  /// A disk that answers when it is told to, once for each entry.
  private final class Disk: Recorder {
    private struct Pages {
      var isStuck = true
      var waiting: [CheckedContinuation<Bool, Never>] = []
      var kept: [Event] = []
    }

    private let pages = Mutex(Pages())

    var isAsked: Bool { pages.withLock { !$0.waiting.isEmpty } }
    var kept: [Event] { pages.withLock { $0.kept } }

    func record(_ entry: Entry, with enclosure: Enclosure?) {}
    func applied(_ entry: Entry, to state: State) {}

    func recordDurably(_ entry: Entry) async -> Bool {
      await withCheckedContinuation { continuation in
        let isStuck = pages.withLock { pages in
          pages.kept.append(entry.event)
          if pages.isStuck { pages.waiting.append(continuation) }
          return pages.isStuck
        }
        if !isStuck { continuation.resume(returning: true) }
      }
    }

    /// Answers from now on.
    func answer() {
      let waiting = pages.withLock { pages in
        pages.isStuck = false
        defer { pages.waiting = [] }
        return pages.waiting
      }
      for one in waiting { one.resume(returning: true) }
    }
  }

  private static let ana = Principal(name: "ana", uid: 1002)
  private static let fleet = Fleet(
    name: "shop",
    services: [Service(name: "cart", instances: [Instance(url: "http://127.0.0.1:9000")])])

  private func wait(_ isSo: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(20)
    while try await !isSo() {
      try #require(ContinuousClock.now < end, "waited in vain")
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  private func remarks(_ events: [Event]) -> [String] {
    events.compactMap { if case .remark(let remark) = $0 { remark.text } else { nil } }
  }

  /// A session whose disk is being waited for by one who asked already.
  private func stuck(
    _ disk: Disk, room: Int = Session.mostWaiting
  ) async throws -> (session: Session, first: Task<IntentOutcome, Never>) {
    let session = Session(fleet: Self.fleet, recorder: disk, mostWaiting: room)
    let first = Task { await session.submit(.remark("first"), by: Self.ana) }
    try await wait { disk.isAsked }
    return (session, first)
  }

  @Test(
    "fifty that wait get in by the order in which they came, and none before them who comes later")
  func order() async throws {
    let disk = Disk()
    let (session, first) = try await stuck(disk)
    var asked: [Task<IntentOutcome, Never>] = []
    for number in 0..<50 {
      asked.append(Task { await session.submit(.remark("\(number)"), by: Self.ana) })
      try await wait { await session.waiting == number + 1 }
    }
    disk.answer()
    // Whoever comes now comes after them.
    let late = await session.submit(.remark("late"), by: Self.ana)
    #expect(late.refusal == nil)
    for one in asked { #expect(await one.value.refusal == nil) }
    #expect(await first.value.refusal == nil)
    #expect(remarks(disk.kept) == ["first"] + (0..<50).map(String.init) + ["late"])
    #expect(await session.waiting == 0)
    #expect(await session.submit(.remark("again"), by: Self.ana).refusal == nil)
  }

  @Test("what happens meanwhile is not put off until all who wait have had their turn")
  func news() async throws {
    let disk = Disk()
    let (session, first) = try await stuck(disk)
    let asked = (0..<20).map { number in
      Task { await session.submit(.remark("\(number)"), by: Self.ana) }
    }
    try await wait { await session.waiting == 20 }
    session.inbox.put(.note(Note(.info, "news")))
    disk.answer()
    for one in asked { _ = await one.value }
    _ = await first.value
    // Nobody runs this session: it was entered by those who had their turn.
    let notes = await session.read { $0.present.notes.map(\.note.text) }
    let news = try #require(notes.firstIndex(of: "news"))
    let last = try #require(notes.lastIndex { $0.hasPrefix("ana asked") })
    #expect(news < last)
  }

  @Test("more than can wait are told so, and nothing is done of what they asked for")
  func bound() async throws {
    let disk = Disk()
    let (session, first) = try await stuck(disk, room: 3)
    let asked = (0..<3).map { number in
      Task { await session.submit(.remark("\(number)"), by: Self.ana) }
    }
    try await wait { await session.waiting == 3 }
    let sentence =
      "the disk does not answer: 3 others wait for it, and nothing was done of what you asked for; "
      + "ask again once it answers"
    #expect(await session.submit(.remark("too many"), by: Self.ana).refusal == sentence)
    let wanted = ActionMove(run: "1", by: "ana", step: .confirm(hash: "h"))
    #expect(await session.enter(wanted) == sentence)
    let rule = RuleMove(rule: "r", service: "cart", by: "damcon", step: .fire(run: "1"))
    #expect(await session.enter(rule) == sentence)
    disk.answer()
    for one in asked { #expect(await one.value.refusal == nil) }
    _ = await first.value
    #expect(!remarks(disk.kept).contains("too many"))
    #expect(remarks(disk.kept).count == 4)
    // There is room again.
    #expect(await session.submit(.remark("now"), by: Self.ana).refusal == nil)
  }

  @Test("what has become of something that is under way gets in, however many wait")
  func answers() async throws {
    let disk = Disk()
    let (session, first) = try await stuck(disk, room: 0)
    #expect(await session.submit(.remark("no room"), by: Self.ana).refusal != nil)
    let steps: [ActionMove.Step] = [
      .send(target: "t"), .answer(target: "t", .unsent("it is gone")), .lose,
      .sendRevert(target: "t"), .answerRevert(target: "t", .unsent("it is gone")),
      .reconcile(target: "t", found: .text("x")), .tried(target: "t", "x"), .cancel(reason: "x"),
    ]
    let told = steps.map { step in
      Task { await session.enter(ActionMove(run: "nobody's", by: "damcon", step: step)) }
    }
    try await wait { await session.waiting == steps.count }
    disk.answer()
    for one in told {
      // There is no such run, which is known only to who had a turn.
      let refusal = try #require(await one.value)
      #expect(!refusal.contains("disk"))
    }
    _ = await first.value
  }

  @Test("the emergency stop waits however many do, where it comes from one who may act")
  func halt() async throws {
    let disk = Disk()
    let (session, first) = try await stuck(disk, room: 0)
    let viewer = Principal(name: "eve", uid: 1001, role: .viewer)
    let refused = await session.submit(.halt(reason: "now"), by: viewer)
    #expect(refused.refusal?.contains("the disk does not answer") == true)
    let stop = Task { await session.submit(.halt(reason: "now"), by: Self.ana) }
    try await wait { await session.waiting == 1 }
    // One of each is enough.
    let again = await session.submit(.halt(reason: "now!"), by: Self.ana)
    #expect(again.refusal?.contains("the disk does not answer") == true)
    let other = Principal(name: "ines", uid: 1003)
    let second = Task { await session.submit(.halt(reason: "now"), by: other) }
    try await wait { await session.waiting == 2 }
    disk.answer()
    #expect(await stop.value.refusal == nil)
    #expect(await second.value.refusal?.contains("already") == true)
    _ = await first.value
    #expect(await session.read { $0.present.halt != nil })
  }

  @Test("who is cancelled while waiting ends, and holds nobody up")
  func cancelled() async throws {
    let disk = Disk()
    let (session, first) = try await stuck(disk)
    let gone = Task { await session.submit(.remark("gone"), by: Self.ana) }
    try await wait { await session.waiting == 1 }
    let next = Task { await session.submit(.remark("next"), by: Self.ana) }
    try await wait { await session.waiting == 2 }
    gone.cancel()
    disk.answer()
    _ = await gone.value
    #expect(await next.value.refusal == nil)
    _ = await first.value
    #expect(remarks(disk.kept) == ["first", "gone", "next"])
  }
}
