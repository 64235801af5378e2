package import Incident

/// One responder's view of the state, living with its owner so that the state is never copied.
///
/// Both calls run in the session's isolation and must return within a couple of milliseconds.
package protocol Onlooker: AnyObject {
  /// The state has changed; called once for a batch of entries.
  func stateDidChange(_ state: State)
}
