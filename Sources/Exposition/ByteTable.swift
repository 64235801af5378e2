/// Byte strings, each known by a dense index from 0: open addressing over one arena of bytes.
///
/// A look-up allocates nothing and compares bytes on every match of the hash.
struct ByteTable: Sendable {
  private var slots: [UInt32]
  private var hashes: [UInt32] = []
  /// Entry `i` is `arena[ends[i] ..< ends[i + 1]]`.
  private var ends: [Int] = [0]
  private var arena: [UInt8] = []

  init() { slots = [UInt32](repeating: 0, count: 64) }

  var count: Int { hashes.count }
  /// Bytes kept for all entries.
  var byteCount: Int { arena.count }

  @inline(__always)
  func find(_ key: BytePointer, _ length: Int, hash: UInt64) -> Int? {
    let mask = slots.count &- 1
    let short = UInt32(truncatingIfNeeded: hash >> 32)
    return slots.withUnsafeBufferPointer { slots in
      var slot = Int(truncatingIfNeeded: hash) & mask
      while true {
        let stored = slots[slot]
        if stored == 0 { return nil }
        let index = Int(stored &- 1)
        if hashes[index] == short {
          let start = ends[index]
          if ends[index &+ 1] &- start == length {
            let same = arena.withUnsafeBufferPointer {
              length == 0 || sameBytes($0.baseAddress.unsafelyUnwrapped + start, key, length)
            }
            if same { return index }
          }
        }
        slot = (slot &+ 1) & mask
      }
    }
  }

  /// Adds a key that `find` did not find; its index.
  mutating func insert(_ key: BytePointer, _ length: Int, hash: UInt64) -> Int {
    let index = hashes.count
    if (index + 1) * 4 > slots.count * 3 { grow() }
    hashes.append(UInt32(truncatingIfNeeded: hash >> 32))
    lows.append(UInt32(truncatingIfNeeded: hash))
    arena.append(contentsOf: UnsafeBufferPointer(start: key, count: length))
    ends.append(arena.count)
    place(index)
    return index
  }

  /// The low halves, kept for growing only.
  private var lows: [UInt32] = []

  private mutating func place(_ index: Int) {
    let mask = slots.count - 1
    var slot = Int(lows[index]) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = UInt32(index + 1)
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for index in hashes.indices { place(index) }
  }

  func withBytes<R>(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
    try arena.withUnsafeBufferPointer {
      try body(UnsafeBufferPointer(rebasing: $0[ends[index]..<ends[index + 1]]))
    }
  }

  func string(_ index: Int) -> String {
    withBytes(of: index) { String(decoding: $0, as: UTF8.self) }
  }
}
