import Bridge
import Fleet
import Foundation
import Incident
import Presence
import Session
import Synchronization
import Testing

/// Who is here, as those in this process see it too.
@Suite("Who is here")
struct MusterTests {
  /// What somebody was told, the newest last.
  private final class Told: Sendable {
    private let kept = Mutex<[Attendance]>([])
    var all: [Attendance] { kept.withLock { $0 } }
    func hear(_ attendance: Attendance) { kept.withLock { $0.append(attendance) } }
  }

  private static let ana = Principal(name: "ana", uid: 4001)
  private static let ben = Principal(name: "ben", uid: 4002)

  @Test("those of this process are told too, each with their own number")
  func local() async throws {
    let muster = Muster()
    let (first, second) = (Told(), Told())
    let ana = muster.join(Self.ana, told: first.hear)
    let ben = muster.join(Self.ben, isWall: true, told: second.hear)
    try await soon { first.all.last?.attendees.count == 2 && second.all.last?.you == ben }
    #expect(first.all.last?.you == ana)
    #expect(second.all.last?[ben]?.isWall == true)
    muster.leave(ben)
    try await soon { first.all.last?.attendees.map(\.name) == ["ana"] }
    muster.leave(ben)
    #expect(muster.attendance.attendees.count == 1)
  }

  @Test("many looks are told as few, and the last of them is told")
  func coalesced() async throws {
    let muster = Muster()
    let told = Told()
    let ana = muster.join(Self.ana, told: told.hear)
    for place in 0..<1000 {
      muster.act(.look(Viewpoint(pane: "service", subject: ["s\(place)"])), by: ana)
    }
    try await soon { told.all.last?[ana]?.view?.subject == ["s999"] }
    #expect(told.all.count < 20)
  }

  @Test("what makes no sense changes nothing")
  func senseless() {
    let muster = Muster()
    let ana = muster.join(Self.ana, told: { _ in })
    let before = muster.attendance
    muster.act(.follow(ana), by: ana)
    muster.act(.follow(77), by: ana)
    muster.act(.raiseHand(true), by: 77)
    let long = String(repeating: "x", count: Viewpoint.longest + 1)
    muster.act(.look(Viewpoint(pane: long)), by: ana)
    #expect(muster.attendance == before)
  }

  @Test("who was first to raise a hand stays first, however often they raise it")
  func hands() {
    let muster = Muster()
    let ana = muster.join(Self.ana, told: { _ in })
    muster.act(.raiseHand(true), by: ana)
    let first = muster.attendance[ana]?.hand
    muster.act(.raiseHand(true), by: ana)
    #expect(first != nil && muster.attendance[ana]?.hand == first)
    muster.act(.raiseHand(false), by: ana)
    #expect(muster.attendance.hands.isEmpty)
  }

  @Test("roles are those of the fleet file as it is now")
  func roles() async throws {
    let muster = Muster()
    let session = Session(fleet: Room.fleet(nil), clock: HeldClock())
    await session.tell(muster)
    let told = Told()
    let ana = muster.join(Self.ana, told: told.hear)
    var looker = Self.ben
    looker.onlyLooks = "from another host (ssh forwarding): may only look"
    let ben = muster.join(looker, told: { _ in })
    #expect(muster.attendance[ana]?.role == .responder)
    #expect(muster.attendance[ben]?.role == .viewer)
    let grants = [Access.Grant(.commander, users: ["ana", "ben"])]
    session.inbox.put(.fleet(Room.fleet(Access(grants: grants))))
    await session.drain()
    #expect(muster.attendance[ana]?.role == .commander)
    #expect(muster.attendance[ben]?.role == .viewer, "that screen only looks")
    try await soon { told.all.last?[ana]?.role == .commander }
  }

  @Test("of more than anybody reads, those who want something are told of")
  func crowd() {
    let muster = Muster()
    let all = (0..<150).map { number in
      muster.join(Principal(name: "u\(number)"), told: { _ in })
    }
    muster.act(.raiseHand(true), by: all[149])
    let told = muster.attendance
    #expect(told.attendees.count == Attendance.most)
    #expect(told.more == 50)
    #expect(told.hands.map(\.id) == [all[149]])
    #expect(told.attendees.map(\.id) == told.attendees.map(\.id).sorted())
  }
}
