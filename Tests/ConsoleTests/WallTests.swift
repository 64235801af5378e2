import Canvas
import Console
import Containment
import Fleet
import Health
import Incident
import Presence
import Runbooks
import Testing

/// What hangs on a wall is read from the back of the room by people who press no key.
@Suite("Wall")
struct WallTests {
  /// An incident with all that a wall can tell of: clocks, a lead, somebody in a runbook.
  static func story(_ base: Story = .fallingBack) -> Story {
    var story = base
    var card = RunbookCard(id: "pricing-timeout", title: "Pricing is slow", hash: [1, 2, 3])
    card.escalation = [
      EscalationLevel(after: 400, to: "@secondary", channel: "#pricing"),
      EscalationLevel(after: 900, to: "@platform"),
    ]
    card.triage = TriageBox(within: 600, decide: "contain or roll back")
    story.add(.runbooks([card]))
    story.add(.incident(.declare(by: "ana", title: "prices are old")))
    story.add(.incident(.severity(by: "ana", .sev1)))
    story.add(.incident(.command(by: "ana", commander: "ana")))
    story.add(
      .runbook(
        RunbookAct(by: "jon", service: "pricing", runbook: .init(card), deed: .begin)))
    story.pass(2)
    return story
  }

  static func console(
    _ size: Size, _ wall: Wall = Wall(), glyphs: GlyphSet = .unicode
  ) -> ConsoleState {
    var console = ConsoleState(size: size, glyphs: glyphs)
    console.wall = wall
    return console
  }

  /// Every page of a wall, by keys alone.
  static func panes(
    _ story: Story, _ console: ConsoleState
  ) -> [(pane: WallPane, frame: Frame)] {
    var console = console
    let count = WallPages(story.state, console, console.wall ?? Wall()).pages.count
    return (0..<count).map { _ in
      defer { _ = console.reduce(.key(.right), over: story.state) }
      return (
        WallPane(console.wall ?? Wall(), story.state, console), render(story.state, console)
      )
    }
  }

  private static let stories: [Story] = [
    story(), story(.incident), .calm, .beginning, .hostile, .large(100), Story(Fleet(name: "")),
  ]

  // MARK: From the back of the room

  @Test("80x24 tells six facts at most, and the numbers that count in five rows or more")
  func six() throws {
    for story in Self.stories {
      for (pane, frame) in Self.panes(story, Self.console(Size(80, 24))) {
        #expect((1...6).contains(pane.facts.count), "\(frame.text)")
        guard pane.facts.contains(where: { $0.figure != nil }) else { continue }
        #expect(!pane.large.facts.isEmpty && pane.large.rows >= 5, "\(frame.text)")
        let rows = (0..<24).filter { y in frame.row(y).contains { $0.glyph == Glyph("█") } }
        #expect(rows.count >= 5, "\(frame.text)")
      }
    }
  }

  @Test("a larger wall tells more, and larger")
  func larger() throws {
    let story = Self.story()
    var before = (facts: 0, rows: 0)
    for size in [Size(80, 24), Size(120, 40), Size(200, 60)] {
      let pane = WallPane(Wall(pinned: .now), story.state, Self.console(size))
      #expect(pane.facts.count > before.facts && pane.large.rows >= before.rows, "\(size)")
      before = (pane.facts.count, pane.large.rows)
    }
    #expect(before.rows >= 10)
  }

  @Test("40x12 still has a number in five rows, and 20x5 the worst in words")
  func small() {
    let story = Self.story(.incident)
    #expect(WallPane(Wall(), story.state, Self.console(Size(40, 12))).large.rows >= 5)
    let frame = render(story.state, Self.console(Size(20, 5), Wall(pinned: .now)))
    #expect(frame.text.contains("checkout"), "\(frame.text)")
  }

  @Test("whatever the size a frame is whole, and ASCII where that is all there is")
  func anySize() {
    for story in Self.stories {
      for size in [
        Size(0, 0), Size(1, 1), Size(3, 2), Size(20, 5), Size(29, 9), Size(40, 12), Size(79, 17),
        Size(120, 40), Size(200, 60),
      ] {
        for glyphs in [GlyphSet.unicode, .ascii] {
          for (_, frame) in Self.panes(story, Self.console(size, glyphs: glyphs)) {
            #expect(frame.size == size)
            for y in 0..<size.height {
              #expect(frame.row(y).reduce(0) { $0 + Int($1.width) } == size.width)
            }
            if glyphs.isASCII { #expect(frame.text.unicodeScalars.allSatisfy { $0.isASCII }) }
          }
        }
      }
    }
  }

  @Test("every fact has a shape and words beside its colour")
  func shapes() {
    for story in Self.stories {
      for (pane, _) in Self.panes(story, Self.console(Size(200, 60))) {
        for fact in pane.facts {
          #expect(!fact.mark.isEmpty, "\(fact)")
          #expect(
            !fact.status.isEmpty || fact.figure != nil || !fact.words.isEmpty || fact.id == "more",
            "\(fact)")
        }
      }
    }
  }

  @Test("a number has few signs, however large it is, and is never 0 for what is not")
  func numbers() {
    typealias Figure = WallFact.Figure
    #expect(Figure(percent: 0.381, "").digits == "38")
    #expect(Figure(percent: 0.0421, "").digits == "4.2")
    #expect(Figure(percent: 0.00001, "").digits == "<0.1")
    #expect(Figure(percent: 0.999, "").digits == "99" && Figure(percent: 1, "").digits == "100")
    #expect(Figure(seconds: 239, "").line == "3m" && Figure(seconds: 59.9, "").line == "59s")
    #expect(Figure(latency: 0.3104, "").line == "310ms")
    #expect(Figure(latency: 5, sign: ">", "").line == ">5s")
    #expect(Figure(latency: 2.44, "p99").line == "2.4s p99")
    #expect(Figure(times: 9.33, "").line == "9.3x" && Figure(times: 31.2, "").line == "31x")
    for value in [0, -1, 1e-9, 1e9, 1e300, .infinity, -.infinity, .nan] as [Double] {
      for figure in [
        Figure(percent: value, ""), Figure(seconds: value, ""), Figure(times: value, ""),
        Figure(latency: value, sign: ">", ""),
      ] {
        #expect((1...6).contains(figure.digits.count), "\(value): \(figure.digits)")
      }
    }
  }

  @Test("what is longer than the wall is cut, and moves nothing")
  func long() {
    let name = String(repeating: "very-long-", count: 60)
    var story = Story(
      Fleet(name: name, services: [Service(name: name, instances: [Instance(url: "http://a:1")])]))
    story.fault(name, "http://a:1", Fault(.refused, name))
    story.pass(3)
    story.fault(name, "http://a:1", Fault(.refused, name))
    story.pass(3)
    let frame = render(story.state, Self.console(Size(80, 24)))
    #expect(frame.text.contains("…") && frame.text.contains("very-long-"))
    #expect(frame.line(0).contains("Z") || frame.line(1).contains("Z"), "\(frame.text)")
  }

  @Test(
    "numbers are drawn of full cells in their colour, and never bold: fonts have odd bold blocks")
  func plainBlocks() {
    for story in [Self.story(), Story.calm] {
      for (_, frame) in Self.panes(story, Self.console(Size(80, 24))) {
        let blocks = frame.cells.filter { $0.glyph == Glyph("█") }
        #expect(!blocks.contains { $0.style.adds.contains(.bold) })
      }
    }
    let blocks = render(Story.calm.state, Self.console(Size(80, 24))).cells.filter {
      $0.glyph == Glyph("█")
    }
    #expect(!blocks.isEmpty && blocks.allSatisfy { $0.style.role == .healthy })
  }

  // MARK: In turns

  @Test("without a key every page has its turn, for as long as it was asked")
  func rotation() throws {
    var story = Self.story()
    let console = Self.console(Size(80, 24), Wall(rotation: 10))
    var titles: [String] = []
    for _ in 0..<120 {
      titles.append(WallPages(story.state, console, try #require(console.wall)).shown.title)
      story.pass(1)
    }
    let all = WallPages(story.state, console, try #require(console.wall)).pages.map(\.title)
    #expect(all.count >= 4 && Set(all).isSubset(of: titles), "\(all) \(Set(titles))")
    #expect(all.first == "WORST NOW")
    let changes = zip(titles, titles.dropFirst()).count { $0 != $1 }
    #expect((10...14).contains(changes), "\(changes)")
  }

  @Test(
    "space keeps a page and lets go of it, arrows turn pages, q quits, nothing else does anything")
  func keys() throws {
    var story = Self.story()
    var console = Self.console(Size(80, 24))
    func topic() -> Wall.Topic? {
      WallPages(story.state, console, console.wall ?? Wall()).shown.topic
    }
    let first = topic()
    #expect(console.reduce(.key(.right), over: story.state).isEmpty)
    let second = topic()
    #expect(second != first)
    _ = console.reduce(.key(.left), over: story.state)
    #expect(topic() == first)
    _ = console.reduce(.key(.character(" ")), over: story.state)
    #expect(console.wall?.pinned == first)
    story.pass(40)
    #expect(topic() == first)
    #expect(render(story.state, console).text.contains("kept"))
    _ = console.reduce(.key(.right), over: story.state)
    #expect(console.wall?.pinned == second && topic() == second)
    _ = console.reduce(.key(.character(" ")), over: story.state)
    #expect(console.wall?.pinned == nil)
    let before = console
    for key in [Key.escape, .enter, .character("?"), .character("a"), .character(":"), .tab, .up] {
      #expect(console.reduce(.key(key), over: story.state).isEmpty)
    }
    _ = console.reduce(.mouse(.press(Point(3, 3))), over: story.state)
    _ = console.reduce(.paste("q"), over: story.state)
    #expect(console == before)
    _ = console.reduce(.resize(Size(120, 40)), over: story.state)
    #expect(console.size == Size(120, 40))
    #expect(console.reduce(.key(.character("q")), over: story.state) == [.quit])
    #expect(console.wantsToQuit)
  }

  @Test("a page that is kept gives way once there is nothing to say of it")
  func keptInVain() {
    let console = Self.console(Size(80, 24), Wall(pinned: .fallbacks))
    #expect(render(Self.story().state, console).text.contains("FALLBACKS"))
    #expect(render(Story.calm.state, console).text.contains("ALL WELL"))
  }

  @Test("the picture moves a cell each minute, and never leaves its margin")
  func shift() throws {
    var story = Story.calm
    let console = Self.console(Size(80, 24))
    var origins: [Point] = []
    for _ in 0..<40 {
      let pane = WallPane(try #require(console.wall), story.state, console)
      #expect(render(story.state, console) == pane.frame)
      origins.append(pane.origin)
      story.skip(60)
      story.add(.tick)
    }
    for (a, b) in zip(origins, origins.dropFirst()) {
      #expect(abs(a.x - b.x) + abs(a.y - b.y) == 1, "\(a) \(b)")
    }
    #expect(Set(origins).count == 15)
    #expect(origins.allSatisfy { (0...4).contains($0.x) && (0...2).contains($0.y) })
  }

  @Test("no row is a bar from edge to edge, which would stay in the glass")
  func noBars() {
    for story in Self.stories {
      var console = Self.console(Size(80, 24))
      if story.state == Self.story().state { console.playback = .file(story) }
      for (_, frame) in Self.panes(story, console) {
        for y in 0..<24 {
          let filled = frame.row(y).count {
            [.pastStrip, .fallbackStrip, .environmentDanger].contains($0.style.role)
          }
          #expect(filled < 20, "\(frame.text)")
        }
      }
    }
  }

  // MARK: What is not known is not well

  @Test("when all is well one calm page says so, and how old that is")
  func calm() {
    let frame = render(Story.calm.state, Self.console(Size(80, 24)))
    #expect(frame.text.contains("ALL WELL") && frame.text.contains("8 services healthy"))
    #expect(frame.text.contains("the oldest answer is 5s old"), "\(frame.text)")
  }

  @Test("what is stale, unknown or unheard is never drawn as well")
  func stale() {
    var silent = Story.calm
    silent.pass(120)
    for story in [silent, .beginning, Story(Fleet(name: ""))] {
      for size in [Size(20, 5), Size(80, 24), Size(200, 60)] {
        for (pane, frame) in Self.panes(story, Self.console(size)) {
          #expect(!frame.text.contains("ALL WELL") && !frame.text.contains("all is well"))
          #expect(!pane.facts.contains { $0.role == .healthy || $0.role == .good })
          #expect(
            !frame.cells.contains { $0.style.role == .healthy || $0.style.role == .good },
            "\(frame.text)")
        }
      }
    }
    #expect(render(silent.state, Self.console(Size(80, 24))).text.contains("stale"))
    #expect(render(silent.state, Self.console(Size(80, 24))).text.contains("POLLS LATE"))
  }

  @Test("while what is shown may be old, all that was well is not known to be")
  func old() {
    for size in [Size(40, 12), Size(80, 24), Size(200, 60)] {
      var console = Self.console(size)
      console.link = Link(.behind, seconds: 7)
      let frame = render(Story.calm.state, console)
      #expect(frame.text.contains("NOT KNOWN: as of ") && frame.text.contains("BEHIND"))
      #expect(!frame.text.contains("ALL WELL") && !frame.text.contains("all is well"))
      #expect(!frame.cells.contains { $0.style.role == .healthy || $0.style.role == .good })
      console.link = Link()
      #expect(render(Story.calm.state, console).text.contains("ALL WELL"))
    }
    var story = Story.calm
    for _ in 0..<60 {
      story.skip(1)
      story.add(.tick)
      let text = render(story.state, Self.console(Size(80, 24))).text
      #expect(!(text.contains("POLLS LATE") && text.contains("ALL WELL")), "\(text)")
    }
  }

  @Test("before anything was shown nothing is said of the fleet, not even that it has no services")
  func joining() {
    for size in [Size(20, 5), Size(40, 12), Size(80, 24), Size(200, 60)] {
      var console = Self.console(size)
      console.link = Link(.connecting, seconds: 2, words: "the state is on its way")
      let text = render(Story(Fleet(name: "")).state, console).text
      #expect(text.contains("CONNECTING"), "\(text)")
      #expect(!text.contains("no service") && !text.contains("LOST") && !text.contains("Z"))
    }
  }

  @Test("a lost link is said in large letters, and what was is not said to be")
  func lost() throws {
    for story in [Story.calm, Self.story()] {
      for size in [Size(40, 12), Size(80, 24), Size(200, 60)] {
        var console = Self.console(size)
        console.link = Link(.lost, seconds: 42, words: "the session does not answer", nextTry: 3)
        let pane = WallPane(try #require(console.wall), story.state, console)
        #expect(pane.facts.first?.figure?.digits == "LOST" && pane.large.rows >= 5)
        #expect(pane.frame.text.contains("LINK LOST") && pane.frame.text.contains("42s"))
        #expect(
          pane.facts.dropFirst().allSatisfy { $0.id == "more" || $0.status.hasPrefix("was:") })
        #expect(!pane.frame.cells.contains { $0.style.role == .healthy || $0.style.role == .good })
      }
    }
    var console = Self.console(Size(80, 24))
    console.link = Link(.behind, seconds: 7)
    #expect(render(Story.calm.state, console).text.contains("BEHIND"))
    // While nothing comes the wall goes on moving: its glass does not know that the link is lost.
    console.link = Link(.lost, seconds: 0)
    let before = render(Story.calm.state, console)
    console.link = Link(.lost, seconds: 60)
    let wall = try #require(console.wall)
    #expect(render(Story.calm.state, console) != before)
    #expect(
      WallPane(wall, Story.calm.state, console).origin != Point(0, 0))
  }

  @Test("the past says so")
  func past() {
    for story in [Story.calm, Self.story()] {
      for size in [Size(20, 5), Size(40, 12), Size(80, 24), Size(200, 60)] {
        var console = Self.console(size)
        console.playback = .file(story)
        for (_, frame) in Self.panes(story, console) {
          #expect(frame.text.contains("PAST"), "\(frame.text)")
          #expect(!frame.text.contains("all is well") && !frame.text.contains("POLLS LATE"))
        }
      }
    }
  }

  @Test("an emergency stop stands on every page, with who")
  func halt() {
    var story = Self.story()
    story.add(.halt(HaltMove(by: "ana", step: .stop(reason: "wrong cluster"))))
    for (pane, frame) in Self.panes(story, Self.console(Size(80, 24))) {
      #expect(frame.text.contains("EMERGENCY STOP") && frame.text.contains("by ana"))
      #expect(pane.facts.count <= 6)
    }
  }

  // MARK: Who is on it

  @Test("clocks count down to whom they call, and say who leads")
  func clocks() throws {
    let story = Self.story()
    let console = Self.console(Size(80, 24), Wall(pinned: .clocks))
    let text = render(story.state, console).text
    #expect(text.contains("to ESCALATE") && text.contains("to @secondary in #pricing"), "\(text)")
    #expect(text.contains("to decide") && text.contains("ana leads"))
    var later = story
    later.pass(460)
    let wide = Self.console(Size(200, 60), Wall(pinned: .clocks))
    #expect(render(later.state, wide).text.contains("@secondary in #pricing is due"))
  }

  @Test("what is under way is told with what proves it, who does it, and who is here")
  func actions() throws {
    var desk = try ActionPaneTests.Desk(Size(80, 24))
    let plan = try ActionPaneTests.plan(approvals: 1)
    desk.add(plan)
    desk.console.wall = Wall(pinned: .actions)
    desk.console.attendance = Attendance(
      attendees: [
        Attendee(id: 1, name: "ana", role: .commander, since: 0),
        Attendee(id: 2, name: "jon", role: .approver, since: 0, hand: 5),
        Attendee(id: 3, name: "screen", role: .viewer, since: 0, isWall: true),
      ], you: 3)
    let asked = render(desk.story.state, desk.console).text
    #expect(asked.contains("APPROVAL missing") && asked.contains("cap-concurrency"), "\(asked)")
    #expect(asked.contains("jon asks to be heard") && asked.contains("ana, jon"))
    #expect(!asked.contains("screen"))
    desk.move(plan, .approve(hash: plan.hash), by: "jon")
    desk.carryOut(plan)
    desk.story.pass(2)
    let proving = render(desk.story.state, desk.console).text
    #expect(proving.contains("verifying") && proving.contains("approved by jon"), "\(proving)")
  }

  @Test("who has approved is told by the words that may be read, and not by the status")
  func approvers() throws {
    var desk = try ActionPaneTests.Desk(Size(200, 60))
    let plan = try ActionPaneTests.plan(approvals: 2)
    desk.add(plan)
    desk.move(plan, .approve(hash: plan.hash), by: "xanthippe")
    for (veiled, isNamed) in [([.people], false), ([], true)] as [(Set<Veil.Rule>, Bool)] {
      desk.console.wall = Wall(veiled: veiled)
      let panes = Self.panes(desk.story, desk.console)
      let fact = panes.flatMap(\.pane.facts).first { $0.id == "action/\(plan.id)" }
      #expect(fact?.status == "waits for 1 more, 1 of 2")
      #expect(fact?.words.contains("xanthippe") == isNamed)
      #expect(panes.contains { $0.frame.text.contains("waits for 1 more, 1 of 2") })
      #expect(panes.contains { $0.frame.text.contains("xanthippe") } == isNamed)
    }
  }

  // MARK: Costs

  @Test("of 5,000 services the same few are told as if all were in order, and the others counted")
  func many() throws {
    let story = Story.large(5000)
    let present = story.state.present
    let troubled = present.services.indices.filter {
      present.urgency(ofServiceAt: $0).trouble > 0
        || present.services[$0].verdict.state != .healthy
    }
    let urgencies = present.services.indices.map(present.urgency(ofServiceAt:))
    let worst = troubled.sorted {
      urgencies[$1] < urgencies[$0] || !(urgencies[$0] < urgencies[$1]) && $0 < $1
    }
    for veiled in [[], Set(Veil.Rule.allCases), [.services], [.addresses]] as [Set<Veil.Rule>] {
      let wall = Wall(veiled: veiled, pinned: .services)
      let pages = WallPages(story.state, Self.console(Size(200, 60), wall), wall)
      for page in pages.pages { #expect(page.facts.count <= WallPages.most, "\(page.title)") }
      let page = try #require(pages.pages.first { $0.topic == .services })
      #expect(page.facts.count + page.more == troubled.count && troubled.count > 160)
      #expect(
        page.facts.map(\.id)
          == worst.prefix(WallPages.most).map { "service/\(present.services[$0].definition.name)" })
    }
  }

  @Test("the first of many are found by few comparisons of each, in whatever order they come")
  func foremost() {
    for count in [5000, 10_000] {
      let rising = Array(0..<count)
      for (items, each) in [
        (rising, 2), (rising.reversed(), 6), (rising.map { $0 * 4999 % count }, 6),
      ] {
        var compared = 0
        var found = Foremost<Int>(16) {
          compared += 1
          return $0 < $1
        }
        for item in items { found.add(item) }
        #expect(found.items == Array(items.sorted().prefix(16)) && found.count == count)
        #expect(compared <= each * count, "\(compared) of \(count)")
      }
    }
    var alike = Foremost<(rank: Int, place: Int)>(3) { $0.rank < $1.rank }
    for place in 0..<9 { alike.add((place % 2, place)) }
    #expect(alike.items.map(\.place) == [0, 2, 4] && alike.count == 9)
  }

  @Test("what it costs to find names does not grow with how many of them there are")
  func finding() {
    let text = "queue of service-4711 is full: ask service-12, or whoever serves service-x"
    var costs: [Int] = []
    for count in [5000, 50_000] {
      var finder = NameFinder()
      for place in 0..<count { finder.add("service-\(place)", "service \(place % 7)") }
      // Eight bytes that all begin with, and up to five that are one of ten.
      #expect(finder.cost <= 60 * count, "\(finder.cost) of \(count)")
      var cost = 0
      let said = finder.replaced(in: text, &cost)
      #expect(
        said == "queue of service \(4711 % 7) is full: ask service 5, or whoever serves service-x")
      costs.append(cost)
    }
    #expect(costs[1] <= 2 * costs[0], "\(costs)")
  }
}
