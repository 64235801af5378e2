import Canvas
import Dispatch
import Export
import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a daemon says on standard error, a line each: to a person, to a file, or to the system's journal.
///
/// Written by a thread of its own: a reader that has stopped holds up nothing but the lines.
final class ServeLog: Sendable {
  /// As the system log numbers them.
  enum Level: Int, Sendable {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6

    fileprivate var word: String {
      switch self {
      case .error: "error"
      case .warning: "warning"
      case .notice: "notice"
      case .info: "info"
      }
    }
  }

  /// How a line is made.
  enum Form: Sendable {
    /// `2026-11-21T01:02:03Z warning: …`
    case text
    /// `<4>…`: the system's journal knows the time itself.
    case numbered
    /// `{"at":…,"level":…,"text":…}`
    case json
  }

  let form: Form
  private let queue = DispatchQueue(label: "damcon.log")
  private let waiting = Mutex((lines: 0, dropped: 0))

  /// Lines kept for a reader that has stopped; those after them are counted.
  private static let limit = 5_000
  /// Characters of a line; nothing a service says makes a page of it.
  private static let longest = 2_000

  init(_ form: Form) { self.form = form }

  func put(_ level: Level, _ text: String) {
    let line = line(level, text)
    let isTaken = waiting.withLock { waiting in
      guard waiting.lines < ServeLog.limit else {
        waiting.dropped += 1
        return false
      }
      waiting.lines += 1
      return true
    }
    guard isTaken else { return }
    queue.async { [self] in
      let dropped = waiting.withLock { waiting in
        waiting.lines -= 1
        defer { waiting.dropped = 0 }
        return waiting.dropped
      }
      if dropped > 0 {
        write(self.line(.warning, "\(dropped) lines were dropped: they were not read in time"))
      }
      write(line)
    }
  }

  /// Writes what waits, as far as the reader takes it within `seconds`.
  func close(within seconds: Double) {
    let done = DispatchSemaphore(value: 0)
    queue.async { done.signal() }
    _ = done.wait(timeout: .now() + seconds)
  }

  private func line(_ level: Level, _ text: String) -> String {
    let flat = text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    let said = String(flat.prefix(ServeLog.longest))
    switch form {
    case .numbered: return "<\(level.rawValue)>\(DisplayText.sanitised(said))\n"
    case .text:
      return "\(ServeLog.now) \(level.word): \(DisplayText.sanitised(said))\n"
    case .json:
      let object = JSONText.object([
        ("at", .string(ServeLog.now)), ("level", .string(level.word)), ("text", .string(said)),
      ])
      return object.compact + "\n"
    }
  }

  private static var now: String { Date().formatted(.iso8601) }

  private func write(_ line: String) {
    var line = line
    line.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let base = UnsafeBufferPointer(rebasing: rest)
        let written = systemWrite(base)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
      }
    }
  }

  /// The form that who reads standard error understands.
  ///
  /// - Parameter stream: `JOURNAL_STREAM`: the device and the number of the stream that is the system's journal's.
  static func form(json: Bool, stream: String?) -> Form {
    if json { return .json }
    var status = stat()
    guard let stream, fstat(STDERR_FILENO, &status) == 0,
      stream == "\(status.st_dev):\(status.st_ino)"
    else { return .text }
    return .numbered
  }
}

private func systemWrite(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
  write(STDERR_FILENO, bytes.baseAddress, bytes.count)
}
