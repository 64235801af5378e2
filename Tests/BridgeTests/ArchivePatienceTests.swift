import Bridge
import Fleet
import Foundation
import Incident
import Recording
import Replay
import Synchronization
import Testing

/// A screen that looks into the past of a session that hangs is not held up by it for longer than once.
@Suite("Questions to a journal behind a socket that does not answer", .serialized)
struct ArchivePatienceTests {
  /// Listens as a session would, and answers what is asked of its journal only while it is told to.
  private final class Hanging: Sendable {
    private struct Course {
      var answers: Bool
      var questions = 0
      var lines = 0
      /// Closes after each answer.
      var closes = false
      /// Pieces that an answer is sent in, and seconds between them.
      var pieces = 1
      var pause = 0.0
    }
    private let course: Mutex<Course>
    private let session = Mutex<FakeSession?>(nil)

    init(answers: Bool) throws {
      course = Mutex(Course(answers: answers))
      let made = try FakeSession { [weak self] line, _ in try self?.serve(line) }
      session.withLock { $0 = made }
    }

    var place: SocketPlace { session.withLock { $0!.place } }
    var questions: Int { course.withLock { $0.questions } }
    var lines: Int { course.withLock { $0.lines } }
    var answers: Bool {
      get { course.withLock { $0.answers } }
      set { course.withLock { $0.answers = newValue } }
    }
    func closesAfterAnswers() { course.withLock { $0.closes = true } }
    func answersIn(_ pieces: Int, every pause: Double) {
      course.withLock { ($0.pieces, $0.pause) = (pieces, pause) }
    }

    private func serve(_ line: FakeLine) throws {
      course.withLock { $0.lines += 1 }
      _ = try line.heard(Hello.self)
      try line.say(Welcome())
      while true {
        _ = try line.heard(Request.self)
        let course = course.withLock { course in
          course.questions += 1
          return course
        }
        guard course.answers else { continue }
        let bytes = try #require(try Frame.bytes(of: Reply.archive(.sequence(7))))
        let size = (bytes.count + course.pieces - 1) / course.pieces
        for start in stride(from: 0, to: bytes.count, by: size) {
          if start > 0 { Thread.sleep(forTimeInterval: course.pause) }
          try line.send(bytes: Array(bytes[start..<min(start + size, bytes.count)]))
        }
        if course.closes { return }
      }
    }
  }

  /// What is thrown, and how long it took.
  private static func asked(
    _ archive: RemoteArchive
  ) async throws -> (answer: UInt64?, trouble: String, seconds: Double) {
    try await aside {
      let began = ContinuousClock.now
      var (answer, trouble): (UInt64?, String) = (nil, "")
      do { answer = try archive.sequence(atOrBefore: 1) } catch { trouble = "\(error)" }
      return (answer, trouble, began.duration(to: .now) / .seconds(1))
    }
  }

  @Test("one question waits as long as it may and is not asked twice; those after it do not wait")
  func waitsOnce() async throws {
    let session = try Hanging(answers: false)
    let archive = RemoteArchive(session.place, patience: 2)
    let first = try await Self.asked(archive)
    #expect(first.trouble.contains("the session does not answer"))
    #expect(first.seconds >= 1.5 && first.seconds < 3.9, "\(first.seconds)")
    #expect(session.questions == 1)
    let began = ContinuousClock.now
    for _ in 0..<50 {
      let next = try await Self.asked(archive)
      #expect(next.trouble == first.trouble)
    }
    #expect(began.duration(to: .now) < .seconds(1.9))
  }

  @Test("it is asked anew by itself, and what is asked is answered once the session answers again")
  func comesBack() async throws {
    let session = try Hanging(answers: false)
    let archive = RemoteArchive(session.place, patience: 1)
    #expect(try await Self.asked(archive).trouble.contains("does not answer"))
    // Whoever asks meanwhile is never the one who waits.
    var longest = 0.0
    #expect(
      try await comes {
        longest = max(longest, try await Self.asked(archive).seconds)
        return session.questions >= 3
      })
    #expect(longest < 0.9, "\(longest)")
    session.answers = true
    #expect(try await comes { try await Self.asked(archive).answer == 7 })
  }

  @Test("a connection that was closed while nobody asked is made anew, unnoticed")
  func closed() async throws {
    let session = try Hanging(answers: true)
    session.closesAfterAnswers()
    let archive = RemoteArchive(session.place, patience: 10)
    for _ in 0..<5 { #expect(try await Self.asked(archive).answer == 7) }
    #expect(session.lines == 5)
  }

  @Test("an answer that keeps coming over a slow link is waited for")
  func slow() async throws {
    let session = try Hanging(answers: true)
    session.answersIn(8, every: 0.3)
    let archive = RemoteArchive(session.place, patience: 1.5)
    let slow = try await Self.asked(archive)
    #expect(slow.answer == 7)
    #expect(slow.seconds > 1.6)
  }

  /// A recording that lies in memory.
  private final class Shelf: Archive {
    let batches: [Batch]
    init(batches: [Batch]) { self.batches = batches }

    func span() throws -> RecordingSpan? {
      guard let first = batches.first, let last = batches.last else { return nil }
      return RecordingSpan(
        firstSequence: first.first, lastSequence: last.last, first: first.begin, last: last.end)
    }
    func keyframe(atOrBefore sequence: UInt64, format: Int) throws -> KeyframeRecord? { nil }
    func keyframe(at sequence: UInt64) throws -> KeyframeRecord? { nil }
    func sequence(atOrBefore offset: Int64) throws -> UInt64? {
      batches.last { $0.begin.offset <= offset }?.first
    }
    func batches(after sequence: UInt64, limit: Int) throws -> [Batch] {
      Array(batches.filter { $0.last > sequence }.prefix(limit))
    }
    func blob(_ hash: ContentHash) throws -> [UInt8]? { nil }
    func milestones() throws -> [Milestone] { [] }
    func pulses() throws -> [Pulse] { [] }
  }

  /// What a screen that shows a past is told, and asks of it.
  private final class Looks: Sendable {
    struct Seen {
      var count = 0
      var trouble: String?
      var now: Int64 = 0
      var asks: [Past.Ask] = []
    }
    let seen = Mutex(Seen())
  }

  private final class Seat: PastOnlooker {
    private let looks: Looks
    init(_ looks: Looks) { self.looks = looks }

    func look(at state: State, _ course: Past.Course) -> [Past.Ask] {
      looks.seen.withLock { seen in
        seen.count += 1
        seen.trouble = course.trouble ?? seen.trouble
        seen.now = state.present.now.offset
        defer { seen.asks = [] }
        return seen.asks
      }
    }
    func show(_ before: Present, _ after: Present) {}
  }

  @Test("a past whose session hangs stays where it was, says so, and goes on taking keys")
  func past() async throws {
    var recording = ShopRecording()
    let shelf = Shelf(batches: try (0..<10).map { _ in try recording.batch(20) })
    let hangs = Mutex(false)
    let door = JournalDoor {
      while hangs.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
      return shelf
    }
    try await warRoom(archive: door) { room in
      // Whatever comes of it, nothing is left to hang.
      defer { hangs.withLock { $0 = false } }
      let archive = RemoteArchive(room.folder.place(), patience: 2)
      let past = try await aside { try Past(archive, at: .end, grows: true) }
      let looks = Looks()
      let running = Task {
        await past.attach { Seat(looks) }
        await past.run()
      }
      defer { running.cancel() }
      #expect(await comes { looks.seen.withLock { $0.count > 3 } })
      let before = looks.seen.withLock { $0.now }
      hangs.withLock { $0 = true }
      looks.seen.withLock { $0.asks = [.seek(0)] }
      #expect(
        await comes {
          looks.seen.withLock { $0.trouble?.contains("the session does not answer") == true }
        })
      #expect(looks.seen.withLock { $0.now } == before)
      // A key that is held down is answered each time: all of it in less time than one more wait would take.
      let began = ContinuousClock.now
      for _ in 0..<5 {
        looks.seen.withLock { $0.asks = [.step(-5)] }
        past.nudge()
        #expect(await comes { looks.seen.withLock { $0.asks.isEmpty } })
      }
      #expect(began.duration(to: .now) < .seconds(1.9))
      #expect(looks.seen.withLock { $0.now } == before)
      hangs.withLock { $0 = false }
      #expect(
        await comes {
          looks.seen.withLock { $0.asks = [.seek(0)] }
          past.nudge()
          return looks.seen.withLock { $0.now < before }
        })
    }
  }

  @Test("a session that takes nobody in is as one that does not answer")
  func takesNobodyIn() async throws {
    let folder = try ShortFolder()
    let full = try FullSocket(folder.place())
    let archive = RemoteArchive(folder.place(), patience: 0.5)
    let first = try await Self.asked(archive)
    #expect(first.trouble.contains("the session does not answer"))
    #expect(first.seconds < 3)
    #expect(try await Self.asked(archive).seconds < 0.4)
    withExtendedLifetime(full) {}
  }
}

/// A socket before which as many wait as there is room for, and nobody is let in.
private final class FullSocket: Sendable {
  private let descriptors: [Int32]

  init(_ place: SocketPlace) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(place.paths[0].utf8)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    func named(_ body: (UnsafePointer<sockaddr>) -> Int32) -> Int32 {
      withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
      }
    }
    let listening = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var all = [listening]
    let isListening = named { bind(listening, $0, size) } == 0 && listen(listening, 0) == 0
    try #require(isListening)
    for _ in 0..<8 {
      let waiting = socket(
        AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
      all.append(waiting)
      if named({ connect(waiting, $0, size) }) != 0 { break }
    }
    descriptors = all
  }

  deinit { for descriptor in descriptors { close(descriptor) } }
}
