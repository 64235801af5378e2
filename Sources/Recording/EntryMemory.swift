import Canonical
import Fleet
import Health
import Incident

/// All that the next entry is told as a difference from.
///
/// A keyframe keeps it, without what is expected (habits): entries can be read from there on.
struct EntryMemory: Sendable, Hashable {
  var instant = Instant(wall: 0, offset: 0)
  var targets: [TargetMemory] = []
  private var places: [Target: Int] = [:]
  /// Which slot came after each the last time: polls come round in one order.
  private var successors: [Int32] = [0]
  private(set) var lastSlot = 0
  /// The last definitions of any target: replicas have the same.
  var definitions: [UInt8] = []
  /// By slot: the hash of the last answer's body, where bodies are kept.
  var bodies: [Int: [UInt8]] = [:]

  /// Where an entry belongs: to a part of a target's polls, or to none.
  struct Slot: Hashable {
    enum Part: Int { case liveness, readiness, metrics }
    var target: Int
    var part: Part
    var number: Int { 1 + target * 3 + part.rawValue }

    init(_ target: Int, _ part: Part) {
      self.target = target
      self.part = part
    }

    /// nil for the slot of what belongs to no target.
    init?(number: Int) {
      guard number > 0, let part = Part(rawValue: (number - 1) % 3) else { return nil }
      self.init((number - 1) / 3, part)
    }
  }

  /// More than any fleet has.
  static let targetLimit = 1 << 20

  init() {}

  func place(of target: Target) -> Int? { places[target] }

  mutating func add(_ target: Target) -> Int {
    places[target] = targets.count
    targets.append(TargetMemory(target))
    successors.append(contentsOf: [0, 0, 0])
    return targets.count - 1
  }

  var expectedSlot: Int { Int(successors[lastSlot]) }

  mutating func follow(_ slot: Int) {
    guard slot > 0 else { return }
    successors[lastSlot] = Int32(slot)
    lastSlot = slot
  }

  mutating func forgetHabits() {
    for place in targets.indices { targets[place].forgetHabits() }
    for place in successors.indices { successors[place] = 0 }
    lastSlot = 0
    definitions = []
    bodies = [:]
  }
}

// MARK: In a keyframe

extension EntryMemory {
  /// What is known of it anyhow: the last values of a target's counters, which the state keeps too.
  typealias Counters = (Target, _ epoch: UInt32) -> [Double]?

  func bytes(beside counters: Counters) throws -> [UInt8] {
    var writer = ByteWriter()
    writer.put(instant.wall)
    writer.put(instant.offset)
    writer.put(UInt64(targets.count))
    for memory in targets {
      writer.put(memory.target.service)
      writer.put(memory.target.instance)
      for route in [memory.liveness, memory.readiness] {
        writer.put(route.path)
        writer.put(counted: try CanonicalEncoder.bytes(of: route.answer))
        route.numbers.write(to: &writer, beside: [])
      }
      let metrics = memory.metrics
      writer.put(UInt64(metrics.epoch))
      metrics.series.write(
        to: &writer, beside: counters(memory.target, metrics.epoch) ?? [])
      writer.put(UInt64(metrics.order.count))
      var before: Int64 = -1
      for number in metrics.order {
        writer.put(Int64(number) - before)
        before = Int64(number)
      }
      metrics.numbers.write(to: &writer, beside: [])
      writer.put(counted: try CanonicalEncoder.bytes(of: metrics.remarks))
      writer.put(counted: try CanonicalEncoder.bytes(of: metrics.fault))
    }
    return writer.bytes
  }

  /// - Returns: with what is to be filled in before anything is read with it.
  static func read(_ bytes: [UInt8]) throws -> (memory: EntryMemory, gaps: Gaps) {
    var memory = EntryMemory()
    var gaps = Gaps()
    try memory.read(bytes, &gaps)
    return (memory, gaps)
  }

  /// Numbers that are left out, by target and place.
  struct Gaps: Sendable {
    fileprivate var places: [(target: Int, places: [Int])] = []
  }

  mutating func fill(_ gaps: Gaps, from counters: Counters) throws {
    for (target, places) in gaps.places {
      let (epoch, count) = (targets[target].metrics.epoch, targets[target].metrics.series.count)
      guard let known = counters(targets[target].target, epoch), known.count == count else {
        throw Malformed("what it stands beside is missing", at: 0)
      }
      for place in places { targets[target].metrics.series.last[place] = known[place] }
    }
  }

  private mutating func read(_ bytes: [UInt8], _ gaps: inout Gaps) throws {
    var reader = ByteReader(bytes)
    instant = Instant(wall: try reader.integer(), offset: try reader.integer())
    for _ in 0..<(try reader.count()) {
      let target = Target(service: try reader.text(), instance: try reader.text())
      guard places[target] == nil else {
        throw Malformed("a target is there twice", at: reader.place)
      }
      let place = add(target)
      targets[place].liveness = try RouteMemory(&reader)
      targets[place].readiness = try RouteMemory(&reader)
      var left: [Int] = []
      targets[place].metrics = try MetricsMemory(&reader, &left)
      if !left.isEmpty { gaps.places.append((place, left)) }
    }
    guard reader.isAtEnd else { throw Malformed("something follows the end", at: reader.place) }
  }
}

extension RouteMemory {
  fileprivate init(_ reader: inout ByteReader) throws {
    path = try reader.text()
    answer = try CanonicalDecoder.value(Probe.Answer?.self, from: Array(try reader.counted()))
    numbers = try NumberTrack(whole: &reader)
    guard answer == nil || numbers.count == numberCount else {
      throw Malformed("a report has other numbers than it says", at: reader.place)
    }
  }

  /// The duration and what its report has.
  private var numberCount: Int {
    var count = 1
    var copy = answer
    copy?.forEachNumber { _ in count += 1 }
    return count
  }
}

extension MetricsMemory {
  fileprivate init(_ reader: inout ByteReader, _ gaps: inout [Int]) throws {
    self.init()
    epoch = UInt32(truncatingIfNeeded: try reader.word())
    series = try NumberTrack(&reader, &gaps)
    var before: Int64 = -1
    let count = try reader.count()
    order.reserveCapacity(count)
    for _ in 0..<count {
      let number = before &+ (try reader.integer())
      guard (0..<Int64(series.count)).contains(number) else {
        throw Malformed("a series is not known", at: reader.place)
      }
      order.append(UInt32(number))
      before = number
    }
    numbers = try NumberTrack(whole: &reader)
    guard numbers.count == 3 else {
      throw Malformed("a scrape has three numbers", at: reader.place)
    }
    remarks = try CanonicalDecoder.value(Remarks.self, from: Array(try reader.counted()))
    fault = try CanonicalDecoder.value(Fault?.self, from: Array(try reader.counted()))
  }
}

extension NumberTrack {
  /// - Parameter known: numbers that are there anyhow, as many or none: what is the same is left out.
  fileprivate func write(to writer: inout ByteWriter, beside known: [Double]) {
    writer.put(UInt64(count))
    let isBeside = known.count == count
    func isLeftOut(_ place: Int) -> Bool {
      isBeside && known[place].bitPattern == last[place].bitPattern
    }
    for place in last.indices {
      writer.put(
        byte: habit(place).scale << 2 | (isLeftOut(place) ? 2 : 0)
          | (habit(place).isChained ? 1 : 0))
    }
    for place in last.indices where !isLeftOut(place) {
      guard NumberTrack.isDecimal(habit(place).scale) else {
        writer.put(last[place])
        continue
      }
      if let mantissa = NumberTrack.mantissa(last[place], habit(place).scale) {
        writer.put(byte: 1)
        writer.put(mantissa)
      } else {
        writer.put(byte: 0)
        writer.put(last[place])
      }
    }
  }

  fileprivate init(whole reader: inout ByteReader) throws {
    var gaps: [Int] = []
    try self.init(&reader, &gaps)
    guard gaps.isEmpty else { throw Malformed("a number is left out", at: reader.place) }
  }

  /// - Parameter gaps: the places of numbers that were left out.
  fileprivate init(_ reader: inout ByteReader, _ gaps: inout [Int]) throws {
    let count = try reader.count()
    var habits: [Habit] = []
    habits.reserveCapacity(count)
    for place in 0..<count {
      let byte = try reader.byte()
      guard byte >> 2 <= NumberTrack.most || byte >> 2 == NumberTrack.raw else {
        throw Malformed("no such scale", at: reader.place)
      }
      habits.append(Habit(scale: byte >> 2, isChained: byte & 1 == 1))
      if byte & 2 == 2 { gaps.append(place) }
    }
    self.init(habits)
    var next = 0
    for place in habits.indices {
      if next < gaps.count, gaps[next] == place {
        next += 1
        continue
      }
      if NumberTrack.isDecimal(habits[place].scale), try reader.byte() == 1 {
        last[place] = NumberTrack.value(try reader.integer(), habits[place].scale)
      } else {
        last[place] = try reader.double()
      }
    }
  }
}
