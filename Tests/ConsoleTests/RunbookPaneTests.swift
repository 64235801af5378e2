import Canvas
import Conditions
import Console
import Fleet
import Foundation
import Health
import Incident
import Runbooks
import Telemetry
import Testing

/// The runbook that matches is one key away, says why, and keeps track of who did what.
@Suite("Runbook panes")
struct RunbookPaneTests {
  private static let words = """
    # Pricing times out

    ## Meaning
    p99 is {{ signal p99_ms }}, of nobody {{ signal tokio_tasks_of_nobody }}.

    ## Diagnosis
    1. Look at \u{1b}[31m the pool
    2. Find the stalled tasks
       - Go: `curl :6060/debug/pprof/goroutine`
       - Rust: `tokio-console http://127.0.0.1:6669`

    ## Containment
    1. [Cap concurrency](action:cap) at 32
    2. Decide: roll back, or wait
    3. `when: health is draining` Drain it

    | name | limit |
    |------|------:|
    | p99  | 800ms |
    """

  private static func runbook(
    _ id: String = "pricing-timeout", match: String? = "health is not healthy", text: String = words
  ) throws -> Runbook {
    var card = RunbookCard(id: id, title: "Pricing times out", hash: [UInt8](id.utf8))
    card.match = try match.map { try Condition($0) }
    card.scope = RunbookScope(services: ["pricing"])
    card.indicators = [
      Indicator(name: "p99", condition: try Condition("p99_ms > 800ms")),
      Indicator(name: "errors", condition: try Condition("error_ratio > 5%")),
    ]
    card.verification = try Verification([try Condition("p99_ms < 800ms")])
    card.escalation = [EscalationLevel(after: 600, to: "@jon", channel: "#pricing")]
    card.triage = TriageBox(within: 600, decide: "contain or roll back", otherwise: "roll back")
    return Runbook(card: card, path: "\(id).md", text: RunbookText(text), source: text)
  }

  private struct Desk {
    var story: Story
    var console: ConsoleState
    var effects: [Effect] = []

    init(_ runbooks: [Runbook], size: Size = Size(120, 40), story: Story = .incident) {
      self.story = story
      self.story.add(.runbooks(runbooks.map(\.card)))
      console = ConsoleState(size: size)
      console.library = RunbookLibrary(runbooks)
    }

    /// What is asked for becomes an entry, as in a session.
    mutating func press(_ keys: Key...) {
      for key in keys {
        for effect in console.reduce(.key(key), over: story.state) {
          effects.append(effect)
          if case .intent(.runbook(let service, let pin, let deed)) = effect {
            story.add(
              .runbook(RunbookAct(by: "ana", service: service, runbook: pin, deed: deed)))
          }
        }
      }
    }

    mutating func type(_ text: String) { for character in text { press(.character(character)) } }

    var text: String { render(story.state, console).text }
    var work: RunbookWork? { story.state.present.works.first }
  }

  private static func onPricing(_ desk: inout Desk) {
    desk.type(":service pricing")
    desk.press(.enter)
  }

  @Test("r opens the one that matches and says why; once more shows all")
  func opens() throws {
    var desk = Desk([try Self.runbook()])
    Self.onPricing(&desk)
    desk.press(.character("r"))
    #expect(desk.console.pane.place == .runbook)
    #expect(desk.text.contains("matched: health "))
    #expect(desk.text.contains("CONTAINMENT  0 of 3"))
    #expect(desk.text.contains("INDICATORS"))
    desk.press(.character("r"))
    #expect(desk.console.pane.place == .runbooks)
    desk.press(.enter)
    #expect(desk.console.pane.place == .runbook)
  }

  @Test("equal ones are not chosen between; none is said as none")
  func ties() throws {
    var desk = Desk([try Self.runbook("one"), try Self.runbook("two")])
    Self.onPricing(&desk)
    desk.press(.character("r"))
    #expect(desk.console.pane.place == .runbooks)
    #expect(desk.text.contains("2 fit equally well"))
    desk = Desk([try Self.runbook("other", match: "rate > 100000")])
    Self.onPricing(&desk)
    desk.press(.character("r"))
    #expect(desk.text.contains("No runbook matches what pricing shows now."))
  }

  @Test("x checks off with who and when, and opens again; the words are the journal's")
  func checks() throws {
    var desk = Desk([try Self.runbook()])
    Self.onPricing(&desk)
    desk.press(.character("r"), .character("x"))
    #expect(desk.work?.mark(of: "diagnosis.1")?.mark.outcome == .done)
    #expect(desk.text.contains("done by ana"))
    #expect(desk.text.contains("DIAGNOSIS  1 of 2"))
    // The cursor went on to the next open step.
    desk.press(.character("x"))
    #expect(desk.work?.mark(of: "diagnosis.2")?.mark.outcome == .done)
    desk.press(.up, .up, .up, .up, .character("x"))
    #expect(desk.work?.mark(of: "diagnosis.1") == nil)
  }

  @Test(
    "from a step that was checked off the cursor goes to the next open one, wherever it was put")
  func goesOn() throws {
    var desk = Desk([try Self.runbook()])
    Self.onPricing(&desk)
    desk.press(.character("r"), .down, .character("x"), .character("x"))
    #expect(desk.work?.mark(of: "diagnosis.2")?.mark.outcome == .done)
    #expect(desk.work?.mark(of: "containment.1")?.mark.outcome == .done)
    #expect(desk.work?.mark(of: "diagnosis.1") == nil)
    // Whoever goes back to one means it.
    desk.press(.up, .character("x"))
    #expect(desk.work?.mark(of: "containment.1") == nil)
    #expect(desk.work?.mark(of: "diagnosis.2")?.mark.outcome == .done)
  }

  @Test("the cursor stays on a step for as long as nothing came of checking it off")
  func staysUntilDone() throws {
    var desk = Desk([try Self.runbook()])
    Self.onPricing(&desk)
    desk.press(.character("r"), .down)
    for _ in 0..<2 {
      // What is asked for does not become an entry.
      let effects = desk.console.reduce(.key(.character("x")), over: desk.story.state)
      guard case .intent(.runbook(_, _, .mark(let mark)))? = effects.first else {
        Issue.record("nothing was asked")
        return
      }
      #expect(mark.step == "diagnosis.2" && mark.outcome == .done)
    }
  }

  @Test("where all is done, no step is opened again that nobody went to")
  func allDone() throws {
    var desk = Desk([try Self.runbook(text: "# A\n\n## Containment\n1. One\n2. Two\n")])
    Self.onPricing(&desk)
    desk.press(.character("r"), .down, .character("x"), .character("x"))
    #expect(desk.work?.marks.count == 2)
    desk.press(.character("x"))
    #expect(desk.work?.marks.count == 2)
    #expect(desk.effects.last == .bell)
    #expect(desk.text.contains("every step is done"))
    desk.press(.down, .character("x"))
    #expect(desk.work?.mark(of: "containment.2") == nil)
    #expect(desk.work?.mark(of: "containment.1")?.mark.outcome == .done)
  }

  @Test("a decision and a skip ask for words, and take none for none")
  func asks() throws {
    var desk = Desk([try Self.runbook()])
    Self.onPricing(&desk)
    desk.press(.character("r"), .down, .down, .down, .enter)
    #expect(desk.console.prompt != nil)
    desk.press(.enter)
    #expect(desk.console.prompt?.problem != nil)
    desk.type("wait ten minutes")
    desk.press(.enter)
    #expect(desk.work?.mark(of: "containment.2")?.mark.outcome == .decided("wait ten minutes"))
    #expect(desk.text.contains("decided: wait ten minutes"))
    desk.press(.character("s"))
    desk.type("only one is left")
    desk.press(.enter)
    #expect(
      desk.work?.mark(of: "containment.3")?.mark.outcome == .skipped(reason: "only one is left"))
    desk.press(.character("n"))
    desk.type("postgres is back")
    desk.press(.enter)
    #expect(desk.work?.notes.map(\.text) == ["postgres is back"])
    #expect(desk.text.contains("postgres is back"))
  }

  @Test("an action is not pretended to: it is said that it is done by hand")
  func actions() throws {
    var desk = Desk([try Self.runbook()])
    Self.onPricing(&desk)
    desk.press(.character("r"), .down, .down, .enter)
    #expect(desk.effects.last == .bell)
    #expect(desk.text.contains("do it by hand"))
    #expect(desk.work == nil)
  }

  @Test("the fitting variant is first, and its command is what is copied")
  func variants() throws {
    var desk = Desk([try Self.runbook()])
    Self.onPricing(&desk)
    desk.press(.character("r"), .down)
    let text = desk.text
    let rust = try #require(text.range(of: "▸ Rust"))
    let go = try #require(text.range(of: "  Go\n") ?? text.range(of: " Go "))
    #expect(rust.lowerBound < go.lowerBound)
    desk.press(.enter, .character("1"))
    #expect(desk.effects.last == .copy("tokio-console http://127.0.0.1:6669"))
  }

  @Test("a precondition that does not hold is said before anybody follows it")
  func preconditions() throws {
    var desk = Desk([try Self.runbook()])
    Self.onPricing(&desk)
    desk.press(.character("r"))
    #expect(desk.text.contains("not now: needs health is draining"))
  }

  @Test("values of the moment are marked as live, and what is not known is not blank")
  func values() throws {
    var desk = Desk([try Self.runbook()], size: Size(200, 60))
    Self.onPricing(&desk)
    desk.press(.character("r"))
    #expect(desk.text.contains(" live, "))
    #expect(desk.text.contains("? tokio tasks of nobody not known"))
  }

  @Test("nothing of a file reaches the terminal raw")
  func raw() throws {
    var desk = Desk([try Self.runbook()])
    Self.onPricing(&desk)
    desk.press(.character("r"))
    #expect(!desk.text.contains("\u{1b}"))
  }

  @Test("a message says what, since when, what was done and what is asked")
  func message() throws {
    var desk = Desk([try Self.runbook()])
    desk.story.add(.incident(.declare(by: "ana", title: "slow")))
    Self.onPricing(&desk)
    desk.press(.character("r"), .character("x"), .character("m"))
    guard case .copy(let text)? = desk.effects.last else {
      Issue.record("nothing was copied")
      return
    }
    #expect(text.hasPrefix("pricing "))
    #expect(text.contains("Done: diagnosis 1 done"))
    #expect(text.contains("Asked: @jon in #pricing: contain or roll back"))
    #expect(text.contains("Runbook: pricing-timeout"))
    #expect(desk.console.pane.place == .message)
  }

  @Test("timers count from when the incident was opened")
  func timers() throws {
    var desk = Desk([try Self.runbook()])
    desk.story.add(.incident(.declare(by: "ana", title: "slow")))
    desk.story.pass(60)
    Self.onPricing(&desk)
    desk.press(.character("r"))
    // It was opened 2 minutes and 20 seconds ago, by checkout's going down.
    #expect(desk.text.contains("@jon in #pricing in 7m40s"))
    #expect(desk.text.contains("contain or roll back in 7m40s"))
    desk.story.pass(600)
    #expect(desk.text.contains("@jon in #pricing is due"))
    #expect(desk.text.contains("roll back now"))
  }

  @Test("an incident is not resolved while what proves it has not held, unless with a reason")
  func resolve() throws {
    var desk = Desk([try Self.runbook()])
    desk.story.add(.incident(.declare(by: "ana", title: "slow")))
    Self.onPricing(&desk)
    desk.press(.character("r"), .character("x"))
    desk.type(":resolve")
    desk.press(.enter)
    #expect(desk.effects.last == .bell)
    #expect(desk.text.contains("has not held"))
    desk.type(":resolve drained by hand")
    desk.press(.enter)
    #expect(desk.effects.last == .intent(.resolve(reason: "drained by hand")))
  }

  @Test("a hand-over says what is open, what was done and what is next")
  func handover() throws {
    var desk = Desk([try Self.runbook()])
    desk.story.add(.incident(.declare(by: "ana", title: "slow")))
    desk.story.add(.incident(.severity(by: "ana", .sev2)))
    desk.story.add(.incident(.command(by: "ana", commander: "jon")))
    Self.onPricing(&desk)
    desk.press(.character("r"), .character("x"))
    desk.type(":handover")
    desk.press(.enter)
    for part in [
      "open 1m, since 00:47:10Z: checkout", "sev2, jon leads", "BROKEN NOW", "diagnosis 1 done",
      "containment 1", "@jon in #pricing",
    ] {
      #expect(desk.text.contains(part), "\(part)")
    }
    desk.press(.character("y"))
    guard case .copy(let text)? = desk.effects.last else {
      Issue.record("nothing was copied")
      return
    }
    #expect(text.contains("INCIDENT"))
  }

  @Test("a text that changed underneath is said, and the one that was begun with stays")
  func changed() throws {
    var desk = Desk([try Self.runbook()])
    Self.onPricing(&desk)
    desk.press(.character("r"), .character("x"))
    var newer = try Self.runbook()
    newer.card.hash = [9]
    newer.card.revision = "abc1234"
    desk.story.add(.runbooks([newer.card]))
    desk.console.library = RunbookLibrary([newer]).keeping(desk.console.library)
    #expect(desk.text.contains("changed since: in force is git abc1234"))
    #expect(desk.text.contains("done by ana"))
  }

  @Test("search goes over all the words; Esc shows all again")
  func search() throws {
    var desk = Desk([
      try Self.runbook("alpha", text: "# A\n\nthe zebra\n"), try Self.runbook("beta"),
    ])
    Self.onPricing(&desk)
    desk.press(.character("r"), .character("/"))
    desk.type("zebra")
    desk.press(.enter)
    #expect(desk.text.contains("1 of 2 runbooks hold"))
    #expect(desk.text.contains("alpha"))
    #expect(!desk.text.contains("beta "))
    desk.press(.escape)
    #expect(desk.console.pane.place == .runbooks)
    #expect(desk.text.contains("beta"))
  }

  @Test("nothing is done in the past", arguments: ["x", "s"])
  func past(key: String) throws {
    var desk = Desk([try Self.runbook()])
    let now = desk.story.state.present.now
    desk.console.playback = Playback(source: .live, from: now, to: now)
    Self.onPricing(&desk)
    desk.press(.character("r"), .character(Character(key)))
    #expect(desk.work == nil)
    #expect(desk.console.prompt == nil)
    #expect(!desk.effects.contains { if case .intent = $0 { true } else { false } })
  }

  @Test(
    "every size is drawn whole",
    arguments: [Size(1, 1), Size(20, 5), Size(44, 10), Size(80, 24), Size(109, 30), Size(300, 80)])
  func sizes(size: Size) throws {
    for keys in ["r", "rr", "rjjjjjj", "rm", "rG"] {
      var desk = Desk([try Self.runbook()], size: size)
      Self.onPricing(&desk)
      desk.type(keys)
      let frame = render(desk.story.state, desk.console)
      #expect(frame.size == size)
      #expect(frame.text.contains { !$0.isWhitespace })
    }
  }
}
