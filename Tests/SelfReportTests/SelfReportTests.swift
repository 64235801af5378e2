import Exposition
import Health
import SelfReport
import Testing

@Suite("Damcon's own health and metrics")
struct SelfReportTests {
  private func figures(
    _ stage: SelfFigures.Stage = .serving, _ change: (inout SelfFigures) -> Void = { _ in }
  ) -> SelfFigures {
    var figures = SelfFigures(
      fleet: "shop \"of\" C:\\ \n", environment: "production", version: "1.4.0",
      build: "3f9c2d1", stage: stage, began: 1_700_000_000, now: 1_700_000_060.25)
    figures.services = 8
    figures.targets = 16
    figures.pollInterval = 1
    figures.pollLag = 0.002
    figures.entries = 4711
    figures.sinceEntry = 0.4
    figures.journal = SelfFigures.Journal(isWritable: true, bytes: 1 << 20, waiting: 12)
    figures.clients = SelfFigures.Clients(
      attached: 20, behind: 3, keyframesSent: 31, bytesSent: 1 << 33, limit: 512)
    figures.actions = ["applied": 2, "awaiting-approval": 1]
    figures.actionsUnderWay = 1
    figures.process = SelfFigures.Process(
      residentBytes: 64 << 20, cpuSeconds: 1.25e-5, openFiles: 40, mostFiles: 1024, threads: 9)
    change(&figures)
    return figures
  }

  private func page(_ path: String, _ figures: SelfFigures) throws -> SelfPage {
    try #require(SelfPage(path, figures))
  }

  private func report(_ path: String, _ figures: SelfFigures) throws -> (HealthReport, Int) {
    let page = try page(path, figures)
    let report = HealthReport(
      body: Array(page.body.utf8), contentType: page.contentType, status: page.status)
    return (report, page.status)
  }

  @Test("its health is read by the contract without a defect")
  func contract() throws {
    let (report, status) = try report(SelfPage.liveness, figures())
    #expect(status == 200)
    #expect(report.defects == [])
    #expect(report.dialect == .damcon)
    #expect(report.status == .pass)
    #expect(report.service == "damcon")
    #expect(report.version == "1.4.0")
    #expect(report.build == "3f9c2d1")
    #expect(report.language == "swift")
    #expect(report.phase == .serving)
    #expect(report.timestamp == 1_700_000_060)
    #expect(
      report.checks.map(\.name) == ["state", "polls", "journal", "fleet-file"])
    #expect(report.checks.map(\.required) == [true, false, false, false])
    #expect(report.saturation.map(\.name) == ["open-files", "clients"])
  }

  @Test(
    "it is not ready before it has looked at everything, nor while it ends, and lives all the same")
  func stages() throws {
    for (stage, phase) in [
      (SelfFigures.Stage.starting, HealthReport.Phase.warming), (.stopping, .draining),
    ] {
      let (ready, status) = try report(SelfPage.readiness, figures(stage))
      #expect(status == 503)
      #expect(ready.phase == phase)
      let (_, live) = try report(SelfPage.liveness, figures(stage))
      #expect(live == 200)
    }
    #expect(try page(SelfPage.readiness, figures()).status == 200)
  }

  @Test(
    "a journal that cannot be written, late polls and a wrong file are warnings, in words"
  )
  func warnings() throws {
    let cases: [(String, (inout SelfFigures) -> Void, String)] = [
      (
        "journal", { $0.journal?.isWritable = false },
        "the journal cannot be written; nothing is lost yet, and no action can be sent"
      ),
      ("polls", { $0.pollLag = 2.04 }, "polls start 2.0 s late, more than the 1.0 s between two"),
      ("fleet-file", { $0.fleetFileTrouble = "damcon.yaml:3:1: no" }, "damcon.yaml:3:1: no"),
    ]
    for (name, change, sentence) in cases {
      let (report, status) = try report(SelfPage.readiness, figures(.serving, change))
      #expect(status == 200, "\(name)")
      #expect(report.status == .warn)
      #expect(report.message == sentence)
      #expect(report.checks.filter { $0.status != .pass }.map(\.name) == [name])
    }
  }

  @Test("an owner of the state that is stuck fails it, as does a number that is none")
  func stuck() throws {
    for seconds in [10.1, Double.infinity, .nan] {
      let stuck = figures(.serving) { $0.sinceEntry = seconds }
      let (report, status) = try report(SelfPage.liveness, stuck)
      #expect(status == 503)
      #expect(report.status == .fail)
      #expect(report.defects == [])
      #expect(try page(SelfPage.readiness, stuck).status == 503)
    }
    #expect(try page(SelfPage.liveness, figures { $0.sinceEntry = 9.9 }).status == 200)
  }

  private func figures(_ change: (inout SelfFigures) -> Void) -> SelfFigures {
    figures(.serving, change)
  }

  @Test("its metrics are OpenMetrics to the strict parser, whatever is known")
  func strict() throws {
    let bare = SelfFigures(
      fleet: "", version: "", stage: .starting, began: 0, now: 0)
    let odd = figures(.stopping) {
      $0.pollLag = .infinity
      $0.sinceEntry = .nan
      $0.now = 0
      $0.entries = .max
    }
    for figures in [bare, figures(), odd] {
      let page = try page(SelfPage.metrics, figures)
      #expect(page.status == 200)
      #expect(page.contentType.hasPrefix("application/openmetrics-text; version=1.0.0"))
      let parsed = Parser(format: .openMetrics, manner: .strict).parse(page.body)
      #expect(parsed.violations == [])
      #expect(page.body.hasSuffix("# EOF\n"))
      for family in parsed.families { #expect(family.help?.isEmpty == false, "\(family.name)") }
    }
  }

  @Test("counters end in _total, units end the names, and every value is the figure's")
  func values() throws {
    let page = try page(SelfPage.metrics, figures())
    let parsed = Parser(format: .openMetrics, manner: .strict).parse(page.body)
    func value(_ name: String, _ label: String? = nil, _ of: String? = nil) -> Double? {
      parsed.samples.first { sample in
        sample.name == name && (label.map { sample[label: $0] == of } ?? true)
      }?.value
    }
    #expect(value("damcon_entries_total") == 4711)
    #expect(value("damcon_uptime_seconds") == 60.25)
    #expect(value("damcon_journal_size_bytes") == Double(1 << 20))
    #expect(value("damcon_clients") == 20)
    #expect(value("damcon_clients_behind") == 3)
    #expect(value("damcon_keyframes_sent_total") == 31)
    #expect(value("damcon_sent_bytes_total") == Double(1 << 33))
    #expect(value("damcon_actions", "state", "awaiting-approval") == 1)
    #expect(value("damcon_ready") == 1)
    #expect(value("process_cpu_seconds_total") == 1.25e-5)
    #expect(value("process_resident_memory_bytes") == Double(64 << 20))
    #expect(value("damcon_build_info", "fleet", "shop \"of\" C:\\ \n") == 1)
    for family in parsed.families {
      if family.type == .counter {
        #expect(parsed.samples.contains { $0.name == family.name + "_total" }, "\(family.name)")
      }
      if let unit = family.unit, !unit.isEmpty { #expect(family.name.hasSuffix("_" + unit)) }
    }
  }

  @Test("there is nothing else to be had")
  func others() {
    for path in ["/", "", "/metrics/", "/healthz?x", "/debug/pprof", "/../healthz"] {
      #expect(SelfPage(path, figures()) == nil)
      #expect(!SelfPage.exists(path))
    }
  }
}
