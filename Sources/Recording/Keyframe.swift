import Canonical
import Dispatch
package import Incident
import Synchronization

/// A whole state, with what the next entry is told as a difference from.
package struct Keyframe: Sendable {
  /// Raised whenever a state is written otherwise than before: other forms are not read, and the state
  /// is made from entries instead.
  package static let format = 2

  /// Present, history, ledger and the memory of the entries' coder, each as bytes.
  private var parts: [[UInt8]]

  package init(_ state: State, memory: [UInt8]) throws {
    parts = try state.canonicalParts() + [memory]
  }

  /// - Parameter base: another one of the same recording; what did not change since costs nothing.
  package func packed(from base: Keyframe? = nil, level: Int = 3) -> [UInt8] {
    var writer = ByteWriter()
    for (place, part) in parts.enumerated() {
      writer.put(counted: Zstd.pack(part, level: level, from: base?.parts[place]))
    }
    return writer.bytes
  }

  /// The most that one part unpacks to.
  private static let limit = 1 << 29

  package init(unpacking bytes: [UInt8], from base: Keyframe? = nil) throws {
    var reader = ByteReader(bytes)
    parts = []
    for place in 0..<4 {
      let packed = Array(try reader.counted())
      guard
        let part = Zstd.unpack(packed, from: base?.parts[place], limit: Self.limit)
      else { throw Malformed("a keyframe cannot be unpacked", at: reader.place) }
      parts.append(part)
    }
    guard reader.isAtEnd else { throw Malformed("something follows the end", at: reader.place) }
  }

  package var memory: [UInt8] { parts[3] }

  /// The state; its parts are read at the same time.
  package func state() throws -> State {
    let rest = Mutex<Result<(History, Ledger), any Error>?>(nil)
    let group = DispatchGroup()
    DispatchQueue.global(qos: .userInitiated).async(group: group) { [parts] in
      let read = Result {
        (
          try CanonicalDecoder.value(History.self, from: parts[1]),
          try CanonicalDecoder.value(Ledger.self, from: parts[2])
        )
      }
      rest.withLock { $0 = read }
    }
    let present = Result { try CanonicalDecoder.value(Present.self, from: parts[0]) }
    group.wait()
    guard let (history, ledger) = try rest.withLock({ $0 })?.get() else {
      throw Malformed("a keyframe was not read", at: 0)
    }
    return try State(try present.get(), history, ledger)
  }
}
