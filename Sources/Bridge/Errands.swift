import Synchronization

/// What is done for callers away from their event loop, and comes back to it: as long as there is any, the loop is not
/// shut down.
final class Errands: Sendable {
  private let count = Atomic<Int>(0)
  private static let step = Duration.milliseconds(10)

  /// To be followed by one `end`, on the loop, after all that the errand leads to there.
  func begin() { count.wrappingAdd(1, ordering: .sequentiallyConsistent) }

  func end() { count.wrappingSubtract(1, ordering: .sequentiallyConsistent) }

  /// Waits until there are none.
  ///
  /// - Returns: whether there are none, after so many seconds at most.
  func areOver(within seconds: Double) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while count.load(ordering: .sequentiallyConsistent) > 0 {
      guard ContinuousClock.now < deadline else { return false }
      do { try await Task.sleep(for: Errands.step) } catch { return false }
    }
    return true
  }
}
