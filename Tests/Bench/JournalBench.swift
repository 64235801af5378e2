import Canvas
import Console
import Fleet
import Foundation
import Glibc
import Incident
import Journal
import Recording
import Replay

/// What a journal costs on the named workload: its size, what recording adds, seeks, replay, opening.
struct JournalBench {
  private let options: Options

  init(_ options: Options) { self.options = options }

  func run() throws(BenchError) {
    do { try measure() } catch { throw BenchError("\(error)") }
  }

  private func measure() throws {
    let hours = options.quick ? 1 : 24
    let folder = try WorkFolder("journal")
    let path = folder.path + "/bench.damcon"
    let life = try Life(path: path, hours: hours)
    var table = Table(
      "journal: \(NamedWorkload.services) services of \(NamedWorkload.instances), polled every 5 s, "
        + "\(life.seriesEach) kept series each of which \(life.changedEach.fixed(0)) change a poll; "
        + "\(hours) h recorded",
      columns: ["damcon", "atop"])
    func row(_ what: String, _ unit: String, _ runs: Runs, _ digits: Int, atMost limit: Double?) {
      table.row(
        what, unit, [runs.text(digits)],
        goal: limit.map { Goal.atMost($0, 0).verdict(on: runs) } ?? "")
    }
    let day = 24 / Double(hours)
    // It has no other cadence of its own: a sample of the machine for each poll.
    let atop = try AtopLog.sample().map { $0 * 86_400 / NamedWorkload.interval / 1e6 }
    let size = Runs(life.bytes * day / 1e6)
    table.row(
      "on disk in 24 h, all of it", "MB", [size.text(0), atop.map { $0.fixed(0) } ?? "–"],
      goal: Goal.atMost(150, 0).verdict(on: size))
    row("a changed sample, all of it", "bytes", Runs(life.bytes / life.changed), 2, atMost: 3)
    let share = try RecordingShare(options)
    row("recording, beside polling", "%", share.percent, 0, atMost: 10)
    row("recording, of each entry", "µs", Runs(life.recording / life.entries * 1e6), 1, atMost: nil)
    row("applying, of each entry", "µs", Runs(life.applying / life.entries * 1e6), 1, atMost: nil)
    row("a turn that hands over a keyframe", "ms", life.keyframeTurns.highest, 2, atMost: 2)
    let seeks = try seeks(path)
    row("seek to any instant, p95", "ms", Runs(seeks.quantile(0.95)), 0, atMost: 50)
    row("  median", "ms", Runs(seeks.quantile(0.5)), 0, atMost: nil)
    let keyframes = try keyframes(path)
    row("  to a keyframe, which is part of it", "ms", Runs(keyframes.quantile(0.5)), 0, atMost: nil)
    row("an hour replayed, in seconds", "s", try replay(path), 2, atMost: 3600 / 600)
    row("opening to the first frame", "ms", try opening(path), 0, atMost: 100)
    if hours < 24 { table.note("sizes are scaled up from \(hours) h to 24") }
    table.note(
      "beside polling: \(RecordingShare.what); \(share.polling.median.fixed(2)) ms of CPU a scrape"
        + " without a journal, \(share.recording.median.fixed(2)) with one")
    table.note(
      atop == nil
        ? "atop is not installed (apt install atop): skipped"
        : "atop: a sample of this machine every five seconds, of all its processes")
    table.note("times of recording and applying are CPU of one thread; the others are by the clock")
    table.show()
  }

  private func seeks(_ path: String) throws -> Runs {
    try times(path, seed: 5) { _, player, span, share in
      let length = Double(span.last.offset - span.first.offset)
      let target = span.first.offset + Int64(share * length)
      return { try player.seek(toOffset: target) }
    }
  }

  private func keyframes(_ path: String) throws -> Runs {
    try times(path, seed: 6) { archive, player, span, share in
      let target = 1 + UInt64(share * Double(span.lastSequence - 1))
      return try archive.keyframe(atOrBefore: target, format: Keyframe.format).map { keyframe in
        { try player.seek(to: keyframe.sequence) }
      }
    }
  }

  /// Of walks to places anywhere in a recording.
  ///
  /// - Parameter walk: given the share of the recording that lies before a place, the way there.
  private func times(
    _ path: String, seed: UInt64,
    _ walk: (JournalArchive, Player, RecordingSpan, _ share: Double) throws -> (() throws -> Void)?
  ) throws -> Runs {
    let archive = try JournalArchive(path: path)
    guard let span = try archive.span() else { throw BenchError("nothing was recorded") }
    let player = try Player(archive)
    var dice = Dice(seed: seed)
    var runs = Runs()
    for _ in 0..<(options.quick ? 60 : 200) {
      guard let walk = try walk(archive, player, span, dice.unit()) else { continue }
      let before = ContinuousClock.now
      try walk()
      runs.add((ContinuousClock.now - before).milliseconds)
    }
    return runs
  }

  private func replay(_ path: String) throws -> Runs {
    let player = try Player(try JournalArchive(path: path))
    let end = player.now.advanced(by: 3600).offset
    let before = ContinuousClock.now
    try player.goOn { $0.instant.offset <= end }
    return Runs((ContinuousClock.now - before).milliseconds / 1000)
  }

  private func opening(_ path: String) throws -> Runs {
    var runs = Runs()
    for _ in 0..<5 {
      let before = ContinuousClock.now
      let archive = try JournalArchive(path: path)
      let player = try Player(archive, at: .max)
      let milestones = try archive.milestones()
      var console = ConsoleState(size: Size(120, 40))
      var playback = Playback(
        source: .file(name: "bench", integrity: "", isWhole: true), from: player.now,
        to: player.now)
      playback.milestones = milestones
      console.playback = playback
      let frame = Console.render(player.state, console)
      guard frame.text.contains("PAST") else { throw BenchError("the frame shows no past") }
      runs.add((ContinuousClock.now - before).milliseconds)
    }
    return runs
  }
}

/// The workload lived through, and recorded as a session would.
private struct Life {
  private(set) var seriesEach = 0
  private(set) var changedEach = 0.0
  private(set) var changed = 0.0
  private(set) var entries = 0.0
  private(set) var bytes = 0.0
  /// Seconds.
  private(set) var recording = 0.0
  private(set) var applying = 0.0
  /// The turns in which the state was copied for a keyframe and went on.
  private(set) var keyframeTurns = Runs()

  init(path: String, hours: Int) throws {
    var workload = NamedWorkload()
    let file = try JournalFile(
      path: path,
      about: About(fleet: "bench", kind: .journal, madeBy: "bench", made: 0), heads: nil)
    var state = State(began: NamedWorkload.began)
    var maker = BatchMaker()
    var milestones = Milestones()
    var found: [Milestone] = []
    var pulses: [Pulse] = []
    var waiting: [Entry] = []
    workload.begin { waiting.append($0) }
    seriesEach = workload.seriesEach
    var second: Int64 = 0
    var keptAt = state.present.now.offset
    for poll in 0..<hours * 720 {
      workload.poll { waiting.append($0) }
      for entry in waiting {
        if entry.instant.offset / 1_000_000_000 != second {
          second = entry.instant.offset / 1_000_000_000
          try measured(\.recording) {
            guard let batch = maker.finish() else { return }
            try file.append(JournalPage(batch, milestones: found, pulses: pulses))
          }
          (found, pulses) = ([], [])
        }
        try measured(\.recording) {
          try maker.add(entry)
        }
        measured(\.applying) { state.apply(entry) }
        measured(\.recording) { found += milestones.take(entry, after: state) }
      }
      entries += Double(waiting.count)
      waiting = []
      let now = state.present.now.offset
      guard BatchMaker.isKeyframeDue(at: now, since: keptAt) else { continue }
      keptAt = now
      pulses.append(milestones.pulse(of: state.present))
      try keep(&state, &maker, file, &workload, &waiting)
    }
    changed = Double(workload.changed)
    changedEach =
      changed / (Double(workload.readings) / Double(seriesEach))
    try file.close()
    for suffix in ["", "-wal"] {
      var status = stat()
      if stat(path + suffix, &status) == 0 { bytes += Double(status.st_size) }
    }
  }

  /// A copy for the writer's thread, as `Scribe` makes one; the turns after it pay for it.
  private mutating func keep(
    _ state: inout State, _ maker: inout BatchMaker, _ file: JournalFile,
    _ workload: inout NamedWorkload, _ waiting: inout [Entry]
  ) throws {
    if let batch = maker.finish() { try file.append(JournalPage(batch)) }
    let copy = state
    workload.poll { waiting.append($0) }
    for entry in waiting {
      let before = Clock.threadTime()
      state.apply(entry)
      keyframeTurns.add(Double(Clock.threadTime() - before) / 1e6)
    }
    try measured(\.recording) {
      try file.append(JournalPage(try maker.keyframe(copy)))
      for entry in waiting { try maker.add(entry) }
    }
    entries += Double(waiting.count)
    waiting = []
  }

  private mutating func measured(
    _ part: WritableKeyPath<Life, Double>, _ body: () throws -> Void
  ) rethrows {
    let before = Clock.threadTime()
    try body()
    self[keyPath: part] += Double(Clock.threadTime() - before) / 1e9
  }
}

extension Runs {
  fileprivate init(_ value: Double) {
    self.init()
    add(value)
  }

  fileprivate func quantile(_ q: Double) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(q * Double(sorted.count)))]
  }

  fileprivate var highest: Runs { Runs(values.max() ?? 0) }
}

extension Duration {
  fileprivate var milliseconds: Double {
    Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
  }
}
