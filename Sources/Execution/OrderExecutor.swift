package import Containment

/// Carries out one planned order at a time, each once, and looks up what is so.
package protocol OrderExecutor: Sendable {
  /// Does it, and waits for what comes of it.
  ///
  /// - Parameters:
  ///   - name: which of all that a run does this is; what was done under a name is not done again.
  ///   - key: tells a target that two requests are the same one.
  ///   - timeout: seconds for all of it, reading its secrets included.
  ///   - began: told when nothing but the first byte, or the program's first instruction, is left to do; what
  ///     it returns is why it may not be done after all.
  func send(
    _ order: PlannedOrder, as name: SendingName, key: String?, timeout: Double,
    began: @escaping @Sendable () async -> String?
  ) async -> ActionAnswer

  /// What is so at a target now.
  ///
  /// - Parameter timeout: seconds for all of it.
  func read(
    _ reading: PlannedReading, timeout: Double
  ) async -> Result<Argument, ReadingError>

  /// What an order would do, in the words of what was asked; nil where it cannot be tried out.
  func tryOut(_ order: PlannedOrder, timeout: Double) async -> Result<String, ReadingError>?

  /// What came of an order that another process began, and did not live to hear of.
  func outcome(of name: SendingName, _ order: PlannedOrder) async -> SpooledOutcome
}

/// What is known of an order after the process that began it has gone.
package enum SpooledOutcome: Sendable, Hashable {
  /// It goes on at this moment.
  case running
  case ended(ActionAnswer)
  /// Nothing says what came of it, or whether it was begun.
  case none
}

/// Why nobody knows what is so at a target.
package struct ReadingError: Error, Sendable, Hashable, CustomStringConvertible {
  package var reason: String
  package init(reason: String) { self.reason = reason }
  package var description: String { reason }
}
