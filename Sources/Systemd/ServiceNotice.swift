import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a service tells the manager that started it: `sd_notify(3)` without its library.
///
/// Where nobody wants to hear, telling does nothing. Nothing here waits for more than a moment.
package final class ServiceNotice: Sendable {
  private let address: NoticeAddress?
  private let socket: Int32
  /// Seconds from one beat to the next; nil where nobody waits for any.
  package let beatInterval: Double?

  /// Reads where to, and by when it has to beat, of the environment that a program was started with.
  ///
  /// - Parameters:
  ///   - environment: `NOTIFY_SOCKET`; `WATCHDOG_USEC` and `WATCHDOG_PID`.
  ///   - process: whose beat is waited for, where one is named.
  package init(environment: [String: String], process: Int32 = getpid()) {
    address = environment["NOTIFY_SOCKET"].flatMap { NoticeAddress($0) }
    if address == nil {
      socket = -1
    } else {
      socket = datagrams()
    }
    let isOther = environment["WATCHDOG_PID"].map { Int32($0) != process } ?? false
    if address != nil, !isOther, let text = environment["WATCHDOG_USEC"],
      let microseconds = UInt64(text), (1..<(1 << 53)).contains(microseconds)
    {
      beatInterval = Double(microseconds) / 2e6
    } else {
      beatInterval = nil
    }
  }

  deinit { if socket >= 0 { close(socket) } }

  /// The names to forget, so that programs that are started do not speak for this one.
  package static let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]

  /// Takes it out of this process's own environment; to be called before the first thread is started.
  package static func take() -> ServiceNotice {
    let notice = ServiceNotice(environment: ProcessInfo.processInfo.environment)
    for name in variables { unsetenv(name) }
    return notice
  }

  /// Whether somebody wants to hear.
  package var isHeard: Bool { address != nil && socket >= 0 }

  /// It listens, and what it shows is whole. Said again after `reloading`.
  @discardableResult
  package func ready(_ status: String) -> Bool { tell(["READY=1", line(status)]) }

  /// It reads its configuration again; `ready` ends that.
  @discardableResult
  package func reloading() -> Bool {
    tell(["RELOADING=1", "MONOTONIC_USEC=\(ServiceNotice.microseconds())"])
  }

  @discardableResult
  package func stopping(_ status: String) -> Bool { tell(["STOPPING=1", line(status)]) }

  /// How it goes, in a sentence for `systemctl status`.
  @discardableResult
  package func status(_ sentence: String) -> Bool { tell([line(sentence)]) }

  /// It does its work still.
  @discardableResult
  package func beat() -> Bool { tell(["WATCHDOG=1"]) }

  /// It asks for so much more time than it was given to come up or to end.
  @discardableResult
  package func extend(bySeconds seconds: Double) -> Bool {
    tell(["EXTEND_TIMEOUT_USEC=\(UInt64(max(0, seconds) * 1e6))"])
  }

  private func line(_ sentence: String) -> String {
    // A line is a variable: none may be smuggled in with a sentence.
    "STATUS=" + String(sentence.map { $0.isNewline || $0 == "\0" ? " " : $0 }.prefix(500))
  }

  private func tell(_ lines: [String]) -> Bool {
    guard let address, socket >= 0 else { return false }
    let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
    // A manager that is busy for a moment has a full queue; one that stays so is not waited for. Only of a socket
    // that has joined it does the system say when there is room.
    for _ in 0..<3 {
      switch address.join(socket) {
      case 0: break
      case EINTR: continue
      default: return false
      }
      switch NoticeAddress.send(bytes, over: socket) {
      case 0: return true
      case EINTR: continue
      case EAGAIN, ENOBUFS:
        var waiting = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, 100)
      default: return false
      }
    }
    return false
  }

  /// Of the clock that the manager compares it with.
  private static func microseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
  }
}

/// A socket of datagrams that no program which is started inherits; below zero where there is none to be had.
private func datagrams() -> Int32 {
  #if os(Linux)
    return socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  #else
    let made = socket(AF_UNIX, SOCK_DGRAM, 0)
    if made >= 0 { _ = fcntl(made, F_SETFD, FD_CLOEXEC) }
    return made
  #endif
}
