import Dispatch
import Incident
import Recording
import Synchronization

/// Batches being decoded on another thread, while who wants the entries works on those that are ready.
final class DecodingBelt: Sendable {
  private struct Course {
    var ready: [[Entry]] = []
    /// Once it has gone through all of them, or come to one that cannot be read.
    var outcome: Result<EntryDecoder, any Error>
  }

  private let course: Mutex<Course>
  /// Signalled once for each batch, and at the end.
  private let news = DispatchSemaphore(value: 0)

  /// - Parameter batches: in their order, without gaps.
  init(_ decoder: EntryDecoder, _ batches: [Batch]) {
    course = Mutex(Course(outcome: .success(decoder)))
    DispatchQueue.global(qos: .userInitiated).async { [self] in
      run(decoder, batches)
    }
  }

  private func run(_ first: EntryDecoder, _ batches: [Batch]) {
    var decoder = first
    let outcome = Result<EntryDecoder, any Error> {
      for batch in batches {
        let entries = try decoder.entries(of: batch)
        course.withLock { $0.ready.append(entries) }
        news.signal()
      }
      return decoder
    }
    course.withLock { $0.outcome = outcome }
    news.signal()
  }

  /// The entries of the next batch, once they are there; nil after the last, or where one cannot be read.
  func next() -> [Entry]? {
    news.wait()
    return course.withLock { course in
      course.ready.isEmpty ? nil : course.ready.removeFirst()
    }
  }

  /// What reads on after the last batch. To be called once `next` has given nil.
  func finish() throws -> EntryDecoder { try course.withLock { try $0.outcome.get() } }
}
