import Canonical
import Exposition
import Fleet
import Health
import Incident

/// The form of entries in a recording, written down once for both ways.
///
/// What is passed is what is not expected: where an entry belongs by what came after its
/// predecessor the last time, when by the time since that, and what it says by what the same target said
/// before. See `NumberTrack` for numbers.
struct EntryPass<Channel: BitChannel>: Sendable {
  var channel: Channel
  var memory: EntryMemory
  var models: EntryModels
  /// What one batch may make a reader do.
  private var budget = 0
  private static var most: Int { 20_000_000 }
  /// Bytes of the longest block that the batch can hold.
  private var longestBlock = 0

  init(_ channel: Channel, _ memory: EntryMemory) {
    self.channel = channel
    self.memory = memory
    models = EntryModels()
  }

  /// Goes on with another batch, of so many bytes where it is to be read.
  mutating func begin(_ channel: Channel, bytes: Int = 0) {
    self.channel = channel
    budget = Self.most
    longestBlock = bytes
  }

  /// What follows can be read by who knows the memory alone.
  mutating func forgetHabits() {
    memory.forgetHabits()
    models = EntryModels()
  }

  /// Passes an entry; nil only where it is to be read.
  mutating func pass(_ entry: Entry?, sequence: UInt64) throws -> Entry {
    let instant = passInstant(entry?.instant ?? memory.instant)
    let slot = try passSlot(entry?.event)
    let event: Event
    switch slot {
    case nil: event = try passOther(entry?.event)
    case let slot? where slot.part == .metrics:
      var scrape: Scrape?
      if case .scrape(_, let given)? = entry?.event { scrape = given }
      let passed = try passScrape(scrape, slot.target)
      event = .scrape(target: memory.targets[slot.target].target, passed)
    case let slot?:
      var probe: Probe?
      if case .probe(_, let given)? = entry?.event { probe = given }
      let passed = try passProbe(probe, slot)
      event = .probe(target: memory.targets[slot.target].target, passed)
    }
    guard !channel.isBroken else { throw Malformed("a batch breaks off", at: 0) }
    return Entry(sequence: sequence, instant: instant, event: event)
  }

  // MARK: When

  private mutating func passInstant(_ instant: Instant) -> Instant {
    let offset = models.offset.pass(instant.offset, after: memory.instant.offset, &channel)
    let drift = memory.instant.wall &- memory.instant.offset
    let wall = models.wall.pass(instant.wall, after: drift &+ offset, &channel)
    memory.instant = Instant(wall: wall, offset: offset)
    return memory.instant
  }

  // MARK: Where

  private mutating func passSlot(_ event: Event?) throws -> EntryMemory.Slot? {
    let number = event.map(slotNumber)
    let expected = memory.expectedSlot
    let isExpected = channel.pass(number == expected, &models.isExpected)
    var known = expected
    if !isExpected {
      let word = models.slots.pass(UInt64(number ?? 0), &channel)
      guard word <= UInt64(1 + memory.targets.count * 3 + 2) else {
        throw Malformed("a target is not known", at: 0)
      }
      known = Int(word)
    }
    guard let slot = EntryMemory.Slot(number: known) else { return nil }
    if slot.target == memory.targets.count {
      let target = try passBlock(event?.target)
      guard memory.place(of: target) == nil, memory.targets.count < EntryMemory.targetLimit else {
        throw Malformed("a target is there twice", at: 0)
      }
      _ = memory.add(target)
    }
    memory.follow(known)
    return slot
  }

  /// A new target has the place after the last.
  private func slotNumber(_ event: Event) -> Int {
    guard let part = event.part, let target = event.target else { return 0 }
    // Nearly always it is the one that is expected: to look is cheaper than to search.
    let expected = memory.expectedSlot
    if let slot = EntryMemory.Slot(number: expected), slot.part == part,
      memory.targets[slot.target].target == target
    {
      return expected
    }
    let place = memory.place(of: target) ?? memory.targets.count
    return EntryMemory.Slot(place, part).number
  }

  // MARK: What

  private mutating func passOther(_ event: Event?) throws -> Event {
    if channel.pass(event == .tick, &models.isTick) { return .tick }
    let hash = event.flatMap(hashOfLastAnswer)
    let bytes = hash == nil ? try event.map { try CanonicalEncoder.bytes(of: $0) } : nil
    let packed = bytes.map { Zstd.pack($0) }
    let count = models.lengths.pass(UInt64(packed?.count ?? 0), &channel)
    // No value packs to no bytes: such a block says that the body of the last answer follows.
    if count == 0 { return try passBody(hash) }
    return try CanonicalDecoder.value(
      Event.self, from: try passPacked(packed, of: bytes, count, from: nil))
  }

  private mutating func passProbe(_ probe: Probe?, _ slot: EntryMemory.Slot) throws -> Probe {
    var route = RouteMemory()
    memory.targets[slot.target].swap(slot.part, &route)
    defer { memory.targets[slot.target].swap(slot.part, &route) }
    if route.numbers.count == 0 { route.numbers.resize(to: 1) }
    if !channel.pass(probe?.path == route.path, &models.isSamePath) {
      route.path = try passBlock(probe?.path)
    }
    var neighbour = NumberTrack.Neighbour()
    let duration = route.numbers.pass(
      probe?.duration ?? 0, at: 0, &neighbour, &models.durations, &channel)
    let values = probe.flatMap { numbers(of: $0.answer, likeIn: route) }
    if channel.pass(values != nil, &models.isSameReport), var answer = route.answer {
      var place = 0
      answer.forEachNumber { number in
        place += 1
        neighbour = NumberTrack.Neighbour()
        number = route.numbers.pass(
          values?[place - 1] ?? 0, at: place, &neighbour, &models.reported, &channel)
      }
      route.answer = answer
    } else {
      route.keep(try passBlock(probe?.answer))
    }
    guard let answer = route.answer else { throw Malformed("no report to go on from", at: 0) }
    return Probe(
      kind: slot.part == .liveness ? .liveness : .readiness, path: route.path, duration: duration,
      answer: answer)
  }

  /// The numbers of an answer that says, but for them, what the last one did; nil where it does not.
  private func numbers(of answer: Probe.Answer, likeIn route: RouteMemory) -> [Double]? {
    guard route.answer != nil else { return nil }
    var values: [Double] = []
    var copy = answer
    copy.forEachNumber { number in
      values.append(number)
      number = route.numbers.count > values.count ? route.numbers.last[values.count] : 0
    }
    return values.count + 1 == route.numbers.count && copy == route.answer ? values : nil
  }

  private mutating func passScrape(_ scrape: Scrape?, _ target: Int) throws -> Scrape {
    var metrics = MetricsMemory.away
    swap(&memory.targets[target].metrics, &metrics)
    defer { swap(&memory.targets[target].metrics, &metrics) }
    var neighbour = NumberTrack.Neighbour()
    let duration = metrics.numbers.pass(
      scrape?.duration ?? 0, at: 0, &neighbour, &models.durations, &channel)
    var given: Extraction?
    var bytes = 0
    var fault: Fault?
    switch scrape?.outcome {
    case .extracted(let extraction, let size)?: (given, bytes) = (extraction, size)
    case .fault(let told)?: fault = told
    case nil: break
    }
    if channel.pass(fault != nil, &models.isFault) {
      if !channel.pass(fault == metrics.fault, &models.isSameFault) {
        metrics.fault = try passBlock(fault)
      }
      guard let fault = metrics.fault else { throw Malformed("no fault to go on from", at: 0) }
      return Scrape(duration: duration, outcome: .fault(fault))
    }
    if !channel.pass(given.map { metrics.canTell($0) } ?? true, &models.isRegular) {
      // Numbers that no extractor gives: told as they are.
      let whole = try passBlock(given)
      let size = try passBlock(scrape == nil ? nil : bytes)
      return Scrape(duration: duration, outcome: .extracted(whole, bytes: size))
    }
    var extraction = Extraction(epoch: metrics.epoch)
    let isNew = given.map { !$0.defined.isEmpty || $0.epoch != metrics.epoch } ?? false
    if channel.pass(isNew, &models.isDefining) {
      let definitions = try passDefinitions(given)
      guard metrics.takes(definitions.defined, epoch: definitions.epoch) else {
        throw Malformed("series are numbered as no extractor does", at: 0)
      }
      metrics.define(definitions.defined, epoch: definitions.epoch)
      extraction.epoch = definitions.epoch
      extraction.defined = definitions.defined
    }
    try passOrder(given, &metrics)
    try passReadings(given, &metrics, &extraction)
    neighbour = NumberTrack.Neighbour()
    let size = metrics.numbers.pass(
      Double(bytes), at: 1, &neighbour, &models.sizes, &channel)
    let samples = metrics.numbers.pass(
      Double(given?.sampleCount ?? 0), at: 2, &neighbour, &models.sizes, &channel)
    if !channel.pass(given?.remarks == metrics.remarks, &models.isSameRemarks) {
      metrics.remarks = try passBlock(given?.remarks)
    }
    guard size.magnitude < 0x1p53, samples.magnitude < 0x1p53, let bytes = Int(exactly: size),
      let count = Int(exactly: samples)
    else {
      throw Malformed("a size is no whole number", at: 0)
    }
    extraction.take(metrics.remarks, samples: count)
    return Scrape(duration: duration, outcome: .extracted(extraction, bytes: bytes))
  }

  private mutating func passDefinitions(_ given: Extraction?) throws -> Definitions {
    let told = given.map { Definitions(epoch: $0.epoch, defined: $0.defined) }
    let bytes = try told.map { try CanonicalEncoder.bytes(of: $0) }
    let passed = try passBytes(bytes, from: memory.definitions)
    memory.definitions = passed
    return try CanonicalDecoder.value(Definitions.self, from: passed)
  }

  private mutating func passOrder(_ given: Extraction?, _ metrics: inout MetricsMemory) throws {
    var isSame = given?.readings.count == metrics.order.count
    if isSame, let given {
      for place in metrics.order.indices where given.readings[place].series != metrics.order[place]
      {
        isSame = false
        break
      }
    }
    if channel.pass(isSame, &models.isSameOrder) { return }
    let count = models.count.pass(UInt64(given?.readings.count ?? 0), &channel)
    guard count <= UInt64(MetricsMemory.seriesLimit) else {
      throw Malformed("more readings than can be", at: 0)
    }
    try spend(Int(count))
    metrics.order = []
    var before: Int64 = -1
    for place in 0..<Int(count) {
      let number = given.map { Int64($0.readings[place].series) } ?? 0
      let step = models.step.pass(Zigzag.fold(number &- before &- 1), &channel)
      let series = before &+ 1 &+ Zigzag.unfold(step)
      guard (0..<Int64(metrics.series.count)).contains(series) else {
        throw Malformed("a series is not known", at: 0)
      }
      metrics.order.append(UInt32(series))
      before = series
    }
  }

  private mutating func passReadings(
    _ given: Extraction?, _ metrics: inout MetricsMemory, _ extraction: inout Extraction
  ) throws {
    let (given, order) = (given?.readings, metrics.order)
    try spend(order.count)
    let read = metrics.series.withRow(&models.series, &channel) { row, channel in
      var neighbour = NumberTrack.Neighbour()
      if Channel.isWriting, let given {
        for place in order.indices {
          _ = row.pass(given[place].value, at: Int(order[place]), &neighbour, &channel)
        }
        return given
      }
      return [Reading](unsafeUninitializedCapacity: order.count) { readings, count in
        for number in order {
          let value = row.pass(0, at: Int(number), &neighbour, &channel)
          readings.initializeElement(at: count, to: Reading(series: number, value: value))
          count += 1
        }
      }
    }
    extraction.readings = read
  }

  private mutating func spend(_ count: Int) throws {
    budget -= count
    guard Channel.isWriting || budget > 0 else {
      throw Malformed("a batch holds more than any second brings", at: 0)
    }
  }

  // MARK: Whole values

  private mutating func passBlock<Value: Codable>(_ value: Value?) throws -> Value {
    let bytes = try value.map { try CanonicalEncoder.bytes(of: $0) }
    return try CanonicalDecoder.value(Value.self, from: try passBytes(bytes, from: nil))
  }

  /// The most that one value unpacks to.
  private static var blockLimit: Int { 64 << 20 }

  private mutating func passBytes(_ bytes: [UInt8]?, from base: [UInt8]?) throws -> [UInt8] {
    let base = base?.isEmpty == true ? nil : base
    let packed = bytes.map { Zstd.pack($0, from: base) }
    let count = models.lengths.pass(UInt64(packed?.count ?? 0), &channel)
    return try passPacked(packed, of: bytes, count, from: base)
  }

  private mutating func passPacked(
    _ packed: [UInt8]?, of bytes: [UInt8]?, _ count: UInt64, from base: [UInt8]?
  ) throws -> [UInt8] {
    guard Channel.isWriting || count <= UInt64(longestBlock) else {
      throw Malformed("a value is longer than its batch", at: 0)
    }
    var passed: [UInt8] = []
    passed.reserveCapacity(Int(count))
    for place in 0..<Int(count) {
      let byte = channel.pass(plain: UInt32(packed?[place] ?? 0), count: 8)
      passed.append(UInt8(truncatingIfNeeded: byte))
    }
    if let bytes { return bytes }
    guard let unpacked = Zstd.unpack(passed, from: base, limit: Self.blockLimit) else {
      throw Malformed("a value cannot be unpacked", at: 0)
    }
    try spend(unpacked.count / 8)
    return unpacked
  }
}

/// What is expected of entries: forgotten at each keyframe, so that they can be read from there on.
struct EntryModels: Sendable {
  struct Time: Sendable {
    var isFine = BitModel.even
    var fine = NumberModel()
    var coarse = NumberModel()

    /// Nanoseconds of the unit that clocks are read in.
    private static let tick: Int64 = 1_000_000

    mutating func pass(
      _ time: Int64, after expected: Int64, _ channel: inout some BitChannel
    ) -> Int64 {
      let difference = time &- expected
      if channel.pass(difference % Self.tick != 0, &isFine) {
        return expected &+ Zigzag.unfold(fine.pass(Zigzag.fold(difference), &channel))
      }
      let ticks = Zigzag.unfold(coarse.pass(Zigzag.fold(difference / Self.tick), &channel))
      return expected &+ ticks &* Self.tick
    }
  }

  var offset = Time()
  var wall = Time()
  var isExpected = BitModel.even
  var slots = NumberModel()
  var isTick = BitModel.even
  var isSameBody = BitModel.even
  var isSamePath = BitModel.even
  var isSameReport = BitModel.even
  var isFault = BitModel.even
  var isSameFault = BitModel.even
  var isRegular = BitModel.even
  var isDefining = BitModel.even
  var isSameOrder = BitModel.even
  var isSameRemarks = BitModel.even
  var count = NumberModel()
  var step = NumberModel()
  var lengths = NumberModel()
  var series = NumberTrack.Models()
  var reported = NumberTrack.Models()
  var durations = NumberTrack.Models()
  var sizes = NumberTrack.Models()
}

/// Series that a scrape brings for the first time.
private struct Definitions: Codable {
  var epoch: UInt32
  var defined: [SeriesDefinition]
}

extension MetricsMemory {
  /// Whether an extraction is one that can be told as a difference.
  fileprivate func canTell(_ extraction: Extraction) -> Bool {
    let isNew = !extraction.defined.isEmpty || extraction.epoch != epoch
    guard !isNew || takes(extraction.defined, epoch: extraction.epoch) else { return false }
    let known =
      extraction.defined.count
      + (isNew && begins(extraction.defined, epoch: extraction.epoch) ? 0 : series.count)
    return extraction.readings.allSatisfy { Int($0.series) < known }
      && Double(extraction.sampleCount).magnitude < 0x1p53
  }
}

extension Extraction {
  fileprivate var remarks: MetricsMemory.Remarks {
    MetricsMemory.Remarks(
      exemplars: exemplars, violations: violations, violationCount: violationCount,
      dropped: dropped)
  }

  fileprivate mutating func take(_ remarks: MetricsMemory.Remarks, samples: Int) {
    exemplars = remarks.exemplars
    violations = remarks.violations
    violationCount = remarks.violationCount
    dropped = remarks.dropped
    sampleCount = samples
  }
}

extension TargetMemory {
  /// Taken out and put back, so that it is never copied.
  fileprivate mutating func swap(_ part: EntryMemory.Slot.Part, _ route: inout RouteMemory) {
    if part == .liveness {
      Swift.swap(&liveness, &route)
    } else {
      Swift.swap(&readiness, &route)
    }
  }
}

extension Event {
  fileprivate var target: Target? {
    switch self {
    case .probe(let target, _), .scrape(let target, _): target
    default: nil
    }
  }

  fileprivate var part: EntryMemory.Slot.Part? {
    switch self {
    case .probe(_, let probe): probe.kind == .liveness ? .liveness : .readiness
    case .scrape: .metrics
    default: nil
    }
  }
}
