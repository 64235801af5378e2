import Export
import Fleet
import Foundation
import Incident
import Testing

struct RawExportTests {
  private func hash(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

  /// The lines as Foundation reads them.
  private func lines(_ text: String) throws -> [[String: String]] {
    try text.split(separator: "\n").map {
      let line = try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      return try #require(line).compactMapValues { $0 as? String }
    }
  }

  @Test func `A body is a line with when, whose, of which route and what, word for word`() throws {
    var tape = Tape(Shop.fleet)
    let bodies: [UInt8: [UInt8]] = [
      1: [UInt8]("{\"status\":\"pass\",\"message\":\"\u{1b}[2J ünï\r\n\u{202e}\"}".utf8),
      2: (0...255).map { UInt8($0) }, 3: [0xff], 4: [0xff, 0xfe], 5: [],
    ]
    for (kind, byte) in [
      (AnswerBody.Kind.readiness, UInt8(1)), (.metrics, 2), (.metrics, 3), (.liveness, 4),
      (.liveness, 5),
    ] {
      tape.pass(1)
      tape.add(.body(target: Shop.cart, AnswerBody(kind, hash: hash(byte))))
    }
    tape.add(
      .body(target: Target(service: "gone", instance: "x"), AnswerBody(.metrics, hash: hash(3))))
    tape.add(.body(target: Shop.cart, AnswerBody(.metrics, hash: hash(99))))
    let (text, caveats) = try tape.export(RawExport { bodies[$0[0]] })
    #expect(!text.contains("\u{1b}"))
    let found = try lines(text)
    #expect(
      found.map(\.["kind"]) == [
        "readiness", "metrics", "metrics", "liveness", "liveness", "metrics",
      ])
    #expect(found[0]["at"] == "2026-11-21T00:45:01.000Z")
    #expect(found[0]["service"] == "cart")
    #expect(found[0]["instance"] == Shop.cart.instance)
    #expect(found[0]["route"] == "/ready")
    #expect(found[0]["sha256"] == String(repeating: "01", count: 32))
    #expect(found[0]["body"].map { [UInt8]($0.utf8) } == bodies[1])
    #expect(found[1]["body"] == nil)
    for (line, byte) in [(1, UInt8(2)), (2, 3), (3, 4)] {
      #expect(
        found[line]["body_base64"].flatMap { Data(base64Encoded: $0) }
          == bodies[byte].map { Data($0) })
    }
    #expect(found[4]["body"] == "")
    #expect(caveats == ["bodies that are named and not in the recording: 1"])
  }

  @Test func `Where no bodies were kept it says how to have them`() throws {
    let (text, caveats) = try Tape(Shop.fleet).export(RawExport { _ in nil })
    #expect(text.isEmpty)
    #expect(caveats == ["no bodies were kept; record with --keep-raw to have them"])
  }
}
