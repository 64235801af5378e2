import Exposition
import Fleet
package import Incident

/// An OpenMetrics exposition with timestamps, which `promtool tsdb create-blocks-from openmetrics`
/// makes blocks of a Prometheus from.
///
/// It has Damcon's own verdicts (`damcon_*` and `up`) at each step, and the series that were kept
/// of the services as they told them, the first scrape of each step, with `service` and `instance`.
/// All samples of a family must stand together, and so they wait in a spool until the end: about 5
/// bytes each there, and nothing of them in memory.
///
/// Times are in milliseconds by the wall clock; see `SteadyTime` for one that was set back.
package struct OpenMetricsExport: Exporter {
  private let step: Double
  private var steps: Steps
  private var own = OwnSeries()
  private var book: SeriesBook
  private var time = SteadyTime()
  private var targets: [Target: TargetSeries] = [:]
  private var lastWritten: UInt64?
  /// Readings of series whose definition was not in what was walked.
  private var nameless = 0

  /// What is known of one instance.
  private struct TargetSeries {
    var epoch: UInt32 = 0
    /// By what the scrapes call it.
    var numbers: [UInt32: Int] = [:]
    var readings: Steps
    var up: Steps
    var wasUp: Bool?

    init(_ step: Double) {
      readings = Steps(every: step)
      up = readings
    }
  }

  /// - Parameters:
  ///   - step: seconds from one sample of a series to its next.
  ///   - room: bytes of samples in memory until they go to the spool.
  package init(step: Double = 15, spool: any Spool, room: Int = 16 << 20) {
    self.step = step
    steps = Steps(every: step)
    book = SeriesBook(spool: spool, room: room)
  }

  package mutating func take(_ entry: Entry, after state: State, to write: Write) throws {
    let now = time.milliseconds(at: entry.instant)
    learn(entry)
    if case .scrape(let target, let scrape) = entry.event {
      try take(scrape, of: target, at: now, wall: entry.instant.wall)
    }
    guard !state.present.services.isEmpty, steps.isDue(at: entry.instant.wall) else { return }
    lastWritten = state.present.sequence
    try own.take(state.present, at: now, &book)
  }

  /// Takes of an entry only what later ones need to be understood: for those before the part that
  /// is exported. Series are named when they are first seen, and never again.
  package mutating func learn(_ entry: Entry) {
    switch entry.event {
    case .began: targets = [:]
    case .scrape(let target, let scrape):
      guard case .extracted(let extraction, _) = scrape.outcome else { return }
      learn(extraction, of: target)
    default: break
    }
  }

  private mutating func learn(_ extraction: Extraction, of target: Target) {
    var known = targets.removeValue(forKey: target) ?? TargetSeries(step)
    defer { targets[target] = known }
    if extraction.epoch != known.epoch {
      known.epoch = extraction.epoch
      known.numbers = [:]
    }
    for definition in extraction.defined {
      let identity = MetricIdentity(definition, of: target, own: OwnSeries.names)
      known.numbers[definition.number] = book.number(identity, help: definition.help)
    }
  }

  private mutating func take(
    _ scrape: Scrape, of target: Target, at time: Int64, wall: Int64
  ) throws {
    var known = targets.removeValue(forKey: target) ?? TargetSeries(step)
    defer { targets[target] = known }
    var extraction: Extraction?
    if case .extracted(let found, _) = scrape.outcome { extraction = found }
    let isUp = extraction != nil
    let isDue = known.up.isDue(at: wall)
    if isDue || known.wasUp != isUp, let up = book.number(OwnSeries.up(target)) {
      known.wasUp = isUp
      try book.write(isUp ? 1 : 0, at: time, to: up)
    }
    guard let extraction, known.readings.isDue(at: wall) else { return }
    var rules = MetricRules()
    for reading in extraction.readings {
      guard let number = known.numbers[reading.series] else {
        nameless += book.isFull ? 0 : 1
        continue
      }
      try book.write(reading.value, at: time, to: number)
      let family = book.catalog.family(of: number)
      guard family.isLawful else { continue }
      let series = book.catalog.series[number]
      if !rules.take(reading.value, of: number, series, type: family.type) {
        book.breakRules(of: number)
      }
    }
    for number in rules.broken().sorted() { book.breakRules(of: number) }
  }

  package mutating func finish(after state: State?, to write: Write) throws {
    if let present = state?.present, present.sequence != lastWritten, !present.services.isEmpty {
      try own.take(present, at: time.milliseconds(at: present.now), &book)
    }
    var text = ""
    func put(_ line: String) throws {
      text += line
      guard text.utf8.count > 1 << 16 else { return }
      try write(text)
      text = ""
    }
    for family in book.catalog.written() where family.metrics.contains(where: book.hasPoints) {
      try put("# TYPE \(family.name) \(OpenMetricsText.word(family.type))\n")
      if let unit = family.unit { try put("# UNIT \(family.name) \(unit)\n") }
      if let help = family.help {
        try put("# HELP \(family.name) \(OpenMetricsText.escaped(help))\n")
      }
      for metric in family.metrics { try book.forEachSample(of: metric, put) }
    }
    try put("# EOF\n")
    try write(text)
  }

  package var caveats: [String] {
    var caveats: [String] = []
    if time.behind > 1_000_000_000 {
      let seconds = time.behind / 1_000_000_000
      caveats.append(
        "the wall clock was set back by \(seconds) s while this was recorded: times after that go "
          + "on by the recording's own clock, since a series cannot go back in time")
    }
    if nameless > 0 {
      caveats.append(
        "\(nameless) values were left out: their series were named before the part that is exported"
      )
    }
    if book.isFull {
      caveats.append(
        "only the first \(SeriesBook.limit) series were exported: the recording has more")
    }
    return caveats
  }
}
