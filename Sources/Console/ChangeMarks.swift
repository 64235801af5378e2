import Canvas
import Fleet
import Incident
import Telemetry

/// What changed, as marks under charts and in few words.
enum ChangeMarks {
  /// Marks for a chart that goes back `seconds` from `now`.
  ///
  /// - Parameter service: of which, with what changed of the fleet; nil for all.
  static func marks(
    of service: String?, over seconds: Double, _ present: Present
  ) -> [TimeAxis.Mark] {
    let now = present.now.seconds
    guard seconds > 0 else { return [] }
    return present.changes(of: service, since: now - seconds).map { change in
      TimeAxis.Mark(1 - (now - change.at.seconds) / seconds, short(change))
    }
  }

  /// A row of marks alone, for a sparkline that begins at column `x`; nil where nothing changed.
  static func line(
    of service: String, at x: Int, width: Int, over seconds: Double, _ present: Present,
    _ glyphs: GlyphSet
  ) -> ((Canvas) -> Void)? {
    let marks = marks(of: service, over: seconds, present)
    guard !marks.isEmpty, width > 3 else { return nil }
    return { canvas in
      TimeAxis("", end: "", marks: marks)
        .draw(on: canvas, under: Rect(x: x, y: 0, width: width + 24, height: 0), span: width)
    }
  }

  /// `v2.3.0`, `flag new-cart on`, `restart`: what stands beside a mark.
  static func short(_ change: FleetChange) -> String {
    switch change.kind {
    case .deploy(_, let to): version(to)
    case .rollback(_, let to): "back to \(to)"
    case .build: "build"
    case .configuration: "config"
    case .flag(let flag):
      flag.on == nil
        ? "flag \(flag.name) gone"
        : "flag \(flag.name) \(flag.on == true ? share(flag.exposure) ?? "on" : "off")"
    case .weight(let track, _, let to): "\(track.isEmpty ? "weight" : track) \(share(to) ?? "?")"
    case .restart: "restart"
    case .vanished: "signals lost"
    case .returned: "signals back"
    case .reload: "fleet file"
    }
  }

  private static func version(_ text: String) -> String {
    text.first?.isNumber == true ? "v" + text : text
  }

  /// `25%`
  static func share(_ ratio: Double?) -> String? {
    guard let ratio, ratio.isFinite else { return nil }
    let percent = (ratio * 1e6).rounded() / 1e4
    if percent == percent.rounded(), percent.magnitude < 1e6 { return "\(Int(percent))%" }
    return Quantity.percent(ratio) + "%"
  }

  /// The whole of it in one line: `2.2.9 → 2.3.0`, `flag new-cart off → on 25%, owner cart-team`.
  static func words(_ change: FleetChange) -> [Run] {
    switch change.kind {
    case .deploy(let from?, let to): [Run("\(from) → "), Run(to, .strong)]
    case .deploy(nil, let to): [Run(to, .strong)]
    case .rollback(let from, let to):
      [Run("rolled back "), Run("\(from) → "), Run(to, .strong)]
    case .build(let from, let to): [Run("build \(from) → "), Run(to, .strong)]
    case .configuration(let name): [Run("configuration taken anew"), Run("  \(name)", Style.dim)]
    case .flag(let flag): Self.words(flag)
    case .weight(let track, let from, let to):
      [
        Run("\(track.isEmpty ? "weight" : "weight of \(track)") "),
        Run("\(share(from) ?? "?") → \(share(to) ?? "?")", .strong),
      ]
    case .restart: [Run("restarted")]
    case .vanished(let exports, let version):
      [
        Run("no longer exports "), Run(exports.words.joined(separator: ", "), .strong),
        Run(version.map { " since \($0)" } ?? ""),
      ]
    case .returned(let exports):
      [Run("exports \(exports.words.joined(separator: ", ")) again")]
    case .reload(let added, let removed, let changed): reload(added, removed, changed)
    }
  }

  private static func words(_ flag: FleetChange.FlagChange) -> [Run] {
    func state(_ on: Bool?, _ exposure: Double?) -> String {
      guard let on else { return "none" }
      return on ? "on" + (share(exposure).map { " \($0)" } ?? "") : "off"
    }
    return [
      Run("flag "), Run(flag.name, .strong),
      Run(" \(state(flag.wasOn, flag.exposureBefore)) → \(state(flag.on, flag.exposure))"),
      Run(flag.owner.map { "  owner \($0)" } ?? "", Style.dim),
    ]
  }

  private static func reload(_ added: [String], _ removed: [String], _ changed: Int) -> [Run] {
    var parts: [String] = []
    if !added.isEmpty { parts.append("with \(added.joined(separator: ", "))") }
    if !removed.isEmpty { parts.append("without \(removed.joined(separator: ", "))") }
    if changed > 0 {
      parts.append(changed == 1 ? "1 service changed" : "\(changed) services changed")
    }
    return [
      Run("fleet file read again"),
      Run(parts.isEmpty ? "" : "  " + parts.joined(separator: "; "), Style.dim),
    ]
  }
}
