import Containment
import Incident
import Session
import Synchronization

extension SessionBridge {
  /// Seconds for which a caller waits to see that something has begun.
  private static let patience = Duration.seconds(20)
  private static let step = Duration.milliseconds(20)

  /// Waits until a run is as wanted, for a while.
  func wait(for run: String, until isWanted: @escaping @Sendable (ActionRun) -> Bool) async {
    let deadline = ContinuousClock.now + SessionBridge.patience
    while ContinuousClock.now < deadline {
      let isSo = await session.read { state in
        state.present.actionRun(run).map(isWanted) ?? true
      }
      if isSo { return }
      do { try await Task.sleep(for: SessionBridge.step) } catch { return }
    }
  }

  /// Has something carried out that may take its time, and answers once it has begun to be, or was refused.
  func carryOut(_ intent: Intent, on run: String, by principal: Principal) async -> Reply {
    let before = await session.read { $0.present.actionRun(run)?.state }
    guard let before else { return .refused(reason: "there is no action \(run)") }
    let said = Said()
    // It goes on though the caller does not wait for it any more.
    Task { [session] in
      let outcome = await session.submit(intent, by: principal)
      said.outcome.withLock { $0 = outcome }
    }
    let deadline = ContinuousClock.now + SessionBridge.patience
    while ContinuousClock.now < deadline {
      if let outcome = said.outcome.withLock({ $0 }) {
        // A sentence about what did not go well beside what did: the run tells it.
        let after = await session.read { $0.present.actionRun(run)?.state }
        if let refusal = outcome.refusal, after == before { return .refused(reason: refusal) }
        return await seen(run)
      }
      let isBegun = await session.read { state in
        guard let now = state.present.actionRun(run)?.state else { return true }
        return now != before
      }
      if isBegun { return await seen(run) }
      do { try await Task.sleep(for: SessionBridge.step) } catch { break }
    }
    return .refused(
      reason: "it is asked for and has not begun, since its targets are being read still: "
        + "look at damcon action status \(run)")
  }
}

/// What came of an intent, once it is known.
private final class Said: Sendable {
  let outcome = Mutex<IntentOutcome?>(nil)
}
