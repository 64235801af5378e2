package import Canvas
import Fleet
import Health
package import Incident

/// The whole screen as a picture: a pure function of what is known and what is looked at.
package func render(_ state: State, _ console: ConsoleState) -> Frame {
  if let wall = console.wall { return WallPane(wall, state, console).frame }
  let digest = FleetDigest(state.present)
  return render(
    state, console, digest, ScreenLayout(state, console, digest: digest),
    FleetOrder(state.present, console))
}

/// The same for those who have walked over the fleet already.
func render(
  _ state: State, _ console: ConsoleState, _ digest: FleetDigest, _ layout: ScreenLayout,
  _ order: FleetOrder
) -> Frame {
  Frame(console.size, glyphs: console.glyphs) { canvas in
    guard !console.size.isEmpty else { return }
    let obstacle = Obstacle(state.present, console, order, layout)
    if let playback = console.playback {
      PastBanner(playback, state.present, console).draw(on: canvas.sub(layout.past))
      Timeline(playback, state.present, console).draw(on: canvas.sub(layout.timeline))
    }
    if !layout.header.isEmpty {
      HeaderBar(state.present, console, digest, order).draw(on: canvas.sub(layout.header))
    }
    if let halt = state.present.halt, !layout.banner.isEmpty {
      HaltBanner(halt, state.present, console).draw(on: canvas.sub(layout.banner))
    }
    if let link = console.link, !layout.link.isEmpty {
      LinkBanner(link, state.present, console).draw(on: canvas.sub(layout.link))
    }
    if !layout.company.isEmpty {
      CompanyLine(state.present, console).draw(on: canvas.sub(layout.company))
    }
    if !layout.notices.isEmpty {
      NoticeStrip(layout.told, console).draw(on: canvas.sub(layout.notices))
    }
    if !layout.strip.isEmpty { FallbackStrip(digest).draw(on: canvas.sub(layout.strip)) }
    if !layout.rule.isEmpty { canvas.sub(layout.rule).rule(y: 0) }
    switch console.pane {
    case .fleet:
      FleetPane(state, console, order, layout).draw(on: canvas)
      if layout.isWide, let beside = console.beside(order, state.present) {
        canvas.sub(
          Rect(x: layout.list.maxX, y: layout.body.y, width: 1, height: layout.body.height)
        ).verticalRule(x: 0)
        if layout.service.maxX < layout.body.maxX {
          canvas.sub(
            Rect(x: layout.service.maxX, y: layout.body.y, width: 1, height: layout.body.height)
          ).verticalRule(x: 0)
        }
        ServicePane(beside, state, console).draw(on: canvas.sub(layout.service))
      }
    case .service(let name):
      let pane = canvas.sub(layout.service)
      if let service = state.present.service(named: name) {
        ServicePane(service, state, console).draw(on: pane)
      } else {
        pane.put(
          [Run(name, .strong), Run(" is watched no more: it left the fleet file.", Style.text)],
          at: Point(1, 1))
        pane.put("\(console.keys.sign(.back)) goes back to the fleet.", at: Point(1, 2), Style.dim)
      }
    case .runbook(let place):
      let area = canvas.sub(layout.body)
      if let pane = RunbookPane(place, state, console) {
        pane.draw(on: area)
      } else {
        area.put([Run(place.id, .strong), Run(": its text is not at hand.")], at: Point(1, 1))
      }
    case .handover, .message:
      TextPane(state, console).draw(on: canvas.sub(layout.body))
    case .budgets, .fallbacks, .changes, .origin, .capabilities, .difference, .runbooks,
      .actions, .targets, .here:
      console.blocks(state)?.draw(on: canvas.sub(layout.body), console)
    case .action(let ticket):
      ActionDialog(ticket, state, console).draw(on: canvas.sub(layout.body))
    case .help: HelpPane(console, obstacle).draw(on: canvas.sub(layout.body))
    case .glossary: GlossaryPane(console).draw(on: canvas.sub(layout.body))
    case .log: LogPane(state, console).draw(on: canvas.sub(layout.body))
    }
    HintLine(state.present, console, obstacle).draw(on: canvas.sub(layout.hint))
  }
}
