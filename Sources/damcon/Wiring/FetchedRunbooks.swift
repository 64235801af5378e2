import Foundation
import Incident
import Recording
import Runbooks
import Synchronization

/// The words of the runbooks in force, asked for when others are than before: entries only name them.
final class FetchedRunbooks: Sendable {
  private struct Course {
    /// By what they are names of.
    var known: [[UInt8]]?
    var isFetching = false
    /// Looks until it is tried again after it failed.
    var rest = 0
  }

  private let archive: any Archive
  private let desk: RunbookDesk
  private let news: @Sendable () -> Void
  private let course = Mutex(Course())

  /// Looks between one try and the next: a few seconds.
  private static let patience = 20

  /// - Parameter news: called when there are others than before.
  init(_ archive: any Archive, for desk: RunbookDesk, news: @escaping @Sendable () -> Void) {
    self.archive = archive
    self.desk = desk
    self.news = news
  }

  /// Called at each look; returns at once.
  func follow(_ present: Present) {
    let wanted =
      present.documents.filter { $0.kind == .runbook }.map(\.hash)
      + present.works.map(\.runbook.hash)
    let isDue = course.withLock { course in
      guard course.known != wanted, !course.isFetching else { return false }
      course.rest -= 1
      guard course.rest < 0 else { return false }
      course.isFetching = true
      return true
    }
    guard isDue else { return }
    guard !wanted.isEmpty else {
      return course.withLock { course in
        course.known = wanted
        course.isFetching = false
      }
    }
    // Another process is waited for, and there may be thousands.
    Thread.detachNewThread { [self, present] in
      let library = try? RecordedRunbooks.library(of: present, in: archive)
      course.withLock { course in
        course.isFetching = false
        course.known = library == nil ? course.known : wanted
        course.rest = library == nil ? FetchedRunbooks.patience : 0
      }
      guard let library else { return }
      desk.take(library)
      news()
    }
  }
}
