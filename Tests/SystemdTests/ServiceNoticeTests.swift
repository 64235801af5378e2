import Foundation
import Systemd
import Testing

/// A manager that hears: a real datagram socket.
private final class Manager {
  let name: String
  private let socket: Int32

  /// - Parameters:
  ///   - isAbstract: as a manager in a container may choose it.
  ///   - place: where another one listened before; nil: a place of its own.
  init(isAbstract: Bool = false, at place: String? = nil) throws {
    let mark = "damcon-notice-\(UUID().uuidString.prefix(8))"
    name = place ?? (isAbstract ? "@\(mark)" : "/tmp/\(mark)")
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(name.utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    if isAbstract { address.sun_path.0 = 0 }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) == 0 }
    }
    try #require(isBound)
    var patience = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit {
    close(socket)
    if name.hasPrefix("/") { unlink(name) }
  }

  /// The next thing it is told, a line each.
  func hear() -> [String] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(socket, &buffer, buffer.count, 0)
    guard count > 0 else { return [] }
    return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Nobody has told it anything more.
  var isSilent: Bool {
    var byte: UInt8 = 0
    return recv(socket, &byte, 1, Int32(MSG_DONTWAIT)) < 0
  }
}

@Suite("What a service tells its manager", .serialized)
struct ServiceNoticeTests {
  @Test("it is heard at a path and at an abstract name", arguments: [false, true])
  func heard(isAbstract: Bool) throws {
    let manager = try Manager(isAbstract: isAbstract)
    let notice = ServiceNotice(environment: ["NOTIFY_SOCKET": manager.name])
    #expect(notice.isHeard)
    #expect(notice.ready("serving shop: 8 services"))
    #expect(manager.hear() == ["READY=1", "STATUS=serving shop: 8 services"])
    #expect(notice.beat())
    #expect(manager.hear() == ["WATCHDOG=1"])
    #expect(notice.stopping("writing the journal"))
    #expect(manager.hear() == ["STOPPING=1", "STATUS=writing the journal"])
    #expect(notice.extend(bySeconds: 1.5))
    #expect(manager.hear() == ["EXTEND_TIMEOUT_USEC=1500000"])
  }

  @Test("that it reads its file again has the time of the manager's clock")
  func reloading() throws {
    let manager = try Manager()
    let notice = ServiceNotice(environment: ["NOTIFY_SOCKET": manager.name])
    var before = timespec()
    clock_gettime(CLOCK_MONOTONIC, &before)
    #expect(notice.reloading())
    let lines = manager.hear()
    #expect(lines.first == "RELOADING=1")
    let stamp = try #require(lines.last?.split(separator: "=").last.flatMap { UInt64($0) })
    let earliest = UInt64(before.tv_sec) * 1_000_000 + UInt64(before.tv_nsec) / 1000
    #expect(stamp >= earliest && stamp < earliest + 60_000_000)
  }

  @Test("a sentence cannot smuggle in a line of its own")
  func smuggled() throws {
    let manager = try Manager()
    let notice = ServiceNotice(environment: ["NOTIFY_SOCKET": manager.name])
    let long = String(repeating: "x", count: 10_000)
    #expect(notice.status("a\nMAINPID=1\r\nREADY=1\u{2028}b\0c \(long)"))
    let lines = manager.hear()
    #expect(lines.count == 1)
    #expect(lines[0].hasPrefix("STATUS=a MAINPID=1 READY=1 b c xxx"))
    #expect(lines[0].count < 600)
  }

  @Test(
    "where nobody listens, or the place is none, telling does nothing",
    arguments: [
      "", "@", "relative", "/tmp/damcon-nobody-\(UInt32.random(in: 0 ... .max))",
      "/" + String(repeating: "x", count: 200), "vsock:2:1",
    ])
  func unheard(_ place: String) {
    let notice = ServiceNotice(environment: ["NOTIFY_SOCKET": place, "WATCHDOG_USEC": "x"])
    #expect(!notice.ready("x"))
    #expect(!notice.beat())
    #expect(notice.beatInterval == nil)
    #expect(!ServiceNotice(environment: [:]).isHeard)
  }

  @Test("a manager that does not listen any more holds nothing up")
  func full() throws {
    let manager = try Manager()
    let notice = ServiceNotice(environment: ["NOTIFY_SOCKET": manager.name])
    let began = ContinuousClock.now
    var isFull = false
    // The queue of a datagram socket is short; nobody takes anything out of this one.
    for _ in 0..<10_000 where !isFull { isFull = !notice.beat() }
    #expect(isFull)
    #expect(ContinuousClock.now - began < .seconds(10))
    #expect(manager.hear() == ["WATCHDOG=1"])
    #expect(notice.beat())
  }

  @Test("it waits a moment for a manager that is busy, and is heard by one that came anew")
  func busy() throws {
    var manager: Manager? = try Manager()
    let name = try #require(manager?.name)
    let notice = ServiceNotice(environment: ["NOTIFY_SOCKET": name])
    var isFull = false
    for _ in 0..<10_000 where !isFull { isFull = !notice.beat() }
    try #require(isFull)
    let began = ContinuousClock.now
    #expect(!notice.beat())
    // Three times a tenth of a second, but for what the clock is coarse.
    #expect(ContinuousClock.now - began > .milliseconds(200))
    #expect(manager?.isSilent == false)
    manager = nil
    #expect(!notice.beat())
    let next = try Manager(at: name)
    #expect(notice.ready("x"))
    #expect(next.hear() == ["READY=1", "STATUS=x"])
  }

  @Test("it beats twice in the time that is given, and only where it is the one that is meant")
  func watchdog() throws {
    let manager = try Manager()
    func interval(_ more: [String: String]) -> Double? {
      ServiceNotice(
        environment: ["NOTIFY_SOCKET": manager.name].merging(more) { $1 }, process: 42
      ).beatInterval
    }
    #expect(interval(["WATCHDOG_USEC": "60000000"]) == 30)
    #expect(interval(["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "42"]) == 30)
    #expect(interval(["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "43"]) == nil)
    #expect(interval(["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "no"]) == nil)
    for odd in ["0", "-1", "", "ten", "99999999999999999999"] {
      #expect(interval(["WATCHDOG_USEC": odd]) == nil)
    }
    #expect(manager.isSilent)
  }
}
