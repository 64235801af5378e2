import Exposition
import Glibc

/// How fast expositions are read, on one core.
struct ParseBench {
  private let options: Options
  private static let size = 3_000_000

  init(_ options: Options) { self.options = options }

  func run() throws(BenchError) {
    let sample = Sample.load()
    let texts = [
      Text(
        name: "generated", bytes: GeneratedExposition(seed: 7).text(of: Self.size),
        wanted: GeneratedExposition.wanted),
      Text(
        name: "real, widened", bytes: WidenedExposition(sample.bytes).text(of: Self.size),
        wanted: WidenedExposition.wanted),
    ]
    let runs = max(9, options.runs(usually: 11))
    var table = Table(
      "parse: 3 MB, tolerant, one core", columns: texts.map { "damcon, \($0.name)" })

    let every = texts.map { text in
      measure(runs, text) { Parser(format: .text).tally(text.bytes).samples }
    }
    table.row(
      "full parse, making no text", "MB/s", every.map { $0.text(0) },
      goal: Goal.atLeast(300, 0).verdict(on: worst(every)))
    let series = texts.map { text in
      // Warm, as it is at every scrape but the first: the series are known by their bytes.
      var extractor = Extractor(seriesLimit: 200_000) { _, _, _ in true }
      return measure(runs, text) { extractor.extract(text.bytes, format: .text).readings.count }
    }
    table.row("extraction of every series", "MB/s", series.map { $0.text(0) })
    let first = texts.map { text in
      measure(runs, text) {
        var extractor = Extractor(seriesLimit: 200_000) { _, _, _ in true }
        return extractor.extract(text.bytes, format: .text).readings.count
      }
    }
    table.row("the same at first sight", "MB/s", first.map { $0.text(0) })
    let values = texts.map { text in
      measure(runs, text) { Parser(format: .text).parse(text.bytes).samples.count }
    }
    table.row("into values, as `inspect` does", "MB/s", values.map { $0.text(0) })
    let ten = texts.map { text in
      let wanted = Set(text.wanted)
      var extractor = Extractor { _, family, _ in wanted.contains(family) }
      return measure(runs, text) { extractor.extract(text.bytes, format: .text).readings.count }
    }
    table.row(
      "extraction of ten families", "MB/s", ten.map { $0.text(0) },
      goal: Goal.atLeast(1000, 0).verdict(on: worst(ten)))

    for text in texts { table.note(text.description) }
    table.note("the real one is \(sample.origin), each series many times with one more label")
    table.note("\(runs) runs of at least 60 ms of CPU time of the one thread")
    table.show()
  }

  private func worst(_ all: [Runs]) -> Runs { all.min { $0.median < $1.median } ?? Runs() }

  /// Megabytes a second, in as many runs as asked for; `body` answers what it found, to be kept.
  private func measure(_ runs: Int, _ text: Text, _ body: () -> Int) -> Runs {
    var result = Runs()
    var found = body()
    for _ in 0..<runs {
      let start = Clock.threadTime()
      var passes = 0
      var spent: Int64 = 0
      while spent < 60_000_000 {
        found &+= body()
        passes += 1
        spent = Clock.threadTime() - start
      }
      result.add(Double(text.bytes.count * passes) / 1e6 / (Double(spent) / 1e9))
    }
    precondition(found > 0, "the bench read nothing out of \(text.name)")
    return result
  }

  /// A text and what is wanted of it.
  private struct Text: CustomStringConvertible {
    let name: String
    let bytes: [UInt8]
    let wanted: [String]

    /// What share is wanted decides how fast extraction can be, so it is said.
    var description: String {
      var all = Extractor(seriesLimit: 200_000) { _, _, _ in true }
      let wanted = Set(wanted)
      var some = Extractor(seriesLimit: 200_000) { _, family, _ in wanted.contains(family) }
      let whole = all.extract(bytes, format: .text)
      let part = some.extract(bytes, format: .text)
      return "\(name): \(whole.sampleCount) samples,"
        + " \(part.readings.count) of them in \(Set(part.defined.map(\.family)).count) wanted families,"
        + " \(whole.violationCount) violations, \(whole.dropped) dropped"
    }
  }
}
