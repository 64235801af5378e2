import Foundation
import Ledger
import Telemetry
import Testing

/// What budgets have seen outlives the program, however it ends.
@Suite("Budgets across restarts", .serialized)
struct LedgerRestartTests {
  private let asked = LedgerPage(
    kind: "service", owner: "pay", slo: "availability", meaning: "requests", memory: LedgerMemory())

  /// What is in the file, and the last minute it knows of.
  private func kept(_ folder: FleetFolder) throws -> (events: EventCount, last: Int64?) {
    let path = try LedgerPlace.path(of: "ledgered", in: folder.state + "/damcon", making: false)
    // Opening makes a file: it is the program that has to have made it.
    guard FileManager.default.fileExists(atPath: path) else { return (.none, nil) }
    let memory = try LedgerFile(path: path).pages([asked]).first?.memory ?? LedgerMemory()
    let minutes = memory.minutes.flatMap(\.events).compactMap(\.self)
    return (minutes.reduce(.none, +), memory.last)
  }

  /// Until the program has read counters at rest, so that all that is counted from then on is seen.
  private func waitForScrapes(_ service: CountingService, _ more: Int = 3) throws {
    let before = service.scrapes
    try #require(waitUntil(20) { service.scrapes >= before + more })
  }

  private var minute: Int64 { Int64(Date().timeIntervalSince1970) / 60 }

  @Test("a killed watch goes on from what it kept, and a minute in the file is not counted again")
  func restart() throws {
    let service = CountingService()
    let listener = try service.listen()
    let folder = try FleetFolder(
      "ledgered",
      """
      services:
        - name: pay
          instances: \(listener.url)
          slos:
            - name: availability
              objective: 90
              window: 1h
              burn: [{alert: ticket, long: 10m, short: 5m, factor: 100}]
      """)
    let first = try folder.watch()
    try waitForScrapes(service)
    service.count(good: 1000, bad: 0)
    try waitForScrapes(service)
    let counted = minute
    // Kept a few seconds into the next minute; killed there, with nothing told to it.
    try #require(waitUntil(90) { (try? kept(folder).events.total) == 1000 })
    service.count(good: 0, bad: 7)
    try waitForScrapes(service)
    #expect(first.end(SIGKILL) == -SIGKILL)
    let survived = try kept(folder)
    #expect(survived.events == EventCount(bad: 0, total: 1000))
    #expect(survived.last.map { $0 >= counted - 1 && $0 < minute } == true)

    // The same minute goes on in the next run, which is ended in order: what it saw of it is kept.
    // What was counted while nobody watched, or was not yet kept, is known to nobody.
    let again = minute
    service.count(good: 0, bad: 500)
    let second = try folder.watch()
    try waitForScrapes(service)
    service.count(good: 90, bad: 110)
    try waitForScrapes(service)
    #expect(second.end() == 0)
    let both = try kept(folder)
    #expect(both.events == EventCount(bad: 110, total: 1200))

    // A third run in that minute: it is in the file already, and is not counted once more.
    let third = try folder.watch()
    try waitForScrapes(service)
    service.count(good: 0, bad: 40)
    try waitForScrapes(service)
    #expect(third.end() == 0)
    try #require(again == minute, "three short runs took more than the rest of a minute")
    #expect(try kept(folder).events == both.events)
    #expect(try kept(folder).last == again)

    // What a script asks for stands on it: 110 bad of 1200 where a tenth may be.
    let result = try folder.run("snapshot", "--format", "json", "--for", "3s")
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let pay = try #require((document["services"] as? [[String: Any]])?.first)
    let slo = try #require((pay["slos"] as? [[String: Any]])?.first)
    let burn = try #require(slo["burn"] as? [String: Double])
    #expect(burn["1h"].map { ($0 - 110.0 / 120).magnitude < 1e-9 } == true, "\(burn)")
    #expect((slo["covered_seconds"] as? Double).map { $0 > 60 } == true)
    // And a release is judged by it, though nothing was counted while the gate looked.
    let gate = try folder.run("gate", "pay", "--for", "3s")
    #expect(
      gate.output.contains(/^go: pay: it is healthy; 9[0-9.]+ % of 1h left\n$/), "\(gate.output)")
    #expect(gate.status == 0)
  }
}
