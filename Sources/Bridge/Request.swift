package import Containment

/// What somebody in another login asks of the process that keeps the fleet's journal.
///
/// Nothing in it says who asks: that is the kernel's word (`PeerCredentials`).
package enum Request: Sendable, Hashable, Codable {
  /// What can be triggered; of all services where none is named.
  case list(service: String?)
  /// Work out exactly what an action would send. Arguments are as somebody typed them.
  case plan(
    action: String, service: String, arguments: [String: String], reason: String,
    origin: ActionPlan.Origin?)
  /// One run, or all there are.
  case status(run: String?)
  /// Ask the targets of a plan what they would do; nothing is changed.
  case tryOut(run: String)
  /// Do it.
  ///
  /// - `armed`: the environment that is meant.
  /// - `target`: the service that it is for, typed by somebody; asked for where the risk is high.
  case confirm(run: String, hash: String, armed: String?, target: String?)
  case approve(run: String, hash: String)
  case reject(run: String, reason: String)
  case cancel(run: String, reason: String)
  case takeBack(run: String, armed: String?)
  /// Say that what was lost is as it was.
  case recover(run: String, hash: String)
  /// Look up what is so, where nobody knows what came of it.
  case reconcile(run: String)
  /// Stop everything that runs or waits, and refuse what is new.
  case halt(reason: String)
  /// Allow actions again.
  case lift
  /// Stay, and be told what happens; nothing else is asked on this connection after it.
  case attach(Attachment)
  /// What is kept in the journal.
  case archive(ArchiveQuestion)
}
