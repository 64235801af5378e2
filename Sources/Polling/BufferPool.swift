import NIOCore

/// The few body buffers that all targets of one event loop share.
///
/// Polls are spread over the interval, so few bodies are in flight at a time: with buffers kept by
/// target, two hundred targets would hold two hundred bodies that nobody reads.
struct BufferPool {
  private var free: [ByteBuffer] = []
  private static let keptBuffers = 4
  /// A larger one is given back to the system, so that one odd answer does not cost memory for good.
  private static let keptCapacity = 1 << 20

  mutating func take(capacity: Int) -> ByteBuffer {
    guard var buffer = free.popLast() else {
      return ByteBufferAllocator().buffer(capacity: capacity)
    }
    buffer.reserveCapacity(capacity)
    return buffer
  }

  mutating func give(_ buffer: consuming ByteBuffer) {
    guard free.count < Self.keptBuffers, buffer.capacity > 0, buffer.capacity <= Self.keptCapacity
    else { return }
    buffer.clear()
    free.append(buffer)
  }
}
