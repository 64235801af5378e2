import Dispatch
import Fleet
import Foundation
package import Incident
package import Presence
package import Session
import Synchronization

/// Who is here: screens of other logins, and those of this process itself.
///
/// Nothing of it is a fact, and nothing of it is recorded. Everybody is told when it changes: soon of what people
/// decide, less often of where they look, and of many at once less often still.
package final class Muster: EntryFollower {
  private struct Guest {
    var attendee: Attendee
    var principal: Principal
    var told: @Sendable (Roll) -> Void
  }

  private struct Hall {
    /// By when they came.
    var guests: [Guest] = []
    var last: UInt64 = 0
    /// As it is now; nil before it is known.
    var fleet: Fleet?
    var toldAt: ContinuousClock.Instant?
    /// When everybody is told next; nil where there is nothing to tell.
    var due: ContinuousClock.Instant?

    subscript(id: UInt64) -> Int? { guests.firstIndex { $0.attendee.id == id } }

    func role(of principal: Principal) -> Role {
      fleet.map { principal.role(in: $0) } ?? .viewer
    }
  }

  private enum Haste { case now, soon }

  private let hall = Mutex(Hall())
  private let queue = DispatchQueue(label: "damcon.bridge.muster")

  package init() {}

  // MARK: Who comes and goes

  /// Takes in a screen of this process itself.
  ///
  /// - Parameter told: called from another thread whenever it changes who is here, with `you` set.
  /// - Returns: `Attendee.id`, for `act` and `leave`.
  package func join(
    _ principal: Principal, isWall: Bool = false, view: Viewpoint? = nil,
    told: @escaping @Sendable (Attendance) -> Void
  ) -> UInt64 {
    enter(principal, isWall: isWall, view: view) { id, roll in told(roll.attendance(for: id)) }
  }

  /// Takes somebody in, who is told with one list for all.
  func enter(
    _ principal: Principal, isWall: Bool, view: Viewpoint?,
    told: @escaping @Sendable (UInt64, Roll) -> Void
  ) -> UInt64 {
    let now = Muster.now
    let id = hall.withLock { hall in
      hall.last += 1
      let id = hall.last
      let attendee = Attendee(
        id: id, name: principal.name, role: hall.role(of: principal), since: now,
        onlyLooks: principal.onlyLooks, isWall: isWall,
        view: view.flatMap { $0.isSayable ? $0 : nil })
      hall.guests.append(
        Guest(attendee: attendee, principal: principal, told: { told(id, $0) }))
      return id
    }
    tell(.now)
    return id
  }

  package func leave(_ id: UInt64) {
    let isKnown = hall.withLock { hall in
      guard let place = hall[id] else { return false }
      hall.guests.remove(at: place)
      for place in hall.guests.indices where hall.guests[place].attendee.follows == id {
        hall.guests[place].attendee.follows = nil
      }
      return true
    }
    if isKnown { tell(.now) }
  }

  // MARK: What they do

  /// What makes no sense, such as to follow somebody who is not here, changes nothing.
  package func act(_ act: PresenceAct, by id: UInt64) {
    let now = Muster.now
    let haste: Haste? = hall.withLock { hall in
      guard let place = hall[id] else { return nil }
      var attendee = hall.guests[place].attendee
      var haste = Haste.now
      switch act {
      case .look(let view):
        guard view.isSayable else { return nil }
        attendee.view = view
        haste = .soon
      case .raiseHand(let isUp): attendee.hand = isUp ? attendee.hand ?? now : nil
      case .present(let isPresenting): attendee.isPresenting = isPresenting
      case .follow(nil): attendee.follows = nil
      case .follow(let other?):
        guard other != id, hall[other] != nil else { return nil }
        attendee.follows = other
      }
      guard attendee != hall.guests[place].attendee else { return nil }
      hall.guests[place].attendee = attendee
      // Those who look along with somebody do not wait for it.
      let isShown =
        attendee.isPresenting || hall.guests.contains { $0.attendee.follows == id }
      return isShown ? .now : haste
    }
    if let haste { tell(haste) }
  }

  /// Whether somebody takes nothing of what they are told.
  func isBehind(_ id: UInt64, _ isBehind: Bool) {
    let isNew = hall.withLock { hall in
      guard let place = hall[id], hall.guests[place].attendee.isBehind != isBehind else {
        return false
      }
      hall.guests[place].attendee.isBehind = isBehind
      return true
    }
    if isNew { tell(.soon) }
  }

  /// As they are now: of more than anybody reads, those who want something come first.
  package var attendance: Attendance { hall.withLock { Muster.attendance($0) } }

  private static func attendance(_ hall: Hall) -> Attendance {
    let all = hall.guests.map(\.attendee)
    guard all.count > Attendance.most else { return Attendance(attendees: all) }
    let (some, others) = (all.filter(\.wantsSomething), all.filter { !$0.wantsSomething })
    let shown = (some + others).prefix(Attendance.most).sorted { $0.id < $1.id }
    return Attendance(attendees: shown, more: all.count - shown.count)
  }

  // MARK: What they may do

  package func begin(with state: State) { take(state.present.fleet) }

  package func follow(_ entry: Entry, to state: State) {
    if case .fleet(let fleet) = entry.event { take(fleet) }
  }

  private func take(_ fleet: Fleet) {
    let isNew = hall.withLock { hall in
      hall.fleet = fleet
      var isNew = false
      for place in hall.guests.indices {
        let role = hall.role(of: hall.guests[place].principal)
        if hall.guests[place].attendee.role != role { isNew = true }
        hall.guests[place].attendee.role = role
      }
      return isNew
    }
    if isNew { tell(.now) }
  }

  // MARK: Telling

  private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1e9) }

  /// Has everybody told when it is time to.
  private func tell(_ haste: Haste) {
    let now = ContinuousClock.now
    let due: ContinuousClock.Instant? = hall.withLock { hall in
      let count = hall.guests.count
      let gap: Duration =
        haste == .now ? .milliseconds(10 + count) : .milliseconds(max(200, 4 * count))
      let due = max(now, hall.toldAt.map { $0 + gap } ?? now)
      if let planned = hall.due, planned <= due { return nil }
      hall.due = due
      return due
    }
    guard let due else { return }
    queue.asyncAfter(deadline: .now() + now.duration(to: due) / .seconds(1)) { [weak self] in
      self?.callOut(due)
    }
  }

  private func callOut(_ due: ContinuousClock.Instant) {
    let told: (Roll, [Guest])? = hall.withLock { hall in
      // What was planned before something more urgent came was told with that.
      guard hall.due == due else { return nil }
      hall.due = nil
      hall.toldAt = .now
      return (Roll(Muster.attendance(hall)), hall.guests)
    }
    guard let (roll, guests) = told else { return }
    for guest in guests { guest.told(roll) }
  }
}

extension Attendee {
  fileprivate var wantsSomething: Bool { hand != nil || isPresenting || follows != nil }
}
