/// Brings each fault of a scenario at its second, and takes it away when it is over.
@Simulation
struct TimelinePlayer {
  let roster: Roster
  let timeline: [InjectedFault]

  private enum Move { case inject, lift }

  func run() async {
    var moves: [(at: Double, move: Move, fault: InjectedFault)] = []
    for fault in timeline {
      moves.append((fault.at, .inject, fault))
      if let duration = fault.duration { moves.append((fault.at + duration, .lift, fault)) }
    }
    // A stable order: what is due in the same second happens as the file has it.
    let ordered = moves.enumerated().sorted {
      ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
    }
    for (_, (at, move, fault)) in ordered {
      await roster.clock.pause(at - roster.clock.now)
      if roster.clock.isStopped { return }
      apply(move, fault)
    }
  }

  private func apply(_ move: Move, _ fault: InjectedFault) {
    switch fault.target {
    case .backend(let name):
      guard let backend = roster.backends[name] else { return }
      switch move {
      case .inject: backend.faults.append(fault)
      case .lift: backend.faults.removeAll { $0 == fault }
      }
    case .service(let name, let number, let version):
      for instance in roster.services[name]?.instances ?? [] {
        if let number, instance.number != number { continue }
        switch (move, fault.kind) {
        case (.inject, .restart), (.inject, .warmup), (.inject, .deploy), (.inject, .flag):
          if let version, instance.version.name != version { continue }
          instance.inject(fault)
        case (.inject, _): instance.inject(fault)
        case (.lift, .flag(let flag, let on, _)):
          instance.inject(
            InjectedFault(
              at: fault.at, target: fault.target,
              kind: .flag(name: flag, on: !on, exposure: nil)))
        case (.lift, _): instance.lift(fault)
        }
      }
    }
  }
}
