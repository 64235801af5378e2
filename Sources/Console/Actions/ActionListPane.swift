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
  }

  var list: BlockList {
    let isBrief = console.size.height < 16
    let choices = ActionChoice.all(for: service, state, console)
    var list = BlockList()
    list.head = head(choices)
    add(unsettled, "NOT SETTLED", to: &list)
    let isFirst = list.blocks.isEmpty
    for (place, choice) in choices.enumerated() {
      list.blocks.append(
        BlockList.Block(
          id: "action \(choice.action.id)", service: service,
          heading: place == 0 && !isFirst ? [[Run("WHAT CAN BE DONE", .title)]] : [],
          lines: choice.lines(brief: isBrief)))
    }
    add(own, "WHAT WAS DONE", to: &list)
    list.absence = absence
    list.detail = { id, canvas in
      if let choice = choices.first(where: { "action \($0.action.id)" == id }) {
        ActionDetail(choice, console.keys).draw(on: canvas)
      } else if case .run(let run)? = item(id) {
        draw(run, on: canvas)
      }
    }
    return list
  }

  func item(_ id: String) -> Item? {
    let run = (unsettled + own).first { "run \($0.plan.id)" == id }
    if let run { return .run(run) }
    return ActionChoice.all(for: service, state, console)
      .first { "action \($0.action.id)" == id }.map { .choice($0) }
  }

  private var unsettled: [ActionRun] { present.unsettledActions.reversed() }

  private var own: [ActionRun] {
    let unsettled = unsettled.map(\.plan.id)
    return present.actionRuns.reversed().filter {
      $0.plan.service == service && !unsettled.contains($0.plan.id)
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
    } else if choices.contains(where: { $0.obstacle == nil }) {
      runs.append(
        Run(
          console.isArmed(present)
            ? "  armed" : "  read-only until :arm; a plan sends nothing", .dim))
    }
    return [runs, []]
  }

  private var absence: [[Run]] {
    let count = present.actions.count
    guard count > 0 else {
      return [[Run("No action is declared: `actions:` in the fleet file names them.", .dim)]]
    }
    return [[Run("None of the \(count) declared actions is for \(service).", .dim)]]
  }

  private func add(_ runs: [ActionRun], _ title: String, to list: inout BlockList) {
    for (place, run) in runs.enumerated() {
      list.blocks.append(
        BlockList.Block(
          id: "run \(run.plan.id)", service: run.plan.service,
          heading: place == 0 ? [[Run(title, .title)]] : [],
          lines: [line(run)]))
    }
  }

  /// `◷ cap-concurrency limit=32  verifying, 40s left  ana 00:48:01Z`
  private func line(_ run: ActionRun) -> [Run] {
    [
      ActionWords.mark(run.state, console.glyphs),
      Run(" \(ActionWords.name(run.plan))", .strong),
      Run(run.plan.service == service ? "" : " on \(run.plan.service)"),
      Run("  \(ActionWords.brief(run, at: present.now))"),
      Run("  \(run.plan.by) \(Clock.utc(run.planned))", .dim),
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
