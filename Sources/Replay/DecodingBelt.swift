import Dispatch
import Incident
import Recording
import Synchronization

/// Batches being decoded on another thread, while who wants the entries works on those that are ready.
final class DecodingBelt: Sendable {
  private struct Course {
    var ready: [[Entry]] = []
    var decoder: EntryDecoder
    var error: (any Error)?
    var isDone = false
  }

  private let course: Mutex<Course>
  /// Signalled once for each batch, and at the end.
  private let news = DispatchSemaphore(value: 0)

  /// - Parameter batches: in their order, without gaps.
  init(_ decoder: EntryDecoder, _ batches: [Batch]) {
    course = Mutex(Course(decoder: decoder))
    DispatchQueue.global(qos: .userInitiated).async { [self] in
      run(decoder, batches)
    }
  }

  private func run(_ first: EntryDecoder, _ batches: [Batch]) {
    var decoder = first
    var error: (any Error)?
    for batch in batches {
      do {
        let entries = try decoder.entries(of: batch)
        course.withLock { $0.ready.append(entries) }
        news.signal()
      } catch let flaw {
        error = flaw
        break
      }
    }
    course.withLock { [decoder, error] course in
      course.decoder = decoder
      course.error = error
      course.isDone = true
    }
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
  func finish() throws -> EntryDecoder {
    try course.withLock { course in
      if let error = course.error { throw error }
      return course.decoder
    }
  }
}
