import Canvas
import Console
import Containment
import Fleet
import Incident
import Presence
import Testing

/// Who is called hears it: by name, by a raised hand, by a request that waits.
@Suite("Notices of others")
struct CompanyNoticeTests {
  typealias Desk = ActionPaneTests.Desk

  private static func desk(_ size: Size = Size(120, 40), _ glyphs: GlyphSet = .unicode) throws
    -> Desk
  {
    var desk = try Desk(size, glyphs: glyphs)
    desk.console.attendance = Crew.attendance()
    desk.console.person = Person(name: "ana", uid: 1000)
    _ = desk.console.heed(desk.story.state)
    return desk
  }

  private static func rings(_ desk: inout Desk) -> Bool {
    desk.console.heed(desk.story.state).contains(.ring)
  }

  @Test("a note that calls somebody rings once, and stands until it is seen")
  func mention() throws {
    for (size, glyphs) in Crew.screens where size.height >= 24 {
      var desk = try Self.desk(size, glyphs)
      desk.story.add(.remark(Remark(by: "ines", text: "@ana look at the\u{1b} pool, @mira too")))
      #expect(Self.rings(&desk) && !Self.rings(&desk))
      #expect(desk.text.contains("CALLED by ines"), "\(desk.text)")
      #expect(Crew.isClean(render(desk.story.state, desk.console), glyphs))
      desk.type("!")
      #expect(desk.console.pane == .log && !desk.text.contains("CALLED"))
      #expect(!Self.rings(&desk))
      desk.story.add(.remark(Remark(by: "mira", text: "done, @Ana.")))
      #expect(Self.rings(&desk) && desk.text.contains("CALLED by mira"))
      desk.story.pass(301)
      #expect(!desk.text.contains("CALLED"))
    }
  }

  @Test(
    "only one's own whole name calls, and nobody calls themselves",
    arguments: [
      ("ines", "ask @anastasia"), ("ines", "mail x@ana"), ("ines", "ana"), ("ana", "@ana: me"),
      ("ines", "@ana-b"), ("ines", "@ana.b said so"), ("ines", "@ana_2"), ("ines", "@"),
      ("ines", ""),
    ])
  func notCalled(_ by: String, _ text: String) throws {
    var desk = try Self.desk()
    desk.story.add(.remark(Remark(by: by, text: text)))
    #expect(!Self.rings(&desk) && !desk.text.contains("CALLED"), "\(text)")
  }

  @Test("a raised hand rings for who leads, for all while nobody does, and never for oneself")
  func hand() throws {
    let up: (inout [Attendee]) -> Void = { $0[2].hand = Story.start }
    for (you, leader, isTold) in [
      (UInt64(1), nil, true), (1, "ines", false), (2, "ines", true), (3, nil, false),
      (1, "gone", true), (1, "ana", true),
    ] as [(UInt64, String?, Bool)] {
      var desk = try Desk()
      if let leader {
        desk.story.add(.incident(.declare(by: "ana", title: "slow")))
        desk.story.add(.incident(.command(by: "ana", commander: leader)))
      }
      desk.console.attendance = Crew.attendance(you: you, up)
      #expect(Self.rings(&desk) == isTold, "\(you) \(leader ?? "nobody")")
      #expect(desk.text.contains("HAND mira has a hand up") == isTold, "\(desk.text)")
      guard isTold else { continue }
      desk.type("!")
      #expect(desk.console.pane == .here)
    }
  }

  @Test("everybody sees who has approved and how many are missing: strip, list and dialog")
  func quorum() throws {
    var desk = try Self.desk(Size(200, 60))
    var plan = try ActionPaneTests.plan(approvals: 2)
    plan.policy.approvers = People(users: ["ines", "mira"])
    desk.add(plan)
    #expect(
      desk.text.contains(
        "WAITS cap-concurrency limit=32 on pricing for 2 more of ines, mira, 0 of 2"))
    desk.move(plan, .approve(hash: plan.hash), by: "ines")
    #expect(desk.text.contains("for 1 more of ines, mira, 1 of 2: ines"), "\(desk.text)")
    #expect(!Self.rings(&desk))
    // Whoever neither asked nor approves sees the same in the list and the dialog.
    desk.console.person = Person(name: "eve", uid: 1005)
    desk.console.attendance = Crew.attendance { $0[0].name = "eve" }
    #expect(!desk.text.contains("WAITS"))
    desk.type("a")
    #expect(desk.text.contains("waits for 1 more to approve it, 1 of 2: ines"), "\(desk.text)")
    desk.console.show(.action(plan.id))
    #expect(desk.text.contains("waits for 1 more of ines, mira, 1 of 2: ines"), "\(desk.text)")
    // Whoever asked is told once it is approved.
    desk.console.person = Person(name: "ana", uid: 1000)
    desk.console.attendance = Crew.attendance()
    desk.type("1")
    desk.move(plan, .approve(hash: plan.hash), by: "mira")
    #expect(desk.text.contains("APPROVED cap-concurrency"), "\(desk.text)")
    #expect(Self.rings(&desk) && !Self.rings(&desk))
  }
}
