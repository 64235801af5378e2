import NIOCore

/// Who is told what happens, on an event loop of their own.
protocol StreamListener: AnyObject, Sendable {
  var loop: any EventLoop { get }
  /// Called on the loop, in the order in which it was told.
  func hear(_ telling: Telling)
}

/// What somebody who stays is told; its bytes are the same for everybody.
enum Telling: Sendable {
  /// A state to begin with, and what was told since. Whoever hears it hears all that follows.
  case stand([ByteBuffer], since: [ByteBuffer])
  /// Entries, as a difference from what was told before.
  case entries(ByteBuffer)
  /// Something that is no entry.
  case news(ByteBuffer)
}
