import Foundation
import Synchronization
import Testing

/// The whole program is killed at its work, again and again, on one journal.
@Suite("Killed at any moment", .serialized)
struct KilledTests {
  /// `DAMCON_KILLS` of the environment, for hundreds of them.
  private static let rounds =
    ProcessInfo.processInfo.environment["DAMCON_KILLS"].flatMap(Int.init) ?? 12

  /// What the program was doing when it was killed.
  private enum Moment: CaseIterable {
    /// At any time, with notes that the screen has confirmed.
    case atWork
    /// A note was just sent off and nothing is known of it.
    case noting
    /// Before it shows anything: opening the journal, which the run before left as it fell.
    case opening
    /// Asked to end, and not yet gone.
    case closing
  }

  /// A process that is many services, whose numbers never stand still.
  private static func services(_ count: Int) throws -> (listener: Listener, yaml: String) {
    let asked = Mutex(0)
    let listener = try Listener.service { path in
      guard path.hasSuffix("/metrics") else {
        return (200, "application/json", #"{"status":"pass","version":"1.2.3"}"#)
      }
      let turn = asked.withLock { asked in
        asked += 1
        return asked
      }
      let series = (0..<40).map { place in
        "http_requests_total{handler=\"/\(place)\",code=\"200\"} \(turn * (place + 3) * 7)\n"
      }
      return (200, "text/plain", "# TYPE http_requests_total counter\n" + series.joined())
    }
    let yaml = (1...count).map {
      """
        - name: service-\($0)
          instances: \(listener.url)/\($0)
          metrics: /metrics
          health: {liveness: /healthz, readiness: /healthz}

      """
    }
    return (listener, "services:\n" + yaml.joined())
  }

  @Test(
    "it opens again, the chain holds, what the screen confirmed is there, and only the last second is lost"
  )
  func killed() throws {
    let (listener, yaml) = try Self.services(25)
    defer { listener.stop() }
    let folder = try FleetFolder("killed", yaml)
    let journal = folder.folder.appendingPathComponent("killed.damcon").path
    var dice = SystemRandomNumberGenerator()
    var confirmed: [String] = []
    var lost: [Double] = []
    for round in 0..<Self.rounds {
      let moment = Moment.allCases[round % Moment.allCases.count]
      let terminal = try Terminal(
        "\(Damcon.path) watch --config \(folder.file) --record \(journal)", columns: 100, rows: 30,
        environment: ["XDG_STATE_HOME": folder.state])
      try #require(waitUntil(20) { terminal.processID != nil })
      let id = try #require(terminal.processID)
      var worked = false
      switch moment {
      case .opening:
        usleep(UInt32.random(in: 0...400_000, using: &dice))
      case .atWork, .noting, .closing:
        // The log shows a note once it has been applied, which is after it is durable.
        try #require(terminal.wait { $0.contains("LIVE") && $0.contains("service-2") })
        terminal.type("3")
        for note in 0..<2 {
          let words = "round-\(round)-note-\(note)"
          terminal.type(":note \(words)", "Enter")
          try #require(terminal.wait { $0.contains("noted: \(words)") }, "\(terminal.screen)")
          confirmed.append(words)
        }
        switch moment {
        case .noting:
          terminal.type(":note round-\(round)-unknown", "Enter")
          usleep(UInt32.random(in: 0...20_000, using: &dice))
        case .closing:
          terminal.type("q")
          usleep(UInt32.random(in: 0...60_000, using: &dice))
        default:
          usleep(UInt32.random(in: 0...2_500_000, using: &dice))
          worked = true
        }
      }
      let ended = Date()
      kill(id, SIGKILL)
      let status = try #require(terminal.waitForExit())
      #expect(status == 128 + Int(SIGKILL) || moment == .closing && status == 0)
      guard moment != .opening || FileManager.default.fileExists(atPath: journal) else { continue }

      // Before the log beside the file was read into it by another run.
      let verified = try Damcon.run("verify", journal)
      #expect(verified.status == 0, "round \(round), \(moment): \(verified.output)")
      #expect(verified.output.hasPrefix("consistent"), "round \(round), \(moment)")
      #expect(!verified.output.contains("not recorded"), "round \(round), \(moment)")
      guard !confirmed.isEmpty else { continue }
      let told = try Damcon.run("export", journal, "--format", "jsonl")
      #expect(told.status == 0, "round \(round), \(moment): \(told.errors)")
      for words in confirmed {
        let isThere = told.output.contains(words)
        #expect(isThere, "round \(round), \(moment): \(words) is gone")
      }
      if worked, let last = Self.end(of: verified.output) {
        lost.append(ended.timeIntervalSince(last))
      }
    }
    // `verify` tells whole seconds, and a page is made about each second.
    let worst = lost.max() ?? 0
    #expect(!lost.isEmpty && worst < 4, "lost: \(lost)")
    let mean = lost.reduce(0, +) / Double(max(1, lost.count))
    print(
      "killed \(Self.rounds) times, \(confirmed.count) notes; lost: mean \(mean), most \(worst)")
  }

  /// Where the recording ends: `entries 1 to 900, 2026-11-21T23:00:00Z to 2026-11-21T23:01:00Z, …`.
  private static func end(of output: String) -> Date? {
    guard let found = output.firstMatch(of: /entries [0-9]+ to [0-9]+, \S+ to (\S+),/) else {
      return nil
    }
    return try? Date(String(found.1), strategy: .iso8601)
  }
}
