package import Incident

/// One responder's view of the state, living with its owner so that the state is never copied.
///
/// It runs in the session's isolation and must return within a couple of milliseconds.
package protocol Onlooker: AnyObject {
  /// Called after every batch of entries and whenever the inbox rings: take what the responder
  /// typed, and draw if it is time to.
  func look(at state: State)
  /// Called when the disk does not answer, so that what somebody asked for waits, and when it has.
  func hear(recordingHangs: Bool)
}

extension Onlooker {
  package func hear(recordingHangs: Bool) {}
}
