import Glibc

/// What programs write on a real terminal of 160x45, and how soon they answer a key.
struct ScreenBench {
  private let options: Options
  private static let columns = 160
  private static let rows = 45

  init(_ options: Options) { self.options = options }

  func run() throws(BenchError) {
    let folder = try WorkFolder("screen-server")
    defer { folder.remove() }
    let server = try ServerProcess(["--targets", "50", "--moving"], in: folder)
    defer { server.child.end() }

    var programs: [ScreenProgram] = []
    var absent: [String] = []
    if let damcon = options.damcon {
      let fleet = try folder.write(FleetText.fleet(server.targets, health: true), to: "damcon.yaml")
      programs.append(
        ScreenProgram(name: "damcon", arguments: [damcon, "watch", "--config", fleet]))
    } else {
      absent.append("no damcon beside damcon-bench: build it, or name it with --damcon")
    }
    for name in ["htop", "btop"] {
      if let path = Program.installed(name) {
        programs.append(ScreenProgram(name: name, arguments: [path]))
      } else {
        absent.append("\(name) is not installed (apt install \(name)): skipped")
      }
    }
    var figures = programs.map { _ in ScreenFigures() }
    for _ in 1...options.runs(usually: 5) {
      for (index, program) in programs.enumerated() {
        try program.measure(
          columns: Self.columns, rows: Self.rows, quick: options.quick, into: &figures[index])
      }
    }
    var names = programs.map(\.name)
    if options.damcon == nil {
      names.insert("damcon", at: 0)
      figures.insert(ScreenFigures(), at: 0)
    }
    show(names, figures, absent)
    if let damcon = options.damcon { try small(damcon, folder, server) }
  }

  private func show(_ names: [String], _ all: [ScreenFigures], _ absent: [String]) {
    let own = all[0]
    var table = Table(
      "screen: \(Self.columns)x\(Self.rows), damcon watching 50 services that change every second",
      columns: names)
    table.row("first byte", "ms", all.map { $0.firstByte.text(0) })
    table.row(
      "settled first frame", "ms", all.map { $0.settled.text(0) },
      goal: Goal.atMost(50, 0).verdict(on: own.settled))
    table.row(
      "first frame", "bytes", all.map { $0.firstFrame.text(0) },
      goal: Goal.atMost(12_000, 0).verdict(on: own.firstFrame))
    table.row("steady output", "bytes/s", all.map { $0.steady.text(0) })
    table.row("CPU", "% of a core", all.map { $0.cpu.text(1) })
    table.row(
      "cursor key, median", "ms", all.map { $0.keyMedian.text(1) },
      goal: Goal.atMost(2, 0).verdict(on: own.keyMedian))
    table.row(
      "cursor key, p95", "ms", all.map { $0.keyLate.text(1) },
      goal: Goal.atMost(10, 0).verdict(on: own.keyLate))
    table.row(
      "cursor key", "bytes", all.map { $0.keyBytes.text(0) },
      goal: Goal.atMost(400, 0).verdict(on: own.keyBytes))
    table.row("resident memory", "MB", all.map { $0.resident.text(0) })
    for line in absent { table.note(line) }
    table.note("settled: nothing more came for 150 ms; TERM=xterm-256color, default settings")
    table.note(
      "\(options.runs(usually: 5)) runs of 30 keys and \(options.quick ? 5 : 15) s at rest each;"
        + " machine load at the end \(Machine.load)")
    for (name, figure) in zip(names, all) where figure.unanswered > 0 {
      table.note("\(name) left \(figure.unanswered) keys without an answer within a second")
    }
    table.show()
  }

  /// The goals that are set for 80x24, and for a large fleet half of which hangs.
  private func small(_ damcon: String, _ folder: WorkFolder, _ server: ServerProcess)
    throws(BenchError)
  {
    let large = try ServerProcess(["--targets", "1000", "--moving", "--hang", "500"], in: folder)
    defer { large.child.end() }
    let config = try folder.write(FleetText.fleet(large.targets, health: false), to: "large.yaml")
    let fifty = ScreenProgram(
      name: "damcon", arguments: [damcon, "watch", "--config", folder.path + "/damcon.yaml"])
    let thousand = ScreenProgram(name: "damcon", arguments: [damcon, "watch", "--config", config])
    var calm = ScreenFigures()
    var busy = ScreenFigures()
    for _ in 1...options.runs(usually: 3) {
      try fifty.measure(columns: 80, rows: 24, quick: options.quick, into: &calm)
      try thousand.measure(columns: 160, rows: 45, quick: options.quick, into: &busy)
    }
    var table = Table("screen: damcon alone", columns: ["damcon"])
    table.row(
      "steady output, 50 services at 80x24", "bytes/s", [calm.steady.text(0)],
      goal: Goal.atMost(1500, 0).verdict(on: calm.steady))
    table.row(
      "cursor key, 1000 services, half hang", "ms", [busy.keyMedian.text(1)],
      goal: Goal.atMost(2, 0).verdict(on: busy.keyMedian))
    table.row(
      "the same, p95", "ms", [busy.keyLate.text(1)],
      goal: Goal.atMost(10, 0).verdict(on: busy.keyLate))
    table.row(
      "the same", "bytes", [busy.keyBytes.text(0)],
      goal: Goal.atMost(400, 0).verdict(on: busy.keyBytes))
    table.row(
      "CPU, the screen's thread alone", "% of a core", [busy.screenCPU.text(1)],
      goal: Goal.atMost(2, 1).verdict(on: busy.screenCPU))
    table.row("CPU, polling and screen together", "% of a core", [busy.cpu.text(1)])
    table.row("resident memory", "MB", [busy.resident.text(0)])
    table.show()
  }
}

/// A terminal program to measure.
struct ScreenProgram {
  let name: String
  let arguments: [String]

  /// One start, one look at it at rest, thirty cursor keys, one end.
  func measure(columns: Int, rows: Int, quick: Bool, into figures: inout ScreenFigures)
    throws(BenchError)
  {
    let folder = try WorkFolder("screen-\(name)")
    defer { folder.remove() }
    let start = Clock.now()
    let child = try Child.start(arguments, in: folder.path, columns: columns, rows: rows)
    defer { child.end() }
    let terminal = Terminal(descriptor: child.terminal)
    try firstFrame(of: terminal, since: start, into: &figures)

    // Past the first polls: what a program does all day is measured, not how it begins.
    _ = collect(from: terminal, seconds: quick ? 3 : 8)
    let before = ProcessUsage(of: child.id)
    let screenBefore = ProcessUsage(of: child.id, onlyMainThread: true)?.cpu ?? 0
    let seconds = quick ? 5.0 : 15
    let bytes = collect(from: terminal, seconds: seconds)
    guard let before, let after = ProcessUsage(of: child.id) else {
      throw BenchError("\(name) ended by itself")
    }
    figures.steady.add(Double(bytes) / seconds)
    figures.cpu.add((after.cpu - before.cpu) / seconds * 100)
    let screenAfter = ProcessUsage(of: child.id, onlyMainThread: true)?.cpu ?? 0
    figures.screenCPU.add((screenAfter - screenBefore) / seconds * 100)
    keys(on: terminal, into: &figures)
    figures.resident.add((ProcessUsage(of: child.id)?.resident ?? 0) / 1e6)
  }

  private func firstFrame(
    of terminal: Terminal, since start: Int64, into figures: inout ScreenFigures
  ) throws(BenchError) {
    var total = 0
    var first: Int64?
    var last = start
    while let got = terminal.read(within: first == nil ? 10_000 : 150), got > 0 {
      last = Clock.now()
      first = first ?? last
      total += got
      // One that never rests is cut off where a user would have lost patience too.
      if last - start > 10_000_000_000 { break }
    }
    guard let first else { throw BenchError("\(name) wrote nothing for ten seconds") }
    figures.firstByte.add(Double(first - start) / 1e6)
    figures.settled.add(Double(last - start) / 1e6)
    figures.firstFrame.add(Double(total))
  }

  private func collect(from terminal: Terminal, seconds: Double) -> Int {
    let end = Clock.now() + Int64(seconds * 1e9)
    var total = 0
    while true {
      let left = end - Clock.now()
      guard left > 0, let got = terminal.read(within: Int(left / 1_000_000) + 1) else { break }
      total += got
    }
    return total
  }

  /// Down, down, up: each typed when the screen has been still for 30 ms.
  private func keys(on terminal: Terminal, into figures: inout ScreenFigures) {
    var times = Runs()
    var sizes = Runs()
    for round in 0..<30 {
      _ = terminal.drain(quiet: 30)
      let start = Clock.now()
      terminal.type(round % 3 == 2 ? "\u{1B}[A" : "\u{1B}[B")
      guard let got = terminal.read(within: 1000), got > 0 else {
        figures.unanswered += 1
        continue
      }
      times.add(Double(Clock.now() - start) / 1e6)
      sizes.add(Double(got + terminal.drain(quiet: 30)))
    }
    guard !times.isEmpty else { return }
    figures.keyMedian.add(times.median)
    figures.keyLate.add(times.percentile(0.95))
    figures.keyBytes.add(sizes.median)
  }
}

/// What the runs of one program gave.
struct ScreenFigures {
  var firstByte = Runs()
  var settled = Runs()
  var firstFrame = Runs()
  var steady = Runs()
  var cpu = Runs()
  /// Of the thread that owns the terminal.
  var screenCPU = Runs()
  var keyMedian = Runs()
  var keyLate = Runs()
  var keyBytes = Runs()
  var resident = Runs()
  var unanswered = 0
}
