import Foundation
import Testing

/// The daemon dies with an action under way, and the next one goes on with what is so.
@Suite("kill -9 of the daemon in each phase of an action", .serialized)
struct KilledPhaseTests {
  /// What the journal tells of a run.
  private struct Story {
    var moves: [(by: String, text: String)] = []
    var states: [String] = []

    init(of run: String, in journal: String) throws {
      let export = try Damcon.run("export", journal, "--format", "jsonl")
      try #require(export.status == 0, "\(export.errors)")
      for line in export.output.split(separator: "\n") {
        let object = try #require(
          try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        guard object["run"] as? String == run else { continue }
        switch object["type"] as? String {
        case "action":
          let (by, text) = (object["by"] as? String, object["text"] as? String)
          moves.append((by: try #require(by), text: try #require(text)))
        case "action_state": states.append(try #require(object["to"] as? String))
        default: break
        }
      }
    }

    func times(_ words: String) -> Int { moves.count { $0.text.hasPrefix(words) } }
  }

  private func isWhole(_ room: WarRoom) throws {
    let verified = try Damcon.run("verify", room.journal)
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
  }

  @Test(
    "what stood stands, what was begun is unknown and read: facts and audit whole, executed once at most",
    arguments: KilledPhase.all)
  func killed(_ phase: KilledPhase) throws {
    let room = try WarRoom(more: phase.more)
    try room.start()
    let run = try room.ask(
      "action", "plan", "cap", "pricing", "--reason", "the pool is full", "--format", "json"
    ).run()
    func told() -> String { room.words(of: run.id) }

    let clients = try phase.way(room, run)
    try #require(
      waitUntil(30) {
        room.target.unanswered == phase.unanswered && room.target.turns == phase.turns
          && room.state(of: run.id) == phase.state
      }, "\(told())")
    #expect(room.end(SIGKILL) == -SIGKILL)
    for client in clients { client.wait(30) }
    room.target.answersAgain()
    try isWhole(room)

    try room.start()
    #expect(waitUntil(30) { room.state(of: run.id) == phase.found }, "\(told())")
    // It goes on watching, and does nothing by itself.
    let looks = room.target.looks
    #expect(waitUntil(30) { room.target.looks >= looks + 3 })
    #expect(room.state(of: run.id) == phase.found, "\(told())")
    #expect(room.target.turns == phase.turns && room.target.limit == phase.limit, "\(told())")

    if let next = phase.next {
      let clients = try next.way(room, run)
      #expect(waitUntil(30) { room.state(of: run.id) == next.state }, "\(told())")
      for client in clients { client.wait(30) }
      #expect(room.target.turns == next.turns, "\(told())")
    }
    #expect(room.end() == 0)
    try isWhole(room)
    let story = try Story(of: run.id, in: room.journal)
    #expect(story.states == phase.story, "\(story)")
    let me = NSUserName()
    #expect(story.moves.first.map { $0.by == me && $0.text.hasSuffix("the pool is full") } == true)
    #expect(story.times("planned cap on pricing") == 1, "\(story)")
    // Each step with who took it, and none twice.
    let isConfirmed = phase.story.contains("confirmed")
    #expect(story.moves.count { $0.by == me && $0.text == "confirmed it" } == (isConfirmed ? 1 : 0))
    #expect(story.times("sent to ") == (phase.story.contains("sent") ? 1 : 0), "\(story)")
    let reverts = room.target.turns - story.times("sent to ")
    #expect(story.times("taking it back, sent to ") == reverts, "\(story)")
  }

  @Test(
    "what waits for others waits still, with those who have agreed, and is done once when all have",
    .enabled(if: geteuid() == 0, "it takes root to make users"))
  func agreed() throws {
    let room = try WarRoom(people: true, approvals: 2)
    try room.start()
    let run = try room.ask("action", "plan", "cap", "pricing", "--format", "json", by: .asker)
      .run()
    #expect(run.state == "awaiting-approval")
    let (agreer, second) = (room.name(.agreer), room.name(.second))
    /// Kills it, and starts it again.
    func kill(finding state: String, agreed names: [String]) throws {
      #expect(room.end(SIGKILL) == -SIGKILL)
      try isWhole(room)
      try room.start()
      let told = try room.told(of: run.id)
      #expect(told.state == state && told.hash == run.hash && told.approvedBy == names, "\(told)")
      #expect(room.target.turns == 0)
    }

    try kill(finding: "awaiting-approval", agreed: [])
    #expect(try room.ask("approve", run.id, by: .agreer).status == 0)
    try kill(finding: "awaiting-approval", agreed: [agreer])
    // Who has agreed before is no second one.
    #expect(try room.ask("approve", run.id, by: .agreer).status == 1)
    #expect(try room.ask("approve", run.id, by: .second).status == 0)
    try kill(finding: "approved", agreed: [agreer, second])
    let done = try room.ask(
      "action", "run", run.id, "--confirm", run.hash, "--arm", "test", "--wait", "30s", by: .asker)
    #expect(done.status == 0, "\(done.output)\(done.errors)")
    #expect(room.target.turns == 1 && room.target.limit == 5)
    #expect(room.end() == 0)
    try isWhole(room)
    let story = try Story(of: run.id, in: room.journal)
    #expect(story.moves.filter { $0.text == "approved it" }.map(\.by) == [agreer, second])
    #expect(
      story.states == [
        "awaiting-approval", "approved", "confirmed", "intended", "sent", "applied",
      ], "\(story)")
  }
}
