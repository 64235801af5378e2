import Console
import Incident
import Replay

/// The desk as the owner of a past looks at it.
final class PastSeat: PastOnlooker {
  private let desk: ConsoleDesk
  init(_ desk: ConsoleDesk) { self.desk = desk }

  func look(at state: State, _ course: Past.Course) -> [Past.Ask] { desk.look(at: state, course) }

  func show(_ before: Present, _ after: Present) { desk.show(Comparison(before, after)) }
}
