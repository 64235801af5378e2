import Dispatch
import Incident
import Recording
import Synchronization

/// Batches being decoded on another thread, while who wants the entries works on those that are ready.
final class DecodingBelt: Sendable {
  fileprivate struct Course {
    /// By batch; those that were worked on are empty.
    var batches: [[Entry]] = []
    /// How many of them were taken.
    var taken = 0
    /// What reads on; away while it reads.
    var decoder: EntryDecoder?
    /// Why one of them cannot be read.
    var flaw: (any Error)?
  }

  private let course: Mutex<Course>
  /// Signalled once for each batch, and at the end.
  private let news = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - decoder: what nobody else holds is not copied to be read with.
  ///   - batches: in their order, without gaps.
  init(_ decoder: consuming EntryDecoder, _ batches: [Batch]) {
    course = Mutex(Course(decoder: decoder))
    DispatchQueue.global(qos: .userInitiated).async { [self] in run(batches) }
  }

  private func run(_ batches: [Batch]) {
    guard var decoder = course.withLock({ $0.takeDecoder() }) else { return }
    var released = 0
    do {
      for batch in batches {
        let entries = try decoder.entries(of: batch)
        let done = course.withLock { course in
          course.batches.append(entries)
          return course.release(after: &released)
        }
        news.signal()
        // What was made here is let go of here: on the other thread somebody waits.
        withExtendedLifetime(done) {}
      }
      course.withLock { $0.decoder = decoder }
    } catch { course.withLock { $0.flaw = error } }
    news.signal()
  }

  /// The entries of the next batch, once they are there; nil after the last, or where one cannot be read.
  ///
  /// To be called when nothing is held of those that it gave before.
  func next() -> [Entry]? {
    news.wait()
    return course.withLock { course in
      guard course.taken < course.batches.count else { return nil }
      course.taken += 1
      return course.batches[course.taken - 1]
    }
  }

  /// What reads on after the last batch. To be called once `next` has given nil.
  func finish() throws -> EntryDecoder {
    let (decoder, flaw, rest) = course.withLock { course in
      defer { course.batches = [] }
      return (course.takeDecoder(), course.flaw, course.batches)
    }
    Discard(rest).begin()
    guard let decoder else { throw flaw ?? ReplayError("batches were not gone through") }
    return decoder
  }
}

extension DecodingBelt.Course {
  fileprivate mutating func takeDecoder() -> EntryDecoder? {
    defer { decoder = nil }
    return decoder
  }

  /// Takes out what was worked on: all that was taken but the last.
  fileprivate mutating func release(after released: inout Int) -> [[Entry]] {
    var done: [[Entry]] = []
    while released < taken - 1 {
      done.append([])
      swap(&done[done.count - 1], &batches[released])
      released += 1
    }
    return done
  }
}
