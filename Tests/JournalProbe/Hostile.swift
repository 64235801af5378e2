import Canonical
import Canvas
import Console
import Export
import Fleet
import Foundation
import Health
import Incident
import Journal
import Recording
import Telemetry

/// What somebody who means harm writes into a recording whose chain holds: values of a real one with
/// other bytes in them, through all that reads them.
///
/// Each try ends in an error or in a state that can be gone on with, drawn and encoded. A trap ends
/// this process, and a hang or endless memory does too: whoever started it knows the last seed said.
struct Hostile {
  private let entries: [Entry]
  /// States of the run, and how many entries had led to each.
  private let states: [(bytes: [UInt8], after: Int)]
  /// The same states as trees, made when they are first asked for.
  private var trees: [Int: Any] = [:]
  private var dice = SplitMix(state: 0)
  private var refused = 0
  private var taken = 0

  /// Seconds that one try may take: many times what the slowest one does.
  private static let patience: UInt32 = 20
  private static let memory: rlim_t = 3 << 30

  init(_ path: String) throws {
    let archive = try JournalArchive(path: path)
    var decoder = EntryDecoder()
    var entries: [Entry] = []
    var sequence: UInt64 = 0
    while case let batches = try archive.batches(after: sequence, limit: 64),
      let last = batches.last
    {
      for batch in batches { entries += try decoder.entries(of: batch) }
      sequence = last.last
    }
    guard let first = entries.first else { throw Refused() }
    var state = State(began: first.instant)
    var states: [(bytes: [UInt8], after: Int)] = []
    let every = max(1, entries.count / 6)
    for (place, entry) in entries.enumerated() {
      state.apply(entry)
      if place % every == every / 2 || place == entries.count - 1 {
        states.append((try state.canonicalBytes(), place + 1))
      }
    }
    self.entries = entries
    self.states = states
  }

  mutating func run(_ kind: String, from first: UInt64, count: UInt64) throws {
    var limit = rlimit(rlim_cur: Self.memory, rlim_max: Self.memory)
    #if os(Linux)
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #endif
    for seed in first..<first + count {
      say("seed \(seed)")
      alarm(Self.patience)
      dice = SplitMix(state: seed &* 0x2545_f491_4f6c_dd1d)
      do {
        switch kind {
        case "states": try state()
        case "entries": try entry()
        default: throw Refused()
        }
        taken += 1
      } catch { refused += 1 }
    }
    say("done \(taken) taken \(refused) refused")
  }

  // MARK: Attacks

  private mutating func state() throws {
    let place = Int(dice.next() % UInt64(states.count))
    let (bytes, after) = states[place]
    var state =
      dice.next() % 2 == 0
      ? try State(canonicalBytes: altered(bytes)) : try otherState(like: place)
    try use(state)
    try goOn(&state, after: after)
    try use(state)
    let written = try state.canonicalBytes()
    // What is written can be read, or a keyframe of it would be of no use.
    guard try State(canonicalBytes: written).canonicalBytes() == written else {
      say("a state comes back as another one")
      abort()
    }
  }

  /// One with a part that is told otherwise, as a keyframe would bring it.
  private mutating func otherState(like place: Int) throws -> State {
    let tree =
      try trees[place]
      ?? LeafAlteration.tree(of: try State(canonicalBytes: states[place].bytes))
    trees[place] = tree
    var alteration = LeafAlteration(dice)
    let other = try LeafAlteration.value(State.self, of: alteration.altered(tree))
    return try State(canonicalBytes: try other.canonicalBytes())
  }

  private mutating func otherEntry(like model: Entry) -> Entry? {
    guard dice.next() % 2 == 0 else {
      guard let bytes = try? CanonicalEncoder.bytes(of: model) else { return nil }
      return try? CanonicalDecoder.value(Entry.self, from: altered(bytes))
    }
    _ = dice.next()
    var alteration = LeafAlteration(dice)
    guard let tree = try? LeafAlteration.tree(of: model) else { return nil }
    return try? LeafAlteration.value(Entry.self, of: alteration.altered(tree))
  }

  private mutating func entry() throws {
    let (bytes, after) = states[Int(dice.next() % UInt64(states.count))]
    var state = try State(canonicalBytes: bytes)
    var last = entries[after - 1].instant
    var isOne = false
    for _ in 0..<1 + dice.next() % 8 {
      let model = picked(near: after)
      guard var entry = otherEntry(like: model) else { continue }
      entry.sequence = state.present.sequence &+ 1
      if entry.instant == model.instant { entry.instant = last }
      // As a batch tells it, which is how any comes in.
      guard let told = try? passed(entry) else { continue }
      isOne = true
      last = told.instant
      state.apply(told)
    }
    guard isOne else { throw Refused() }
    try use(state)
    try goOn(&state, after: after)
    try use(state)
    _ = try State(canonicalBytes: try state.canonicalBytes())
  }

  /// An entry of the run; those of rare kinds as often as the others.
  private mutating func picked(near place: Int) -> Entry {
    let first = entries[Int(dice.next() % UInt64(entries.count))]
    guard dice.next() % 2 == 0 else { return first }
    for _ in 0..<50 {
      let entry = entries[Int(dice.next() % UInt64(entries.count))]
      switch entry.event {
      case .probe, .scrape, .tick: continue
      default: return entry
      }
    }
    return first
  }

  private func passed(_ entry: Entry) throws -> Entry {
    var encoder = EntryEncoder()
    var decoder = EntryDecoder()
    try encoder.append(entry)
    guard let body = encoder.finish() else { throw Refused() }
    let batch = Batch(
      kind: .observations, first: entry.sequence, last: entry.sequence, begin: entry.instant,
      end: entry.instant, body: body)
    guard let told = try decoder.entries(of: batch).first else { throw Refused() }
    return told
  }

  /// The entries that followed, and a silence: timers run out in it.
  private mutating func goOn(_ state: inout State, after: Int) throws {
    var exporters: [any Exporter] = [
      CSVExport(step: 1), JSONLinesExport(step: 1),
      OpenMetricsExport(step: 1, spool: MemorySpool()),
    ]
    func take(_ entry: Entry) throws {
      state.apply(entry)
      for place in exporters.indices {
        try exporters[place].take(entry, after: state) { _ in }
      }
    }
    // From where the state stands: the clock of a recording never goes back.
    var now = state.present.now
    var sequence = state.present.sequence
    let rest = entries[after...].prefix(30) + entries.prefix(max(0, 30 - (entries.count - after)))
    for entry in rest {
      var entry = entry
      if case .began = entry.event { continue }
      sequence &+= 1
      now = near(now, 0.5)
      entry.sequence = sequence
      entry.instant = now
      try take(try passed(entry))
    }
    for silence in [1.0, 61, 3700, 90_000] {
      now = near(now, silence)
      for _ in 0..<4 {
        sequence &+= 1
        try take(try passed(Entry(sequence: sequence, instant: now, event: .tick)))
      }
    }
    for place in exporters.indices {
      try exporters[place].finish(after: state) { _ in }
      _ = exporters[place].caveats
    }
  }

  private func near(_ instant: Instant, _ seconds: Double) -> Instant {
    let step = Int64(seconds * 1e9)
    return Instant(wall: instant.wall &+ step, offset: instant.offset &+ step)
  }

  // MARK: All that looks at a state

  private func use(_ state: State) throws {
    let panes: [Pane] = [
      .fleet, .log, .budgets, .fallbacks, .changes, .origin, .capabilities, .glossary,
    ]
    for size in [Size(120, 40), Size(40, 12)] {
      for pane in panes {
        var console = ConsoleState(size: size)
        console.show(pane)
        _ = Console.render(state, console)
      }
      for service in state.present.services.prefix(3) {
        var console = ConsoleState(size: size)
        console.show(service.definition.name, state)
        for _ in 0..<4 {
          _ = Console.render(state, console)
          _ = console.reduce(.key(.tab), over: state)
        }
      }
    }
    var past = ConsoleState(size: Size(100, 30))
    past.playback = Playback(
      source: .file(name: "x", integrity: "", isWhole: true), from: state.present.began,
      to: state.present.now)
    _ = Console.render(state, past)
    var report = LinearReport()
    _ = report.lines(over: state)
    _ = SnapshotJSON.document(of: state.present, window: .minute).compact
  }

  // MARK: Alterations

  /// A few bytes or numbers of `bytes` told otherwise.
  private mutating func altered(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<1 + dice.next() % 3 { alter(&bytes) }
    return bytes
  }

  private mutating func alter(_ bytes: inout [UInt8]) {
    guard bytes.count > 1 else { return }
    let place = Int(dice.next() % UInt64(bytes.count))
    switch dice.next() % 12 {
    case 0: bytes[place] ^= 1 << UInt8(dice.next() % 8)
    case 1: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
    case 2:
      let other = Int(dice.next() % UInt64(bytes.count))
      bytes.swapAt(place, other)
    case 3: bytes[place] &+= 1
    case 4: bytes[place] &-= 1
    default: replaceWord(at: place, in: &bytes)
    }
  }

  /// The number that may begin here, told as one that nobody expects.
  private mutating func replaceWord(at place: Int, in bytes: inout [UInt8]) {
    var start = place
    // In the middle of a number: at its beginning.
    while start > 0, place - start < 9, bytes[start - 1] & 0x80 != 0 { start -= 1 }
    var end = start
    while end < bytes.count - 1, bytes[end] & 0x80 != 0, end - start < 9 { end += 1 }
    // Of a number that is told by its bits they follow.
    if bytes[start] == 1, start + 9 <= bytes.count, dice.next() % 3 == 0 { end = start + 8 }
    bytes.replaceSubrange(start...end, with: word())
  }

  private mutating func word() -> [UInt8] {
    var writer = ByteWriter()
    switch dice.next() % 4 {
    case 0: writer.put(Self.whole[Int(dice.next() % UInt64(Self.whole.count))])
    case 1: writer.put(Self.signed[Int(dice.next() % UInt64(Self.signed.count))])
    case 2: writer.put(Self.numbers[Int(dice.next() % UInt64(Self.numbers.count))])
    default: writer.put(dice.next() >> (dice.next() % 64))
    }
    return writer.bytes
  }

  private static let whole: [UInt64] = [
    0, 1, 2, 63, 64, 127, 128, 255, 256, 65_535, 65_536, 1 << 31, 1 << 32, (1 << 32) - 1, 1 << 53,
    1 << 62, 1 << 63, (1 << 63) - 1, .max, .max - 1,
  ]
  private static let signed: [Int64] = [
    .min, .min + 1, .max, .max - 1, -1, -2, 1 << 62, -(1 << 62), (1 << 62) - 1, 1 << 53,
    Int64(Int32.min), Int64(Int32.max), 1_000_000_000, -1_000_000_000, 86_400_000_000_000, .max / 2,
  ]
  private static let numbers: [Double] = [
    .nan, .infinity, -.infinity, -0.0, 0, -1, 1e300, -1e300, 1.7e308, 5e-324, 1e18, 1e19, 9.3e18,
    -9.3e18, 9.223372036854775e18, 1e10, -1e10, 0.5, 1e-300, 2_147_483_648, 4_294_967_296,
  ]
}

private struct Refused: Error {}

/// SplitMix64.
struct SplitMix {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
