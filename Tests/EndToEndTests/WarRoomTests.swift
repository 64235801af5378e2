import Foundation
import Testing

/// One session, many responders: a daemon, and screens on its socket.
@Suite("The war room", .serialized)
struct WarRoomTests {
  /// `01:02:03Z` of the header.
  private func clock(_ screen: String) -> String? {
    screen.firstMatch(of: /\d\d:\d\d:\d\dZ/).map { String($0.output) }
  }

  @Test("three screens of other sizes and themes show the same instant, and the same news")
  func sameInstant() throws {
    let room = try WarRoom()
    try room.start()
    let screens = [
      try room.screen("--theme dark", columns: 80, rows: 24),
      try room.screen("--theme light", columns: 120, rows: 40),
      try room.screen("--theme monochrome --ascii", columns: 200, rows: 60),
    ]
    for screen in screens {
      #expect(screen.wait(30) { $0.contains("LIVE") && $0.contains("pricing") }, "\(screen.screen)")
    }
    room.target.isIll(true)
    let isSeen = waitUntil(30) {
      let seen = screens.map(\.screen)
      return seen.allSatisfy { $0.contains("not-ready") || $0.contains("pool saturated") }
    }
    #expect(isSeen, "\(screens.map(\.screen))")
    // Looked at one after the other: they are of one second often, if they ever are.
    let isOne = waitUntil(20) {
      let times = screens.map { clock($0.screen) }
      return times.allSatisfy { $0 != nil } && Set(times).count == 1
    }
    #expect(isOne, "\(screens.map { clock($0.screen) ?? "none" })")
    screens[0].resize(columns: 60, rows: 20)
    #expect(screens[0].wait { $0.contains("pricing") })
    for screen in screens {
      screen.type(":q!", "Enter")
      #expect(screen.waitForExit() == 0)
    }
    #expect(room.end() == 0)
    #expect(try Damcon.run("verify", room.journal).status == 0)
  }

  @Test("watch joins the session that is kept for its fleet")
  func joined() throws {
    let room = try WarRoom()
    try room.start()
    let terminal = try Terminal(
      "\(Damcon.path) watch --config \(room.file) --socket \(room.socket)", columns: 120, rows: 30,
      environment: ["XDG_STATE_HOME": room.folder + "/other"])
    #expect(terminal.wait(30) { $0.contains("LIVE") && $0.contains("pricing") })
    // It looks back on what the daemon keeps, and is live again.
    terminal.type("Space")
    #expect(terminal.wait { $0.contains("PAST") && $0.contains("paused") }, "\(terminal.screen)")
    terminal.type("Left")
    #expect(terminal.wait { $0.firstMatch(of: /\d+s ago\)/) != nil }, "\(terminal.screen)")
    terminal.type("Escape")
    #expect(terminal.wait { $0.contains("LIVE") && !$0.contains("PAST") }, "\(terminal.screen)")
    terminal.type(":here", "Enter")
    #expect(terminal.wait { $0.contains(NSUserName()) }, "\(terminal.screen)")
    // What is written down is the daemon's to keep.
    terminal.type(":note joined the room", "Enter")
    #expect(
      waitUntil(20) {
        (try? Damcon.run("export", room.journal, "--format", "jsonl"))?.output
          .contains("joined the room") == true
      })
    terminal.type(":q!", "Enter")
    #expect(terminal.waitForExit() == 0)
  }

  @Test("without a terminal it is joined too, in lines, and no service is polled twice for that")
  func lines() throws {
    let room = try WarRoom()
    try room.start()
    let output = room.folder + "/lines"
    for words in [["attach"], ["watch", "--linear", "--config", room.file]] {
      room.target.isIll(false)
      let child = try Child(
        "/usr/bin/env",
        ["XDG_STATE_HOME=\(room.folder)/other", Damcon.path] + words + ["--socket", room.socket],
        output: output)
      func says(_ text: String) -> Bool {
        waitUntil(30) {
          (try? String(contentsOfFile: output, encoding: .utf8))?.contains(text) == true
        }
      }
      #expect(says("room"))
      room.target.isIll(true)
      #expect(says("pricing"))
      child.signal(SIGTERM)
      #expect(child.wait(20) == 0)
    }
    // Whoever polls keeps a journal.
    #expect(!FileManager.default.fileExists(atPath: room.folder + "/other/damcon"))
    let alone = try Command.run(
      "/usr/bin/env", [Damcon.path, "attach", "--wall", "--socket", room.socket])
    #expect(alone.status == 2 && alone.errors.contains("needs a terminal"), "\(alone.errors)")
  }

  @Test("a daemon that is killed is missed aloud, and joined again by itself once it is back")
  func killed() throws {
    let room = try WarRoom()
    try room.start()
    let screen = try room.screen(columns: 120, rows: 30)
    try #require(screen.wait(30) { $0.contains("LIVE") && $0.contains("pricing") })
    #expect(room.end(SIGKILL) == -SIGKILL)
    #expect(screen.wait(20) { $0.contains("LOST") && !$0.contains("LIVE") }, "\(screen.screen)")
    try room.start()
    #expect(screen.wait(30) { $0.contains("LIVE") && !$0.contains("LOST") }, "\(screen.screen)")
    room.target.isIll(true)
    #expect(screen.wait(30) { $0.contains("not-ready") || $0.contains("pool saturated") })
    screen.type(":q!", "Enter")
    #expect(screen.waitForExit() == 0)
  }

  @Test(
    "a screen that was stopped for a minute shows what is so once it goes on, and held up nobody")
  func paused() throws {
    let room = try WarRoom()
    try room.start()
    let (first, second) = (
      try room.screen(columns: 100, rows: 30), try room.screen(columns: 80, rows: 24)
    )
    for screen in [first, second] {
      try #require(screen.wait(30) { $0.contains("LIVE") && $0.contains("pricing") })
    }
    let process = try #require(first.processID)
    try #require(kill(process, SIGSTOP) == 0)
    let stopped = ContinuousClock.now
    room.target.isIll(true)
    // The other one is told all the while.
    #expect(second.wait(30) { $0.contains("not-ready") || $0.contains("pool saturated") })
    room.target.isIll(false)
    #expect(
      second.wait(60) { !$0.contains("not-ready") && !$0.contains("pool saturated") },
      "\(second.screen)")
    // The minute itself is what is meant; the other screen's clock goes on in it.
    var seen: Set<String> = []
    #expect(
      waitUntil(90) {
        if let time = clock(second.screen) { seen.insert(time) }
        return ContinuousClock.now - stopped >= .seconds(60)
      })
    #expect(seen.count > 5)
    try #require(kill(process, SIGCONT) == 0)
    #expect(
      first.wait(30) {
        $0.contains("LIVE") && clock($0) != nil && clock($0) == clock(second.screen)
      }, "\(first.screen)\(second.screen)")
  }

  @Test("two daemons for one fleet: the second one says who has it, and does nothing")
  func two() throws {
    let room = try WarRoom()
    try room.start()
    let second = try Command.run(
      "/usr/bin/env",
      [
        "XDG_STATE_HOME=\(room.folder)/state", Damcon.path, "serve", "--config", room.file,
        "--socket", room.socket, "--record", room.folder + "/second.damcon",
      ])
    #expect(second.status == 3, "\(second.errors)")
    #expect(second.errors.contains("listens there"), "\(second.errors)")
    let third = try Command.run(
      "/usr/bin/env",
      [
        "XDG_STATE_HOME=\(room.folder)/state", Damcon.path, "serve", "--config", room.file,
        "--socket", room.folder + "/room/t.sock", "--record", room.journal,
      ])
    #expect(third.status == 3, "\(third.errors)")
    // Nor while something is carried out.
    let run = try room.ask("action", "plan", "cap", "pricing", "--format", "json").run()
    let rivals = try (0..<4).map { number in
      let isHere = number % 2 == 0
      return try Child(
        "/usr/bin/env",
        [
          "XDG_STATE_HOME=\(room.folder)/state", Damcon.path, "serve", "--config", room.file,
          "--socket", isHere ? room.socket : room.folder + "/room/t\(number).sock",
          "--record", isHere ? room.folder + "/r\(number).damcon" : room.journal,
        ])
    }
    let done = try room.ask(
      "action", "run", run.id, "--confirm", run.hash, "--arm", "test", "--wait", "30s")
    #expect(done.status == 0, "\(done.output)\(done.errors)")
    for rival in rivals { #expect(rival.wait(20) == 3) }
    #expect(room.target.turns == 1)
    #expect(room.end() == 0)
    #expect(try Damcon.run("verify", room.journal).status == 0)
  }

  // MARK: People

  private static var isRoot: Bool { geteuid() == 0 }

  @Test(
    "a viewer cannot act, a stranger cannot come in, whoever asks cannot agree; a second one does, by keys",
    .enabled(if: isRoot, "it takes root to make users"))
  func people() throws {
    let room = try WarRoom(people: true, approvals: 1)
    try room.start()
    let stranger = try room.screen(by: .stranger)
    #expect(stranger.waitForExit() == 3, "\(stranger.screen)")
    #expect(stranger.screen.contains("may not"), "\(stranger.screen)")

    let (asker, agreer, viewer) = (
      try room.screen(by: .asker, columns: 120, rows: 36),
      try room.screen(by: .agreer, columns: 100, rows: 30),
      try room.screen(by: .viewer, columns: 120, rows: 30)
    )
    for screen in [asker, agreer, viewer] {
      try #require(screen.wait(30) { $0.contains("LIVE") && $0.contains("pricing") })
    }
    viewer.type(":service pricing", "Enter")
    viewer.type("a")
    #expect(viewer.wait { $0.contains("only look") }, "\(viewer.screen)")

    let (rung, quiet) = (room.folder + "/rung", room.folder + "/quiet")
    agreer.log(to: rung)
    viewer.log(to: quiet)
    asker.type(":service pricing", "Enter")
    asker.type("a")
    #expect(asker.wait { $0.contains("cap") })
    asker.type(":arm", "Enter")
    #expect(asker.wait { $0.contains("ARMED") })
    asker.type("Enter")
    #expect(asker.wait { $0.contains("approv") }, "\(asker.screen)")
    // It rings for whoever may agree, wherever they look.
    #expect(agreer.wait { $0.contains("APPROVAL") }, "\(agreer.screen)")
    #expect(!viewer.screen.contains("▸ APPROVAL"))
    func rings(_ file: String) -> Bool {
      (try? Data(contentsOf: URL(fileURLWithPath: file)))?.contains(7) == true
    }
    #expect(waitUntil(5) { rings(rung) } && !rings(quiet))
    agreer.type("!")
    #expect(agreer.wait { $0.contains("awaiting-approval") || $0.contains("approve") })
    agreer.type(":arm", "Enter")
    #expect(agreer.wait { $0.contains("ARMED") })
    let isAgreed = waitUntil(20) {
      agreer.type("A")
      return asker.wait(2) { !$0.contains("awaiting-approval") }
    }
    #expect(isAgreed, "\(agreer.screen)\(asker.screen)")
    #expect(room.target.turns == 0)
    #expect(
      waitUntil(20) {
        asker.type("y")
        return asker.wait(1) { _ in room.target.turns > 0 }
      }, "\(asker.screen)")
    #expect(room.target.turns == 1)
    // The link of whoever asked dies: it is done all the same, once.
    if let process = asker.processID { kill(process, SIGKILL) }
    #expect(try room.ask("action", "status", by: .viewer).output.contains("applied"))
    #expect(viewer.wait(30) { _ in room.target.turns == 1 })
    #expect(room.end() == 0)
    let story = try Damcon.run("export", room.journal, "--format", "jsonl").output
    #expect(story.contains("confirmed it") && story.contains(room.name(.agreer)))
    #expect(try Damcon.run("verify", room.journal).status == 0)
  }

  @Test(
    "a client that is killed in the middle of approving has agreed once or not at all, and nothing is done twice",
    .enabled(if: isRoot, "it takes root to make users"))
  func killedApproving() throws {
    let room = try WarRoom(people: true, approvals: 1)
    try room.start()
    var outcomes: Set<String> = []
    for moment in [0.0, 0.02, 0.05, 0.08, 0.1, 0.15, 0.3] {
      let plan = try room.ask("action", "plan", "cap", "pricing", "--format", "json", by: .asker)
        .run()
      #expect(plan.state == "awaiting-approval")
      let client = try room.begin("approve", plan.id, by: .agreer)
      _ = waitUntil(moment) { false }
      client.signal(SIGKILL)
      _ = client.wait(10)
      let state = room.state(of: plan.id)
      outcomes.insert(state ?? "gone")
      #expect(["awaiting-approval", "approved"].contains(state), "\(state ?? "gone")")
      // Who agreed already agrees no second time, and who did not may: it comes to one.
      _ = try room.ask("approve", plan.id, by: .agreer)
      let run = try room.told(of: plan.id)
      #expect(run.approvedBy == [room.name(.agreer)], "\(run)")
      #expect(room.target.turns == 0)
      #expect(
        try room.ask("action", "cancel", plan.id, "--reason", "the next one", by: .asker).status
          == 0)
    }
    #expect(!outcomes.isEmpty)
    #expect(room.end() == 0)
    #expect(try Damcon.run("verify", room.journal).status == 0)
  }

  @Test(
    "who is here, who follows, whose hand is up: told to the others at once",
    .enabled(if: isRoot, "it takes root to make users"))
  func presence() throws {
    let room = try WarRoom(people: true)
    try room.start()
    let (first, second) = (
      try room.screen(by: .asker, columns: 120, rows: 30),
      try room.screen(by: .agreer, columns: 100, rows: 30)
    )
    for screen in [first, second] {
      try #require(screen.wait(30) { $0.contains("LIVE") && $0.contains("pricing") })
    }
    first.type(":here", "Enter")
    #expect(
      first.wait { $0.contains(room.name(.asker)) && $0.contains(room.name(.agreer)) },
      "\(first.screen)")
    second.type(":hand", "Enter")
    #expect(first.wait { $0.contains("hand") && $0.contains(room.name(.agreer)) })
    first.type(":follow \(room.name(.agreer))", "Enter")
    #expect(first.wait { $0.contains("following \(room.name(.agreer))") }, "\(first.screen)")
    second.type(":service catalog", "Enter")
    #expect(first.wait { $0.contains("room › catalog") }, "\(first.screen)")
    first.type("j")
    #expect(first.wait { !$0.contains("following \(room.name(.agreer))") })
    // Command is handed over, and everybody sees to whom.
    second.type(":declare pricing is slow", "Enter")
    second.type(":lead \(room.name(.asker))", "Enter")
    #expect(
      first.wait { $0.contains("\(room.name(.asker)) leads") }, "\(first.screen)\(second.screen)")
    // A mention rings for whom it names.
    second.type(":note @\(room.name(.asker)) look at pricing", "Enter")
    #expect(first.wait { $0.contains("look at pricing") }, "\(first.screen)")
  }

  private static let runbook = """
    ---
    id: full-pool
    title: The pool is full
    services: [pricing]
    match: readiness is fail
    ---
    # The pool is full

    ## Diagnosis

    1. Look at the pool.
    2. Look at who waits for it.

    """

  @Test(
    "what one marks in a runbook, and who agrees, is on the screens of the others without a key",
    .enabled(if: isRoot, "it takes root to make users"))
  func marks() throws {
    let room = try WarRoom(people: true, approvals: 1, runbook: Self.runbook)
    try room.start()
    let one = try room.screen(by: .asker, columns: 120, rows: 36)
    let others = [
      try room.screen(by: .agreer, columns: 100, rows: 30),
      try room.screen(by: .viewer, columns: 80, rows: 24),
    ]
    let all = [one] + others
    for screen in all {
      try #require(screen.wait(30) { $0.contains("LIVE") && $0.contains("pricing") })
      screen.type(":service pricing", "Enter")
      try #require(screen.wait { $0.contains("room › pricing") }, "\(screen.screen)")
      screen.type(":runbook full-pool", "Enter")
      try #require(screen.wait { $0.contains("DIAGNOSIS  0 of 2") }, "\(screen.screen)")
    }
    let asker = room.name(.asker)
    one.type("x")
    for screen in all {
      #expect(
        screen.wait { $0.contains("DIAGNOSIS  1 of 2") && $0.contains("done by \(asker)") },
        "\(screen.screen)")
    }

    for screen in all {
      screen.type(":log", "Enter")
      try #require(screen.wait { !$0.contains("DIAGNOSIS") }, "\(screen.screen)")
    }
    let plan = try room.ask("action", "plan", "cap", "pricing", "--format", "json", by: .asker)
      .run()
    for screen in all {
      #expect(
        screen.wait { $0.contains("\(asker), cap on pricing: planned") }, "\(screen.screen)")
    }
    #expect(try room.ask("approve", plan.id, by: .agreer).status == 0)
    let agreed = "\(room.name(.agreer)), cap on pricing: approved it"
    for screen in all { #expect(screen.wait { $0.contains(agreed) }, "\(screen.screen)") }
    #expect(room.target.turns == 0)
  }

  // MARK: The wall

  @Test("the wall needs no keys, and hides what it is told to hide")
  func wall() throws {
    let room = try WarRoom()
    try room.start()
    room.target.isIll(true)
    let wall = try room.screen("--wall", columns: 80, rows: 24)
    #expect(wall.wait(30) { $0.contains("pricing") || $0.contains("PRICING") }, "\(wall.screen)")
    let veiled = try room.screen("--wall --redact all", columns: 80, rows: 24)
    #expect(veiled.wait(30) { !$0.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty })
    #expect(
      !waitUntil(3) {
        ["pricing", "catalog", "127.0.0.1", "pool saturated"].contains(
          where: veiled.screen.contains)
      }, "\(veiled.screen)")
    wall.type("q")
    #expect(wall.waitForExit() == 0)
  }
}
