import Canonical
import Dispatch
package import Incident
import Synchronization

/// A whole state, with what the next entry is told as a difference from.
///
/// What charts look back on is not in it but for what is still under way: the rest lies in chunks that
/// stay as they are, each kept once, which it names.
package struct Keyframe: Sendable {
  /// Raised whenever a state is written otherwise than before: 4 has runbooks, and more of an incident;
  /// 6 has actions, and what is said of them.
  package static let format = 6
  /// Those that are read, the present one first. Of any other the state is made from entries instead.
  package static let formats = [6, 4, 3]

  /// The form that it is of.
  private let form: Int
  /// Its parts one after another: what is alike in them is found when it is packed.
  private let whole: [UInt8]
  /// Where in `whole` each part is: see `Part`; then the services.
  private let places: [Range<Int>]

  /// What comes before the services.
  private enum Part: Int, CaseIterable { case present, history, chunks, ledger, memory }

  /// What it names, in the order in which it does.
  package private(set) var chunks: [ChunkName]

  /// A chunk of the history, as a keyframe refers to it.
  package struct ChunkName: Sendable, Hashable {
    let key: ChunkKey
    package let hash: ContentHash

    /// No state can be had without it: the others are for charts, and may come later or not at all.
    package var isNeeded: Bool { History.decides(key) }
  }

  /// - Parameter memory: of `EntryEncoder`.
  /// - Returns: with the chunks that it names, in their order.
  package static func make(
    of state: State, memory: [UInt8]
  ) throws -> (keyframe: Keyframe, chunks: [[UInt8]]) {
    let parts = try state.parts()
    let sorted = parts.chunks.sorted { $0.key < $1.key }
    let names = sorted.map { ChunkName(key: $0.key, hash: ContentHash(of: $0.value)) }
    let keyframe = Keyframe(
      parts: [parts.present, parts.history, bytes(of: names), parts.ledger, memory]
        + parts.services, chunks: names)
    return (keyframe, sorted.map(\.value))
  }

  private init(parts: [[UInt8]], chunks: [ChunkName]) {
    var writer = ByteWriter()
    writer.put(UInt64(parts.count))
    places = parts.map { part in
      writer.put(counted: part)
      return writer.count - part.count..<writer.count
    }
    whole = writer.bytes
    form = Self.format
    self.chunks = chunks
  }

  /// - Parameter base: another one of the same recording; what did not change since costs nothing.
  package func packed(from base: Keyframe? = nil, level: Int = 6) -> [UInt8] {
    Zstd.pack(whole, level: level, from: base?.whole)
  }

  /// The most that one unpacks to, and how many parts there are.
  private static let limit = 1 << 30
  private static let partLimit = 64

  package init(
    unpacking bytes: [UInt8], from base: Keyframe? = nil, format: Int = Keyframe.format
  ) throws {
    guard Self.formats.contains(format) else {
      throw Malformed("a keyframe is of the form \(format), which is not read", at: 0)
    }
    form = format
    guard let whole = Zstd.unpack(bytes, from: base?.whole, limit: Self.limit) else {
      throw Malformed("a keyframe cannot be unpacked", at: 0)
    }
    var reader = ByteReader(whole)
    let count = try reader.count()
    guard (Part.allCases.count...Self.partLimit).contains(count) else {
      throw Malformed("a keyframe has other parts", at: reader.place)
    }
    places = try (0..<count).map { _ in try reader.counted().indices }
    guard reader.isAtEnd else { throw Malformed("something follows the end", at: reader.place) }
    self.whole = whole
    chunks = []
    chunks = try Self.names(in: part(.chunks))
  }

  private func part(_ part: Part) -> [UInt8] { Array(whole[places[part.rawValue]]) }

  /// The state and what reads on from there; its parts are read at the same time.
  ///
  /// - Parameter chunks: the bytes of `chunks`, in their order; nil for those that are not here. What charts look back
  ///   on is then missing from the state, which comes to the same present for all that.
  package func read(_ chunks: [[UInt8]?]) throws -> (state: State, decoder: EntryDecoder) {
    guard chunks.count == self.chunks.count,
      zip(self.chunks, chunks).allSatisfy({ !$0.isNeeded || $1 != nil })
    else { throw Malformed("a chunk is missing", at: 0) }
    let named = zip(self.chunks.map(\.key), chunks)
    let absent = Set(named.lazy.filter { $1 == nil }.map(\.0))
    let chunks = Dictionary(
      named.compactMap { key, bytes in bytes.map { (key, $0) } },
      uniquingKeysWith: { first, _ in first })
    let first = Part.allCases.count
    let services = Gathered<[ServicePresent]>(places.count - first)
    let present = Gathered<Present>(1)
    let history = Gathered<History.Read>(1)
    let ledger = Gathered<Ledger>(1)
    let memory = Gathered<(EntryMemory, EntryMemory.Gaps)>(1)
    // The longest first, so that none is left to be waited for.
    DispatchQueue.concurrentPerform(iterations: places.count - 1) { step in
      switch step {
      case 0:
        history.put(0) {
          History.Read(
            try CanonicalDecoder.value(
              History.self, from: part(.history), chunks: chunks, absent: absent, form: form))
        }
      case 1: memory.put(0) { try EntryMemory.read(part(.memory)) }
      case 2:
        present.put(0) {
          try CanonicalDecoder.value(Present.self, from: part(.present), form: form)
        }
      case 3:
        ledger.put(0) { try CanonicalDecoder.value(Ledger.self, from: part(.ledger), form: form) }
      default:
        services.put(step - 4) {
          try CanonicalDecoder.value(
            [ServicePresent].self, from: Array(whole[places[first + step - 4]]), form: form)
        }
      }
    }
    let state = try State(
      present.all()[0], services.all().flatMap { $0 }, history.all()[0], ledger.all()[0])
    return (state, try EntryDecoder(memory.all()[0], beside: state.present))
  }
}

// MARK: Names of chunks

extension Keyframe {
  private static func bytes(of names: [ChunkName]) -> [UInt8] {
    var writer = ByteWriter()
    writer.put(UInt64(names.count))
    for name in names {
      writer.put(byte: name.key.kind)
      writer.put(name.key.seconds)
      writer.put(name.key.number)
      writer.put(plain: name.hash.bytes)
    }
    return writer.bytes
  }

  private static func names(in bytes: [UInt8]) throws -> [ChunkName] {
    var reader = ByteReader(bytes)
    return try (0..<(try reader.count())).map { _ in
      let key = ChunkKey(
        kind: try reader.byte(), seconds: try reader.integer(), number: try reader.integer())
      guard let hash = ContentHash(Array(try reader.plain(32))) else {
        throw Malformed("this is no name of a chunk", at: reader.place)
      }
      return ChunkName(key: key, hash: hash)
    }
  }
}

/// Results of what is done at the same time.
private final class Gathered<Value: Sendable>: Sendable {
  private let results: Mutex<[Result<Value, any Error>?]>

  init(_ count: Int) { results = Mutex(Array(repeating: nil, count: count)) }

  func put(_ place: Int, _ body: () throws -> Value) {
    let result = Result { try body() }
    results.withLock { $0[place] = result }
  }

  func all() throws -> [Value] {
    try results.withLock { results in
      try results.map {
        guard let result = $0 else { throw Malformed("a keyframe was not read", at: 0) }
        return try result.get()
      }
    }
  }
}
