import Presence
import Recording

/// What has come by a stream, whole.
enum StreamEvent: Sendable {
  /// It is let in; see `Reply.attached`.
  case attached(Welcome, you: UInt64, onlyLooks: String?)
  /// A state is on its way: batches that come from now on go on from it.
  case announced(sequence: UInt64, format: Int)
  /// The one that was announced, packed.
  case keyframe([UInt8])
  case batch(Batch)
  /// A value that is what its name says.
  case chunk(ContentHash, [UInt8])
  /// All other news.
  case news(StreamNews)
  /// Nothing more comes.
  case ended(BridgeError)

  /// About how many bytes it holds.
  var weight: Int {
    switch self {
    case .keyframe(let bytes), .chunk(_, let bytes): bytes.count + 256
    case .batch(let batch): batch.body.count + 256
    case .news(.attendance(let attendance)): 512 * (attendance.attendees.count + 1)
    case .attached, .announced, .news, .ended: 512
    }
  }
}
