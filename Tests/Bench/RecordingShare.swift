import Glibc

/// What recording adds to polling: the CPU of a program that polls and keeps what it learns in mind,
/// and of one that writes it down as well.
struct RecordingShare {
  /// Milliseconds of CPU a scrape.
  private(set) var polling = Runs()
  private(set) var recording = Runs()
  private static let targets = 60

  /// By how many hundredths the second is more than the first; nothing where there is no damcon.
  var percent: Runs {
    guard !polling.isEmpty, polling.median > 0 else { return Runs() }
    return Runs([(recording.median / polling.median - 1) * 100])
  }

  static let what = "\(targets) targets once a second, each answer another"

  init(_ options: Options) throws(BenchError) {
    guard let damcon = options.damcon else { return }
    let folder = try WorkFolder("share")
    defer { folder.remove() }
    let server = try ServerProcess(["--targets", "\(Self.targets)", "--moving"], in: folder)
    defer { server.child.end() }
    let file = try folder.write(FleetText.fleet(server.targets, health: false), to: "damcon.yaml")
    for run in 1...options.runs(usually: 3) {
      let journal = folder.path + "/\(run).damcon"
      let seconds = options.quick ? 20.0 : 60
      polling.add(
        try cost(
          [damcon, "snapshot", "--config", file, "--for", "\(Int(seconds) + 30)s"], server, seconds)
      )
      recording.add(
        try cost(
          [damcon, "watch", "--linear", "--config", file, "--record", journal], server, seconds))
    }
  }

  private func cost(
    _ arguments: [String], _ server: ServerProcess, _ seconds: Double
  ) throws(BenchError) -> Double {
    let folder = try WorkFolder("share-run")
    defer { folder.remove() }
    let output = folder.open("output")
    server.reset()
    let child = try Child.start(arguments, in: folder.path, output: output, errors: output)
    defer { child.end() }
    close(output)
    guard
      Clock.wait(
        upTo: 15, until: { !child.isRunning || server.counts.byTarget.allSatisfy { $0 > 0 } }),
      child.isRunning
    else {
      throw BenchError("\(arguments[1]) did not reach every target: \(folder.read("output"))")
    }
    Clock.pass(seconds: 5)
    server.reset()
    guard let before = ProcessUsage(of: child.id) else { throw BenchError("\(arguments[1]) ended") }
    Clock.pass(seconds: seconds)
    guard let after = ProcessUsage(of: child.id) else { throw BenchError("\(arguments[1]) ended") }
    let scrapes = server.counts.scrapes
    guard scrapes > 0 else { throw BenchError("\(arguments[1]) stopped scraping") }
    return (after.cpu - before.cpu) / Double(scrapes) * 1000
  }
}

/// The raw log of atop, which records as well.
enum AtopLog {
  /// Bytes of one sample of this machine as it is now; nil where atop is not installed.
  static func sample() throws(BenchError) -> Double? {
    guard let atop = Program.installed("atop") else { return nil }
    let folder = try WorkFolder("atop")
    defer { folder.remove() }
    let file = folder.path + "/log"
    let count = 6
    let child = try Child.start([atop, "-w", file, "1", "\(count)"], in: folder.path)
    defer { child.end() }
    guard child.wait(upTo: Double(count) + 15) else { throw BenchError("atop did not end") }
    var status = stat()
    guard stat(file, &status) == 0, status.st_size > 0 else { return nil }
    return Double(status.st_size) / Double(count)
  }
}
