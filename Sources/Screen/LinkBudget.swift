/// How many bytes a link of known speed has room for: what is written faster only queues up in the
/// buffers on the way, in front of the answer to the next key.
package struct LinkBudget {
  private let bytesPerSecond: Int
  /// Thousandths of a byte that may be written now.
  private var credit: Int
  private var counted: Int64

  /// A tenth of a second may go at once.
  private var most: Int { max(64_000, bytesPerSecond * 100) }

  package init(bytesPerSecond: Int, at now: Int64) {
    self.bytesPerSecond = max(1, bytesPerSecond)
    counted = now
    credit = 0
    credit = most
  }

  /// Takes up to `wanted` bytes of room at `now` (milliseconds), and says how many it got.
  package mutating func take(_ wanted: Int, at now: Int64) -> Int {
    credit = min(most, credit + Int(clamping: max(0, now - counted)) * bytesPerSecond)
    counted = now
    let got = max(0, min(wanted, credit / 1000))
    credit -= got * 1000
    return got
  }

  /// Milliseconds from `now` until a worthwhile part of `waiting` bytes has room.
  package func pause(for waiting: Int, at now: Int64) -> Int64 {
    let piece = min(waiting, 48) * 1000
    let there = credit + Int(clamping: max(0, now - counted)) * bytesPerSecond
    return there >= piece ? 0 : Int64((piece - there + bytesPerSecond - 1) / bytesPerSecond)
  }
}
