import Foundation
import Subprocess

/// The clipboard inside tmux, which keeps OSC 52 to itself unless it is told otherwise.
enum TmuxBuffer {
  static var isHere: Bool { !(ProcessInfo.processInfo.environment["TMUX"] ?? "").isEmpty }

  /// Gives `text` to tmux, which passes it on to the terminal outside; false where it would not.
  static func load(_ text: String) async -> Bool {
    let result = try? await run(
      .name("tmux"), arguments: ["load-buffer", "-w", "-"], input: .string(text),
      output: .discarded, error: .discarded)
    return result?.terminationStatus.isSuccess ?? false
  }
}
