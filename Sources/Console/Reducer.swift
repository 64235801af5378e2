package import Canvas
import Fleet
import Health
package import Incident

extension ConsoleState {
  /// Takes what the terminal tells, and answers what the world outside has to do.
  ///
  /// Pure: the same event over the same state gives the same console. A key that cannot be used now
  /// says why in the last line.
  ///
  /// - Parameter isHasty: `KeyHaste` holds that nobody meant it: it confirms nothing, and checks off and skips nothing.
  package mutating func reduce(
    _ event: InputEvent, over state: State, isHasty: Bool = false
  ) -> [Effect] {
    self.isHasty = isHasty
    let way = beginMoving(event, state)
    var effects = keepFromActing(event, state) ?? take(event, state)
    self.isHasty = false
    // Whoever looks away from an action begins its confirmation anew.
    if pane.place != .action || playback != nil { confirming = nil }
    if isUnheard(effects) { effects = refuseWhileLost(state) }
    effects += endMoving(way, effects, state)
    return effects + sayWhereOneLooks(state)
  }

  private mutating func take(_ event: InputEvent, _ state: State) -> [Effect] {
    if let effects = takeAtWall(event, state) { return effects }
    let present = state.present
    switch event {
    case .resize(let size):
      self.size = size
      keepInSight(state)
      return []
    case .resumed:
      return []
    case .ending:
      wantsToQuit = true
      return [.quit]
    case .paste(let text):
      isFirstRun = false
      if case .name? = prompt?.purpose {
        prompt?.problem = "type it: what is pasted confirms nothing"
        return [.bell]
      }
      if prompt == nil, pane.place == .action {
        return complain("pasted text confirms nothing", state)
      }
      guard prompt != nil else {
        say(
          "pasted text is not read as keys; press \(keys.sign(.filter)) first to filter by it",
          .warning, at: present)
        return [.bell]
      }
      type(text, present)
      return []
    case .mouse(let mouse):
      isFirstRun = false
      message = nil
      return point(mouse, state)
    case .key(let key):
      isFirstRun = false
      message = nil
      if prompt != nil { return edit(key, state) }
      if let copyOffer { return take(copyOffer, key, state) }
      if let effects = answer(key, state) { return effects }
      if key == KeyName.panic { return quitAtOnce() }
      switch keys.meaning(of: key, in: place, tense) {
      case .command(let command):
        if showsFleet { holdOrder(present) }
        linger(command, state)
        if command != .quit, command != .palette { wasWarnedOfLeaving = false }
        return perform(command, state)
      case .elsewhere(let command):
        return refuseElsewhere(command, state)
      case .nothing:
        say(
          "\(key.name(ascii: glyphs.isASCII)) means nothing here; "
            + "\(keys.sign(.help, in: place)) shows the keys", .warning, at: present)
        return [.bell]
      }
    }
  }

  /// The cursor rests: what is shown beside the table follows it.
  package mutating func rest() { lingering = nil }

  /// While the cursor runs over the table, what stands beside it stays what it was.
  private mutating func linger(_ command: Command, _ state: State) {
    guard place == .fleet, command.movesCursor else { return rest() }
    if lingering == nil {
      let order = FleetOrder(state.present, self, comparing: false)
      lingering = aimed(order, state.present)?.definition.name
    }
  }

  /// Where keys go: to the service beside the fleet once Tab has gone there.
  package var place: Place { pane == .fleet && isAside ? .service : pane.place }

  private var showsFleet: Bool { pane == .fleet }

  mutating func say(_ text: String, _ tone: Message.Tone = .info, at present: Present) {
    message = Message(
      text: text, tone: tone,
      until: playback == nil ? present.now.advanced(by: ConsoleState.messageTime).offset : .max)
  }

  /// A key that means something in another place, or in the other tense.
  private mutating func refuseElsewhere(_ command: Command, _ state: State) -> [Effect] {
    let isPast = keys.bindings.contains { $0.command == command && $0.tenses == [.past] }
    return playback == nil && isPast
      ? goThroughTime(command, state) : refuse(command, state.present)
  }

  mutating func refuse(_ command: Command, _ present: Present) -> [Effect] {
    say(command.refusal(in: place, keys), .warning, at: present)
    return [.bell]
  }

  /// Keeps the rows where they are for a moment; a hold that is still on is only lengthened.
  ///
  /// In the past a hold would end by the recording's time, at once or never.
  mutating func holdOrder(_ present: Present) {
    guard playback == nil else { return }
    let until = present.now.advanced(by: ConsoleState.hold).offset
    if let held, present.now.offset < held.until {
      self.held?.until = until
    } else {
      let places = FleetOrder.sorted(present, by: sort)
      held = HeldOrder(
        names: places.map { present.services[$0].definition.name }, places: places, until: until)
    }
  }

  mutating func perform(_ command: Command, _ state: State) -> [Effect] {
    let present = state.present
    switch command {
    case .moveDown: move(by: 1, state)
    case .moveUp: move(by: -1, state)
    case .pageDown: move(by: page(state), state)
    case .pageUp: move(by: -page(state), state)
    case .top: move(by: -.max / 2, state)
    case .bottom: move(by: .max / 2, state)
    case .open, .service:
      if case .service = pane, command == .service { return refuse(command, present) }
      if command == .open, toggleFold(state) { return [] }
      if case .runbook = pane, command == .open { return doStep(state) }
      if pane == .here, command == .open { return followChosen(state) }
      if pane.place == .action, command == .open { return takeChoice(state) }
      if case .targets(let ask) = pane, command == .open { return takeTargets(ask, state) }
      if case .actions(let service) = pane, command == .open {
        return openChosenAction(for: service, state)
      }
      if case .runbooks(let service) = pane, command == .open {
        return openListed(for: service, state)
      }
      if Place.lists.contains(place), command == .open {
        guard let name = aimedBlock(state), present.service(named: name) != nil else {
          return refuse(command, present)
        }
        show(name, state)
        return []
      }
      let order = FleetOrder(present, self)
      guard let aimed = aimed(order, present) else {
        say(
          order.hidden > 0
            ? "the filter hides all \(order.hidden) services; \(keys.sign(.back)) drops it"
            : "no service is watched yet; `damcon watch URL` names one", .warning, at: present)
        return [.bell]
      }
      show(aimed.definition.name, state)
    case .back: return back(state)
    case .nextSection: return goToSection(by: 1, state)
    case .previousSection: return goToSection(by: -1, state)
    case .nextService: return goToService(by: 1, state)
    case .previousService: return goToService(by: -1, state)
    case .fleet:
      stack = [.fleet]
      isAside = false
      keepInSight(state)
    case .fold: if !toggleFold(state) { return refuse(command, present) }
    case .log: push(.log)
    case .runbook: return openRunbook(state)
    case .check: return checkStep(state)
    case .skip:
      guard !isHasty else { return complain(Self.tooFast, state) }
      return askAboutStep(state) { .skipping(step: $0) }
    case .note: return askAboutStep(state) { .note(step: $0) }
    case .message: return composeMessage(state)
    case .budgets: toggle(.budgets, state)
    case .fallbacks: toggle(.fallbacks, state)
    case .changes: toggle(.changes, state)
    case .origin: toggle(.origin, state)
    case .capabilities: toggle(.capabilities, state)
    case .glossary: toggle(.glossary, state)
    case .help:
      if pane == .help { return back(state) }
      push(.help)
    case .filter where place == .runbooks:
      prompt = Prompt(purpose: .search(before: search), text: search)
    case .filter: prompt = Prompt(purpose: .filter(before: filter), text: filter.text)
    case .palette: prompt = Prompt(purpose: .palette, text: "")
    case .sort: setSort(sort.next, present)
    case .copy: return offerCopy(state)
    case .pause, .stepBack, .stepForward, .minuteBack, .minuteForward, .previousEvent, .nextEvent,
      .faster, .slower, .backwards, .mark, .difference, .live, .zoomIn, .zoomOut:
      return goThroughTime(command, state)
    case .poll where playback != nil, .reload where playback != nil:
      return refuseInPast(command.rawValue, state)
    case .poll:
      say("asking every target now", at: present)
      return [.intent(.poll)]
    case .reload:
      say("reading the fleet file again", at: present)
      return [.intent(.reload)]
    case .redraw: return [.redraw]
    case .act: return openActions(state)
    case .confirm, .approve, .reject, .cancel, .revert, .reconcile, .recover, .tryOut, .chooseNo,
      .chooseYes:
      return answer(by: command, state)
    case .chooseTargets: return openTargets(state)
    case .toggle: return toggleTarget(state)
    case .attend: return attend(state)
    case .hold: return holdRules("", state)
    case .here: return openHere(state)
    case .follow: return followOrNot(state)
    case .unfollow: return unfollow(state)
    case .present: return togglePresenting(state)
    case .hand: return toggleHand(state)
    case .quit: return quit(state)
    }
    return []
  }

  mutating func setSort(_ sort: Sort, _ present: Present) {
    self.sort = sort
    held = nil
    fleetScroll = 0
    say("sorted \(sort.words)", at: present)
  }

  /// Goes into the pane of a service, and selects it.
  package mutating func show(_ name: String, _ state: State) {
    select(name)
    if case .service = pane { stack.removeLast() }
    stack.removeAll { $0 == .service(name) }
    stack.append(.service(name))
    isAside = false
    section = .instances
    serviceScroll = [0, 0]
  }

  /// Goes into a pane over the fleet, as its key does.
  package mutating func show(_ pane: Pane) {
    if pane != .fleet { push(pane) }
  }

  private mutating func select(_ name: String?) {
    if name != selection { serviceScroll = [0, 0] }
    selection = name
  }

  mutating func push(_ pane: Pane) {
    confirming = nil
    stack.removeAll { $0 == pane }
    stack.append(pane)
    isAside = false
    // The newest line of the log is the one looked for; help is read from its top.
    textScroll = pane == .log ? .max / 2 : 0
  }

  /// The key that opened a pane leaves it too.
  mutating func toggle(_ pane: Pane, _ state: State) {
    if self.pane == pane { _ = back(state) } else { push(pane) }
  }

  private mutating func back(_ state: State) -> [Effect] {
    if isAside {
      isAside = false
    } else if pane.place == .action, leaveAction(state) {
      return []
    } else if case .runbooks = pane, !search.isEmpty {
      search = ""
    } else if stack.count > 1 {
      stack.removeLast()
      keepInSight(state)
    } else if !filter.isEmpty {
      filter = .none
      say("filter dropped", at: state.present)
      keepInSight(state)
    } else if sort != .worst {
      setSort(.worst, state.present)
    } else if selection != nil {
      select(nil)
      held = nil
      fleetScroll = 0
      say("on the worst service, whichever it is", at: state.present)
    } else if playback != nil {
      return goLive(state)
    } else {
      return refuse(.back, state.present)
    }
    return []
  }

  /// Rows of a page in the pane that keys go to.
  private func page(_ state: State) -> Int {
    let layout = ScreenLayout(state, self)
    switch place {
    case .fleet: return max(1, layout.listRows - 1)
    case .service: return max(1, layout.service.height - 2)
    case .help, .log, .glossary, .handover, .message, .action: return max(1, layout.body.height - 2)
    case .budgets, .fallbacks, .changes, .origin, .capabilities, .difference, .runbooks,
      .runbook, .actions, .targets, .here:
      return 4
    }
  }

  private mutating func move(by rows: Int, _ state: State) {
    switch place {
    case .fleet:
      let order = FleetOrder(state.present, self, comparing: false)
      guard !order.rows.isEmpty else { return }
      let row = max(0, min(order.rows.count - 1, cursor(order, state.present) &+ rows))
      choose(row, order, state)
      // "To the top" means the worst service, whichever that is from now on.
      if rows < -order.rows.count, sort == .worst, filter.isEmpty { select(nil) }
    case .service:
      guard let extent = ServicePane.extent(state, self) else { return }
      let column = extent.column(of: section)
      serviceScroll[column] = max(
        0, min(extent.furthest(column), serviceScroll[column] &+ rows))
    case .help:
      textScroll = max(0, min(HelpPane.furthest(state, self), textScroll &+ rows))
    case .glossary:
      textScroll = max(0, min(GlossaryPane.furthest(state, self), textScroll &+ rows))
    case .handover, .message:
      textScroll = max(0, min(TextPane.furthest(state, self), textScroll &+ rows))
    case .runbook: moveStep(by: rows, state)
    case .action:
      textScroll = max(0, min(ActionDialog.furthest(state, self), textScroll &+ rows))
    case .budgets, .fallbacks, .changes, .origin, .capabilities, .difference, .runbooks, .actions,
      .targets, .here:
      moveBlock(by: rows, state)
    case .log:
      let furthest = LogPane.furthest(state, self)
      textScroll = max(0, min(furthest, min(textScroll, furthest) &+ rows))
    }
  }

  /// Puts the cursor on a row of the table.
  mutating func choose(_ row: Int, _ order: FleetOrder, _ state: State) {
    selectionRow = row
    select(state.present.services[order.rows[row]].definition.name)
    scroll(to: row, of: order.rows.count, state)
  }

  /// Scrolls the table as little as shows the selection.
  mutating func keepInSight(_ state: State) {
    let order = FleetOrder(state.present, self, comparing: false)
    scroll(to: cursor(order, state.present), of: order.rows.count, state)
  }

  private mutating func scroll(to row: Int, of count: Int, _ state: State) {
    fleetScroll = FleetPane.scroll(
      from: fleetScroll, cursor: row, of: count, visible: ScreenLayout(state, self).listRows)
  }

  private mutating func goToSection(by step: Int, _ state: State) -> [Effect] {
    if pane == .fleet {
      guard ScreenLayout(state, self).isWide else {
        return refuse(.nextSection, state.present)
      }
      guard isAside else {
        isAside = true
        return []
      }
    }
    guard let extent = ServicePane.extent(state, self), !extent.sections.isEmpty else { return [] }
    let sections = extent.sections.map(\.section)
    let at = sections.firstIndex(of: section) ?? 0
    section = sections[(at + step + sections.count) % sections.count]
    let column = extent.column(of: section)
    serviceScroll[column] = extent.scroll(from: serviceScroll[column], toShow: section)
    return []
  }

  private mutating func goToService(by step: Int, _ state: State) -> [Effect] {
    let order = FleetOrder(state.present, self)
    guard !order.rows.isEmpty else { return refuse(.nextService, state.present) }
    let row = cursor(order, state.present) + step
    guard order.rows.indices.contains(row) else {
      say(
        step > 0 ? "this is the last service" : "this is the first service", .warning,
        at: state.present)
      return [.bell]
    }
    selectionRow = row
    let name = state.present.services[order.rows[row]].definition.name
    if pane == .fleet {
      select(name)
      keepInSight(state)
    } else {
      let section = section
      show(name, state)
      self.section = section
    }
    return []
  }
}
