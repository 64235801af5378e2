import Fleet
import Health
import Incident
import Recording
import Testing

@Suite("Bodies and documents in the coder of entries")
struct BodyCodingTests {
  private static let target = Target(service: "pay", instance: "http://pay:80")
  private static let other = Target(service: "cart", instance: "http://cart:80")

  private static func hash(_ byte: UInt8) -> [UInt8] { (0..<32).map { byte &+ $0 } }

  private static func probe(_ target: Target, _ kind: ProbeKind) -> Event {
    .probe(
      target: target,
      Probe(kind: kind, path: "/ready", duration: 0.25, answer: .fault(Fault(.refused, "no"))))
  }

  private func entries(_ events: [Event], from first: UInt64 = 1) -> [Entry] {
    events.enumerated().map { place, event in
      let sequence = first + UInt64(place)
      let offset = Int64(sequence) * 100_000_000
      return Entry(
        sequence: sequence,
        instant: Instant(wall: 1_795_000_000_000_000_000 + offset, offset: offset),
        event: event)
    }
  }

  private func size(_ events: [Event]) throws -> Int {
    var maker = BatchMaker()
    for entry in entries(events) { try maker.add(entry) }
    let batch = maker.finish()
    return try #require(batch).body.count
  }

  private func polls(_ bodies: (Int) -> Event?) -> [Event] {
    (0..<200).flatMap { number -> [Event] in
      [Self.probe(Self.target, .liveness)] + [bodies(number)].compactMap(\.self)
        + [Self.probe(Self.target, .readiness)]
    }
  }

  private func body(_ target: Target, _ kind: AnswerBody.Kind, _ byte: UInt8) -> Event {
    .body(target: target, AnswerBody(kind, hash: Self.hash(byte)))
  }

  @Test("the body of the answer before costs its hash, and the same one again nearly nothing")
  func cheap() throws {
    let without = try size(polls { _ in nil })
    let same = try size(polls { _ in body(Self.target, .liveness, 7) })
    let different = try size(polls { body(Self.target, .liveness, UInt8($0)) })
    #expect(same - without < 2 * 200)
    #expect((200 * 32..<200 * 34).contains(different - without))
  }

  @Test("every kind of body comes back as it was, in order, across batches and from a keyframe on")
  func roundTrip() throws {
    var events: [Event] = [.began, .fleet(Fleet(name: "shop"))]
    events.append(
      .documents([
        Document(kind: .fleetFile, name: "damcon.yaml", hash: Self.hash(1), size: 9, masked: 1),
        Document(kind: .runbook, name: "a.md", hash: Self.hash(2), size: 3),
      ]))
    // Of no poll before it, of another target's, of another kind, and no hash at all.
    events.append(body(Self.target, .metrics, 3))
    for round in UInt8(0)..<20 {
      events += [
        Self.probe(Self.target, .liveness), body(Self.target, .liveness, round / 3),
        Self.probe(Self.other, .readiness), body(Self.target, .liveness, 1),
        .note(Note(.info, "between")), body(Self.other, .readiness, round),
        body(Self.other, .metrics, round),
        .body(target: Self.other, AnswerBody(.readiness, hash: [1, 2])), .tick,
      ]
    }
    let entries = entries(events)
    var encoder = EntryEncoder()
    var batches: [Batch] = []
    var memory: [UInt8] = []
    var state = State(began: entries[0].instant)
    var known = state.present
    for entry in entries {
      try encoder.append(entry)
      state.apply(entry)
      guard entry.sequence % 16 == 0 || entry == entries.last else { continue }
      let first = batches.last.map { $0.last + 1 } ?? 1
      let body = encoder.finish()
      batches.append(
        Batch(
          kind: .observations, first: first, last: entry.sequence,
          begin: entries[Int(first) - 1].instant, end: entry.instant, body: try #require(body)))
      // Some polls stand before it, whose bodies then follow in another stretch.
      if entry.sequence == 96 {
        known = state.present
        memory = try encoder.endStretch(beside: known)
      }
    }
    var decoder = EntryDecoder()
    #expect(try batches.flatMap { try decoder.entries(of: $0) } == entries)
    var later = try EntryDecoder(memory: memory, beside: known)
    let rest = try batches.filter { $0.first > 96 }.flatMap { try later.entries(of: $0) }
    #expect(rest == Array(entries[96...]))
  }

  @Test("bytes that speak of a body where there is none cost an error")
  func hostile() throws {
    var maker = BatchMaker()
    for entry in entries([
      .began, Self.probe(Self.target, .liveness), body(Self.target, .liveness, 1),
      body(Self.target, .liveness, 1), .tick,
    ]) {
      try maker.add(entry)
    }
    let made = maker.finish()
    let batch = try #require(made)
    var refused = 0
    for place in batch.body.indices {
      for bit in 0..<8 {
        var bad = batch
        bad.body[place] ^= 1 << UInt8(bit)
        var decoder = EntryDecoder()
        do {
          let read = try decoder.entries(of: bad)
          #expect(read.count == 5)
        } catch { refused += 1 }
      }
    }
    #expect(refused > 100)
  }
}
