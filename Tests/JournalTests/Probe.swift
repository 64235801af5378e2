import Foundation
import Synchronization

/// A process of the tests' own, whose lines are heard as they are said.
final class Probe: Sendable {
  private let process: Process
  private let input = Pipe()
  private let heard = Mutex<[UInt8]>([])

  init(_ arguments: String...) throws {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    process = Process()
    process.executableURL = folder.appendingPathComponent("JournalProbe")
    process.arguments = arguments
    process.standardInput = input
    let output = Pipe()
    process.standardOutput = output
    output.fileHandleForReading.readabilityHandler = { [weak self] handle in
      let data = handle.availableData
      if data.isEmpty {
        handle.readabilityHandler = nil
        self?.isOver.set()
      }
      self?.heard.withLock { $0 += data }
    }
    try process.run()
  }

  private let isOver = OSAllocatedFlag()

  /// The whole lines so far.
  var lines: [String] {
    let bytes = heard.withLock { $0 }
    guard let end = bytes.lastIndex(of: 0x0a) else { return [] }
    return String(decoding: bytes[...end], as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Waits until it has said so many lines.
  func wait(lines count: Int, seconds: Double = 20) -> Bool {
    waitUntil(seconds) { lines.count >= count || isOver.isSet } && lines.count >= count
  }

  func kill() { _ = Foundation.kill(process.processIdentifier, SIGKILL) }

  /// Waits for its end, and for its last words.
  func end(seconds: Double = 20) -> Bool {
    waitUntil(seconds) { !process.isRunning && isOver.isSet }
  }

  var id: Int32 { process.processIdentifier }

  deinit { if process.isRunning { kill() } }
}

func waitUntil(_ seconds: Double, _ isSo: () -> Bool) -> Bool {
  let end = Date(timeIntervalSinceNow: seconds)
  while !isSo() {
    guard Date() < end else { return false }
    usleep(2000)
  }
  return true
}
