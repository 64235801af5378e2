package import Presence
package import Session

/// What somebody who stays is told beside entries; frames of JSON.
package enum StreamNews: Sendable, Hashable, Codable {
  /// A state is on its way: `bytes` of a packed keyframe of the form `format`, in pieces that follow. Entries after
  /// `sequence` are told as differences from it; whatever was known before it is forgotten.
  case keyframe(sequence: UInt64, format: Int, bytes: Int)
  /// What came of an intent at once.
  case outcome(id: UInt64, IntentOutcome)
  case attendance(Attendance)
  case recordingHangs(Bool)
  /// Chunks that are not kept any more: a new keyframe names what there is.
  case gone([String])
  /// It fell so far behind that entries were left out; a keyframe follows once it takes what it is told.
  case behind
  /// The last word. `returns`: it is worth trying again.
  case parting(reason: String, returns: Bool)
}
