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
  func bytes() throws -> [UInt8] {
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
        route.numbers.write(to: &writer)
      }
      let metrics = memory.metrics
      writer.put(UInt64(metrics.epoch))
      metrics.series.write(to: &writer)
      writer.put(UInt64(metrics.order.count))
      var before: Int64 = -1
      for number in metrics.order {
        writer.put(Int64(number) - before)
        before = Int64(number)
      }
      metrics.numbers.write(to: &writer)
      writer.put(counted: try CanonicalEncoder.bytes(of: metrics.remarks))
      writer.put(counted: try CanonicalEncoder.bytes(of: metrics.fault))
    }
    return writer.bytes
  }

  init(bytes: [UInt8]) throws {
    self.init()
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
      targets[place].metrics = try MetricsMemory(&reader)
    }
    guard reader.isAtEnd else { throw Malformed("something follows the end", at: reader.place) }
  }
}

extension RouteMemory {
  fileprivate init(_ reader: inout ByteReader) throws {
    path = try reader.text()
    answer = try CanonicalDecoder.value(Probe.Answer?.self, from: Array(try reader.counted()))
    numbers = try NumberTrack(&reader)
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
  fileprivate init(_ reader: inout ByteReader) throws {
    self.init()
    epoch = UInt32(truncatingIfNeeded: try reader.word())
    series = try NumberTrack(&reader)
    var before: Int64 = -1
    for _ in 0..<(try reader.count()) {
      let number = before &+ (try reader.integer())
      guard (0..<Int64(series.count)).contains(number) else {
        throw Malformed("a series is not known", at: reader.place)
      }
      order.append(UInt32(number))
      before = number
    }
    numbers = try NumberTrack(&reader)
    guard numbers.count == 3 else {
      throw Malformed("a scrape has three numbers", at: reader.place)
    }
    remarks = try CanonicalDecoder.value(Remarks.self, from: Array(try reader.counted()))
    fault = try CanonicalDecoder.value(Fault?.self, from: Array(try reader.counted()))
  }
}

extension NumberTrack {
  fileprivate func write(to writer: inout ByteWriter) {
    writer.put(UInt64(count))
    for place in last.indices { writer.put(byte: scales[place] << 1 | (chained[place] ? 1 : 0)) }
    for place in last.indices {
      guard NumberTrack.isDecimal(scales[place]) else {
        writer.put(last[place])
        continue
      }
      if let mantissa = NumberTrack.mantissa(last[place], scales[place]) {
        writer.put(byte: 1)
        writer.put(mantissa)
      } else {
        writer.put(byte: 0)
        writer.put(last[place])
      }
    }
  }

  fileprivate init(_ reader: inout ByteReader) throws {
    self.init()
    for _ in 0..<(try reader.count()) {
      let byte = try reader.byte()
      guard byte >> 1 <= NumberTrack.most || byte >> 1 == NumberTrack.raw else {
        throw Malformed("no such scale", at: reader.place)
      }
      append(chained: byte & 1 == 1, scale: byte >> 1)
    }
    for place in last.indices {
      if NumberTrack.isDecimal(scales[place]), try reader.byte() == 1 {
        last[place] = NumberTrack.value(try reader.integer(), scales[place])
      } else {
        last[place] = try reader.double()
      }
    }
  }
}
