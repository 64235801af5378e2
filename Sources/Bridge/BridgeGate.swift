import Admission
import Session

/// Who may come in by the control socket, and how often they may ask: counted by user, as the kernel knows them, however
/// many connections they have.
///
/// What is looked up has an allowance of its own, so that a screen that rewinds wildly leaves whoever is before it free
/// to act; and the emergency stop takes off none.
final class BridgeGate: Sendable {
  private let gate: Gate<UInt32>
  private let questions: Allowance<UInt32>
  private let halts = Allowance<UInt32>(perSecond: 100, remembered: BridgeGate.remembered)
  private let limits: BridgeLimits

  /// Users whose allowance is remembered.
  private static let remembered = 256
  /// Of a question: a part of the history as it is handed out, 64 kB at most.
  private static let piece = 1.0 / 16

  init(_ limits: BridgeLimits) {
    self.limits = limits
    gate = Gate(
      Gate.Limits(
        connections: limits.connections, connectionsOfOne: limits.connectionsOfOne,
        requestsPerSecond: limits.requestsPerSecond, remembered: BridgeGate.remembered))
    questions = Allowance(
      perSecond: limits.questionsPerSecond, remembered: BridgeGate.remembered)
  }

  /// Lets somebody in.
  ///
  /// - Returns: why not; nil where they are in, and `leave` is to be called once.
  func enter(_ user: UInt32) -> String? {
    switch gate.enter(user) {
    case nil: nil
    case .full(let most): "too many talk to it at once (\(most)): try again in a moment"
    case .tooManyOfOne(let own):
      "you have \(own) connections to it already: close one, or try again in a moment"
    }
  }

  func leave(_ user: UInt32) { gate.leave(user) }

  // MARK: How often

  /// Takes a request off what a user may send.
  ///
  /// - Returns: why it is not answered; nil where it is.
  func refusal(of request: Request, by user: UInt32) -> String? {
    switch request.charge {
    case .none: nil
    case .request: refusalOfRequest(by: user)
    case .question(let cost):
      questions.allows(user, cost: cost)
        ? nil : "you look up more than is answered in a second: wait a moment"
    }
  }

  /// The emergency stop is never refused: whoever asks for it all the time waits, and for nobody but themselves.
  func wait(for request: Request, by user: UInt32) async {
    guard case .halt = request else { return }
    while !halts.allows(user), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
  }

  func refusal(of intent: Intent, by user: UInt32) -> String? {
    if case .halt = intent { return nil }
    return refusalOfRequest(by: user)
  }

  /// Takes one request off, whatever it is.
  func refusalOfRequest(by user: UInt32) -> String? {
    guard !gate.allows(user) else { return nil }
    return "more than \(Int(limits.requestsPerSecond)) requests a second: wait a moment"
  }

  /// Takes a piece of the history off what a user may look up; false: it is told later.
  func allowsPiece(to user: UInt32) -> Bool { questions.allows(user, cost: BridgeGate.piece) }
}
