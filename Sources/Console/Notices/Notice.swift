import Canvas
import Containment
import Fleet
import Incident

/// Something that waits for somebody whatever they look at, or that takes itself back: told in one line on top.
struct Notice: Sendable, Hashable {
  var kind: Kind
  /// Stays the same while it waits.
  var id: String
  /// The first piece, which carries the accent: `✖ REGRESSED`.
  var head: Run
  /// What follows it, longest first: the first that there is room for is shown.
  var words: [String]
  /// The plan that `!` opens; nil: it is no plan.
  var run: String?
  /// The pane that `!` opens, after which it is seen; nil: it opens none.
  var pane: Pane?

  /// What has to be looked at first comes first.
  enum Kind: Int, Sendable, Hashable, Comparable {
    case counting, unsettled, overdue, approval, waiting, hand, mention, inForce

    static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }

    /// Whether it is worth a bell, once.
    var rings: Bool {
      switch self {
      case .counting, .approval, .hand, .mention: true
      case .unsettled, .overdue, .waiting, .inForce: false
      }
    }
  }

  /// Worst first, and none of what the open dialog tells already. Whoever has gone back in what is live is told what
  /// waits there; a recording has nothing that waits.
  static func all(_ present: Present, _ console: ConsoleState) -> [Notice] {
    guard let playback = console.playback else { return waiting(present, console) }
    return playback.isLive ? console.liveNotices : []
  }

  /// Seconds within which what is due takes itself back, where nothing is in its way.
  private static let grace = 10.0

  /// - Parameter present: what is live, whatever the console shows.
  static func waiting(_ present: Present, _ console: ConsoleState) -> [Notice] {
    var notices = present.countdowns.map { counting($0.rule, $0.run, $0.seconds, console) }
    notices += ofCompany(present, console)
    guard !present.actionRuns.isEmpty else { return sorted(notices) }
    var told: Set<String> = []
    if console.playback == nil, let shown = ActionQuestion(present, console)?.run.plan.id {
      told.insert(shown)
    }
    func tell(_ runs: [ActionRun], _ make: (ActionRun) -> Notice) {
      for run in runs where told.insert(run.plan.id).inserted { notices.append(make(run)) }
    }
    tell(present.unsettledActions.reversed()) { unsettled($0, present, console) }
    tell(present.overdue) { overdue($0, present, console) }
    tell(present.actionRuns.filter { console.mayApprove($0, present) }) {
      approval($0, present, console)
    }
    let own = present.actionRuns.filter { $0.plan.by == console.ownName }
    tell(own.filter { $0.state == .approved }) { granted($0, console) }
    tell(own.filter { $0.state == .awaitingApproval }) { waiting($0, present, console) }
    let live = present.liveExpiries.sorted {
      ($0.expires?.offset ?? 0) < ($1.expires?.offset ?? 0)
    }
    tell(live) { run in
      let late = run.expires.map { present.now.seconds(since: $0) } ?? 0
      return late > Notice.grace
        ? overdue(run, present, console) : inForce(run, present, console)
    }
    return sorted(notices)
  }

  private static func sorted(_ notices: [Notice]) -> [Notice] {
    notices.enumerated().sorted {
      $0.element.kind == $1.element.kind
        ? $0.offset < $1.offset : $0.element.kind < $1.element.kind
    }.map(\.element)
  }

  /// The key that answers it; in the past the way back to it comes first.
  private static func answer(_ command: Command, _ console: ConsoleState) -> String {
    let key = console.keys.sign(command)
    return console.playback == nil ? key : "\(console.keys.sign(.live)) \(key)"
  }

  // MARK: What each says

  private static func counting(
    _ rule: Rule, _ run: RuleRun, _ seconds: Double, _ console: ConsoleState
  ) -> Notice {
    let key = answer(.hold, console)
    let brief = seconds > 0 ? Quantity.countdown(seconds.rounded(.up)) : "now"
    let when = seconds > 0 ? "in \(brief)" : brief
    return Notice(
      kind: .counting, id: "rule \(rule.name) \(run.service) \(run.since.offset)",
      head: Run(console.glyphs.isASCII ? "* RULE" : "◷ RULE", .warning),
      words: [
        "\(rule.name) does \(rule.action) on \(run.service) \(when): \(key) stops it",
        "\(rule.action) on \(run.service) \(when): \(key) stops it",
        "\(rule.action) \(when): \(key) stops", "\(when): \(key) stops", "\(brief): \(key) stops",
        "\(brief): \(key)",
      ])
  }

  private static func unsettled(
    _ run: ActionRun, _ present: Present, _ console: ConsoleState
  ) -> Notice {
    let advice: String
    if run.state == .unknown, ActionQuestion.canLookUp(run) {
      advice = ", \(console.keys.sign(.reconcile, in: .action)) looks it up"
    } else if console.mayTakeBack(run, present) {
      advice = ", \(console.keys.sign(.revert, in: .action)) takes it back"
    } else {
      advice = ""
    }
    let word = run.isPartlyDone ? "half done" : run.state.rawValue
    let mark = ActionWords.mark(run.state, console.glyphs)
    return about(
      run, .unsettled, Run("\(mark.text) \(word.uppercased())", mark.style), "", advice, console)
  }

  private static func overdue(
    _ run: ActionRun, _ present: Present, _ console: ConsoleState
  ) -> Notice {
    let late = run.expires.map { Quantity.duration(present.now.seconds(since: $0)) } ?? ""
    let why = run.expires.map { $0.offset <= present.began.offset } == true
    return about(
      run, .overdue, Run("▲ OVERDUE", .warning),
      " was to be taken back \(late) ago\(why ? ", while nothing ran" : "")",
      ", \(console.keys.sign(.revert, in: .action)) takes it back", console)
  }

  private static func approval(
    _ run: ActionRun, _ present: Present, _ console: ConsoleState
  ) -> Notice {
    let left = run.plan.policy.patience - present.now.seconds(since: run.since)
    return about(
      run, .approval, Run("▸ APPROVAL", .info),
      ", \(run.plan.by) asks, \(ActionWords.quorum(run, at: present.now)), "
        + "\(Quantity.duration(max(0, left))) left",
      ", \(console.keys.sign(.approve, in: .action)) approves it", console)
  }

  /// To who asked: it may be done now.
  private static func granted(_ run: ActionRun, _ console: ConsoleState) -> Notice {
    about(
      run, .approval, Run("✔ APPROVED", .good), ", nothing is sent until it is confirmed", "",
      console)
  }

  /// To who asked: for whom it waits.
  private static func waiting(
    _ run: ActionRun, _ present: Present, _ console: ConsoleState
  ) -> Notice {
    let now = present.now
    return about(
      run, .waiting, Run("▸ WAITS", .info),
      " for \(ActionWords.awaited(run, at: now)), \(ActionWords.quorum(run, at: now))", "", console)
  }

  private static func inForce(
    _ run: ActionRun, _ present: Present, _ console: ConsoleState
  ) -> Notice {
    let left = run.expires.map { Quantity.countdown(max(0, $0.seconds(since: present.now))) }
    return about(
      run, .inForce, Run("IN FORCE", .dim), " takes itself back in \(left ?? "")", "", console)
  }

  private static func about(
    _ run: ActionRun, _ kind: Kind, _ head: Run, _ what: String, _ advice: String,
    _ console: ConsoleState
  ) -> Notice {
    let key = answer(.attend, console)
    // What a key does there it does not do here.
    let advice = console.playback == nil ? advice : ""
    let name = ActionWords.name(run.plan)
    let place = run.plan.services.joined(separator: ", ")
    return Notice(
      kind: kind, id: "\(run.state.rawValue) \(run.plan.id)", head: head,
      words: [
        "\(name) on \(place)\(what): \(key) opens it\(advice)",
        "\(name) on \(place)\(what): \(key)", "\(run.plan.action) on \(place)\(what): \(key)",
        "\(run.plan.action) on \(place): \(key)", "\(run.plan.action): \(key)", ": \(key)",
      ], run: run.plan.id)
  }
}

/// The lines that tell what waits, worst first; the last says how many more there are.
struct NoticeStrip {
  private let notices: [Notice]
  private let console: ConsoleState

  init(_ notices: [Notice], _ console: ConsoleState) {
    self.notices = notices
    self.console = console
  }

  func draw(on canvas: Canvas) {
    let shown = notices.prefix(canvas.height)
    let x = canvas.width < 60 ? 0 : 1
    for (y, notice) in shown.enumerated() {
      let isLast = y == shown.count - 1
      let more =
        isLast && notices.count > shown.count ? "  +\(notices.count - shown.count)" : ""
      let room =
        canvas.width - x - DisplayText.width(of: notice.head.text) - 1
        - DisplayText.width(of: more)
      let words =
        notice.words.first { DisplayText.width(of: $0) <= room }
        ?? DisplayCut.clip(notice.words.last ?? "", to: max(1, room))
      canvas.put([notice.head, Run(" \(words)"), Run(more, .dim)], at: Point(x, y))
    }
  }
}
