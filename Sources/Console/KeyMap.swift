package import Canvas

/// The keys as data: the reducer, the hint line, the help pane and `damcon keys` read this table.
package struct KeyMap: Sendable, Hashable {
  package var bindings: [Binding]

  package struct Binding: Sendable, Hashable {
    /// Any of these; the first is the one that hints show.
    package var keys: [Key]
    package var command: Command
    /// Where it can be used.
    package var places: Set<Place>
    /// Whether it is for LIVE, for the past, or for both.
    package var tenses: Set<Tense>
    /// For help: what it does, in lower case, without a full stop.
    package var words: String
    /// For the last line, where it is worth a place there.
    package var hint: String?
    /// The way back: its key is shown in the same hint.
    package var other: Command?
    /// Under which title help lists it.
    package var group: Group

    init(
      _ keys: [Key], _ command: Command, in places: Set<Place> = Set(Place.allCases),
      when tenses: Set<Tense> = [.live, .past], _ group: Group, _ words: String,
      hint: String? = nil, with other: Command? = nil
    ) {
      self.keys = keys
      self.command = command
      self.places = places
      self.tenses = tenses
      self.other = other
      self.group = group
      self.words = words
      self.hint = hint
    }
  }

  package enum Group: String, Sendable, Hashable, CaseIterable {
    case moving = "MOVING"
    case panes = "PANES"
    case fleet = "FLEET"
    case runbook = "A RUNBOOK"
    case acting = "ACTING"
    case past = "THE PAST"
    case company = "WHO IS HERE"
    case damcon = "DAMCON"
  }

  /// In the order of help; hints are shown in it too, as far as there is room.
  package static let standard = KeyMap(bindings: [
    Binding([.character("j"), .down], .moveDown, .moving, "down a row"),
    Binding([.character("k"), .up], .moveUp, .moving, "up a row"),
    Binding([.pageDown, .control("f"), .control("d")], .pageDown, .moving, "down a page"),
    Binding([.pageUp, .control("b"), .control("u")], .pageUp, .moving, "up a page"),
    Binding([.character("g"), .home], .top, .moving, "to the first row: the worst"),
    Binding([.character("G"), .end], .bottom, .moving, "to the last row"),
    Binding(
      [.enter, .character("l"), .right], .open,
      in: Place.lists.union([.fleet]).subtracting([.targets, .here]), .panes,
      "open the service", hint: "open"),
    Binding(
      [.enter], .open, in: [.runbook], .panes, "do the step",
      hint: "do step"),
    Binding(
      [.character("r")], .runbook, .panes, "the runbook that matches",
      hint: "runbook"),
    Binding(
      [.character(" ")], .fold, in: [.origin], .panes, "open or close what is folded",
      hint: "unfold"),
    Binding(
      [.escape, .character("h"), .left, .backspace], .back,
      in: Set(Place.allCases).subtracting([.action]), .panes,
      "back; drops filter, sort, selection", hint: "back"),
    Binding(
      [.tab], .nextSection, in: [.service, .fleet], .panes, "next section", hint: "section"),
    Binding([.backTab], .previousSection, in: [.service, .fleet], .panes, "previous section"),
    Binding(
      [.character("]"), .character("J")], .nextService, in: [.service], .panes,
      "next service of the fleet", hint: "next"),
    Binding(
      [.character("["), .character("K")], .previousService, in: [.service], .panes,
      "previous service"),
    Binding(
      [.character("b")], .budgets, .panes, "budgets: what is left, how fast it goes",
      hint: "budgets"),
    Binding(
      [.character("f")], .fallbacks, .panes, "fallbacks and breakers: what users get now",
      hint: "fallbacks"),
    Binding([.character("c")], .changes, .panes, "what changed", hint: "changes"),
    Binding(
      [.character("o")], .origin, .panes, "where it began, and whom it hurts", hint: "origin"),
    Binding(
      [.character("u")], .capabilities, .panes, "what users can do now", hint: "users"),
    Binding([.character("w")], .glossary, .panes, "the words used here, explained"),
    Binding([.character("1")], .fleet, .panes, "the fleet"),
    Binding([.character("2")], .service, .panes, "the selected service"),
    Binding([.character("3")], .log, .panes, "the log of Damcon itself"),
    Binding(
      [.character(",")], .stepBack, when: [.live], .past, "5s back in time, from LIVE",
      hint: "rewind"),
    Binding(
      [.character(" ")], .pause, in: Set(Place.allCases).subtracting([.origin, .targets]),
      when: [.live], .past,
      "stop here; capture goes on"),
    Binding(
      [.character(" ")], .pause, when: [.past], .past, "play, or pause", hint: "play"),
    Binding(
      [.left, .character(",")], .stepBack, when: [.past], .past, "5s back", hint: "step",
      with: .stepForward),
    Binding([.right, .character(".")], .stepForward, when: [.past], .past, "5s on"),
    Binding([.character("<")], .minuteBack, .past, "a minute back"),
    Binding([.character(">")], .minuteForward, when: [.past], .past, "a minute on"),
    Binding(
      [.character("N")], .previousEvent, .past, "to the event before", hint: "event",
      with: .nextEvent),
    Binding([.character("n")], .nextEvent, when: [.past], .past, "to the next event"),
    Binding(
      [.character("-")], .slower, when: [.past], .past, "slower", hint: "speed", with: .faster),
    Binding([.character("+"), .character("=")], .faster, when: [.past], .past, "faster"),
    Binding([.character("B")], .backwards, when: [.past], .past, "the other way: backwards"),
    Binding([.character("m")], .mark, when: [.past], .past, "mark it, to compare with"),
    Binding(
      [.character("d")], .difference, when: [.past], .past,
      "what changed since the mark", hint: "diff"),
    Binding([.character("z")], .zoomIn, when: [.past], .past, "the timeline closer"),
    Binding([.character("Z")], .zoomOut, when: [.past], .past, "the timeline wider"),
    Binding([.character("L")], .live, when: [.past], .past, "back to LIVE", hint: "live"),
    Binding(
      [.character("x")], .check, in: [.runbook], when: [.live], .runbook,
      "check the step off, or open it again", hint: "check off"),
    Binding(
      [.character("s")], .skip, in: [.runbook], when: [.live], .runbook,
      "skip the step, and say why", hint: "skip"),
    Binding(
      [.character("n")], .note, in: [.runbook], when: [.live], .runbook,
      "write something down about the step", hint: "note"),
    Binding(
      [.character("m")], .message, in: [.runbook], when: [.live], .runbook,
      "copy a message to who is called next", hint: "message"),
    Binding(
      [.character("a")], .act, .acting, "what can be done about it", hint: "act"),
    Binding(
      [.character("!")], .attend, when: [.live], .acting, "open what the line on top speaks of"),
    Binding(
      [.character("S")], .hold, when: [.live], .acting, "stop the rule that is announced"),
    Binding(
      [.character("i")], .chooseTargets, in: [.actions, .action], when: [.live], .acting,
      "choose the instances that it goes to", hint: "instances"),
    Binding(
      [.character(" ")], .toggle, in: [.targets], when: [.live], .acting,
      "take the instance, or leave it out", hint: "take or leave"),
    Binding(
      [.enter], .open, in: [.targets], when: [.live], .acting, "go on with those that are taken",
      hint: "go on"),
    Binding(
      [.character("y")], .confirm, in: [.action], when: [.live], .acting,
      "do it, or begin to", hint: "do it"),
    Binding(
      [.enter], .open, in: [.action], when: [.live], .acting, "take what is chosen", hint: "take"),
    Binding(
      [.left, .character("h")], .chooseNo, in: [.action], .acting,
      "to No, or back"),
    Binding(
      [.right, .character("l")], .chooseYes, in: [.action], when: [.live], .acting, "to Yes"),
    Binding(
      [.character("x")], .cancel, in: [.action], when: [.live], .acting,
      "not do it, and say why", hint: "cancel"),
    Binding(
      [.character("A")], .approve, in: [.action], when: [.live], .acting, "approve it",
      hint: "approve"),
    Binding(
      [.character("X")], .reject, in: [.action], when: [.live], .acting, "reject it, and say why",
      hint: "reject"),
    Binding(
      [.character("t")], .revert, in: [.action], when: [.live], .acting, "take it back",
      hint: "take back"),
    Binding(
      [.character("e")], .reconcile, in: [.action], when: [.live], .acting,
      "ask what is so there now", hint: "ask anew"),
    Binding(
      [.character("d")], .tryOut, in: [.action], when: [.live], .acting,
      "try it out: nothing is done", hint: "try it out"),
    Binding(
      [.character("V")], .recover, in: [.action], when: [.live], .acting,
      "say that it has recovered", hint: "recovered"),
    Binding(
      [.escape, .backspace], .back, in: [.action], .acting, "leave it; the plan stays", hint: "back"
    ),
    Binding(
      [.enter, .character("l")], .open, in: [.here], .company, "follow whoever the cursor is on",
      hint: "follow"),
    Binding(
      [.character("W")], .here, .company, "who is here, and where they look", hint: "who is here"),
    Binding(
      [.character("F")], .follow, .company, "go along with whoever presents; again: no more"),
    Binding(
      [.character("T")], .present, .company, "take along whoever follows; again: no more",
      hint: "present"),
    Binding(
      [.character("U")], .hand, .company, "raise your hand, or lower it", hint: "hand"),
    Binding([.character("/")], .filter, in: [.fleet], .fleet, "filter", hint: "filter"),
    Binding(
      [.character("/")], .filter, in: [.runbooks], .runbook, "search all their words and tags",
      hint: "search"),
    Binding(
      [.character("s")], .sort, in: [.fleet], .fleet,
      "sort by the next column", hint: "sort"),
    Binding(
      [.character("y")], .copy,
      in: Place.lists.union([.fleet, .service, .log, .runbook, .handover, .message])
        .subtracting([.targets, .here]), .damcon,
      "copy a name, URL, reason, trace", hint: "copy"),
    Binding([.character("p")], .poll, .damcon, "poll everything now", hint: "poll"),
    Binding([.character("R")], .reload, .damcon, "read the fleet file again"),
    Binding(
      [.character(":")], .palette, .damcon,
      "command line; Tab completes", hint: "command"),
    Binding([.character("?"), .function(1)], .help, .damcon, "this help", hint: "help"),
    Binding([.control("l")], .redraw, .damcon, "draw the screen anew"),
    Binding([.character("q")], .quit, in: [.fleet], .damcon, "quit", hint: "quit"),
    Binding([.control("c")], .quit, .damcon, "quit from anywhere, at once"),
  ])

  /// What `key` does in `place`, or the command it stands for elsewhere.
  package enum Meaning: Sendable, Hashable {
    case command(Command)
    case elsewhere(Command)
    case nothing
  }

  package func meaning(of key: Key, in place: Place, _ tense: Tense = .live) -> Meaning {
    var always: Command?
    var elsewhere: Command?
    for binding in bindings where binding.keys.contains(key) {
      guard binding.places.contains(place), binding.tenses.contains(tense) else {
        elsewhere = elsewhere ?? binding.command
        continue
      }
      // What is for the past alone comes first there.
      if binding.tenses == [.past] { return .command(binding.command) }
      always = always ?? binding.command
    }
    return always.map { .command($0) } ?? elsewhere.map { .elsewhere($0) } ?? .nothing
  }

  /// The first key of a binding that does what it says in `place`; nil where others took them all.
  func key(of binding: Binding, in place: Place, _ tense: Tense) -> Key? {
    binding.keys.first { meaning(of: $0, in: place, tense) == .command(binding.command) }
  }

  /// The keys of a binding that others do not take from it in the past; all, where they took all.
  func keys(of binding: Binding, _ tense: Tense) -> [Key] {
    guard tense == .past, binding.tenses != [.past] else { return binding.keys }
    let left = binding.keys.filter { key in
      !bindings.contains { $0.tenses == [.past] && $0.keys.contains(key) }
    }
    return left.isEmpty ? binding.keys : left
  }

  /// The first key of a command that works in `place`.
  func key(of command: Command, in place: Place, _ tense: Tense) -> Key? {
    bindings.lazy.filter {
      $0.command == command && $0.places.contains(place) && $0.tenses.contains(tense)
    }.compactMap { key(of: $0, in: place, tense) }.first
  }

  /// The whole table as plain text, for `damcon keys`.
  package var text: String {
    var text = ""
    for group in Group.allCases {
      let rows = bindings.filter { $0.group == group }
      guard !rows.isEmpty else { continue }
      if !text.isEmpty { text += "\n" }
      text += group.rawValue + "\n"
      for row in rows {
        let keys = row.keyNames(ascii: true)
        let gap = String(repeating: " ", count: max(1, 26 - keys.count))
        text += "  \(keys)\(gap)\(row.words)\(row.scope.map { " (\($0))" } ?? "")\n"
      }
    }
    return text
  }
}

/// Whether a screen shows what is, or what was.
package enum Tense: String, Sendable, Hashable, CaseIterable {
  case live, past
}

extension KeyMap.Binding {
  /// Where and when it works; nil where it always does: `in the fleet, a service`, `live`.
  var scope: String? {
    var parts: [String] = []
    if tenses.count == 1 { parts += tenses.map { $0 == .live ? "live" : "in the past" } }
    let missing = Place.allCases.filter { !places.contains($0) }
    if missing.count == 1 {
      parts.append("not in \(missing[0].words)")
    } else if !missing.isEmpty {
      let words = Place.allCases.filter(places.contains).map(\.words)
      parts.append("in \(words.joined(separator: ", "))")
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// `j, Down`
  package func keyNames(ascii: Bool) -> String {
    Self.names(of: keys, ascii: ascii)
  }
}

extension KeyMap.Binding {
  static func names(of keys: [Key], ascii: Bool) -> String {
    keys.isEmpty ? "no key" : keys.map { $0.name(ascii: ascii) }.joined(separator: ", ")
  }
}

extension Key {
  /// As a person reads it: `Enter`, `Ctrl-F`, `?`.
  package func name(ascii: Bool) -> String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .enter: ascii ? "Enter" : "↵"
    case .escape: "Esc"
    case .tab: "Tab"
    case .backTab: "Shift-Tab"
    case .backspace: "Backspace"
    case .delete: "Del"
    case .insert: "Ins"
    case .up: ascii ? "Up" : "↑"
    case .down: ascii ? "Down" : "↓"
    case .left: ascii ? "Left" : "←"
    case .right: ascii ? "Right" : "→"
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .function(let number): "F\(number)"
    case .control(" "): "Ctrl-Space"
    case .control(let character): "Ctrl-\(character.uppercased())"
    case .alt(let character): "Alt-\(character)"
    }
  }
}
