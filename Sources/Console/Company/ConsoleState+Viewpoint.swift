import Canvas
import Containment
import Fleet
package import Incident
package import Presence
import Runbooks

/// What one responder looks at, so that another can look at it too, and the way there.
extension ConsoleState {
  /// Where this responder looks: by names, and in the past to the second.
  package func viewpoint(over state: State) -> Viewpoint {
    var view = Viewpoint(pane: pane.place.rawValue, filter: filter.text)
    switch pane {
    case .fleet: view.selection = selection
    case .service(let name): (view.subject, view.selection) = ([name], section.rawValue)
    case .runbook(let place), .message(let place):
      view.subject = [place.id, place.service, place.hash.hexadecimal]
    case .runbooks(let service): view.subject = service.map { [$0] } ?? []
    case .actions(let service): view.subject = [service]
    case .action(let ticket):
      if let run = state.present.actionRun(ticket: ticket) {
        view.subject = [run.plan.id]
      } else if let asked, asked.ticket == ticket {
        (view.pane, view.subject) = (Place.actions.rawValue, [asked.ask.service])
      } else {
        view.subject = [ticket]
      }
    // What is being put together is nobody else's yet.
    case .targets(let ask): (view.pane, view.subject) = (Place.actions.rawValue, [ask.service])
    default: break
    }
    var chosenHere = chosen[pane.place]?.id
    if case .runbook(let place) = pane, stepLeft != nil {
      chosenHere = RunbookView(place, state, self)?.cursor ?? chosenHere
    }
    if pane.place == .runbook || Place.lists.contains(pane.place) && pane.place != .targets {
      view.selection = chosenHere
    }
    if playback?.isLive == true {
      let second: Int64 = 1_000_000_000
      view.past = state.present.now.offset / second * second
    }
    if !view.isSayable { (view.selection, view.filter) = (nil, "") }
    return view
  }

  /// Looks where somebody else does; what acts is looked at only, and text that is being typed stays what it is.
  ///
  /// - Returns: what the world outside has to do: for the past, whoever owns it.
  package mutating func go(to view: Viewpoint, over state: State) -> [Effect] {
    guard prompt == nil, copyOffer == nil, confirming == nil, viewpoint(over: state) != view else {
      return []
    }
    let time = travel(to: view.past, state)
    do throws(NoWay) {
      let pane = try pane(of: view, state)
      if pane != self.pane {
        stack = [.fleet]
        if pane != .fleet { push(pane) }
      }
      isAside = false
      lingering = nil
      put(view, on: pane, state)
    } catch { say(error.sentence, .warning, at: state.present) }
    return time
  }

  /// Why one cannot look where somebody else does.
  private struct NoWay: Error { var sentence: String }

  private func pane(of view: Viewpoint, _ state: State) throws(NoWay) -> Pane {
    let present = state.present
    let who = DisplayCut.clip(followed ?? "they", to: 24)
    func part(_ place: Int) -> String { place < view.subject.count ? view.subject[place] : "" }
    func named(_ name: String) -> String { DisplayCut.clip(name, to: 40) }
    // What is there at another time is not known before that is reached.
    let isElsewhen = view.past != nil || playback != nil
    func service(_ name: String) throws(NoWay) -> String {
      guard isElsewhen || present.service(named: name) != nil else {
        throw NoWay(sentence: "\(who) looks at \(named(name)), which is not watched here any more")
      }
      return name
    }
    func runbook() throws(NoWay) -> RunbookPlace {
      guard let hash = [UInt8](hexadecimal: part(2)), library.runbook(hash: hash) != nil else {
        throw NoWay(
          sentence: "\(who) reads the runbook \(named(part(0))), which is not at hand here")
      }
      return RunbookPlace(service: part(1), id: part(0), hash: hash)
    }
    switch Place(rawValue: view.pane) {
    case .fleet: return .fleet
    case .service: return .service(try service(part(0)))
    case .help: return .help
    case .log: return .log
    case .budgets: return .budgets
    case .fallbacks: return .fallbacks
    case .changes: return .changes
    case .origin: return .origin
    case .capabilities: return .capabilities
    case .glossary: return .glossary
    case .handover: return .handover
    case .here: return .here
    case .runbooks: return .runbooks(view.subject.first)
    case .runbook: return .runbook(try runbook())
    case .message: return .message(try runbook())
    case .actions: return .actions(try service(part(0)))
    case .action:
      guard isElsewhen || present.actionRun(ticket: part(0)) != nil else {
        throw NoWay(sentence: "\(who) looks at an action that is not known here any more")
      }
      return .action(part(0))
    case .difference:
      throw NoWay(sentence: "\(who) compares two instants: that is not followed")
    case .targets, nil:
      throw NoWay(sentence: "\(who) looks at something that this version does not know")
    }
  }

  /// The cursor and the filter, as far as they can be had here.
  private mutating func put(_ view: Viewpoint, on pane: Pane, _ state: State) {
    if view.filter != filter.text, let wanted = try? Filter(view.filter) { filter = wanted }
    switch pane {
    case .fleet:
      let known = view.selection.map { state.present.service(named: $0) != nil } ?? true
      if known { selection = view.selection }
    case .service(let name):
      selection = name
      section = view.selection.flatMap { Section(rawValue: $0) } ?? .instances
      serviceScroll = [0, 0]
      if let extent = ServicePane.extent(state, self),
        extent.sections.contains(where: { $0.section == section })
      {
        let column = extent.column(of: section)
        serviceScroll[column] = extent.scroll(from: 0, toShow: section)
      }
    default:
      guard pane.place == .runbook || Place.lists.contains(pane.place) else { return }
      chosen[pane.place] = view.selection.map { Chosen(id: $0, row: 0) }
      stepLeft = nil
    }
    keepInSight(state)
  }

  /// To the instant that is looked back on, or back to LIVE.
  private func travel(to past: Int64?, _ state: State) -> [Effect] {
    guard let past else { return playback?.isLive == true ? [.playback(.live)] : [] }
    guard let playback else { return [.playback(.enter), .playback(.seek(past))] }
    let now = state.present.now.offset
    let distance = past > now ? past.less(now) : now.less(past)
    guard playback.isLive, distance >= 1_000_000_000 else { return [] }
    return [.playback(.seek(playback.clamped(past)))]
  }
}

extension [UInt8] {
  fileprivate var hexadecimal: String {
    map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// nil where it is none.
  fileprivate init?(hexadecimal text: String) {
    let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard !digits.isEmpty, digits.count % 2 == 0, !digits.contains(nil) else { return nil }
    self = stride(from: 0, to: digits.count, by: 2).map {
      UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0))
    }
  }
}
