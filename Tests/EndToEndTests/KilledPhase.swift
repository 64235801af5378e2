import Foundation
import Testing

/// A state of an action in which its daemon is killed, and what the next one finds.
struct KilledPhase: Sendable, CustomTestStringConvertible {
  /// Gets a planned run to that state; what it begins for that is held until the daemon is killed.
  typealias Way = @Sendable (_ room: WarRoom, _ run: ToldRun) throws -> [Child]

  /// The state in which it is killed.
  let state: String
  /// How it is shown once the next daemon has looked: what was sent is read, and never sent again.
  let found: String
  /// What the target was sent up to then, and what its limit has become by it.
  let turns: Int
  let limit: Int
  /// Who waits for an answer of the target when it is killed.
  var unanswered = 0
  /// What the action says beside.
  var more = ""
  let way: Way
  /// What a person does then, and what comes of it; nil where nothing is left to do.
  var next: Next?

  struct Next: Sendable {
    let way: Way
    let state: String
    let turns: Int
  }

  /// The states that the journal names, from the plan to the end.
  let story: [String]

  var testDescription: String { state }

  static let all: [KilledPhase] = [
    KilledPhase(
      state: "planned", found: "planned", turns: 0, limit: 100, way: wait,
      next: Next(way: confirm, state: "applied", turns: 1),
      story: ["planned", "confirmed", "intended", "sent", "applied"]),
    // It is read whether the target is as it was planned; nothing was to be sent yet.
    KilledPhase(
      state: "confirmed", found: "cancelled", turns: 0, limit: 100, unanswered: 1,
      way: confirm(readings: 0), story: ["planned", "confirmed", "cancelled"]),
    // The second reading, with the intent durable and the first byte next to it.
    KilledPhase(
      state: "intended", found: "failed", turns: 0, limit: 100, unanswered: 1,
      way: confirm(readings: 1), story: ["planned", "confirmed", "intended", "unknown", "failed"]),
    KilledPhase(
      state: "sent", found: "applied", turns: 1, limit: 5, unanswered: 1, way: silently(confirm),
      story: ["planned", "confirmed", "intended", "sent", "unknown", "applied"]),
    KilledPhase(
      state: "applied", found: "applied", turns: 1, limit: 5, way: confirm,
      story: ["planned", "confirmed", "intended", "sent", "applied"]),
    KilledPhase(
      state: "verifying", found: "verifying", turns: 1, limit: 5,
      more: "verification: {conditions: [readiness is pass], window: 5m, within: 30m}",
      way: confirm, story: ["planned", "confirmed", "intended", "sent", "verifying"]),
    KilledPhase(
      state: "watching", found: "watching", turns: 1, limit: 5,
      more: "recovery: {conditions: [readiness is pass], watch: 10m, within: 1h}", way: confirm,
      story: ["planned", "confirmed", "intended", "sent", "watching"]),
    // The target has done it, and nobody heard: trying again finds that there is nothing to send.
    KilledPhase(
      state: "reverting", found: "revert-failed", turns: 2, limit: 100, unanswered: 1,
      way: { room, run in try applied(room, run) + silently(revert)(room, run) },
      next: Next(way: revert, state: "reverted", turns: 2),
      story: [
        "planned", "confirmed", "intended", "sent", "applied", "reverting", "revert-failed",
        "reverting", "reverted",
      ]),
    KilledPhase(
      state: "revert-failed", found: "revert-failed", turns: 2, limit: 5,
      way: { room, run in
        let before = try applied(room, run)
        room.target.refuses(true)
        return try before + revert(room, run)
      },
      next: Next(way: revert, state: "reverted", turns: 3),
      story: [
        "planned", "confirmed", "intended", "sent", "applied", "reverting", "revert-failed",
        "reverting", "reverted",
      ]),
    KilledPhase(
      state: "reverted", found: "reverted", turns: 2, limit: 100,
      way: { room, run in try applied(room, run) + revert(room, run) },
      story: ["planned", "confirmed", "intended", "sent", "applied", "reverting", "reverted"]),
  ]

  // MARK: Ways

  private static let wait: Way = { _, _ in [] }

  private static let confirm: Way = { room, run in
    [try room.begin("action", "run", run.id, "--confirm", run.hash, "--arm", "test")]
  }

  private static let revert: Way = { room, run in
    [try room.begin("action", "revert", run.id, "--arm", "test")]
  }

  /// The target tells its limit so many times more, and then says nothing.
  private static func confirm(readings: Int) -> Way {
    { room, run in
      room.target.hangsReadings(after: readings)
      return try confirm(room, run)
    }
  }

  /// The target does what it is told, and says nothing.
  private static func silently(_ way: @escaping Way) -> Way {
    { room, run in
      room.target.hangs(true)
      return try way(room, run)
    }
  }

  private static func applied(_ room: WarRoom, _ run: ToldRun) throws -> [Child] {
    let clients = try confirm(room, run)
    try #require(waitUntil(30) { room.state(of: run.id) == "applied" }, "\(room.words(of: run.id))")
    return clients
  }
}
