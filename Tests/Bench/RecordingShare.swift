import Glibc

/// What recording adds to polling: the CPU of a program that polls and keeps what it learns in mind, and
/// of one that writes it down as well. Both run at the same time, for a machine is not always as fast, and
/// as long as it takes to make every kind of page.
struct RecordingShare {
  /// Milliseconds of CPU a scrape.
  private(set) var polling = Runs()
  private(set) var recording = Runs()
  /// By how many hundredths the second is more than the first; nothing where there is no damcon.
  private(set) var percent = Runs()

  private static let targets = 60
  /// Of a run: a keyframe comes each minute.
  private static let seconds = 120.0

  static let what = "\(targets) targets once a second, each answer another"

  init(_ options: Options) throws(BenchError) {
    guard let damcon = options.damcon else { return }
    let folder = try WorkFolder("share")
    defer { folder.remove() }
    let server = try ServerProcess(["--targets", "\(Self.targets)", "--moving"], in: folder)
    defer { server.child.end() }
    let file = try folder.write(FleetText.fleet(server.targets, health: false), to: "damcon.yaml")
    let command = [damcon, "watch", "--linear", "--config", file]
    for run in 1...options.runs(usually: 3) {
      let journal = folder.path + "/\(run).damcon"
      let without = try Watcher(command, canKeepJournal: false)
      defer { without.end() }
      let with = try Watcher(command + ["--record", journal], canKeepJournal: true)
      defer { with.end() }
      try measure(without, with, server)
    }
  }

  private mutating func measure(
    _ without: Watcher, _ with: Watcher, _ server: ServerProcess
  ) throws(BenchError) {
    server.reset()
    // Both have asked everyone.
    guard
      Clock.wait(upTo: 15, until: { server.counts.byTarget.allSatisfy { $0 >= 4 } })
    else { throw BenchError("not every target was reached: \(without.output)") }
    guard without.output.contains("nothing is recorded"),
      !with.output.contains("nothing is recorded")
    else { throw BenchError("who records is not as it should be: \(without.output)\(with.output)") }
    server.reset()
    let before = (try without.cpu(), try with.cpu())
    Clock.pass(seconds: Self.seconds)
    let (bare, whole) = (try without.cpu() - before.0, try with.cpu() - before.1)
    let scrapes = Double(server.counts.scrapes) / 2
    guard scrapes > 0, bare > 0 else { throw BenchError("damcon stopped scraping") }
    polling.add(bare / scrapes * 1000)
    recording.add(whole / scrapes * 1000)
    percent.add((whole / bare - 1) * 100)
  }
}

/// One damcon that watches.
private struct Watcher {
  private let folder: WorkFolder
  private let child: Child

  /// - Parameter canKeepJournal: else there is a file where the folder of its journals would be.
  init(_ command: [String], canKeepJournal: Bool) throws(BenchError) {
    folder = try WorkFolder(canKeepJournal ? "share-with" : "share-without")
    if !canKeepJournal { _ = try folder.write("", to: "state") }
    let output = folder.open("output")
    defer { close(output) }
    child = try Child.start(command, in: folder.path, output: output, errors: output)
  }

  var output: String { folder.read("output") }

  /// Seconds since it began.
  func cpu() throws(BenchError) -> Double {
    guard let usage = ProcessUsage(of: child.id) else {
      throw BenchError("damcon ended: \(output)")
    }
    return usage.cpu
  }

  func end() {
    child.end()
    folder.remove()
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
