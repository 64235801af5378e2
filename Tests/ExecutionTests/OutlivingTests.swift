import Containment
import Execution
import Synchronization
import Testing

/// A program that goes on after who began it is waited for, and looked up once it has ended.
@Suite(.timeLimit(.minutes(1)))
struct OutlivingTests {
  /// Says of a program that it goes on for so many looks, and then what came of it.
  private final class Supervised: OrderExecutor {
    private let looks: Mutex<Int>
    private let end: SpooledOutcome
    private let asked = Mutex(0)

    init(looks: Int, end: SpooledOutcome = .ended(.applied("exit code 0"))) {
      self.looks = Mutex(looks)
      self.end = end
    }

    var count: Int { asked.withLock(\.self) }

    func outcome(of name: SendingName, _ order: PlannedOrder) async -> SpooledOutcome {
      asked.withLock { $0 += 1 }
      return looks.withLock { looks in
        guard looks > 0 else { return end }
        looks -= 1
        return .running
      }
    }

    func send(
      _ order: PlannedOrder, as name: SendingName, key: String?, timeout: Double,
      began: @escaping @Sendable () async -> String?
    ) async -> ActionAnswer { .failed("nothing is sent again") }

    func read(
      _ reading: PlannedReading, timeout: Double
    ) async -> Result<Argument, ReadingError> { .failure(ReadingError(reason: "nobody answers")) }

    func tryOut(_ order: PlannedOrder, timeout: Double) async -> Result<String, ReadingError>? {
      nil
    }
  }

  /// A run whose program was begun by a process that is gone.
  private func left() async throws -> MemoryLedger {
    let action = Action(
      name: "restart", kind: .restart,
      order: .command(CommandOrder([try Template("systemctl"), try Template("restart")])))
    let step = ActionPlan.Step(
      target: "pricing", service: "pricing", kind: .restart,
      order: .command(PlannedCommand(arguments: ["systemctl", "restart"])))
    let plan = ActionPlan(id: "run-1", of: action, service: "pricing", steps: [step], by: "ann")
    let ledger = MemoryLedger()
    await ledger.confirm(plan)
    for step in [ActionMove.Step.intend(hash: plan.hash), .send(target: "pricing")] {
      #expect(
        await ledger.enter(ActionMove(run: "run-1", by: ActionMove.itself, step: step)) == nil)
    }
    await ledger.lose("run-1")
    #expect(await ledger.state("run-1") == .unknown)
    return ledger
  }

  @Test("It is looked at again until it has ended, and its outcome is known then")
  func waits() async throws {
    let ledger = try await left()
    let carrier = ActionCarrier(executor: Supervised(looks: 4), ledger: ledger)
    #expect(await carrier.reconcile("run-1") == "pricing: it goes on still")
    #expect(await ledger.state("run-1") == .unknown)
    #expect(await carrier.outwait("run-1", every: .milliseconds(5)))
    #expect(await carrier.reconcile("run-1") == nil)
    #expect(await ledger.state("run-1") == .applied)
  }

  @Test("Where nothing goes on nothing is waited for")
  func nothing() async throws {
    let executor = Supervised(looks: 0, end: .none)
    let carrier = ActionCarrier(executor: executor, ledger: try await left())
    #expect(await !carrier.outwait("run-1", every: .seconds(600)))
    #expect(executor.count == 1)
    #expect(await !carrier.outwait("nobody", every: .seconds(600)))
  }

  @Test("Whoever settles it meanwhile ends the waiting")
  func settled() async throws {
    let ledger = try await left()
    let executor = Supervised(looks: .max)
    let carrier = ActionCarrier(executor: executor, ledger: ledger)
    let waiting = Task { await carrier.outwait("run-1", every: .milliseconds(5)) }
    #expect(await eventually { executor.count > 2 })
    let cancel = ActionMove(run: "run-1", by: "bob", step: .cancel(reason: "it is up"))
    #expect(await ledger.enter(cancel) == nil)
    #expect(await waiting.value)
    #expect(await ledger.state("run-1") == .inconclusive)
  }
}
