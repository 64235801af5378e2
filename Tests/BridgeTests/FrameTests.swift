import Bridge
import Fleet
import Foundation
import Presence
import Recording
import Testing

/// The bytes that cross the socket.
@Suite("Frames")
struct FrameTests {
  @Test("a length before each message, the most significant byte first")
  func length() throws {
    let bytes = try #require(try Frame.bytes(of: Request.status(run: nil)))
    #expect(Array(bytes.prefix(4)) == [0, 0, 0, 13])
    #expect(String(decoding: bytes.dropFirst(4), as: UTF8.self) == #"{"status":{}}"#)
    #expect(Frame.length([1, 2, 3, 4]) == 0x0102_0304)
    #expect(Frame.length([0xff, 0xff, 0xff, 0xff]) == 0xffff_ffff)
  }

  @Test("what is too long is not sent")
  func long() throws {
    #expect(try Frame.bytes(of: Reply.done(words: String(repeating: "x", count: 1 << 20))) == nil)
    #expect(try Frame.bytes(of: Hello(), upTo: 5) == nil)
  }

  @Test(
    "every request comes back as it went",
    arguments: [
      Request.list(service: nil), .list(service: "cart"),
      .plan(
        action: "a", service: "b", arguments: ["c": "\u{0}\"\\\u{1F600}"], reason: "d", origin: nil),
      .status(run: "a"), .tryOut(run: "a"),
      .confirm(run: "a", hash: "b", armed: nil, target: "c"), .approve(run: "a", hash: "b"),
      .reject(run: "a", reason: ""), .cancel(run: "a", reason: "b"),
      .takeBack(run: "a", armed: "b"), .recover(run: "a", hash: "b"), .reconcile(run: "a"),
      .halt(reason: "a"), .lift, .attach(.honest()), .archive(.blob("a", offset: 3)),
    ])
  func back(_ request: Request) throws {
    let bytes = try #require(try Frame.bytes(of: request))
    #expect(try Frame.message(Request.self, from: Array(bytes.dropFirst(4))) == request)
  }

  @Test(
    "every frame of a stream comes back as it went",
    arguments: [
      StreamFrame.news(.behind), .news(.parting(reason: "\u{1F600}", returns: true)),
      .news(.keyframe(sequence: .max, format: 6, bytes: 7)),
      .news(.attendance(Attendance(you: .max, more: 3))), .keyframePiece([]),
      .keyframePiece([0, 255]),
      .batch(
        Batch(
          kind: .audit, first: 1, last: .max, begin: Instant(wall: -1, offset: .min),
          end: Instant(wall: .max, offset: 5), body: [1, 2, 3])),
      .chunkPiece(ContentHash(of: [1]), total: 9, offset: 4, [5]),
    ])
  func streamed(_ frame: StreamFrame) throws {
    let bytes = try #require(frame.bytes)
    #expect(Frame.length(bytes) == bytes.count - Frame.head)
    #expect(StreamFrame(Array(bytes.dropFirst(Frame.head))) == frame)
  }

  @Test("what is no frame of a stream is none, however short", arguments: 0..<52)
  func cut(_ count: Int) throws {
    let batch = Batch(
      kind: .audit, first: 1, last: 1, begin: Instant(wall: 0, offset: 0),
      end: Instant(wall: 0, offset: 0), body: [])
    for frame in [
      StreamFrame.batch(batch), .chunkPiece(ContentHash(of: []), total: 0, offset: 0, []),
    ] {
      let body = Array(try #require(frame.bytes).dropFirst(Frame.head))
      if count < body.count { #expect(StreamFrame(Array(body.prefix(count))) == nil) }
    }
    #expect(StreamFrame([9] + [UInt8](repeating: 0, count: count)) == nil)
    #expect(StreamFrame.keyframePiece([UInt8](repeating: 0, count: 1 << 20)).bytes == nil)
  }
}
