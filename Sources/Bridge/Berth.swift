import Containment
import Incident
import Session
import Synchronization

/// The place of one screen that stays: what is done for it is done by who the kernel says is before it.
package struct Berth: Sendable {
  /// `Attendee.id`
  let id: UInt64
  let principal: Principal
  let session: Session
  let muster: Muster
  let broadcast: Broadcast
  let tickets: TicketBook
  /// Tells the screen who is here; it is empty until there is one.
  let ear: RollEar

  var onlyLooks: String? { principal.onlyLooks }

  /// Does what is asked, whether or not somebody waits for it still.
  func submit(_ intent: Intent) async -> IntentOutcome {
    if let flaw = intent.flaw { return IntentOutcome(refusal: flaw) }
    if principal.onlyLooks == nil, case .plan(let wish) = intent {
      let runs = await session.read { $0.present.actionRuns.map(\.plan.id) }
      guard tickets.take(wish.ticket, beside: runs) else {
        return IntentOutcome(
          refusal: "somebody has asked for something under the same ticket: ask again")
      }
    }
    return await session.submit(intent, by: principal)
  }
}

/// Whom the muster tells, once somebody listens; the newest roll waits for that.
final class RollEar: Sendable {
  private struct Told {
    var newest: Roll?
    var listener: (@Sendable (Roll) -> Void)?
  }

  private let told = Mutex(Told())

  func hear(_ roll: Roll) {
    // Under the lock: once another one listens, the one before is called no more.
    told.withLock { told in
      if let listener = told.listener { listener(roll) } else { told.newest = roll }
    }
  }

  /// - Parameter listener: must return at once.
  func listen(_ listener: @escaping @Sendable (Roll) -> Void) {
    let newest = told.withLock { told in
      told.listener = listener
      defer { told.newest = nil }
      return told.newest
    }
    if let newest { listener(newest) }
  }
}
