import Containment
import Foundation
import Health

/// How a program came to its end.
enum ProgramEnd: Sendable, Hashable {
  case exited(Int32)
  case signalled(Int32)
  /// Its time was over.
  case stopped

  /// - Parameter status: as `waitpid` tells it.
  init(_ status: Int32, wasStopped: Bool) {
    if wasStopped {
      self = .stopped
    } else if status & 0x7f == 0 {
      self = .exited((status >> 8) & 0xff)
    } else {
      self = .signalled(status & 0x7f)
    }
  }

  /// A program that was killed may have done it: nobody knows.
  ///
  /// - Parameter said: the last that it said, fit to be shown.
  func answer(
    _ success: [ClosedRange<Int>], _ timeout: Double, _ said: String
  ) -> ActionAnswer {
    let words = words(timeout) + (said.isEmpty ? "" : ": \(said)")
    switch self {
    case .exited(let code):
      return success.contains { $0.contains(Int(code)) } ? .applied(words) : .failed(words)
    case .signalled, .stopped: return .unknown(words)
    }
  }

  func words(_ timeout: Double) -> String {
    switch self {
    case .exited(let code): "exit code \(code)"
    case .signalled(let number): "it was ended by signal \(number)"
    case .stopped: "it did not end in \(Words.duration(timeout)) and was stopped"
    }
  }
}
