import Bridge
import Foundation
import Incident
import Session
import Testing

/// Real sockets: what the process says of itself is what went out.
@Suite("What was sent", .serialized)
struct SentCountTests {
  @Test("every keyframe that somebody takes to its end is counted, and nobody else's")
  func keyframes() async throws {
    try await attaching { room in
      #expect(room.broadcast.sent.keyframes == 0)
      #expect(room.broadcast.sent.bytes == 0, "nobody is there")
      let one = try await aside { try RawScreen(room.path) }
      let began = await room.sequence
      try await aside { try one.follow(to: began) }
      try await soon { room.broadcast.sent.keyframes == 1 }
      let other = try await aside { try RawScreen(room.path) }
      try await aside { try other.follow(to: began) }
      try await soon { room.broadcast.sent.keyframes == 2 }
      // Who asks for it gets another.
      try await aside { try other.stream.ask(1, .keyframe(wantsHistory: false)) }
      let isAnother = try await aside {
        try other.stream.news { if case .keyframe = $0 { true } else { nil } }
      }
      #expect(isAnother == true)
      try await soon { room.broadcast.sent.keyframes == 3 }
    }
  }

  @Test("every byte of what somebody is told is counted")
  func bytes() async throws {
    try await attaching { room in
      let stream = try await aside { try RawStream(room.path) }
      try await room.enter((0..<40).map { "note \($0)" })
      // To what came of it, which is told after all that it led to.
      let taken = try await aside { () -> Int in
        try stream.ask(7, .intent(.remark("seen")))
        var taken = 0
        while let frame = try stream.frame() {
          taken += try #require(frame.bytes).count
          if case .news(.outcome(7, _)) = frame { return taken }
        }
        return taken
      }
      #expect(taken > 0)
      try await soon { room.broadcast.sent.bytes >= UInt64(taken) }
      // Another entry is told to one more screen than before.
      let before = room.broadcast.sent.bytes
      try await room.enter(["the last one"])
      try await soon { room.broadcast.sent.bytes > before }
    }
  }
}
