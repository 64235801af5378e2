import Conditions
import Containment
import Export
import Fleet
import Foundation
import Health
import Incident
import Telemetry
import Testing

struct JSONLinesTests {
  private struct Line: Decodable {
    var at: String
    var type: String
    var text: String?
    /// The members of the line, as Python writes them again.
    var whole: String
  }

  /// Lines as Python reads them, which takes no `NaN` here.
  private func lines(_ text: String) throws -> [Line]? {
    try Python.read(
      text, as: [Line].self,
      """
      def refuse(word): raise ValueError(word)
      lines = []
      with open(path, 'rb') as file:
          for line in file.read().decode('utf-8').splitlines():
              value = json.loads(line, parse_constant=refuse)
              text = value.get('text')
              lines.append({'at': value.pop('at'), 'type': value.pop('type'), 'text': text,
                  'whole': json.dumps(value, ensure_ascii=False, sort_keys=True)})
      print(json.dumps(lines))
      """)
  }

  @Test func `Everything that happened is a line, in its order and at its time`() throws {
    guard let lines = try lines(try Shop.incident.export(JSONLinesExport()).text) else { return }
    let events = lines.filter { !["service", "capability", "journey"].contains($0.type) }
    #expect(
      events.map { "\($0.at.dropFirst(11).prefix(8)) \($0.type) \($0.whole)" }
        .joined(separator: "\n") == """
          00:45:00 began {}
          00:45:00 fleet {"environment": null, "fleet": "shop", "services": ["cart", "pricing"]}
          00:45:00 state {"because": "", "from": "unknown", "service": "cart", "to": "healthy"}
          00:45:00 state {"because": "", "from": "unknown", "service": "pricing", "to": "healthy"}
          00:46:00 alert {"because": "burning 8.33x over 6h and 30m (1m seen), both over 6", \
          "from": null, "service": "cart", "slo": "availability", "to": "page"}
          00:46:00 incident {"because": "cart availability: burning 8.33x over 6h and 30m (1m seen), \
          both over 6", "cause": "page", "service": "cart", "slo": "availability", "state": "open"}
          00:46:00 state {"because": "fallback cached-prices active: pricing timeout", \
          "from": "healthy", "service": "cart", "to": "degraded"}
          00:46:00 change {"before_watch": false, "from": "1.9.3", \
          "instances": ["http://10.0.0.7:8081"], "service": "cart", "to": "1.9.4", "what": "deploy"}
          00:46:00 fallback {"dependency": null, "from": "over", "mode": "cache", \
          "name": "cached-prices", "reason": "pricing timeout", "service": "cart", \
          "since": "2026-11-21T00:46:00.000Z", "to": "active", "tolerance_seconds": null, \
          "users_get": null}
          00:46:00 state {"because": "liveness refused: connection refused", "from": "healthy", \
          "service": "pricing", "to": "unreachable"}
          00:46:40 note {"severity": "info", "text": "rolled back"}
          00:46:50 incident {"because": "cart availability: burning 8.33x over 6h and 30m (1m seen), \
          both over 6", "by": "@ada", "opened": "2026-11-21T00:46:00.000Z", "state": "resolved"}
          """)
  }

  @Test func `A service looks as in a snapshot, and what is not known is null`() throws {
    let tape = Shop.incident
    guard let lines = try lines(try tape.export(JSONLinesExport()).text) else { return }
    let services = lines.filter { $0.type == "service" }
    #expect(services.count == 2 * 9, "a quarter of a minute each, and the end")
    let present = tape.state.present
    let document = SnapshotJSON.document(of: present, window: .minute).compact
    for line in services.suffix(2) {
      // Python put the keys in order; the values must be those of the snapshot.
      let keys = try #require(
        JSONSerialization.jsonObject(with: Data(line.whole.utf8)) as? [String: Any])
      let all = try #require(
        JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
      let snapshot = try #require(
        (all["services"] as? [[String: Any]])?.first {
          $0["name"] as? String == keys["name"] as? String
        })
      var without = keys
      without["fleet"] = nil
      #expect(NSDictionary(dictionary: without) == NSDictionary(dictionary: snapshot))
    }
  }

  /// A run of an action on pricing, planned and done in a shop where nothing more happens.
  private func done(_ change: (inout Action) throws -> Void) throws -> (Tape, ActionRun) {
    var tape = Tape(Shop.fleet)
    tape.probe(Shop.pricing)
    var action = Action(
      name: "cap", kind: .capConcurrency,
      order: .http(HTTPOrder(method: "POST", url: try Template("{instance}/limit"))))
    try change(&action)
    let target = Shop.pricing.instance
    var step = ActionPlan.Step(
      target: target, service: "pricing", kind: .capConcurrency,
      order: .http(PlannedRequest(method: "POST", url: target + "/limit")))
    step.revert = .http(PlannedRequest(method: "POST", url: target + "/limit", body: "{}"))
    step.captured = .integer(64)
    step.read = PlannedReading(
      order: .http(PlannedRequest(method: "GET", url: target + "/limit")), place: .pointer("/n"),
      expected: .integer(32))
    var plan = ActionPlan(id: "t.1", of: action, service: "pricing", steps: [step], by: "ana")
    plan.expiry = action.expiry
    func move(_ who: String, _ step: ActionMove.Step) {
      tape.add(.action(ActionMove(run: "t.1", by: who, step: step)))
    }
    move("ana", .plan(plan, hash: plan.hash))
    move("ana", .confirm(hash: plan.hash))
    move("damcon", .intend(hash: plan.hash))
    move("damcon", .send(target: target))
    tape.pass(1)
    move("damcon", .answer(target: target, .applied("HTTP 200")))
    return (tape, try #require(tape.state.present.actionRun("t.1")))
  }

  /// `1s verifying → inconclusive`, in seconds after the beginning.
  private func outcomes(_ tape: Tape, _ part: ArraySlice<Entry>? = nil) throws -> [String]? {
    let text = try tape.export(JSONLinesExport(), part ?? tape.entries[...]).text
    return try lines(text)?.compactMap { line in
      guard line.type.hasPrefix("action_"),
        let value = try JSONSerialization.jsonObject(with: Data(line.whole.utf8))
          as? [String: Any]
      else { return nil }
      #expect(value["run"] as? String == "t.1")
      #expect(value["service"] as? String == "pricing")
      let time = line.at.dropFirst(14).prefix(5)
      guard line.type == "action_state" else { return "\(time) due" }
      let from = value["from"] as? String ?? "-"
      return "\(time) \(from) → \(value["to"] as? String ?? "?")"
    }
  }

  private static let sent = [
    "45:00 - → planned", "45:00 planned → confirmed", "45:00 confirmed → intended",
    "45:00 intended → sent",
  ]

  @Test func `What comes of an action by time alone is told when it comes`() throws {
    var (tape, _) = try done { action in
      action.proof = try .init([try Condition("p99_ms < 800")], window: 10, patience: 30)
    }
    tape.pass(40)
    guard let unproved = try outcomes(tape) else { return }
    #expect(unproved == Self.sent + ["45:01 sent → verifying", "45:32 verifying → inconclusive"])

    (tape, _) = try done { action in
      action.proof = try .init([try Condition("readiness is fail")], window: 10, patience: 20)
    }
    for _ in 0..<30 {
      tape.probe(Shop.pricing)
      tape.pass(1)
    }
    #expect(
      try outcomes(tape)
        == Self.sent + ["45:01 sent → verifying", "45:22 verifying → regressed"])

    (tape, _) = try done { action in
      action.proof = try .init([try Condition("readiness is pass")], window: 5, patience: 60)
      action.recovery = try Recovery(
        [try Condition("readiness is pass")], watch: 10, patience: 600,
        confirmation: .condition(try Condition("liveness is pass")))
    }
    for _ in 0..<30 {
      tape.probe(Shop.pricing)
      tape.pass(1)
    }
    let recovered = try #require(try outcomes(tape))
    #expect(
      recovered.map { $0.dropFirst(6) }.suffix(3) == [
        "sent → verifying", "verifying → watching", "watching → recovered",
      ])
    #expect(recovered == recovered.sorted { $0.prefix(5) < $1.prefix(5) })
  }

  @Test func `That an action is to be taken back is told once, when its time is over`() throws {
    var (tape, run) = try done { $0.expiry = 20 }
    #expect(run.expires != nil)
    tape.pass(60)
    guard let told = try outcomes(tape) else { return }
    #expect(told == Self.sent + ["45:01 sent → applied", "45:21 due"])
    // Who begins to look later hears neither again.
    let late = tape.entries.index(tape.entries.endIndex, offsetBy: -10)
    #expect(try outcomes(tape, tape.entries[late...]) == [])
    // Taken back, it is due no more.
    tape.add(.action(ActionMove(run: "t.1", by: "damcon", step: .intendRevert(hash: run.hash))))
    run = try #require(tape.state.present.actionRun("t.1"))
    #expect(run.state == .reverting)
    #expect(try outcomes(tape)?.last == "46:01 applied → reverting")
  }

  @Test func `What a service says comes back as it was said, whatever it was`() throws {
    let text = try Shop.hostile.export(JSONLinesExport()).text
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7f })
    guard let lines = try lines(text) else { return }
    #expect(lines.count == text.utf8.count { $0 == 10 })
    #expect(lines.first { $0.type == "note" }?.text.map { Array($0.utf8) } == Array(Shop.evil.utf8))
  }

  @Test func `A walk that begins in the middle tells what happens from there on`() throws {
    let tape = Shop.incident
    let minute = tape.entries[0].instant.advanced(by: 60).offset
    let middle = try #require(tape.entries.firstIndex { $0.instant.offset >= minute })
    func events(_ text: String) -> [Substring] {
      text.split(separator: "\n").filter { !$0.contains("\"type\":\"service\"") }
    }
    let part = events(try tape.export(JSONLinesExport(), tape.entries[middle...]).text)
    let whole = events(try tape.export(JSONLinesExport()).text)
    #expect(Array(whole.suffix(part.count)) == part)
    #expect(part.count >= 3)
    #expect(part.last?.contains("\"resolved\"") == true)
  }

  @Test func `A run after another begins anew`() throws {
    var tape = Shop.incident
    tape.skip(3600)
    tape.add(.began)
    tape.add(.fleet(Shop.fleet))
    tape.probe(Shop.cart)
    tape.pass(2)
    guard let lines = try lines(try tape.export(JSONLinesExport()).text) else { return }
    let second = lines.suffix(from: { $0.at > "2026-11-21T01" })
    #expect(second.prefix(2).map(\.type) == ["began", "fleet"])
    #expect(second.filter { $0.type == "state" }.count == 1)
  }
}

extension Array {
  /// From the first element that satisfies `condition` on.
  fileprivate func suffix(from condition: (Element) -> Bool) -> ArraySlice<Element> {
    self[(firstIndex(where: condition) ?? endIndex)...]
  }
}
