import Foundation
import Synchronization

/// That a session does not answer what is asked of its journal, and when it is found to do so again.
///
/// Whoever asks is not made to wait for that: while it lasts a thread of its own asks now and then.
final class ArchiveSilence: Sendable {
  private struct Course {
    /// When it is asked next; nil while it answers.
    var nextTry: ContinuousClock.Instant?
    var isTrying = false
  }

  private let course = Mutex(Course())
  private let place: SocketPlace
  private let patience: Double

  /// What was found so long before the next try says nothing of now: nobody has asked since.
  private static let memory = Duration.milliseconds(1500)
  /// From one try to the next.
  private static let rest = Duration.seconds(2)

  init(_ place: SocketPlace, patience: Double) {
    self.place = place
    self.patience = patience
  }

  /// Something was not answered in time.
  func begin() {
    course.withLock { $0.nextTry = .now + ArchiveSilence.rest }
  }

  /// Whether it has not answered since; has it asked where that is due.
  func lasts() -> Bool {
    let (lasts, isDue) = course.withLock { course in
      guard let nextTry = course.nextTry else { return (false, false) }
      guard !course.isTrying, ContinuousClock.now >= nextTry else { return (true, false) }
      guard ContinuousClock.now < nextTry + ArchiveSilence.memory else {
        course.nextTry = nil
        return (false, false)
      }
      course.isTrying = true
      return (true, true)
    }
    if isDue { Thread.detachNewThread { [self] in tryAgain() } }
    return lasts
  }

  private func tryAgain() {
    let isSilent = isSilent()
    course.withLock { course in
      course.isTrying = false
      course.nextTry = isSilent ? .now + ArchiveSilence.rest : nil
    }
  }

  /// What is wrong otherwise is told to whoever asks next.
  private func isSilent() -> Bool {
    let deadline = ContinuousClock.now + .seconds(patience)
    guard let client = try? BridgeClient.connect(to: place, patience: patience) else {
      return ContinuousClock.now >= deadline
    }
    _ = try? client.ask(.archive(.span), patience: patience)
    return client.isSilent
  }
}
