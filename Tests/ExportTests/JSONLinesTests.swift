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
    #expect(events.map { "\($0.at.dropFirst(11).prefix(8)) \($0.type) \($0.whole)" } == [])
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

  @Test func `What a service says comes back as it was said, whatever it was`() throws {
    let text = try Shop.hostile.export(JSONLinesExport()).text
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7f })
    guard let lines = try lines(text) else { return }
    #expect(lines.count == text.utf8.count { $0 == 10 })
    #expect(lines.first { $0.type == "note" }?.text.map { Array($0.utf8) } == Array(Shop.evil.utf8))
  }

  @Test func `A walk that begins in the middle tells what happens from there on`() throws {
    let tape = Shop.incident
    let middle = try #require(
      tape.entries.firstIndex {
        if case .incident(.declare) = $0.event { true } else { false }
      })
    let text = try tape.export(JSONLinesExport(), tape.entries[middle...]).text
    guard let lines = try lines(text) else { return }
    let events = lines.filter { $0.type != "service" && $0.type != "capability" }
    #expect(events.map(\.type) == ["incident", "note", "incident"])
    let whole = try tape.export(JSONLinesExport()).text.split(separator: "\n")
    for line in text.split(separator: "\n") where line.contains("\"incident\"") {
      #expect(whole.contains(line))
    }
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
