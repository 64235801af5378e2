import Canvas
import Console
import Containment
import Fleet
import Foundation
import Incident
import Presence
import Testing

/// Everybody sees who is here, where they look, and who wants something.
@Suite("Who is here")
struct HerePaneTests {
  typealias Desk = ActionPaneTests.Desk

  @Test("the pane tells everybody's name, role, hand and place, and hands come first")
  func pane() throws {
    for (size, glyphs) in Crew.screens {
      var desk = try Desk(size, glyphs: glyphs)
      desk.story.add(.incident(.declare(by: "ana", title: "slow")))
      desk.story.add(.incident(.command(by: "ana", commander: "ines")))
      desk.console.attendance = Crew.attendance { crew in
        crew[1].isPresenting = true
        crew[1].view = Viewpoint(pane: "runbook", subject: ["pricing-timeout", "pricing", "0707"])
        crew[2].hand = Story.start + 60_000_000_000
        crew[2].follows = 2
        crew[2].isBehind = true
        crew[2].onlyLooks = "from another host (ssh forwarding): may only look"
        crew[2].view = Viewpoint(pane: "fleet", past: desk.story.state.present.now.offset)
      }
      desk.type("W")
      #expect(desk.console.pane == .here)
      let text = desk.text
      let mira = try #require(desk.rows.firstIndex { $0.contains("mira") }, "\(text)")
      #expect(desk.rows[mira].contains("HAND"), "\(text)")
      if size.height < 10 { continue }
      let ines = try #require(
        desk.rows.lastIndex { $0.contains("ines") && $0.contains("commander") })
      #expect(mira < ines, "\(text)")
      #expect(desk.rows[ines].contains("leads") && desk.rows[ines].contains("presents"))
      #expect(text.contains("ana (you)"))
      let wall = try #require(desk.rows.first { $0.contains("ops ") }, "\(text)")
      #expect(wall.contains(" wall "), "\(text)")
      #expect(text.contains("looks at runbook pricing-timeout on pricing"))
      #expect(text.contains("looks at PAST ") && text.contains("Z, the fleet"))
      #expect(desk.rows[mira].contains("approver "), "\(text)")
      #expect(desk.rows[mira].contains("  HAND since 00:46:00Z  follows ines"), "\(text)")
      // What they are stands below each other.
      #expect(
        desk.rows[mira].firstColumn(of: "approver") == desk.rows[ines].firstColumn(of: "commander"),
        "\(text)")
      #expect(text.contains("behind"))
      #expect(text.contains("looks only: from another host (ssh forwarding)"))
      #expect(text.contains("ines leads"))
      desk.type("W")
      #expect(desk.console.pane == .service("pricing"))
    }
  }

  @Test("twenty people stand on one small screen, a line each, and the keys of the pane below them")
  func twenty() throws {
    var desk = try Desk(Size(80, 24))
    desk.console.attendance = Crew.attendance { crew in
      crew = (1...19).map { number in
        Attendee(
          id: UInt64(number), name: "person\(number)", role: .responder, since: Story.start,
          view: Viewpoint(pane: "service", subject: ["pricing"]))
      }
    }
    desk.type("W")
    #expect((1...19).allSatisfy { desk.text.contains(" person\($0) ") }, "\(desk.text)")
    #expect(
      desk.text.components(separatedBy: "looks at service pricing").count == 20, "\(desk.text)")
    for hint in ["follow", "T present", "U hand"] {
      #expect(desk.text.contains(hint), "\(desk.text)")
    }
    desk.type("W")
    #expect(!desk.text.contains("U hand"), "\(desk.text)")
  }

  @Test("the header says how many are here, each name once, and who leads")
  func header() throws {
    var desk = try Desk(Size(160, 40))
    #expect(!desk.rows[0].contains("here"))
    desk.console.attendance = Crew.attendance { crew in
      crew.append(Attendee(id: 5, name: "ines", role: .commander, since: 0))
    }
    #expect(desk.rows[0].contains("3 here"), "\(desk.rows[0])")
    let crew = desk.console.attendance
    desk.console.attendance?.attendees.removeAll { $0.id != 1 && !$0.isWall }
    #expect(!desk.rows[0].contains("here"), "\(desk.rows[0])")
    desk.console.attendance = crew
    desk.story.add(.incident(.declare(by: "ana", title: "slow")))
    desk.story.add(.incident(.command(by: "ana", commander: "ines")))
    var console = ConsoleState(size: Size(200, 40))
    console.attendance = desk.console.attendance
    let first = render(desk.story.state, console).line(0)
    #expect(first.contains("3 here, ines leads"), "\(first)")
  }

  @Test("names and filters of others cannot do anything to the terminal")
  func hostile() throws {
    let name = "e\u{1b}]0;x\u{7}v\u{202e}il\u{9b}31m" + String(repeating: "long", count: 40)
    for (size, glyphs) in Crew.screens + [(Size(1, 1), .unicode), (Size(300, 80), .braille)] {
      var desk = try Desk(size, glyphs: glyphs)
      desk.console.attendance = Crew.attendance { crew in
        for index in crew.indices.dropFirst() {
          crew[index].name = name
          crew[index].onlyLooks = name
          crew[index].hand = .max
          crew[index].since = .min
          crew[index].follows = 77
          crew[index].view = Viewpoint(
            pane: index == 1 ? "fleet" : "runbook", subject: index == 2 ? [] : [name, name],
            selection: name, filter: name, past: index == 3 ? .min : nil)
        }
      }
      for key in ["W", "j", "?"] {
        #expect(
          Crew.isClean(render(desk.story.state, desk.console), glyphs), "\(size)\n\(desk.text)")
        desk.type(key)
        _ = desk.console.heed(desk.story.state)
      }
    }
  }

  @Test("where nobody else can be, it is said, and help says so beside each key")
  func alone() throws {
    var desk = try Desk(Size(80, 150))
    for line in [":here", ":follow ines", ":follow", ":present", ":hand"] {
      desk.effects = []
      desk.line(line)
      #expect(desk.said.hasPrefix("nobody else can be here"), "\(line): \(desk.said)")
      #expect(desk.effects.allSatisfy { $0 == .bell })
    }
    desk.line(":unfollow")
    #expect(desk.said == "you follow nobody")
    desk.type("?")
    #expect(desk.text.contains("raise your hand, or lower it: nobody else can be here"))
  }

  @Test("a pane says who else looks at the same, and not who looks at its past")
  func hereToo() throws {
    var desk = try Desk(Size(160, 40))
    let plan = try ActionPaneTests.plan()
    desk.add(plan)
    desk.console.attendance = Crew.attendance { crew in
      crew[1].view = Viewpoint(pane: "service", subject: ["pricing"])
      crew[2].view = Viewpoint(pane: "action", subject: [plan.id])
      crew[3].view = Viewpoint(pane: "service", subject: ["pricing"])
    }
    #expect(desk.text.contains("here too: ines, mira"), "\(desk.text)")
    desk.console.show(.action(plan.id))
    #expect(desk.text.contains("here too: mira"), "\(desk.text)")
    desk.console.attendance?.attendees[2].view?.past = 5
    #expect(!desk.text.contains("here too"))
  }

  @Test("`:lead` completes the names of those who are here")
  func completing() throws {
    var desk = try Desk(Size(120, 40))
    desk.console.attendance = Crew.attendance()
    desk.story.add(.incident(.declare(by: "ana", title: "slow")))
    desk.type(":lead i")
    desk.press(.tab, .enter)
    #expect(desk.intents == [.intent(.command("ines"))])
  }
}

extension String {
  /// The column in which a word begins, of a row that holds nothing wider than a column; nil where it is not there.
  fileprivate func firstColumn(of word: String) -> Int? {
    range(of: word).map { distance(from: startIndex, to: $0.lowerBound) }
  }
}
