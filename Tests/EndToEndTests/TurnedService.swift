import Foundation
import Synchronization

/// A service with a limit that is turned by POST and read by GET, and that can be ill, silent or refuse.
final class TurnedService: Sendable {
  private struct Course {
    var limit = 100
    var turns = 0
    var looks = 0
    var isIll = false
    var isHanging = false
    var isRefusing = false
    /// How many more readings are answered; nil: all.
    var readings: Int?
    var unanswered = 0

    /// - Returns: whether it is answered.
    mutating func turn(_ request: String) -> Bool {
      turns += 1
      if !isRefusing {
        let wanted = request.split(separator: #""limit":"#).last.map {
          $0.drop { $0 == " " }.prefix { $0.isNumber }
        }
        limit = wanted.flatMap { Int($0) } ?? limit
      }
      return !isHanging
    }

    mutating func isRead() -> Bool {
      guard let left = readings else { return true }
      guard left > 0 else { return false }
      readings = left - 1
      return true
    }
  }

  private let course = Mutex(Course())
  /// What came by POST, whatever it was answered.
  var turns: Int { course.withLock(\.turns) }
  var limit: Int { course.withLock(\.limit) }
  /// How often its readiness was asked for.
  var looks: Int { course.withLock(\.looks) }
  /// Who asked or told it something and waits for the answer still.
  var unanswered: Int { course.withLock(\.unanswered) }

  func isIll(_ ill: Bool) { course.withLock { $0.isIll = ill } }
  /// What is sent to it is counted and done, and never answered.
  func hangs(_ hanging: Bool) { course.withLock { $0.isHanging = hanging } }
  /// What is sent to it is counted, and answered by 409.
  func refuses(_ refusing: Bool) { course.withLock { $0.isRefusing = refusing } }
  /// Its limit is told so many times more, and then to nobody.
  func hangsReadings(after readings: Int) { course.withLock { $0.readings = readings } }

  /// From now on it answers as if nothing had been; nobody waits any more, for they are gone.
  func answersAgain() {
    course.withLock {
      $0.isHanging = false
      $0.isRefusing = false
      $0.readings = nil
      $0.unanswered = 0
    }
  }

  func listen() throws -> Listener {
    try Listener { [self] request, connection in
      let words = request.split(separator: " ")
      var path = words.dropFirst().first.map(String.init) ?? ""
      while path.hasPrefix("//") { path.removeFirst() }
      guard let (status, body) = answer(request, to: path, isPost: words.first == "POST") else {
        return
      }
      Listener.send(
        "HTTP/1.1 \(status) -\r\nContent-Type: application/json\r\nContent-Length: "
          + "\(body.utf8.count)\r\n\r\n\(body)", to: connection)
    }
  }

  /// nil where it is silent.
  private func answer(
    _ request: String, to path: String, isPost: Bool
  ) -> (status: Int, body: String)? {
    course.withLock { course in
      switch path {
      case "/limit":
        let isAnswered = isPost ? course.turn(request) : course.isRead()
        guard isAnswered else {
          course.unanswered += 1
          return nil
        }
        if isPost, course.isRefusing { return (409, #"{"message":"the pool is locked"}"#) }
        return (200, #"{"limit":\#(course.limit)}"#)
      case "/ready":
        course.looks += 1
        return course.isIll
          ? (503, #"{"status":"fail","message":"pool saturated"}"#) : (200, #"{"status":"pass"}"#)
      case "/healthz": return (200, #"{"status":"pass"}"#)
      default: return (404, "")
      }
    }
  }
}
