/// Bytes put aside while a recording is walked: what a format wants in another order than it
/// happened.
package protocol Spool: AnyObject {
  /// Adds to the end.
  func append(_ bytes: [UInt8]) throws
  /// `count` bytes from `offset` on, all of which were appended.
  func read(_ count: Int, at offset: UInt64) throws -> [UInt8]
}

/// A spool in memory, for what is known to be small.
package final class MemorySpool: Spool {
  private var bytes: [UInt8] = []

  package init() {}

  package func append(_ more: [UInt8]) throws { bytes += more }

  package func read(_ count: Int, at offset: UInt64) throws -> [UInt8] {
    guard let start = Int(exactly: offset), count >= 0, start <= bytes.count,
      count <= bytes.count - start
    else { throw SpoolError(reason: "it ends before what was put there") }
    return Array(bytes[start..<start + count])
  }
}

/// What was put aside could not be kept or got back.
package struct SpoolError: Error, CustomStringConvertible {
  package var reason: String

  package init(reason: String) { self.reason = reason }

  package var description: String {
    "the temporary file of the export cannot be used: \(reason)"
  }
}
