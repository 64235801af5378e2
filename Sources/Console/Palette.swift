import Canvas
import Fleet
import Health
import Incident
import Runbooks

/// The commands of the `:` line, their arguments, and what Tab makes of a beginning.
enum Palette {
  /// Name, what follows it, what it does.
  static let commands: [(name: String, argument: String?, words: String)] = [
    ("reload", nil, "read the fleet file again"),
    ("poll", nil, "poll everything now"),
    ("service", "NAME", "show a service"),
    ("fleet", nil, "show the fleet"),
    ("budgets", nil, "show what is left of the budgets"),
    ("fallbacks", nil, "show the degraded modes in use"),
    ("changes", nil, "show what changed"),
    ("origin", nil, "show where it began"),
    ("users", nil, "show what users can do now"),
    ("declare", "TITLE", "open an incident: what it has cost is counted from now"),
    ("resolve", "REASON", "close the incident; with a reason where nothing proves it yet"),
    ("severity", "SEV", "say how bad it is: sev1, sev2, sev3 or sev4"),
    ("lead", "NAME", "take the lead of the incident, or give it to somebody"),
    ("phase", "PHASE", "investigating, containing, remediating or monitoring"),
    ("handover", nil, "what the next person must know"),
    ("message", nil, "what to send to who is called next, and to users"),
    ("runbook", "WORDS", "show the runbook of this name, or search them"),
    ("laydown", "REASON", "stop following the runbook"),
    ("actions", nil, "show what can be done about the service"),
    ("arm", "TIME", "let what is confirmed be done, for 10m or as long as is said: 1m to 60m"),
    ("disarm", nil, "make it read-only again"),
    (
      "stop", "REASON",
      "stop everything: nothing is begun, what is queued is not sent; off lifts it"
    ),
    ("go", nil, "lift the emergency stop"),
    ("hold", "all", "stop the rule that is announced, or all that are"),
    ("here", nil, "show who is here, and where they look"),
    ("follow", "NAME", "go along with somebody; without a name with whoever presents"),
    ("unfollow", nil, "go along with nobody any more"),
    ("present", nil, "take along whoever follows, or do so no more"),
    ("hand", nil, "raise your hand, or lower it"),
    ("log", nil, "show the log"),
    ("at", "TIME", "look at 14:32, 2026-11-21T14:32Z, -5m or +30s; UTC unless it ends in local"),
    ("live", nil, "back to LIVE"),
    ("speed", "NUMBER", "play so many times as fast, below zero backwards"),
    ("loop", "FROM TO", "play a range again and again; off"),
    ("skip", "on|off", "skip time in which nothing happens"),
    ("diff", "TIME TIME", "what changed between two times, or one and what is shown"),
    ("note", "TEXT", "write down what you see, at this instant"),
    ("glossary", nil, "explain the words"),
    ("help", nil, "show the keys"),
    ("filter", "TERMS", "filter the fleet"),
    ("sort", "KEY", "sort the fleet"),
    ("columns", "NAMES", "the columns of the fleet, in order; none: the usual ones"),
    ("theme", "NAME", "change the theme"),
    ("glyphs", "SET", "unicode, braille, blocks or ascii"),
    ("quit", nil, "quit"),
  ]

  static let glyphSets = GlyphChoice.allCases.map(\.rawValue)

  /// What a line that begins with the theme command goes on with; nil for other lines.
  static func theme(namedBy prompt: Prompt) -> String? {
    guard case .palette = prompt.purpose else { return nil }
    let line = prompt.text.drop { $0 == ":" || $0 == " " }
    guard line.hasPrefix("theme ") else { return nil }
    return String(line.dropFirst("theme ".count)).trimmed
  }

  /// The theme that Tab goes on to where a theme, or none yet, is named; nil where a name is begun.
  static func nextTheme(after prompt: Prompt, of themes: [String], by step: Int) -> String? {
    guard let named = theme(namedBy: prompt), !themes.isEmpty else { return nil }
    if named.isEmpty { return step > 0 ? themes.first : themes.last }
    guard let at = themes.firstIndex(of: named) else { return nil }
    return themes[(at + step + themes.count) % themes.count]
  }

  /// The name nearest to what was typed, where one is near enough to be meant.
  static func nearest(to text: String, in names: [String]) -> String? {
    let scored = names.map { (name: $0, distance: distance(text, $0)) }
    guard let best = scored.min(by: { $0.distance < $1.distance }),
      best.distance <= max(1, text.count / 2)
    else { return nil }
    return best.name
  }

  /// How many letters differ (Levenshtein).
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
        diagonal = above
      }
    }
    return row[b.count]
  }
}

extension Prompt {
  var lastWord: Substring { text.suffix { $0 != " " } }

  /// What the last word could become.
  ///
  /// - Parameter people: the names of those who are here.
  func completions(_ present: Present, themes: [String], people: [String]) -> [String] {
    let word = lastWord
    let options: [String]
    switch purpose {
    case .search, .words, .arguments, .breaking, .reason, .name: return []
    case .filter:
      let plain = word.drop { $0 == "!" }
      let bang = String(word.prefix(word.count - plain.count))
      if plain.isEmpty { return [] }
      let known =
        ["owner:"] + HealthState.allCases.map { "state:\($0.rawValue)" } + ["state:bad"]
        + Tier.allCases.map { "tier:\($0.rawValue)" }
        + Language.allCases.map { "lang:\($0.rawValue)" }
        + present.services.map(\.definition.name)
      options = known.map { bang + $0 }
    case .palette:
      let words = text.split(separator: " ", omittingEmptySubsequences: true)
      if words.count <= 1, !text.hasSuffix(" ") {
        options = Palette.commands.map(\.name)
      } else {
        switch words.first {
        case "service": options = present.services.map(\.definition.name)
        case "lead", "follow": options = people
        case "sort": options = Sort.allCases.map(\.rawValue)
        case "theme": options = themes
        case "glyphs": options = Palette.glyphSets
        case "severity": options = Severity.allCases.map(\.rawValue)
        case "phase": options = IncidentRecord.Phase.allCases.map(\.rawValue)
        case "runbook": options = present.runbooks.map(\.id)
        case "skip": options = ["on", "off"]
        case "loop": options = ["off"]
        case "hold": options = ["all"]
        case "columns": options = FleetColumn.allCases.map(\.rawValue)
        default: options = []
        }
      }
    }
    return options.filter { $0.hasPrefix(word) }
  }
}

extension Substring {
  fileprivate func suffix(while holds: (Character) -> Bool) -> Substring {
    var start = endIndex
    while start > startIndex, holds(self[index(before: start)]) { start = index(before: start) }
    return self[start...]
  }
}

extension String {
  fileprivate func suffix(_ holds: (Character) -> Bool) -> Substring {
    self[...].suffix(while: holds)
  }
}

extension ConsoleState {
  /// Carries out a line of the palette.
  mutating func run(_ line: String, _ state: State) -> [Effect] {
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    guard let typed = words.first else { return [] }
    let name = typed.first == ":" ? String(typed.dropFirst()) : typed
    let argument = words.count > 1 ? words[1].trimmed : ""
    let matches = Palette.commands.filter { $0.name.hasPrefix(name) }
    let command = matches.count == 1 ? matches[0].name : name
    if let effects = runThroughTime(command, argument, state) { return effects }
    switch command {
    case "reload": return perform(.reload, state)
    case "poll": return perform(.poll, state)
    case "fleet": return perform(.fleet, state)
    case "log": return perform(.log, state)
    case "budgets": return perform(.budgets, state)
    case "fallbacks": return perform(.fallbacks, state)
    case "changes": return perform(.changes, state)
    case "origin": return perform(.origin, state)
    case "users": return perform(.capabilities, state)
    case "here": return pane == .here ? [] : perform(.here, state)
    case "follow": return follow(argument, state)
    case "unfollow": return unfollow(state)
    case "present": return perform(.present, state)
    case "hand": return perform(.hand, state)
    case "glossary": return pane == .glossary ? [] : perform(.glossary, state)
    case "help": return pane == .help ? [] : perform(.help, state)
    case "q!": return quitAtOnce()
    case "quit", "q": return perform(.quit, state)
    case "actions": if case .actions = pane { return [] } else { return perform(.act, state) }
    case "arm": return arm(argument, state)
    case "disarm": return disarm(state)
    case "stop": return stop(argument, state)
    case "go": return lift(state)
    case "hold": return holdRules(argument, state)
    case "service": return runService(argument, state)
    case "declare": return declare(argument, state)
    case "resolve": return resolve(argument, state)
    case "severity": return setSeverity(argument, state)
    case "lead": return takeLead(argument, state)
    case "phase": return setPhase(argument, state)
    case "handover": push(.handover)
    case "message": return composeMessage(state)
    case "runbook": return openRunbook(named: argument, state)
    case "laydown": return layDown(argument, state)
    case "filter":
      do { filter = try Filter(argument) } catch {
        return complain(error.sentence, state)
      }
      stack = [.fleet]
      keepInSight(state)
    case "sort":
      guard let sort = Sort(rawValue: argument) else {
        return complain(
          "sort by \(Sort.allCases.map(\.rawValue).joined(separator: ", ")), not `\(argument)`",
          state)
      }
      setSort(sort, state.present)
    case "columns":
      do { try showColumns(argument) } catch { return complain(error.sentence, state) }
      stack = [.fleet]
    case "theme":
      guard themes.contains(argument) else {
        let near = Palette.nearest(to: argument, in: themes)
        return complain(
          near.map { "no theme `\(argument)`; did you mean \($0)?" }
            ?? "no theme `\(argument)`; themes: \(themes.joined(separator: ", "))", state)
      }
      theme = argument
    case "glyphs":
      if terminalGlyphs.isASCII, argument != "ascii", Palette.glyphSets.contains(argument) {
        return complain("this terminal's locale has ASCII alone: LANG is not UTF-8", state)
      }
      guard let choice = GlyphChoice(rawValue: argument) else {
        let sets = Palette.glyphSets.joined(separator: ", ")
        return complain("glyphs are \(sets), not `\(argument)`", state)
      }
      glyphs = choice.glyphs(terminalGlyphs)
    default:
      let near = Palette.nearest(to: name, in: Palette.commands.map(\.name))
      return complain(
        near.map { "no command `\(name)`; did you mean :\($0)?" }
          ?? "no command `\(name)`; \(keys.sign(.palette)) and Tab show them", state)
    }
    return []
  }

  private mutating func runService(_ name: String, _ state: State) -> [Effect] {
    let names = state.present.services.map(\.definition.name)
    let found = names.contains(name) ? [name] : names.filter { $0.hasPrefix(name) }
    switch found.count {
    case 1:
      show(found[0], state)
      return []
    case 0:
      let near = Palette.nearest(to: name, in: names)
      return complain(
        near.map { "no service `\(name)`; did you mean \($0)?" } ?? "no service `\(name)`", state)
    default:
      return complain("`\(name)` begins \(found.count) services; type more of it", state)
    }
  }

  mutating func complain(_ sentence: String, _ state: State) -> [Effect] {
    say(sentence, .warning, at: state.present)
    return [.bell]
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
