import Bridge
import Foundation
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
      .halt(reason: "a"), .lift,
    ])
  func back(_ request: Request) throws {
    let bytes = try #require(try Frame.bytes(of: request))
    #expect(try Frame.message(Request.self, from: Array(bytes.dropFirst(4))) == request)
  }
}
