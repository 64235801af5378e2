import Glibc

/// One client of the server: what it sent so far and what it is still owed.
struct Connection {
  let role: ExpositionServer.Role
  /// A whole answer; empty when nothing is owed.
  var outgoing: [UInt8] = []
  var sent = 0
  /// The target whose exposition is being sent.
  var answering: Int?
  /// Waits for room to write.
  var waiting = false
  private var incoming: [UInt8] = []
  /// Bytes of a request's body that are still to come and of no interest.
  private var skipping = 0

  init(role: ExpositionServer.Role) { self.role = role }

  /// Takes what has arrived; false when the peer has closed.
  mutating func receive(from descriptor: CInt) -> Bool {
    while true {
      var got = 0
      withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { room in
        got = recv(descriptor, room.baseAddress, room.count, 0)
        guard got > 0 else { return }
        let skipped = min(skipping, got)
        skipping -= skipped
        incoming.append(contentsOf: room[skipped..<got])
      }
      if got == 0 { return false }
      if got < 0 { return errno == EAGAIN || errno == EINTR }
      if got < 16_384 { return true }
    }
  }

  /// The next request whose head has arrived whole.
  mutating func nextRequest() -> HTTPRequest? {
    guard skipping == 0, let head = HTTPRequest(readingHeadOf: incoming) else { return nil }
    let available = incoming.count - head.headLength
    let body = min(available, head.length)
    incoming.removeFirst(head.headLength + body)
    skipping = head.length - body
    return head
  }
}
