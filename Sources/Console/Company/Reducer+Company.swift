import Canvas
import Fleet
import Incident
import Presence

/// Going along with others, taking them along, and raising a hand.
extension ConsoleState {
  // MARK: Keys and words

  mutating func openHere(_ state: State) -> [Effect] {
    guard attendance != nil else { return complain(Self.aloneHere, state) }
    toggle(.here, state)
    return []
  }

  /// The name of whoever is gone along with; nil where nobody is.
  var followed: String? {
    guard let following = company.following else { return nil }
    if let name = following.id.flatMap({ attendance?[$0]?.name }) { return name }
    if case .attendee(let name) = following.whom { return name }
    return nil
  }

  /// The key: whoever the cursor is on in the pane of who is here, else whoever presents; nobody any more where
  /// somebody is followed already.
  mutating func followOrNot(_ state: State) -> [Effect] {
    if company.following != nil { return unfollow(state) }
    return pane == .here ? followChosen(state) : follow("", state)
  }

  /// Enter in the pane of who is here.
  mutating func followChosen(_ state: State) -> [Effect] {
    guard let attendance else { return complain(Self.aloneHere, state) }
    guard let list = blocks(state), !list.blocks.isEmpty,
      let id = UInt64(list.blocks[list.cursor(self)].id), let attendee = attendance[id]
    else { return complain("there is nobody here to follow", state) }
    return follow(attendee, in: attendance, state)
  }

  /// `:follow NAME`; without a name whoever presents.
  mutating func follow(_ name: String, _ state: State) -> [Effect] {
    guard let attendance else { return complain(Self.aloneHere, state) }
    guard !name.isEmpty else {
      let presenter = attendance.others.first(where: \.isPresenting)
      if let presenter, let refusal = refusal(toFollow: presenter, attendance) {
        return complain(refusal, state)
      }
      company.following = Company.Following(whom: .presenter, id: presenter?.id)
      return [.presence(.follow(presenter?.id))]
    }
    let name = name.first == "@" ? String(name.dropFirst()) : name
    let others = attendance.others.filter { !$0.isWall }
    let exact = others.filter { $0.name == name }
    let found = exact.isEmpty ? others.filter { $0.name.hasPrefix(name) } : exact
    if Set(found.map(\.name)).count > 1 {
      return complain("`\(name)` begins several names; type more of it", state)
    }
    // Of several screens, the one that takes what it is told.
    guard let attendee = found.first(where: { !$0.isBehind }) ?? found.first else {
      if name == ownName { return complain("that is you", state) }
      let near = Palette.nearest(to: name, in: others.map(\.name))
      return complain(
        near.map { "nobody called `\(name)` is here; did you mean \($0)?" }
          ?? "nobody called `\(name)` is here; \(keys.sign(.here)) shows who is", state)
    }
    return follow(attendee, in: attendance, state)
  }

  private mutating func follow(
    _ attendee: Attendee, in attendance: Attendance, _ state: State
  ) -> [Effect] {
    if let refusal = refusal(toFollow: attendee, attendance) { return complain(refusal, state) }
    company.following = Company.Following(whom: .attendee(attendee.name), id: attendee.id)
    return [.presence(.follow(attendee.id))]
  }

  private func refusal(toFollow attendee: Attendee, _ attendance: Attendance) -> String? {
    if attendee.id == attendance.you { return "that is you" }
    if attendee.isWall { return "a wall goes nowhere: nobody types at it" }
    return attendance.way(from: attendee.id, to: attendance.you) == nil
      ? nil : "\(attendee.name) comes along with you already"
  }

  mutating func unfollow(_ state: State) -> [Effect] {
    guard let name = endFollowing() else { return complain("you follow nobody", state) }
    say("you follow \(name) no more", at: state.present)
    return [.presence(.follow(nil))]
  }

  /// - Returns: whom; nil where it was nobody.
  private mutating func endFollowing() -> String? {
    guard company.following != nil else { return nil }
    let name = followed.map { DisplayCut.clip($0, to: 24) } ?? "whoever presents"
    company.following = nil
    return name
  }

  mutating func togglePresenting(_ state: State) -> [Effect] {
    guard attendance != nil else { return complain(Self.aloneHere, state) }
    company.isPresenting.toggle()
    say(
      company.isPresenting
        ? "you present: who follows sees what you look at" : "you present no more",
      at: state.present)
    return [.presence(.present(company.isPresenting))]
  }

  mutating func toggleHand(_ state: State) -> [Effect] {
    guard attendance != nil else { return complain(Self.aloneHere, state) }
    company.hasHandUp.toggle()
    say(
      company.hasHandUp
        ? "your hand is up; \(keys.sign(.hand)) lowers it" : "your hand is down",
      at: state.present)
    return [.presence(.raiseHand(company.hasHandUp))]
  }

  // MARK: A key of one's own

  /// Where a follower stood before an event.
  struct Way {
    var following: Company.Following
    var view: Viewpoint
    var moves: Bool
  }

  func beginMoving(_ event: InputEvent, _ state: State) -> Way? {
    guard let following = company.following else { return nil }
    return Way(
      following: following, view: viewpoint(over: state), moves: isOfOnesOwn(event))
  }

  /// The first step of one's own ends going along with somebody.
  mutating func endMoving(_ way: Way?, _ effects: [Effect], _ state: State) -> [Effect] {
    guard let way, company.following == way.following else { return [] }
    let travels = effects.contains { effect in
      guard case .playback(let wish) = effect else { return false }
      if case .note = wish { return false }
      return true
    }
    guard way.moves || travels || viewpoint(over: state) != way.view, let name = endFollowing()
    else { return [] }
    if message == nil { say("you follow \(name) no more", at: state.present) }
    return [.presence(.follow(nil))]
  }

  /// What stands there came by going along with somebody: the key that would act on it was meant for what stood there
  /// before, and only ends that. nil: the key is what it is.
  mutating func keepFromActing(_ event: InputEvent, _ state: State) -> [Effect]? {
    let cameWith = company.cameWith
    if company.following != nil || isOfOnesOwn(event) { company.cameWith = nil }
    guard company.following != nil || cameWith != nil, playback == nil, prompt == nil,
      copyOffer == nil,
      case .key(let key) = event, [.action, .actions, .runbook, .targets].contains(place),
      case .command(let command) = keys.meaning(of: key, in: place, tense),
      command.actsOnWhatIsShown
    else { return nil }
    let ended = endFollowing()
    guard let name = ended ?? cameWith else { return nil }
    isFirstRun = false
    say(
      "you came here with \(name), and follow no more: press it again to mean it", .warning,
      at: state.present)
    return ended == nil ? [.bell] : [.bell, .presence(.follow(nil))]
  }

  /// Whether it goes somewhere, or does something: it is not typed, and not what leaves all where it is.
  private func isOfOnesOwn(_ event: InputEvent) -> Bool {
    guard prompt == nil, copyOffer == nil else { return false }
    switch event {
    case .mouse: return true
    case .key(let key):
      guard case .command(let command) = keys.meaning(of: key, in: place, tense) else {
        return false
      }
      return !command.staysAlong
    default: return false
    }
  }

  // MARK: While the session does not answer

  /// Whether what is wished for cannot be asked of anybody.
  func isUnheard(_ effects: [Effect]) -> Bool {
    link?.isHeard == false
      && effects.contains { effect in
        switch effect {
        case .intent: true
        case .playback(.note): playback == nil
        default: false
        }
      }
  }

  mutating func refuseWhileLost(_ state: State) -> [Effect] {
    answered = nil
    if let asked, state.present.actionRun(ticket: asked.ticket) == nil {
      self.asked?.refusal = asked.refusal ?? LinkBanner.refusal(link)
    }
    return complain(LinkBanner.refusal(link), state)
  }

  // MARK: Without a key

  /// Tells where this responder looks, once each; everything anew where the session knows nothing of them.
  mutating func sayWhereOneLooks(_ state: State) -> [Effect] {
    guard let attendance else { return [] }
    guard link?.isHeard != false else {
      company.told = nil
      return []
    }
    let view = viewpoint(over: state)
    let isNew = company.told?.you != attendance.you
    guard isNew || company.told?.view != view, view.isSayable else { return [] }
    company.told = Company.Told(you: attendance.you, view: view)
    var effects: [Effect] = [.presence(.look(view))]
    guard isNew else { return effects }
    if company.hasHandUp { effects.append(.presence(.raiseHand(true))) }
    if company.isPresenting { effects.append(.presence(.present(true))) }
    if let id = company.following?.id { effects.append(.presence(.follow(id))) }
    return effects
  }

  /// Goes where whoever is followed has gone.
  mutating func keepAlong(_ state: State) -> [Effect] {
    guard var following = company.following, let attendance, link?.isHeard != false
    else { return [] }
    let found: Attendee? =
      switch following.whom {
      case .presenter: attendance.others.first(where: \.isPresenting)
      case .attendee(let name):
        following.id.flatMap { attendance[$0] }.flatMap { $0.name == name ? $0 : nil }
          ?? attendance.others.first { $0.name == name && !$0.isWall }
      }
    guard let found else {
      if following.whom == .presenter {
        guard following.id != nil else { return [] }
        company.following = Company.Following(whom: .presenter, id: nil)
        return [.presence(.follow(nil))]
      }
      let hasCome = company.following?.went != nil
      guard let name = endFollowing() else { return [] }
      if hasCome { company.cameWith = name }
      say("\(name) has left: you follow nobody", .warning, at: state.present)
      return [.presence(.follow(nil))]
    }
    var effects: [Effect] = []
    if found.id != following.id {
      (following.id, following.went) = (found.id, nil)
      effects.append(.presence(.follow(found.id)))
    }
    // Of those that go round in a circle one has to stop.
    if let way = attendance.way(from: found.id, to: attendance.you),
      way.allSatisfy({ $0 < attendance.you }),
      let name = endFollowing()
    {
      if following.went != nil { company.cameWith = name }
      say("\(name) comes along with you: you follow nobody", .warning, at: state.present)
      return [.presence(.follow(nil))]
    }
    company.following = following
    guard let view = found.view, view != following.went, prompt == nil, copyOffer == nil,
      confirming == nil
    else { return effects }
    company.following?.went = view
    return effects + go(to: view, over: state)
  }
}

extension Attendance {
  /// Those that are followed from one to another, both ends but the last; nil where no way leads there.
  func way(from first: UInt64, to last: UInt64) -> [UInt64]? {
    var way: [UInt64] = []
    var here = first
    while here != last {
      guard !way.contains(here), let next = self[here]?.follows else { return nil }
      way.append(here)
      here = next
    }
    return way
  }
}
