import Synchronization

/// What those who stay were sent since this process began, as their sockets took it.
package final class SentCount: Sendable {
  private let allKeyframes = Atomic<UInt64>(0)
  private let allBytes = Atomic<UInt64>(0)

  /// Keyframes that were taken to their last byte, each as often as somebody took it.
  package var keyframes: UInt64 { allKeyframes.load(ordering: .relaxed) }
  /// Of frames, their lengths included.
  package var bytes: UInt64 { allBytes.load(ordering: .relaxed) }

  func add(bytes: Int) { allBytes.wrappingAdd(UInt64(bytes), ordering: .relaxed) }
  func addKeyframe() { allKeyframes.wrappingAdd(1, ordering: .relaxed) }
}
