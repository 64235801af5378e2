import NIOCore
import Presence
import Synchronization

/// Who is here at one moment, as it is told: written once for all, but for who is told.
final class Roll: Sendable {
  private let attendance: Attendance
  private let shared = Mutex<Shared?>(nil)

  /// The frame without the number of who is told, which comes last in it.
  private struct Shared {
    var bytes: ByteBuffer
    /// What follows the number.
    var end: [UInt8]
  }

  init(_ attendance: Attendance) { self.attendance = attendance }

  func attendance(for id: UInt64) -> Attendance {
    var own = attendance
    own.you = id
    return own
  }

  /// The frame, in parts.
  func buffers(for id: UInt64) -> [ByteBuffer] {
    let shared = shared.withLock { shared in
      if shared == nil { shared = made() }
      return shared
    }
    guard let shared else {
      return StreamFrame.news(.attendance(Attendance(you: id))).bytes.map {
        [ByteBuffer(bytes: $0)]
      } ?? []
    }
    let end = Array("\(id)".utf8) + shared.end
    let length = UInt32(shared.bytes.readableBytes + end.count)
    return [ByteBuffer(integer: length), shared.bytes, ByteBuffer(bytes: end)]
  }

  /// nil where they cannot be told in a frame.
  private func made() -> Shared? {
    var plain = attendance
    plain.you = 0
    if let shared = Roll.shared(plain) { return shared }
    // Where they look is the longest of it.
    for place in plain.attendees.indices { plain.attendees[place].view = nil }
    return Roll.shared(plain)
  }

  private static func shared(_ attendance: Attendance) -> Shared? {
    guard let bytes = StreamFrame.news(.attendance(attendance)).bytes else { return nil }
    // Keys are sorted, and `you` is the last of them.
    let end = Array("}}}".utf8)
    guard bytes.suffix(end.count + 7).elementsEqual(Array("\"you\":0".utf8) + end) else {
      return nil
    }
    // A number has as many as twenty digits.
    guard bytes.count + 20 <= StreamFrame.longest else { return nil }
    return Shared(
      bytes: ByteBuffer(bytes: bytes[Frame.head..<bytes.count - end.count - 1]), end: end)
  }
}
