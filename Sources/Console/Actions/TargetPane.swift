import Canvas
import Containment
import Fleet
import Health
import Incident

/// The instances that an action could go to, each taken or left out.
struct TargetPane {
  private let ask: ActionAsk
  private let present: Present
  private let console: ConsoleState

  init(_ ask: ActionAsk, _ state: State, _ console: ConsoleState) {
    self.ask = ask
    present = state.present
    self.console = console
  }

  /// Why there is nothing to choose; nil where there is.
  static func refusal(_ action: Action, on service: String, _ present: Present) -> String? {
    guard action.order.isPerInstance else {
      return "\(action.name) goes to \(service) as a whole, and not to its instances"
    }
    guard present.service(named: service)?.definition.instances.count ?? 0 > 1 else {
      return "\(service) has one instance: there is nothing to choose"
    }
    return nil
  }

  static func instances(_ service: String, _ present: Present) -> [String] {
    var seen: Set<String> = []
    return (present.service(named: service)?.definition.instances ?? []).map(\.url)
      .filter { seen.insert($0).inserted }
  }

  var list: BlockList {
    var list = BlockList()
    let all = TargetPane.instances(ask.service, present)
    let taken = all.filter { !console.leftOut.contains($0) }
    list.head = [
      [
        Run("\(ask.action) goes to ", .text), Run("\(taken.count) of \(all.count)", .strong),
        Run(" instances of "), Run(ask.service, .strong),
      ], [],
    ]
    list.blocks = all.map { url in
      BlockList.Block(id: "target \(url)", service: nil, lines: [line(url)])
    }
    list.absence = [[Run("\(ask.service) has no instance.", .dim)]]
    return list
  }

  /// `[x] ✖ http://10.0.0.7:8080  unhealthy  2.3.0  canary`
  private func line(_ url: String) -> [Run] {
    let isTaken = !console.leftOut.contains(url)
    var runs = [
      Run(isTaken ? "[x] " : "[ ] ", isTaken ? .key : .dim)
    ]
    if let index = present.index(of: ask.service),
      let instance = present.services[index].instances.first(where: { $0.definition.url == url })
    {
      runs += [
        Run(instance.state.mark, instance.state.role), Run(" \(url)", isTaken ? .strong : .dim),
        Run("  \(instance.state.rawValue)", .dim),
      ]
      if let version = instance.version { runs.append(Run("  \(version)", .dim)) }
      if let track = instance.health.report?.rollout?.track { runs.append(Run("  \(track)", .dim)) }
    } else {
      runs.append(Run(url))
    }
    return runs
  }
}
