/// Damcon's own numbers as OpenMetrics 1.0.
struct SelfMetrics {
  private enum Kind: String { case gauge, counter, info }

  private(set) var text = ""

  init(_ figures: SelfFigures, _ verdict: SelfVerdict) {
    about(figures, verdict)
    watching(figures)
    if let journal = figures.journal { recording(journal) }
    if let clients = figures.clients { attached(clients) }
    acting(figures)
    process(figures)
    text += "# EOF\n"
  }

  private mutating func about(_ figures: SelfFigures, _ verdict: SelfVerdict) {
    begin("damcon_build", .info, "Which Damcon this is, and what it watches.")
    var labels = [("version", figures.version), ("language", "swift"), ("fleet", figures.fleet)]
    if let build = figures.build { labels.append(("build", build)) }
    if let environment = figures.environment { labels.append(("environment", environment)) }
    sample("damcon_build_info", labels, "1")
    gauge("damcon_uptime_seconds", "Since it began.", max(0, figures.now - figures.began))
    gauge("damcon_ready", "Whether what it shows is whole and of now.", verdict.isReady ? 1 : 0)
    begin("damcon_check_passing", .gauge, "Whether each thing that it checks of itself is well.")
    for check in verdict.checks {
      sample("damcon_check_passing", [("check", check.name)], check.status == .pass ? "1" : "0")
    }
  }

  private mutating func watching(_ figures: SelfFigures) {
    gauge("damcon_services", "Services of the fleet.", figures.services)
    gauge("damcon_targets", "Instances that are asked.", figures.targets)
    gauge(
      "damcon_poll_lag_seconds", "How late the latest poll of the last seconds started.",
      figures.pollLag)
    gauge(
      "damcon_poll_interval_seconds", "The shortest time from one poll to the next.",
      figures.pollInterval)
    counter("damcon_entries", "What happened, an entry each, since it began.", figures.entries)
    gauge(
      "damcon_entry_age_seconds", "Since the owner of the state last turned an entry over.",
      figures.sinceEntry)
  }

  private mutating func recording(_ journal: SelfFigures.Journal) {
    gauge("damcon_journal_writable", "Whether it can be written.", journal.isWritable ? 1 : 0)
    gauge("damcon_journal_size_bytes", "Of its file.", journal.bytes)
    gauge(
      "damcon_journal_lost_batches", "Batches lost since it could last be written.", journal.lost)
    gauge("damcon_journal_waiting_entries", "Not in the file yet.", journal.waiting)
  }

  private mutating func attached(_ clients: SelfFigures.Clients) {
    gauge("damcon_clients", "Screens that are attached.", clients.attached)
    gauge(
      "damcon_clients_behind", "Those that do not take what they are told.", clients.behind)
    gauge("damcon_clients_limit", "As many as are let in.", clients.limit)
    if let keyframes = clients.keyframesSent {
      counter("damcon_keyframes_sent", "Keyframes sent to screens.", keyframes)
    }
    if let bytes = clients.bytesSent { counter("damcon_sent_bytes", "Sent to screens.", bytes) }
  }

  private mutating func acting(_ figures: SelfFigures) {
    if !figures.actions.isEmpty {
      begin("damcon_actions", .gauge, "Actions that are remembered, by their state.")
      for (state, count) in figures.actions.sorted(by: { $0.key < $1.key }) {
        sample("damcon_actions", [("state", state)], String(count))
      }
    }
    gauge(
      "damcon_actions_under_way", "Actions that something is still to be done for.",
      figures.actionsUnderWay)
  }

  /// By the names that every Prometheus client gives them.
  private mutating func process(_ figures: SelfFigures) {
    gauge("process_start_time_seconds", "When it began, in Unix seconds.", figures.began)
    guard let process = figures.process else { return }
    gauge("process_resident_memory_bytes", "Memory that is in RAM.", process.residentBytes)
    if let seconds = process.cpuSeconds {
      begin("process_cpu_seconds", .counter, "Of processors, in user and system.")
      sample("process_cpu_seconds_total", [], SelfMetrics.digits(seconds))
    }
    gauge("process_open_fds", "Descriptors that are open.", process.openFiles)
    gauge("process_max_fds", "Descriptors that may be.", process.mostFiles)
    gauge("process_threads", "Threads.", process.threads)
  }

  // MARK: Lines

  private mutating func gauge(_ name: String, _ help: String, _ value: Double?) {
    guard let value else { return }
    begin(name, .gauge, help)
    sample(name, [], SelfMetrics.digits(value))
  }

  private mutating func gauge(_ name: String, _ help: String, _ value: (some BinaryInteger)?) {
    guard let value else { return }
    begin(name, .gauge, help)
    sample(name, [], String(value))
  }

  private mutating func counter(_ family: String, _ help: String, _ value: UInt64) {
    begin(family, .counter, help)
    sample(family + "_total", [], String(value))
  }

  private mutating func begin(_ family: String, _ kind: Kind, _ help: String) {
    text += "# TYPE \(family) \(kind.rawValue)\n"
    for unit in ["seconds", "bytes"] where family.hasSuffix("_" + unit) {
      text += "# UNIT \(family) \(unit)\n"
    }
    text += "# HELP \(family) \(SelfMetrics.escaped(help))\n"
  }

  private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
    text += name
    if !labels.isEmpty {
      let words = labels.map { "\($0.0)=\"\(SelfMetrics.escaped($0.1))\"" }
      text += "{" + words.joined(separator: ",") + "}"
    }
    text += " \(value)\n"
  }

  private static func digits(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return "\(value)"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
