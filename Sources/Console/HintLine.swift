import Canvas
import Containment
import Fleet
import Health
import Incident

/// The last line: what can I do? Or, for a moment, why something could not be done.
struct HintLine {
  private let present: Present
  private let console: ConsoleState
  private let obstacle: Obstacle

  init(_ present: Present, _ console: ConsoleState, _ obstacle: Obstacle) {
    self.present = present
    self.console = console
    self.obstacle = obstacle
  }

  func draw(on canvas: Canvas) {
    guard !canvas.size.isEmpty else { return }
    if let prompt = console.prompt {
      draw(prompt, on: canvas)
    } else if let offer = console.copyOffer {
      draw(offer, on: canvas)
    } else if let message = console.message, present.now.offset < message.until {
      canvas.put(message.text, at: Point(0, 0), Style(message.tone == .info ? .info : .warning))
    } else {
      drawHints(on: canvas)
    }
  }

  private func draw(_ prompt: Prompt, on canvas: Canvas) {
    let start = min(canvas.put(prompt.sign, at: Point(0, 0), Style(.key)), canvas.width - 2)
    // The end is what is being typed: the beginning goes where there is no room for all.
    var shown = Substring(prompt.text)
    while DisplayText.width(of: String(shown), glyphs: canvas.glyphs)
      > max(1, canvas.width - start - 1)
    {
      shown.removeFirst()
    }
    let end = start + canvas.put(String(shown), at: Point(start, 0), Style(.input))
    canvas.showCursor(at: Point(min(end, canvas.width - 1), 0))
    canvas.restyle(Rect(x: end, y: 0, width: 1, height: 1)) { _ in Style(.cursor) }
    let room = canvas.width - end - 3
    guard room >= 8 else { return }
    canvas.put(
      advice(for: prompt), at: Point(end + 3, 0),
      prompt.problem == nil ? .dim : Style(.warning), maxWidth: room)
  }

  /// Every text that can be copied, cut where there is no room: what is sent is always whole.
  private func draw(_ offer: CopyOffer, on canvas: Canvas) {
    var x = canvas.put([Run("copy", .title)], at: Point(0, 0)) + 2
    for choice in offer.choices where x < canvas.width - 8 {
      let text = DisplayCut.clip(choice.text, to: max(12, (canvas.width - x) / 2))
      x +=
        canvas.put(
          [Run(String(choice.key), .key), Run(" \(choice.what) ", Style.dim), Run(text)],
          at: Point(x, 0)) + 2
    }
    if x < canvas.width - 10 {
      canvas.put([Run("Esc", .key), Run(" leaves", Style.dim)], at: Point(x, 0))
    }
  }

  private func advice(for prompt: Prompt) -> String {
    if let problem = prompt.problem { return problem }
    let found = prompt.completions(
      present, themes: console.themes, people: console.people)
    switch prompt.purpose {
    case .search: return "Enter keeps it   Esc leaves"
    case .words: return "Enter writes it down   Esc leaves"
    case .arguments(let ask):
      let action = present.action(id: ask.action)
      let takes = action?.parameters.map(\.words).joined(separator: ", ") ?? ""
      return "\(takes)   Enter asks what is so now   Esc leaves"
    case .breaking(_, _, let freeze): return "it is \(freeze)   Esc leaves"
    case .reason: return "Enter writes it down   Esc leaves"
    case .name: return "then a letter is asked for   Esc leaves it undone"
    case .palette:
      if prompt.text.isEmpty {
        return Palette.commands.map(\.name).joined(separator: " ") + "   Tab completes"
      }
      if console.themeTried != nil { return "Tab next   Enter keeps   Esc takes back" }
      return found.isEmpty ? "" : found.prefix(8).joined(separator: " ")
    case .filter:
      if prompt.text.isEmpty {
        return "text  /re/  state:bad  tier:critical  lang:go  owner:team  !not   Esc leaves"
      }
      let order = FleetOrder(present, console)
      let matched = "\(order.rows.count) of \(present.services.count)"
      return found.isEmpty || found.count > 8
        ? matched : matched + "   Tab: " + found.joined(separator: " ")
    }
  }

  private func drawHints(on canvas: Canvas) {
    let place = console.place
    // On an ASCII terminal an arrow sign would be a guess; the word is not.
    let ascii = canvas.glyphs.isASCII
    var hints: [(key: String, words: String, weight: Int, isUsable: Bool)] = []
    if console.isFirstRun, place == .fleet {
      let aim = [Command.moveDown, .moveUp].compactMap { aimingKey($0, ascii: ascii) }
      if !aim.isEmpty { hints.append((aim.joined(separator: " "), "choose", 60, true)) }
    }
    let tense = console.tense
    let question = ActionQuestion(present, console)
    if question?.waitsForLetter == true {
      canvas.put("any other key leaves it undone", at: Point(0, 0), .dim)
      return
    }
    for binding in console.keys.bindings
    where binding.places.contains(place) && binding.tenses.contains(tense) {
      guard var words = binding.hint, let key = console.keys.key(of: binding, in: place, tense)
      else { continue }
      var sign = key.name(ascii: ascii)
      if let other = binding.other.flatMap({ console.keys.key(of: $0, in: place, tense) }) {
        sign += " " + other.name(ascii: ascii)
      }
      var weight = 50
      if place == .action, binding.group == .acting, binding.command != .act {
        let isDimmed = binding.command == .confirm && console.lookingOnly(present) != nil
        guard binding.command == .back || isDimmed || question?.allows(binding.command) == true
        else { continue }
        weight = 82
      }
      switch binding.command {
      case .act where !present.hasActions: continue
      case .act: (words, weight) = place == .action ? ("actions", 40) : (words, 76)
      case .open where place == .action: break
      case .open where place == .here: weight = 82
      case .here where console.attendance == nil || place == .here: continue
      case .here: weight = 28
      case .present, .hand:
        guard place == .here, console.attendance != nil else { continue }
        weight = 81
      case .nextSection where place == .fleet:
        words = "service"
      case .back where place == .fleet:
        if console.playback?.isLive == true, undo == nil {
          (words, weight) = ("live", 95)
        } else {
          guard let undo else { continue }
          (words, weight) = (undo, 70)
        }
      case .live:
        // Where Esc leads there anyway it is not said twice.
        if console.playback?.isLive != true || place == .fleet && undo == nil { continue }
        weight = 90
      case .pause where tense == .past:
        words = console.playback?.isPlaying == true ? "pause" : "play"
        weight = 92
      case .stepBack where tense == .past: weight = 85
      case .stepBack: weight = 25
      case .previousEvent where tense == .past: weight = 84
      case .previousEvent: continue
      case .slower: weight = 60
      case .difference: weight = 55
      case .poll where tense == .past: continue
      case .palette where tense == .past: (words, weight) = ("at 14:32", 57)
      case .back: weight = 70
      case .help: weight = 100
      case .quit, .palette, .poll, .copy: weight = 30
      case .open: weight = 80
      case .check, .skip, .note, .message: weight = 75
      case .budgets, .fallbacks, .changes, .origin, .capabilities:
        if place == .runbook || place == .action { weight = 20 }
      case .runbook where place == .runbook: words = "all runbooks"
      default: break
      }
      // What cannot be used now stands there with its reason, as long as nothing else needs the room.
      let reason = obstacle.words(for: binding)
      if let reason { (words, weight) = ("\(words): \(reason)", 10) }
      hints.append((sign, words, weight, reason == nil))
    }
    func width() -> Int { hints.reduce(-2) { $0 + $1.key.count + $1.words.count + 3 } }
    while hints.count > 1, width() > canvas.width,
      let lightest = hints.indices.reversed().min(by: { hints[$0].weight < hints[$1].weight })
    {
      hints.remove(at: lightest)
    }
    var x = 0
    for hint in hints {
      x +=
        canvas.put(
          [
            Run(hint.key, hint.isUsable ? .key : .keyUnavailable),
            Run(" " + hint.words, hint.isUsable ? .dim : .keyUnavailable),
          ], at: Point(x, 0)) + 2
    }
  }

  /// The key that moves the cursor, an arrow where it is one and can be drawn.
  private func aimingKey(_ command: Command, ascii: Bool) -> String? {
    let keys = console.keys.bindings.filter { $0.command == command }.flatMap(\.keys)
    let arrow = ascii ? nil : keys.first { $0 == .down || $0 == .up }
    return (arrow ?? keys.first)?.name(ascii: ascii)
  }

  /// What Esc would undo on the fleet; nil where there is nothing.
  private var undo: String? {
    if !console.filter.isEmpty { return "drop filter" }
    if console.sort != .worst { return "worst first" }
    return console.selection != nil ? "worst" : nil
  }
}
