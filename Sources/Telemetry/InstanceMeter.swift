public import Exposition

/// What one polled process has been telling: scrapes in, windows of requests, errors and latency
/// out, with the latest of its runtime signals.
///
/// A pure value: time is passed in, in seconds of the session's monotonic clock. Every series gets
/// its role once, when it is first seen; after that a scrape only subtracts and adds, and allocates
/// nothing. Memory is bounded whatever the run time: three windows of thirteen slots for each
/// column, columns only for what has had traffic, and at most `endpointLimit` endpoints, the rest
/// going into `other`.
///
/// Increases are plain differences over watched time. A counter that falls has been reset and its
/// new value is the increase; after a restart of the process every counter has, even those that
/// have already grown past their old value. A series that appears while the target was already
/// being watched counts from 0, so that the first error is not missed; in the first scrape of a
/// target, and after a renumbering, values are only a baseline.
public struct InstanceMeter: Sendable, Hashable {
  /// Names this process where figures of many are shown together.
  public internal(set) var instance: String

  /// Endpoints with columns of their own.
  public static let endpointLimit = 64
  /// The endpoint that the ones past the limit are counted under.
  public static let otherEndpoint = "other"
  /// Traced requests kept.
  static let traceLimit = 8
  /// Seconds a traced request is kept.
  static let traceAge = 900.0
  /// Endpoints whose names are kept; the ones past it count under `other` from the start.
  static let nameLimit = 1024
  static let schemaLimit = 64
  static let cellLimit = 256
  static let settingLimit = 16
  /// Bounds of a signal's histogram; one with more is not read.
  static let spreadLimit = 64

  // By series number.
  var epoch: UInt32?
  /// A hash of name and labels: what finds a series again after a renumbering.
  var keys: [UInt64] = []
  /// The last value of a counter; `unseen` before its first, `notCounter` for gauges.
  var last: [Double] = []
  /// Where the roles of each series begin; one more than there are series.
  var roleStart: [UInt32] = [0]
  var roles: [UInt64] = []

  /// The series that tells when the process began.
  var startSeries: UInt32?

  static let unseen = -1.0
  static let notCounter = -2.0

  // Windows.
  /// The slot each window is in, counted from the clock's zero.
  var slots: [Int64] = [0, 0, 0]
  /// A row of columns for each slot of each window; the first column is watched seconds. By rows,
  /// because a scrape writes one slot and a reading goes through a few, of all columns each.
  var cells: [Double] = Array(repeating: 0, count: InstanceMeter.rows)
  /// Columns in use, and those that a row has room for.
  var columns = 1
  var stride = 1
  var blocks: [MeterBlock] = [MeterBlock(.covered, start: 0)]
  /// `blocks[i].start`, or -1; what the inner loop reads.
  var starts: [Int32] = [0]
  static let rows = 3 * Window.held

  var endpointList: [MeteredEndpoint] = []
  /// Bucket bounds in use.
  var schemas: [[Double]] = []
  var surfaces: [MeteredSurface] = []

  // Events of objectives in the last scrape.
  var eventCells: [EventCell] = []
  var eventSums: [Double] = []
  /// Shares of buckets that count as fast, by the positions in roles.
  var eventWeights: [Double] = []
  /// The scrape since which the last one's events were counted, on the clock of `ingest`; nil where
  /// it was only a baseline.
  public internal(set) var countedFrom: Double?

  /// Only while series are being defined.
  var positions: Positions?

  // The process.
  var signalCells: [SignalCell] = []
  /// The cells in the order of their table, found once when one comes.
  var signalOrder: [SignalPlace] = []
  /// How many workers a runtime has is told: their busy time may be read as a ratio.
  var hasWorkers = false
  /// The cells of processor time, and of how much of it there may be.
  var coreCells: [Int] = []
  var coreLimitCells: [Int] = []
  var saturationCells: [SaturationCell] = []
  var summaryCells: [SummaryCell] = []
  var fallbackCells: [FallbackCell] = []
  var breakerCells: [BreakerCell] = []
  var limitCells: [LimitCell] = []
  var settingCells: [SettingCell] = []
  var traces: [TracedRequest] = []
  var versionTexts: [String] = []
  public internal(set) var version: String?
  /// What tells builds of one version apart, such as a commit.
  public internal(set) var build: String?
  /// What the last scrape held of the expected signals.
  public internal(set) var exports: Exports = []
  /// Readings of the last scrape: another number means that series came or went.
  var readingCount = 0
  /// Position in `RuntimeSignals.languages`; lower is surer.
  var languageHint: Int?
  /// Unix seconds.
  public internal(set) var startTime: Double?
  /// Start times of processes that answered here before, newest first: seen twice, they are
  /// several processes behind one address.
  var pastStarts: [Double] = []
  /// When the last scrape was read, on the clock of `ingest`.
  public internal(set) var lastScrape: Double?
  public internal(set) var scrapes = 0
  /// Restarts noticed while watching.
  public internal(set) var restarts = 0

  public init(instance: String = "") { self.instance = instance }

  /// The last values of counters by the numbers of their series, below zero for what is none; nil where
  /// series are numbered otherwise.
  public func counters(epoch: UInt32) -> [Double]? { epoch == self.epoch ? last : nil }

  /// Reads one scrape. Scrapes that failed are simply not ingested: the next one covers the gap.
  ///
  /// - Parameters:
  ///   - seconds: the session's monotonic clock; one not after the last is ignored.
  ///   - table: asked only for series seen for the first time.
  public mutating func ingest(
    _ extraction: Extraction, at seconds: Double, table: RoleTable = .builtIn
  ) {
    if let lastScrape, seconds <= lastScrape { return }
    var countsBirths = lastScrape != nil
    if epoch != extraction.epoch
      || extraction.defined.first.map({ Int($0.number) < keys.count }) == true
    {
      let carried = forgetNumbers()
      epoch = extraction.epoch
      define(extraction.defined, table: table)
      restore(carried)
      countsBirths = false
    } else if !extraction.defined.isEmpty {
      define(extraction.defined, table: table)
    }
    advance(to: seconds)
    let passage = passage(extraction.readings)
    if let lastScrape, passage != .replaced {
      add(seconds - lastScrape, column: 0)
    }
    countedFrom = passage == .replaced ? nil : lastScrape
    forgetReadings()
    read(
      extraction.readings, passage: passage, isFirst: lastScrape == nil,
      countsBirths: countsBirths)
    finish(at: seconds)
    if extraction.readings.count != readingCount || !extraction.defined.isEmpty
      || passage != .same
    {
      readingCount = extraction.readings.count
      exports = exports(of: extraction.readings)
    }
    if !extraction.exemplars.isEmpty { trace(extraction.exemplars, at: seconds) }
    lastScrape = seconds
    scrapes += 1
  }

  // MARK: One scrape

  /// How the process of this scrape follows on the last one's.
  enum Passage {
    case same
    /// Counters began again after the last scrape: their values are the increase.
    case restarted
    /// Another process whose counters say nothing of the time watched: a new baseline.
    case replaced
  }

  /// Decides from the start time, or, where none is told, from whether most counters fell.
  private mutating func passage(_ readings: [Reading]) -> Passage {
    var start: Double?
    var fell = 0
    var counters = 0
    for reading in readings {
      let number = Int(reading.series)
      guard number < last.count else { continue }
      let before = last[number]
      if before > 0 {
        counters += 1
        if reading.value < before { fell += 1 }
      } else if reading.series == startSeries {
        start = reading.value
      }
    }
    defer { if let start, start.isFinite, start > 0 { startTime = start } }
    guard let start, start.isFinite, start > 0, let startTime else {
      if fell > 0, fell * 2 >= counters {
        restarts += 1
        return .restarted
      }
      return .same
    }
    // Some libraries compute it from the boot time and are off by rounding.
    if (start - startTime).magnitude < 2 { return .same }
    if start < startTime || pastStarts.contains(where: { ($0 - start).magnitude < 2 }) {
      remember(startTime)
      return .replaced
    }
    remember(startTime)
    restarts += 1
    return .restarted
  }

  private mutating func remember(_ start: Double) {
    if pastStarts.contains(where: { ($0 - start).magnitude < 2 }) { return }
    pastStarts.insert(start, at: 0)
    if pastStarts.count > 4 { pastStarts.removeLast() }
  }

  private mutating func forgetReadings() {
    for i in eventSums.indices { eventSums[i] = 0 }
    for i in signalCells.indices { signalCells[i].isFresh = false }
    for i in saturationCells.indices {
      saturationCells[i].used = nil
      saturationCells[i].limit = nil
    }
    for i in summaryCells.indices { summaryCells[i].value = nil }
    for i in fallbackCells.indices {
      fallbackCells[i].value = nil
      fallbackCells[i].age = nil
    }
    for i in breakerCells.indices { breakerCells[i].forgetReading() }
    for i in limitCells.indices { limitCells[i].isReached = false }
    for i in settingCells.indices {
      settingCells[i].value = nil
      settingCells[i].text = nil
    }
  }

  /// Increases that met a block without columns, added once it has them.
  private struct Late {
    var increase: Double
    var block: Int
    var offset: Int
  }

  /// The inner loop. The big arrays are taken out of `self` and read through buffers, so that
  /// nothing is checked for uniqueness or retained at each reading.
  private mutating func read(
    _ readings: [Reading], passage: Passage, isFirst: Bool, countsBirths: Bool
  ) {
    let isBaseline = isFirst || passage == .replaced
    var bestVersion: (rank: Int, text: Int)?
    var bestBuild: (rank: Int, text: Int)?
    var late: [Late] = []
    var tallied: [(role: SeriesRole, increase: Double)] = []
    var fromLatency: UInt64 = 0
    var errorsApart: UInt64 = 0
    var telling: UInt64 = 0
    var tellingByEndpoint: UInt64 = 0
    for (i, surface) in surfaces.enumerated() where i < 64 {
      if surface.errorsKnown { telling |= 1 << UInt64(i) }
      if surface.errorsKnownByEndpoint { tellingByEndpoint |= 1 << UInt64(i) }
      if surface.countsFromLatency { fromLatency |= 1 << UInt64(i) }
      if surface.errors != nil { errorsApart |= 1 << UInt64(i) }
    }
    let now = rowsOfNow
    var cells: [Double] = []
    var last: [Double] = []
    var events: [Double] = []
    swap(&cells, &self.cells)
    swap(&last, &self.last)
    swap(&events, &eventSums)
    let weights = eventWeights
    let roles = roles
    let roleStart = roleStart
    let starts = starts
    cells.withUnsafeMutableBufferPointer { cells in
      last.withUnsafeMutableBufferPointer { last in
        func add(_ increase: Double, _ block: Int, _ offset: Int) {
          let start = Int(starts[block])
          if start < 0 {
            late.append(Late(increase: increase, block: block, offset: offset))
            return
          }
          let column = start + offset
          cells[now.0 + column] += increase
          cells[now.1 + column] += increase
          cells[now.2 + column] += increase
        }
        for reading in readings {
          let number = Int(reading.series)
          let value = reading.value
          guard number < last.count, value.isFinite else { continue }
          let before = last[number]
          if before == InstanceMeter.notCounter {
            for i in Int(roleStart[number])..<Int(roleStart[number + 1]) {
              observe(value, SeriesRole(word: roles[i]), &bestVersion, &bestBuild)
            }
            continue
          }
          guard value >= 0 else { continue }
          last[number] = value
          if before == value, passage == .same { continue }
          let range = Int(roleStart[number])..<Int(roleStart[number + 1])
          if before == InstanceMeter.unseen, value > 0 { markUsed(range) }
          if isBaseline { continue }
          let increase: Double
          if before == InstanceMeter.unseen {
            guard countsBirths else { continue }
            increase = value
          } else {
            increase = passage == .restarted || value < before ? value : value - before
          }
          if increase == 0 { continue }
          for i in range {
            let role = SeriesRole(word: roles[i])
            switch role.word & 0xff {
            case SeriesRole.Kind.bucket.rawValue, SeriesRole.Kind.counter.rawValue:
              add(increase, role.target, role.offset)
            case SeriesRole.Kind.request.rawValue, SeriesRole.Kind.latencyCount.rawValue:
              let surface: UInt64 = 1 << UInt64(role.surface)
              let isLatency = role.word & 0xff == SeriesRole.Kind.latencyCount.rawValue
              guard (fromLatency & surface != 0) == isLatency else { continue }
              add(increase, role.target, 0)
              if role.isError, errorsApart & surface == 0 { add(increase, role.target, 1) }
            case SeriesRole.Kind.failure.rawValue: add(increase, role.target, 1)
            case SeriesRole.Kind.tally.rawValue: tallied.append((role, increase))
            case SeriesRole.Kind.eventRequest.rawValue,
              SeriesRole.Kind.eventLatencyCount.rawValue:
              let surface: UInt64 = 1 << UInt64(role.surface)
              let isLatency = role.word & 0xff == SeriesRole.Kind.eventLatencyCount.rawValue
              let told = role.offset == 0 ? telling : tellingByEndpoint
              guard (fromLatency & surface != 0) == isLatency, told & surface != 0 else { continue }
              events[role.target * InstanceMeter.eventParts] += increase
              if role.isError, errorsApart & surface == 0 {
                events[role.target * InstanceMeter.eventParts + 2] += increase
              }
            case SeriesRole.Kind.eventFailure.rawValue:
              let told = role.offset == 0 ? telling : tellingByEndpoint
              guard told & 1 << UInt64(role.surface) != 0 else { continue }
              events[role.target * InstanceMeter.eventParts + 2] += increase
            case SeriesRole.Kind.eventObserved.rawValue, SeriesRole.Kind.pickedTotal.rawValue:
              events[role.target * InstanceMeter.eventParts] += increase
            case SeriesRole.Kind.eventFast.rawValue:
              events[role.target * InstanceMeter.eventParts + 1] += increase * weights[role.offset]
            case SeriesRole.Kind.pickedGood.rawValue:
              events[role.target * InstanceMeter.eventParts + 1] += increase
            case SeriesRole.Kind.pickedBad.rawValue:
              events[role.target * InstanceMeter.eventParts + 2] += increase
            default: break
            }
          }
        }
      }
    }
    swap(&cells, &self.cells)
    swap(&last, &self.last)
    swap(&events, &eventSums)
    for one in late { add(one.increase, block: one.block, offset: one.offset) }
    for one in tallied { tally(one.increase, one.role) }
    if let best = bestVersion, versionTexts[best.text] != version {
      version = versionTexts[best.text]
    }
    if let best = bestBuild, versionTexts[best.text] != build { build = versionTexts[best.text] }
  }

  private mutating func observe(
    _ value: Double, _ role: SeriesRole, _ bestVersion: inout (rank: Int, text: Int)?,
    _ bestBuild: inout (rank: Int, text: Int)?
  ) {
    let target = role.target
    switch role.kind {
    case .gauge:
      if !signalCells[target].isFresh {
        signalCells[target].value = value
        signalCells[target].isFresh = true
      } else if signalCells[target].takesWorst {
        signalCells[target].value = max(signalCells[target].value, value)
      } else {
        signalCells[target].value += value
      }
    case .quantile:
      let seconds = value * surfaces[role.surface].unit
      summaryCells[target].value = max(summaryCells[target].value ?? -.infinity, seconds)
    case .used: saturationCells[target].used = (saturationCells[target].used ?? 0) + value
    case .limit: saturationCells[target].limit = (saturationCells[target].limit ?? 0) + value
    case .fallback:
      if role.offset == 0 {
        fallbackCells[target].value = max(fallbackCells[target].value ?? 0, value)
      } else {
        fallbackCells[target].age = max(fallbackCells[target].age ?? 0, value)
      }
    case .breaker: observe(value, breaker: target, coding: role.offset)
    case .reached: if value > 0 { limitCells[target].isReached = true }
    case .version:
      if role.offset < bestVersion?.rank ?? .max { bestVersion = (role.offset, target) }
    case .build:
      if role.offset < bestBuild?.rank ?? .max { bestBuild = (role.offset, target) }
    case .setting:
      if role.offset == 0 {
        settingCells[target].value = value
      } else if value > 0, role.offset <= versionTexts.count {
        settingCells[target].text = versionTexts[role.offset - 1]
      }
    case .ignored, .request, .latencyCount, .failure, .bucket, .counter, .startTime, .tally,
      .eventRequest, .eventLatencyCount, .eventFailure, .eventObserved, .eventFast, .pickedTotal,
      .pickedGood, .pickedBad:
      break
    }
  }

  private mutating func finish(at seconds: Double) {
    for i in signalCells.indices where signalCells[i].isFresh { signalCells[i].at = seconds }
    for i in fallbackCells.indices where fallbackCells[i].rose == .infinity {
      fallbackCells[i].rose = seconds
    }
    for i in breakerCells.indices { breakerCells[i].finish(at: seconds) }
  }

  /// Endpoints that have ever had traffic are worth a row, idle ones that a library lists are not.
  private mutating func markUsed(_ range: Range<Int>) {
    for i in range {
      let role = SeriesRole(word: roles[i])
      switch role.kind {
      case .request, .latencyCount:
        let owner = blocks[role.target].owner
        if owner < endpointList.count { endpointList[owner].isUsed = true }
      default: break
      }
    }
  }
}
