import Export
import Fleet
import Health
import Incident
import Testing

struct CSVTests {
  private func rows(_ text: String) throws -> [[String: String]]? {
    try Python.read(
      text, as: [[String: String]].self,
      """
      import csv
      with open(path, newline='', encoding='utf-8') as file:
          rows = list(csv.DictReader(file, strict=True))
      assert all(None not in row and None not in row.values() for row in rows)
      print(json.dumps(rows))
      """)
  }

  @Test func `A row for each service and step, and one for how it ended`() throws {
    let text = try Shop.incident.export(CSVExport(step: 60)).text
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(lines.first?.split(separator: ",").count == CSVExport.columns.count)
    #expect(
      lines.dropFirst().joined(separator: "\n") == """
        2026-11-21T00:45:00.000Z,shop,cart,critical,unknown,,,1,,,,,,,,,,availability,,,,,
        2026-11-21T00:45:00.000Z,shop,pricing,important,unknown,,,1,,,,,,,,,,,,,,,
        2026-11-21T00:46:00.000Z,shop,cart,critical,healthy,,5,1,20,0,19.999999999999996,\
        27.999999999999996,28.999999999999996,29.8,29.98,,,availability,1,0,,,1.9.3
        2026-11-21T00:46:00.000Z,shop,pricing,important,healthy,,5,1,,,,,,,,,,,,,,,2.3.0
        2026-11-21T00:47:00.000Z,shop,cart,critical,degraded,\
        fallback cached-prices active: pricing timeout,5,1,20,0.1,19.999999999999996,\
        27.999999999999996,28.999999999999996,29.8,29.98,,0.96875,availability,\
        0.9975845410628019,52.17391304347826,page,cached-prices,1.9.4
        2026-11-21T00:47:00.000Z,shop,pricing,important,unreachable,\
        liveness refused: connection refused,65,1,,,,,,,,,,,,,,,2.3.0

        """)
  }

  @Test func `What is not known is empty, and a service that is silent says so`() throws {
    var tape = Tape(Shop.fleet)
    tape.probe(Shop.pricing)
    tape.pass(60)
    guard let rows = try rows(try tape.export(CSVExport(step: 30)).text) else { return }
    #expect(rows.count == 6)
    #expect(
      rows.map { $0["health"] }
        == ["unknown", "unknown", "unknown", "stale", "unknown", "stale"])
    #expect(rows.last?["age_seconds"] == "60")
    for row in rows {
      for column in ["rate", "error_ratio", "p50_ms", "p99_ms", "saturation", "budget_remaining"] {
        #expect(row[column] == "", "\(column)")
      }
    }
  }

  @Test func `Steps stand at the quarters of a minute, by the wall clock`() throws {
    var tape = Tape(Shop.fleet, at: Tape.start + 7_000_000_000)
    tape.pass(60)
    guard let rows = try rows(try tape.export(CSVExport()).text) else { return }
    let times = rows.filter { $0["service"] == "cart" }.compactMap { $0["time"]?.dropFirst(11) }
    #expect(
      times == [
        "00:45:07.000Z", "00:45:15.000Z", "00:45:30.000Z", "00:45:45.000Z",
        "00:46:00.000Z", "00:46:07.000Z",
      ])
  }

  @Test func `Nothing that a service says breaks a record or becomes a formula`() throws {
    let text = try Shop.hostile.export(CSVExport()).text
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\r" && $0 != "\n" })
    guard let rows = try rows(text) else { return }
    #expect(rows.count == text.utf8.count { $0 == 10 } - 1, "a record is a line")
    for row in rows {
      let service = try #require(row["service"])
      #expect(service.hasPrefix("'=cmd|' /C'!A0,\"\u{301}\"␊␍␛[2J<U+202E>;\\"))
      #expect(row["fleet"] == service)
      #expect(row["saturation"] == "")
    }
    #expect(rows.last?["versions"]?.contains("\\;\\\\") == true)
  }

  @Test func `A recording of nothing is the names of the columns`() throws {
    var text = ""
    var exporter = CSVExport()
    try exporter.finish(after: nil) { text += $0 }
    #expect(text == CSVExport.columns.joined(separator: ",") + "\r\n")
  }
}
