import Foundation
import Health
import Testing

/// The folder of shared real material, where there is one.
private let shared = ProcessInfo.processInfo.environment["DAMCON_SHARED"]

/// What a person reads out of each body in the shared folder, by the start of its name.
private let expected:
  [(name: String, dialect: HealthReport.Dialect, status: HealthReport.Status?, checks: Int)] = [
    ("InVisionApp-go-health-handlers.0.json", .generic, .pass, 2),
    ("InVisionApp-go-health.0.json", .generic, .pass, 2),
    ("alexliesenfeld-health.0.json", .generic, .fail, 2),
    ("etherlabsio-healthcheck.0.json", .generic, .fail, 1),
    ("hellofresh-health-go.0.json", .generic, .pass, 0),
    ("hellofresh-health-go.1.json", .generic, .warn, 1),
    ("hellofresh-health-go.2.json", .generic, .fail, 1),
    ("ietf-health+json-draft06.json", .ietf, .pass, 7),
    ("microprofile-health.0.json", .unreadable, nil, 0),
    ("microprofile-health.1.json", .microprofile, .pass, 1),
    ("microprofile-health.2.json", .microprofile, .fail, 2),
    ("microprofile-health.4.json", .microprofile, .pass, 0),
    ("microprofile-health.5.json", .microprofile, .fail, 0),
  ]

@Suite("Health bodies of real programs", .enabled(if: shared != nil, "DAMCON_SHARED is not set"))
struct SharedHealthTests {
  private var folder: URL { URL(fileURLWithPath: shared ?? "").appending(path: "health") }

  @Test("Each body is read for what it is")
  func bodies() throws {
    var read = 0
    for row in expected {
      let url = folder.appending(path: row.name)
      guard let data = try? Data(contentsOf: url) else { continue }
      read += 1
      let report = HealthReport(body: [UInt8](data), contentType: "application/json")
      #expect(report.dialect == row.dialect, "\(row.name)")
      #expect(report.status == row.status, "\(row.name)")
      #expect(report.checks.count == row.checks, "\(row.name)")
    }
    #expect(read >= 8)
  }

  @Test("A time with an impossible zone costs that field only")
  func oddZone() throws {
    let data = try Data(contentsOf: folder.appending(path: "hellofresh-health-go.0.json"))
    let report = HealthReport(body: [UInt8](data), contentType: "application/json")
    #expect(report.timestamp == nil)
    #expect(report.service == "myservice")
    #expect(
      report.defects
        == ["timestamp: expected an RFC 3339 time, found '2017-01-01T00:00:00.413…'"])
  }

  @Test("Kubernetes' own cases: the status code and the text agree")
  func kubernetes() throws {
    struct File: Decodable {
      struct Case: Decodable {
        var code: Int
        var body: String
      }
      var contentType: String
      var cases: [Case]
    }
    let data = try Data(contentsOf: folder.appending(path: "kubernetes-readyz-verbose.json"))
    let file = try JSONDecoder().decode(File.self, from: data)
    for item in file.cases {
      let report = HealthReport(
        body: Array(item.body.utf8), contentType: file.contentType, status: item.code)
      #expect(report.status == (item.code == 200 ? .pass : .fail), "\(item.body)")
      if item.body.hasPrefix("[") { #expect(report.dialect == .kubernetes) }
    }
  }

  @Test("Answers captured from running programs all pass")
  func captured() throws {
    let text = try String(contentsOf: folder.appending(path: "live-captured.txt"), encoding: .utf8)
    let line = /^\S+ => (.*?)~? \[(\d+) ([^\]]*)\]$/
    var read = 0
    for row in text.split(separator: "\n") {
      guard let match = row.wholeMatch(of: line), !row.contains("/version") else { continue }
      read += 1
      let report = HealthReport(
        body: Array(match.1.utf8), contentType: String(match.3), status: Int(match.2) ?? 0)
      #expect(report.status == .pass, "\(row)")
      #expect(report.defects == [], "\(row)")
    }
    #expect(read >= 8)
  }
}
