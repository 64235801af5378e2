import CBench
import Foundation
import Glibc
import Synchronization

/// What it costs a daemon of 500 services that 200 people look on, half of them slow or stopped, and how late they see it.
struct WarRoomBench {
  private let options: Options
  private static let services = 500
  private static let healthy = 100
  private static let slow = 50
  private static let stopped = 50
  private static let screens = 3
  /// Each process of readers holds so many.
  private static let together = 50

  private struct Figures {
    var alone = Runs()
    var above = Runs()
    var memoryAlone = Runs()
    var memory = Runs()
    var median = Runs()
    var late = Runs()
    var fewestPolls = Runs()
    var entries = Runs()
    var bytes = Runs()
    var acting = Runs()
    var markMedian = Runs()
    var markLate = Runs()
    var requestLate = Runs()
    var approvalLate = Runs()
    var remarks: [String] = []
  }

  init(_ options: Options) { self.options = options }

  func run() throws(BenchError) {
    guard let damcon = options.damcon else {
      throw BenchError("no damcon beside damcon-bench: build it, or name it with --damcon")
    }
    let folder = try WorkFolder("war-room")
    defer { folder.remove() }
    let server = try ServerProcess(["--targets", "\(Self.services)", "--moving"], in: folder)
    defer { server.child.end() }
    var figures = Figures()
    for run in 1...options.runs(usually: 3) {
      try measure(damcon, server, run: run, into: &figures)
    }
    show(figures)
  }

  private func measure(
    _ damcon: String, _ server: ServerProcess, run: Int, into figures: inout Figures
  ) throws(BenchError) {
    let (warming, measured) = options.quick ? (5.0, 8.0) : (10.0, 20.0)
    let folder = try WorkFolder("war-\(run)")
    defer { folder.remove() }
    let approver = OtherUser.find().flatMap { $0.admit(to: folder.path) ? $0 : nil }
    let file = try folder.write(
      FleetText.fleet(server.targets, health: false) + Responder.fleetText(approver: approver),
      to: "damcon.yaml")
    try folder.write(Responder.runbook, to: "runbooks/\(Responder.runbookName).md")
    let socket = folder.path + "/s.sock"
    let errors = folder.open("errors")
    let daemon = try Child.start(
      [damcon, "serve", "--config", file, "--socket", socket], in: folder.path, errors: errors)
    defer { daemon.end() }
    close(errors)
    server.reset()
    guard
      Clock.wait(
        upTo: 30,
        until: {
          access(socket, F_OK) == 0 && server.counts.byTarget.allSatisfy { $0 > 0 }
        })
    else {
      throw BenchError("the daemon did not begin: \(folder.read("errors").prefix(400))")
    }
    Clock.pass(seconds: warming)
    let alone = try usage(of: daemon, over: measured)
    figures.alone.add(alone.share)
    figures.memoryAlone.add(alone.after.resident / 1e6)

    // The readers outlast what is measured; what they count is in its middle, and who acts does so after it.
    let (healthy, others) = try crowd(socket, folder, warming: warming, seconds: measured)
    let screens = try (0..<Self.screens).map { number throws(BenchError) in
      try Child.start(
        [damcon, "attach", "--socket", socket], in: folder.path, columns: [80, 120, 200][number],
        rows: [24, 40, 60][number])
    }
    let drain = Drain(screens.map(\.terminal))
    defer {
      drain.stop()
      for child in screens + others + healthy.map(\.child) { child.end() }
    }
    Clock.pass(seconds: warming)
    server.reset()
    let busy = try usage(of: daemon, over: measured)
    let counts = server.counts
    figures.above.add(busy.share - alone.share)
    figures.memory.add(busy.after.resident / 1e6)
    figures.fewestPolls.add(Double(counts.byTarget.min() ?? 0) / measured)
    guard drain.bytes.allSatisfy({ $0 > 0 }) else {
      throw BenchError("a screen drew nothing: \(folder.read("errors").suffix(400))")
    }
    let (acts, acting) = try act(on: socket, folder, approver, beside: daemon)
    figures.acting.add(acting - alone.share)
    if acts.refused > 0 {
      figures.remarks.append("run \(run): \(acts.refused) acts were refused: \(acts.why)")
    }
    var found = StreamFindings()
    for reader in healthy {
      reader.child.end()
      guard
        let one = folder.read(reader.output).split(separator: "\n").last
          .flatMap({ StreamFindings(String($0)) })
      else { throw BenchError("a process of readers found nothing") }
      found.delays += one.delays
      found.entries += one.entries
      found.bytes += one.bytes
      found.keyframes += one.keyframes
      found.lost += one.lost
      found.told += one.told
    }
    guard !found.delays.isEmpty else { throw BenchError("nothing was told") }
    let delays = Runs(found.delays)
    figures.median.add(delays.median)
    figures.late.add(delays.percentile(0.99))
    figures.entries.add(Double(found.entries) / Double(Self.healthy) / measured)
    figures.bytes.add(Double(found.bytes) / Double(Self.healthy) / measured / 1000)
    let marks = Runs(acts.delays(.mark, at: found.told))
    guard !marks.isEmpty else { throw BenchError("nobody was told of a mark: \(acts.why)") }
    figures.markMedian.add(marks.median)
    figures.markLate.add(marks.percentile(0.99))
    let requests = Runs(acts.delays(.request, at: found.told))
    if !requests.isEmpty { figures.requestLate.add(requests.percentile(0.99)) }
    let approvals = Runs(acts.delays(.approval, at: found.told))
    if !approvals.isEmpty { figures.approvalLate.add(approvals.percentile(0.99)) }
    let missing =
      acts.acts.count * Self.healthy - marks.values.count - requests.values.count
      - approvals.values.count
    if missing > 0 {
      figures.remarks.append("run \(run): \(missing) times a healthy reader was not told of an act")
    }
    if found.lost > 0 { figures.remarks.append("run \(run): \(found.lost) healthy readers lost") }
    if found.keyframes > 0 {
      figures.remarks.append("run \(run): \(found.keyframes) healthy readers fell behind")
    }
  }

  /// Healthy readers whose findings are asked for, and those who hold everybody up, if anybody does.
  private func crowd(
    _ socket: String, _ folder: WorkFolder, warming: Double, seconds: Double
  ) throws(BenchError) -> (healthy: [(child: Child, output: String)], others: [Child]) {
    var healthy: [(child: Child, output: String)] = []
    var others: [Child] = []
    let groups: [(StreamReaders.Manner, Int)] = [
      (.healthy, Self.healthy), (.slow, Self.slow), (.stopped, Self.stopped),
    ]
    for (manner, count) in groups {
      for part in 0..<(count / Self.together) {
        let name = "\(manner.rawValue)-\(part)"
        let output = folder.open(name)
        defer { close(output) }
        let child = try Child.start(
          [
            Program.own, "read", "--socket", socket, "--manner", manner.rawValue,
            "--count", "\(Self.together)", "--warming", "\(warming)", "--seconds", "\(seconds)",
            "--after", "60",
          ], in: folder.path, output: output, errors: 2)
        guard Clock.wait(upTo: 20, until: { folder.read(name).contains("ready") }) else {
          throw BenchError("\(manner.rawValue) readers were not let in")
        }
        if manner == .healthy { healthy.append((child, name)) } else { others.append(child) }
      }
    }
    return (healthy, others)
  }

  /// Has somebody act for a while: what they did, and how much of a core the daemon took meanwhile.
  private func act(
    on socket: String, _ folder: WorkFolder, _ approver: OtherUser?, beside daemon: Child
  ) throws(BenchError) -> (ActFindings, share: Double) {
    let seconds = options.quick ? 5.0 : 10
    let output = folder.open("act")
    defer { close(output) }
    let child = try Child.start(
      [Program.own, "act", "--socket", socket, "--seconds", "\(seconds)"]
        + (approver.map { ["--approver", $0.name] } ?? []),
      in: folder.path, output: output, errors: 2)
    defer { child.end() }
    let busy = try usage(of: daemon, over: seconds)
    guard child.wait(upTo: seconds + 30),
      let acts = folder.read("act").split(separator: "\n").last
        .flatMap({ ActFindings(String($0)) })
    else { throw BenchError("who acts found nothing") }
    // What was done last is on its way still.
    Clock.pass(seconds: 1)
    return (acts, busy.share)
  }

  private func usage(
    of daemon: Child, over seconds: Double
  ) throws(BenchError) -> (share: Double, after: ProcessUsage) {
    guard let before = ProcessUsage(of: daemon.id) else { throw BenchError("the daemon ended") }
    let start = Clock.now()
    Clock.pass(seconds: seconds)
    guard let after = ProcessUsage(of: daemon.id) else { throw BenchError("the daemon ended") }
    return ((after.cpu - before.cpu) / (Double(Clock.now() - start) / 1e9) * 100, after)
  }

  private func show(_ figures: Figures) {
    var table = Table(
      "war room: 500 services a second, 200 attached (50 slow, 50 stopped) and 3 screens",
      columns: ["damcon serve"])
    table.row("CPU with nobody attached", "% of a core", [figures.alone.text(1)])
    table.row(
      "CPU above that with all of them", "% of a core", [figures.above.text(1)],
      goal: Goal.atMost(15, 0).verdict(on: figures.above))
    table.row(
      "an entry reaches the healthy, p50", "ms", [figures.median.text(1)])
    table.row(
      "the same, p99", "ms", [figures.late.text(1)],
      goal: Goal.atMost(100, 0).verdict(on: figures.late))
    table.row("a mark reaches the healthy, p50", "ms", [figures.markMedian.text(1)])
    table.row(
      "the same, p99", "ms", [figures.markLate.text(1)],
      goal: Goal.atMost(100, 0).verdict(on: figures.markLate))
    table.row(
      "a request for approval reaches them, p99", "ms", [figures.requestLate.text(1)],
      goal: Goal.atMost(100, 0).verdict(on: figures.requestLate))
    table.row(
      "an approval reaches them, p99", "ms", [figures.approvalLate.text(1)],
      goal: Goal.atMost(100, 0).verdict(on: figures.approvalLate))
    table.row(
      "CPU above nobody while one acts 20 times a second", "% of a core",
      [figures.acting.text(1)])
    table.row(
      "polls of the slowest-polled service", "per second", [figures.fewestPolls.text(2)],
      goal: Goal.atLeast(0.9, 1).verdict(on: figures.fewestPolls))
    table.row("resident memory with nobody", "MB", [figures.memoryAlone.text(0)])
    // What the unit of systemd gives it before it is slowed down.
    table.row(
      "resident memory with all", "MB", [figures.memory.text(0)],
      goal: Goal.atMost(768, 0).verdict(on: figures.memory))
    table.row("entries told to each", "per second", [figures.entries.text(0)])
    table.row("bytes told to each", "kB/s", [figures.bytes.text(1)])
    for remark in figures.remarks { table.note(remark) }
    table.note(
      "delay of the oldest entry of each batch, from its stamp to a reader that has it whole;"
        + " readers and screens share this machine's cores; load at the end \(Machine.load)")
    table.note(
      "marks and approvals: from before the client that acts writes its intent to a reader that has"
        + " the batch with the entry whole; they are made after all else is measured")
    if figures.approvalLate.isEmpty {
      table.note(
        "nobody approved: a user other than the one who measures is needed, and so is root")
    }
    table.show()
  }
}

/// Takes what terminals are sent, so that who draws on them is not held up.
private final class Drain: Sendable {
  private let isOver = Atomic(false)
  private let taken: Mutex<[Int]>

  init(_ terminals: [CInt]) {
    taken = Mutex(terminals.map { _ in 0 })
    for (place, descriptor) in terminals.enumerated() {
      Thread.detachNewThread { [self] in
        let terminal = Terminal(descriptor: descriptor)
        while !isOver.load(ordering: .relaxed) {
          guard let got = terminal.read(within: 200) else { return }
          taken.withLock { $0[place] += got }
        }
      }
    }
  }

  var bytes: [Int] { taken.withLock { $0 } }
  func stop() { isOver.store(true, ordering: .relaxed) }
}
