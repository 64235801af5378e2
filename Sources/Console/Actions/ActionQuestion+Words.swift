import Canvas
import Containment
import Incident

/// What the dialog says below the plan.
extension ActionQuestion {
  /// What stands below the plan.
  func lines(width: Int) -> [[Run]] {
    let isNarrow = width < 44
    guard console.playback == nil else {
      return [[Run(isNarrow ? "PAST: look only" : "The past: nothing can be done here.", .warning)]]
    }
    guard isOnLargeEnoughScreen else { return [[Run("screen too small", .warning)]] }
    if let looking = console.lookingOnly(present) {
      let brief =
        switch console.link?.phase {
        case .lost: "lost: look only"
        case .connecting: "joining: look only"
        case .whole, .behind, nil: "viewer: look only"
        }
      return [[Run(isNarrow ? brief : looking, .warning)]]
    }
    if isAnswered { return [[Run("asked for: a moment", .info)]] }
    guard let deed else { return [rest(isNarrow: isNarrow)] }
    let asked = ask(deed, isNarrow: isNarrow)
    guard !console.isArmed(present) else { return [asked] }
    if isNarrow { return [[Run("\(short) "), Run(":arm", .warning)]] }
    return [asked, [Run("▲ read-only: :arm first", .warning)]]
  }

  private func ask(_ deed: Deed, isNarrow: Bool) -> [Run] {
    let key = console.keys.sign(.confirm, in: .action)
    let risk = isNarrow ? "\(short) " : "\(run.plan.risk.rawValue) risk. "
    let what = deed == .send ? risk : isNarrow ? "undo " : "take it back? "
    switch stage {
    case .key: return [Run(what), Run(key, .key), Run(isNarrow ? ": do it" : " does it.")]
    case .choice(let isYes):
      let (no, yes) = isYes ? ("  No  ", "[ Yes ]") : ("[ No ]", "  yes  ")
      let choice = [
        Run(isNarrow ? no.replacing(" ", with: "") : no, isYes ? .button : .buttonChosen),
        Run(isNarrow ? " " : "  "),
        Run(isNarrow ? yes.replacing(" ", with: "") : yes, isYes ? .buttonChosen : .button),
      ]
      if isNarrow { return [Run(what)] + choice }
      let move = console.glyphs.isASCII ? "Left, Right and Enter" : "←, → and ↵"
      return [Run(what), Run(deed == .send ? "Do it?   " : "  ")] + choice
        + [Run("   \(move); then a letter", .dim)]
    case .name:
      if isNarrow { return [Run(what), Run(key, .key), Run(", name")] }
      return [
        Run(what), Run(key, .key), Run(" begins: then type "), Run(run.plan.nameToType, .strong),
        Run(", then a letter."),
      ]
    case .letter:
      let sign = Run(" \(letter) ", .buttonChosen)
      if isNarrow { return [Run("press"), sign, Run("to do it")] }
      return [
        Run("Press "), sign,
        Run(deed == .send ? " to do it" : " to take it back", .strong),
        Run("; any other key leaves it undone.", .dim),
      ]
    }
  }

  /// `low undo`, `med NO-UNDO`: the least that has to be known, in half of the narrowest line.
  private var short: String {
    let risk = run.plan.risk == .medium ? "med" : run.plan.risk.rawValue
    return risk + (run.plan.isReversible ? " undo" : " NO-UNDO")
  }

  /// What can be done where nothing waits to be confirmed.
  private func rest(isNarrow: Bool) -> [Run] {
    let able: [(Command, String)] = [
      (.approve, "approves it"), (.reject, "rejects it"),
      (.reconcile, "asks what is so now"), (.recover, "says it has recovered"),
      (.revert, "takes it back"),
      (.cancel, run.isOverdue(at: present.now) ? "leaves it as it is" : "cancels it"),
    ]
    var runs: [Run] = []
    for (command, words) in able where allows(command) {
      if !runs.isEmpty { runs.append(Run("   ")) }
      runs += [Run(console.keys.sign(command, in: .action), .key), Run(" \(words)")]
    }
    if run.state == .planned || run.state == .approved, let refusal = refusal(of: .send) {
      return [Run("✖ \(refusal)", .bad), Run("   ")] + runs
    }
    if !runs.isEmpty { return runs }
    if run.isInForce || run.state == .unknown {
      return [Run("cannot be taken back from here: \(refusal(of: .revert) ?? "")", .warning)]
    }
    let list = console.keys.sign(.act, in: .action)
    return [
      Run(isNarrow ? "\(list): other actions" : "Nothing to be done here; ", .dim),
      Run(isNarrow ? "" : list, .key), Run(isNarrow ? "" : " shows what else there is.", .dim),
    ]
  }
}
