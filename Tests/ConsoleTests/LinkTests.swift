import Canvas
import Console
import Containment
import Fleet
import Incident
import Presence
import Testing

/// What is not live never looks as if it were, and what cannot be asked for is refused with the reason.
@Suite("The link to the session")
struct LinkTests {
  typealias Desk = ActionPaneTests.Desk

  @Test(
    "LIVE is said while the link is whole, and never while it is not",
    arguments: [
      Link.Phase.behind, .lost,
    ])
  func notLive(_ phase: Link.Phase) throws {
    for (size, glyphs) in Crew.screens + [(Size(40, 4), .unicode), (Size(200, 60), .ascii)] {
      var desk = try Desk(size, glyphs: glyphs)
      desk.type("1")
      let word = phase == .lost ? "LOST 12s" : "BEHIND 12s"
      desk.console.link = Link()
      #expect(!desk.text.contains(word))
      if size.width >= 80 { #expect(desk.rows[0].contains("LIVE")) }
      desk.console.link = Link(phase, seconds: 12, attempt: 4, nextTry: 3)
      // The columns of a service's two probes say nothing of the link.
      let said = desk.text.replacing("LIVE READY", with: "")
      #expect(!said.contains("LIVE"), "\(size)\n\(desk.text)")
      #expect(desk.text.contains(word), "\(size)\n\(desk.text)")
      #expect(Crew.isClean(render(desk.story.state, desk.console), glyphs))
      if size.width >= 80 { #expect(desk.rows[0].contains(word), "\(desk.rows[0])") }
    }
  }

  @Test("a lost link says why, when it is tried again, and of when what is shown is")
  func lost() throws {
    var desk = try Desk(Size(120, 40))
    desk.console.link = Link(.lost, seconds: 12, attempt: 4, nextTry: 3)
    let row = try #require(desk.rows.first { $0.contains("▲ LOST") })
    #expect(
      row.contains(
        "LOST 12s: the session does not answer: trying again in 3s (try 4); what is shown is as of "
      ),
      "\(row)")
    desk.console.link = Link(.lost, seconds: 1, words: "bad\u{1b}[2J\u{202e}words", attempt: 1)
    #expect(desk.text.contains("trying again now (try 1)"))
    #expect(Crew.isClean(render(desk.story.state, desk.console), .unicode))
    desk.console.link = Link(.lost, seconds: .min, attempt: .max, nextTry: .min)
    #expect(desk.text.contains("LOST 0s"))
  }

  @Test("before anything was shown it is being joined: nothing is said to be of any time")
  func connecting() throws {
    for (size, glyphs) in Crew.screens + [(Size(40, 4), .unicode), (Size(200, 60), .ascii)] {
      var console = ConsoleState(size: size, glyphs: glyphs)
      console.link = Link(
        .connecting, seconds: 3, words: "the state of the session is on its way", hasHistory: false)
      let state = Story(Fleet(name: "")).state
      let frame = render(state, console)
      #expect(Crew.isClean(frame, glyphs))
      let text = frame.text
      #expect(text.contains("CONNECTING") || text.contains("joining the session"), "\(text)")
      for word in ["LOST", "BEHIND", "LIVE", "as of", "polls"] {
        #expect(!frame.line(0).contains(word) && !frame.line(1).contains(word), "\(text)")
      }
      if size.width >= 80 {
        #expect(frame.line(0).contains("CONNECTING"))
        #expect(
          text.contains("joining the session: the state of the session is on its way"), "\(text)")
      }
    }
  }

  @Test("while it is being joined nothing is asked for either")
  func refusedWhileConnecting() throws {
    var desk = try Desk(Size(120, 40))
    let plan = try ActionPaneTests.plan(risk: .low)
    desk.open(plan)
    desk.console.link = Link(.connecting)
    desk.type("y")
    #expect(desk.said == "the session is being joined: nothing can be asked of it yet")
    desk.effects = []
    desk.line(":poll")
    #expect(desk.said.hasPrefix("the session is being joined"))
    #expect(desk.intents.isEmpty)
  }

  @Test("while it is lost nothing is asked for, and each key says so")
  func refused() throws {
    var desk = try Desk(Size(120, 40))
    let plan = try ActionPaneTests.plan(risk: .low)
    desk.open(plan)
    #expect(desk.confirmation != nil)
    desk.console.link = Link(.lost, seconds: 2)
    #expect(desk.text.contains("the session does not answer"))
    desk.type("y")
    #expect(desk.said == "the session does not answer: nothing can be asked of it now")
    desk.effects = []
    for line in [":reload", ":stop now", ":poll", ":note what I see", ":hold all"] {
      desk.line(line)
      if line != ":hold all" {
        #expect(desk.said.hasPrefix("the session does not answer"), "\(line)")
      }
    }
    #expect(desk.effects.allSatisfy { $0 == .bell }, "\(desk.effects)")
    desk.console.link = Link()
    desk.effects = []
    desk.type("y")
    #expect(desk.intents == [.intent(.confirm(run: plan.id, hash: plan.hash))])
  }

  @Test("a screen that may only look says why, and what acts is dim with that reason")
  func onlyLooks() throws {
    for (size, glyphs) in Crew.screens {
      var desk = try Desk(size, glyphs: glyphs)
      let plan = try ActionPaneTests.plan(risk: .low)
      desk.open(plan)
      desk.console.link = Link(onlyLooks: "from another host (ssh forwarding): may only look")
      if size.height >= 24 {
        #expect(
          desk.text.contains("LOOKS ONLY: from another host (ssh forwarding)"), "\(desk.text)")
        #expect(desk.text.contains("this screen only looks"))
      } else {
        #expect(desk.text.contains("look only"), "\(desk.text)")
      }
      desk.type("y")
      #expect(desk.intents.isEmpty)
      #expect(
        desk.said == "this screen only looks: from another host (ssh forwarding): may only look")
      desk.type("a")
      if size.width >= 80 { #expect(desk.text.contains("this screen only looks")) }
      desk.press(.home, .enter)
      #expect(desk.intents.isEmpty)
    }
  }

  @Test("a chart whose samples have not come says so, and is not an empty one")
  func history() throws {
    for glyphs in [GlyphSet.unicode, .braille, .ascii] {
      var desk = try Desk(Size(120, 40), glyphs: glyphs)
      #expect(!desk.text.contains("history is on its way"))
      desk.console.link = Link(hasHistory: false)
      #expect(desk.text.contains("history is on its way"), "\(desk.text)")
      #expect(!desk.text.contains("no traffic in the last minute"))
      desk.type("1")
      let row = try #require(desk.rows.first { $0.contains(" catalog ") })
      #expect(row.contains("on its way"), "\(row)")
    }
  }
}
