import Containment
import Foundation
import Synchronization

/// Where in its life the probe kills itself, as no handler of its own could.
///
/// It is written as `act:at:durable-send` or `recover:after:before-reconcile:1500`: in which half of the life, at a
/// point or so many microseconds after it, and at which one. `never` is none.
final class KillPoint: Sendable {
  /// What a life is made of.
  enum Half: String, Sendable {
    /// What an earlier life left is brought to an end.
    case recover
    /// An action is planned, done, proved and taken back.
    case act
  }

  private struct Mark: Sendable {
    var half: Half
    var point: String
    /// nil: at once.
    var microseconds: UInt32?
  }

  private let mark: Mark?
  private let half = Mutex(Half.recover)

  /// nil where `text` says none of what is above.
  init?(_ text: String) {
    let words = text.split(separator: ":").map(String.init)
    switch (words.first.flatMap(Half.init), words.dropFirst().first, words.count) {
    case (let half?, "at"?, 3): mark = Mark(half: half, point: words[2])
    case (let half?, "after"?, 4):
      guard let time = UInt32(words[3]) else { return nil }
      mark = Mark(half: half, point: words[2], microseconds: time)
    case (nil, nil, 1) where text == "never": mark = nil
    default: return nil
    }
  }

  func enter(_ next: Half) { half.withLock { $0 = next } }

  /// Says that the life has come to a point; it may end there.
  func reach(_ point: String) {
    guard let mark, mark.point == point, half.withLock({ $0 }) == mark.half else { return }
    guard let time = mark.microseconds else { return KillPoint.die() }
    Thread.detachNewThread {
      usleep(time)
      KillPoint.die()
    }
  }

  static func die() {
    kill(getpid(), SIGKILL)
    // The signal is on its way: nothing is done before it arrives.
    while true { pause() }
  }
}

extension ActionMove {
  /// In one word, as a point is named by.
  var word: String {
    switch step {
    case .plan: "plan"
    case .approve: "approve"
    case .confirm: "confirm"
    case .intend: "intend"
    case .send: "send"
    case .answer: "answer"
    case .reconcile: "reconcile"
    case .intendRevert: "intendRevert"
    case .sendRevert: "sendRevert"
    case .answerRevert: "answerRevert"
    default: "other"
    }
  }
}
