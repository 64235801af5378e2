import Foundation
import Incident
import NIOCore
import Recording

/// A state that those who come can begin with, as frames, and what it is about.
struct StandingState: Sendable {
  let sequence: UInt64
  let frames: [ByteBuffer]
  /// The values that it names; empty once they lie elsewhere.
  private(set) var chunks: [(ContentHash, [UInt8])]
  let at: ContinuousClock.Instant
  /// What it took to make it.
  let cost: Duration

  /// Bytes of a piece: so many at once, so that it is seen that somebody takes them.
  private static let piece = 64 << 10
  /// It is packed while others wait for it, and read once.
  private static let level = 3

  /// - Parameter memory: of the encoder, after the entry that led to the state.
  init(_ state: State, memory: [UInt8]) throws {
    let began = ContinuousClock.now
    let (keyframe, values) = try Keyframe.make(of: state, memory: memory)
    let body = keyframe.packed(level: StandingState.level)
    sequence = state.present.sequence
    let head = StreamFrame.news(
      .keyframe(sequence: sequence, format: Keyframe.format, bytes: body.count))
    var frames: [ByteBuffer] = []
    for frame in [head] + StandingState.pieces(of: body) {
      guard let bytes = frame.bytes else { throw CocoaError(.coderInvalidValue) }
      frames.append(ByteBuffer(bytes: bytes))
    }
    self.frames = frames
    chunks = Array(zip(keyframe.chunks.map(\.hash), values))
    at = .now
    cost = began.duration(to: at)
  }

  /// Without the values that it names.
  var alone: StandingState {
    var alone = self
    alone.chunks = []
    return alone
  }

  private static func pieces(of body: [UInt8]) -> [StreamFrame] {
    stride(from: 0, to: body.count, by: piece).map {
      .keyframePiece(Array(body[$0..<min($0 + piece, body.count)]))
    }
  }
}
