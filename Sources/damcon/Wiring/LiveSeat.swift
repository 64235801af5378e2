import Incident
import Session

/// The desk as the session looks at it.
final class LiveSeat: Onlooker {
  private let desk: ConsoleDesk
  init(_ desk: ConsoleDesk) { self.desk = desk }
  func look(at state: State) { desk.look(at: state) }
  func hear(recordingHangs: Bool) { desk.tell(recordingHangs: recordingHangs) }
}
