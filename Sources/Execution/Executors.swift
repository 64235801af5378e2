package import Containment

/// Each order by the executor that it is for.
package final class Executors: OrderExecutor {
  private let http: HTTPExecutor
  private let command: CommandExecutor

  package init(http: HTTPExecutor, command: CommandExecutor) {
    self.http = http
    self.command = command
  }

  private func executor(of order: PlannedOrder) -> any OrderExecutor {
    switch order {
    case .http: http
    case .command: command
    }
  }

  package func send(
    _ order: PlannedOrder, as name: SendingName, key: String?, timeout: Double,
    began: @escaping @Sendable () async -> String?
  ) async -> ActionAnswer {
    await executor(of: order).send(order, as: name, key: key, timeout: timeout, began: began)
  }

  package func read(
    _ reading: PlannedReading, timeout: Double
  ) async -> Result<Argument, ReadingError> {
    await executor(of: reading.order).read(reading, timeout: timeout)
  }

  package func tryOut(
    _ order: PlannedOrder, timeout: Double
  ) async -> Result<String, ReadingError>? {
    await executor(of: order).tryOut(order, timeout: timeout)
  }

  package func outcome(of name: SendingName, _ order: PlannedOrder) async -> SpooledOutcome {
    await executor(of: order).outcome(of: name, order)
  }
}
