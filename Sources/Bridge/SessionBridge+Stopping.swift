import Containment
import Foundation
import Incident
import Session

/// What is neither a plan nor a step in the life of one.
extension SessionBridge {
  static var process: Int32 { getpid() }

  /// Asks what a plan would do: a sentence a target.
  func tryOut(_ run: String, by principal: Principal) async -> Reply {
    guard await session.read({ $0.present.actionRun(run) != nil }) else {
      return .refused(reason: "there is no action \(run)")
    }
    let outcome = await session.submit(.tryOut(run: run), by: principal)
    if let refusal = outcome.refusal { return .refused(reason: refusal) }
    return .tried(answers: outcome.warnings)
  }

  func halt(_ reason: String, by principal: Principal) async -> Reply {
    let outcome = await session.submit(.halt(reason: reason), by: principal)
    if let refusal = outcome.refusal { return .refused(reason: refusal) }
    let words = await session.read { $0.present.halt?.words }
    return words.map { .done(words: $0) } ?? .refused(reason: "it could not be written down")
  }

  func lift(by principal: Principal) async -> Reply {
    let outcome = await session.submit(.lift, by: principal)
    if let refusal = outcome.refusal { return .refused(reason: refusal) }
    let words = await session.read { $0.present.halt?.words }
    return words.map { .refused(reason: $0) } ?? .done(words: "the emergency stop is lifted")
  }
}
