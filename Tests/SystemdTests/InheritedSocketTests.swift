import Foundation
import Systemd
import Testing

@Suite("Sockets that a service is started with", .serialized)
struct InheritedSocketTests {
  /// Two descriptors side by side, as a manager hands them over.
  private func pair() throws -> (first: Int32, close: () -> Void) {
    let made = (0..<8).map { _ in Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) }
    let place = try #require(made.indices.dropLast().first { made[$0] + 1 == made[$0 + 1] })
    return (made[place], { for descriptor in made { close(descriptor) } })
  }

  private func read(
    _ environment: [String: String], from first: Int32 = 3
  ) throws -> [InheritedSocket] {
    try InheritedSocket.read(environment, process: 42, from: first)
  }

  @Test("they come with their names, and no program that is started inherits them")
  func named() throws {
    let (first, close) = try pair()
    defer { close() }
    #expect(fcntl(first, F_GETFD) & FD_CLOEXEC == 0)
    let sockets = try read(
      ["LISTEN_PID": "42", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "control:other"], from: first)
    #expect(sockets.map(\.name) == ["control", "other"])
    #expect(sockets.map(\.descriptor) == [first, first + 1])
    for socket in sockets { #expect(fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC != 0) }
    let unnamed = try read(["LISTEN_PID": "42", "LISTEN_FDS": "1"], from: first)
    #expect(unnamed.map(\.name) == ["unknown"])
  }

  @Test("what is another process's, or nothing, is left alone")
  func others() throws {
    let (first, close) = try pair()
    defer { close() }
    for environment in [
      [:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "42"], ["LISTEN_PID": "43", "LISTEN_FDS": "1"],
      ["LISTEN_PID": "42", "LISTEN_FDS": "0"],
      ["LISTEN_PID": "42", "LISTEN_FDS": "0", "LISTEN_FDNAMES": ""],
    ] {
      #expect(try read(environment, from: first) == [])
    }
    #expect(fcntl(first, F_GETFD) & FD_CLOEXEC == 0)
  }

  @Test(
    "what cannot be is said in a sentence",
    arguments: [
      (["LISTEN_PID": "me", "LISTEN_FDS": "1"], "LISTEN_PID is a number, and not 'me'"),
      (["LISTEN_PID": "42", "LISTEN_FDS": "-1"], "LISTEN_FDS is a number up to 16, and not '-1'"),
      (["LISTEN_PID": "42", "LISTEN_FDS": "17"], "LISTEN_FDS is a number up to 16, and not '17'"),
      (
        ["LISTEN_PID": "42", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "a:b"],
        "there are 1 of them and 2 names"
      ),
      (["LISTEN_PID": "42", "LISTEN_FDS": "1"], "there is no descriptor 900000"),
    ])
  func wrong(_ environment: [String: String], _ sentence: String) {
    #expect {
      _ = try read(environment, from: 900_000)
    } throws: {
      ($0 as? InheritedSocket.Trouble)?.description
        == "the sockets it was started with: \(sentence)"
    }
  }

  @Test("one is taken, and of several it is said that there are too many")
  func only() throws {
    let one = InheritedSocket(descriptor: 3, name: "control")
    let two = InheritedSocket(descriptor: 4, name: "metrics")
    #expect(try InheritedSocket.only(of: []) == nil)
    #expect(try InheritedSocket.only(of: [one]) == one)
    #expect {
      _ = try InheritedSocket.only(of: [one, two])
    } throws: {
      "\($0)"
        == "the sockets it was started with: there are 2 of them (control, metrics), and it takes one"
    }
  }
}
