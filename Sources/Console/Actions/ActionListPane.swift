import Canvas
import Containment
import Fleet
import Incident

/// What is not settled, wherever; what can be done about a service, the best first; what was done, the newest
/// first.
struct ActionListPane {
  private let service: String
  private let state: State
  private let console: ConsoleState
  private var present: Present { state.present }

  init(_ service: String, _ state: State, _ console: ConsoleState) {
    self.service = service
    self.state = state
    self.console = console
  }

  /// What a line of the list stands for.
  enum Item {
    case choice(ActionChoice)
    case run(ActionRun)
    case rule(Rule, RuleRun)
  }

  var list: BlockList { listed().list }

  /// What Enter would open.
  func item(_ console: ConsoleState) -> Item? {
    let (list, items) = listed()
    guard !list.blocks.isEmpty else { return nil }
    return items[list.blocks[list.cursor(console)].id]
  }

  /// The blocks, and what each of them stands for: looked for once.
  private func listed() -> (list: BlockList, items: [String: Item]) {
    let isBrief = console.size.height < 16
    let choices = ActionChoice.all(for: service, state, console)
    var list = BlockList()
    var items: [String: Item] = [:]
    list.head = head(choices)
    func add(_ runs: [ActionRun], _ title: String) {
      for (place, run) in runs.enumerated() {
        let id = "run \(run.plan.id)"
        items[id] = .run(run)
        list.blocks.append(
          BlockList.Block(
            id: id, service: run.plan.service,
            heading: place == 0 ? [[Run(title, .title)]] : [], lines: [line(run)]))
      }
    }
    add(unsettled, "NOT SETTLED")
    let isFirst = list.blocks.isEmpty
    for (place, choice) in choices.enumerated() {
      let id = "action \(choice.id)"
      items[id] = .choice(choice)
      list.blocks.append(
        BlockList.Block(
          id: id, service: service,
          heading: place == 0 && !isFirst ? [[Run("WHAT CAN BE DONE", .title)]] : [],
          lines: choice.lines(brief: isBrief)))
    }
    for (place, (rule, run)) in rules.enumerated() {
      let id = "rule \(rule.name)"
      items[id] = .rule(rule, run)
      list.blocks.append(
        BlockList.Block(
          id: id, service: service, heading: place == 0 ? [[Run("RULES", .title)]] : [],
          lines: [RuleLines(rule, run, state, console).line]))
    }
    add(own, "WHAT WAS DONE")
    list.absence = absence
    list.detail = { id, canvas in
      switch items[id] {
      case .choice(let choice): ActionDetail(choice, on: service, state).draw(on: canvas)
      case .run(let run): draw(run, on: canvas)
      case .rule(let rule, let run): RuleLines(rule, run, state, console).draw(on: canvas)
      case nil: break
      }
    }
    return (list, items)
  }

  /// Those that look at the service, what is announced first.
  private var rules: [(Rule, RuleRun)] {
    let own = present.ruleRuns.compactMap { run in
      run.service == service ? present.rule(run.rule).map { ($0, run) } : nil
    }
    func isAnnounced(_ run: RuleRun) -> Bool { run.state == .counting || run.state == .due }
    return own.filter { isAnnounced($0.1) } + own.filter { !isAnnounced($0.1) }
  }

  private var unsettled: [ActionRun] { present.unsettledActions.reversed() }

  private var own: [ActionRun] {
    let unsettled = unsettled.map(\.plan.id)
    return present.actionRuns.reversed().filter {
      $0.plan.services.contains(service) && !unsettled.contains($0.plan.id)
    }
  }

  private func head(_ choices: [ActionChoice]) -> [[Run]] {
    var runs = [Run("What can be done about ", .text), Run(service, .strong)]
    if let found = present.service(named: service) {
      runs += [Run(" "), Run(found.verdict.state.mark, found.verdict.state.role)]
    }
    if let environment = present.fleet.environment {
      runs += [Run(" in ", .text), environment.badge]
    }
    if console.playback != nil {
      runs.append(Run("  nothing can be done in the past", .warning))
    } else if let looking = console.lookingOnly(present) {
      runs.append(Run("  \(looking)", .warning))
    } else if choices.contains(where: { $0.obstacle == nil }) {
      runs.append(
        Run(
          console.isArmed(present)
            ? "  armed" : "  read-only until :arm; a plan sends nothing", .dim))
    }
    return [runs, []]
  }

  private var absence: [[Run]] {
    let count = present.actions.count + present.maneuvers.count
    guard count > 0 else {
      return [[Run("No action is declared: `actions:` in the fleet file names them.", .dim)]]
    }
    return [[Run("None of the \(count) declared actions is for \(service).", .dim)]]
  }

  /// `◷ cap-concurrency limit=32  verifying, 40s left  ana 00:48:01Z`
  private func line(_ run: ActionRun) -> [Run] {
    [
      ActionWords.mark(run.state, console.glyphs),
      Run(" \(ActionWords.name(run.plan))", .strong),
      Run(run.plan.services == [service] ? "" : " on \(run.plan.services.joined(separator: ", "))"),
      Run("  \(ActionWords.brief(run, at: present.now))"),
      Run("  \(ActionWords.by(run.plan)) \(Clock.utc(run.planned))", .dim),
    ]
  }

  private func draw(_ run: ActionRun, on canvas: Canvas) {
    canvas.rule(y: 0, title: ActionWords.name(run.plan))
    let lines = ActionLife(run, state, console).lines(width: canvas.width - 1)
    for (y, line) in lines.prefix(max(0, canvas.height - 1)).enumerated() {
      canvas.put(line, at: Point(0, y + 1))
    }
  }
}
