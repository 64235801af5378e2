import Foundation
import Synchronization

/// What an action is done to, and how often: by the keys of the requests, or of what was run.
protocol CrashTarget: AnyObject, Sendable {
  /// As the probe is told.
  var place: String { get }
  var value: Int { get }
  /// How often the value was set, by the keys of who set it.
  var counts: [String: Int] { get }
  var faults: [String] { get }
  /// Whether it was to kill somebody, and has not.
  var isWaitingToStrike: Bool { get }
  func aim(_ strike: CountingTarget.Strike?, at victim: Probe)
  /// Waits until nothing that was sent before is still to be done; false where that does not come about.
  func settle() -> Bool
  func stop()
}

/// A real target on loopback: one value to read and to set, and how often each setting of it was received.
final class CountingTarget: CrashTarget {
  /// When it kills who asks.
  struct Strike: Sendable {
    enum Moment: String, Sendable, CaseIterable { case received, halfAnswered, answered }
    var moment: Moment
    /// At the request that takes back, or at the one that does it.
    var isRevert: Bool
  }

  private struct State {
    var value = 256
    var counts: [String: Int] = [:]
    var open: Set<Int32> = []
    var strike: Strike?
    var victim: Probe?
    var faults: [String] = []
  }

  let port: UInt16
  private let socket: Int32
  private let state = Mutex(State())
  /// Called with the key of each request that sets, before anything comes of it: says what is wrong.
  private let witness: @Sendable (String) -> String?

  var place: String { "http://127.0.0.1:\(port)" }
  var value: Int { state.withLock(\.value) }
  var counts: [String: Int] { state.withLock(\.counts) }
  var faults: [String] { state.withLock(\.faults) }
  var isWaitingToStrike: Bool { state.withLock { $0.strike != nil } }

  init(_ witness: @escaping @Sendable (String) -> String?) throws {
    self.witness = witness
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, size) == 0 && listen(socket, 64) == 0
          && getsockname(socket, $0, &size) == 0
      }
    }
    _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
    guard bound else { throw POSIXError(.init(rawValue: errno) ?? .EADDRNOTAVAIL) }
    self.socket = socket
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in accept() }
  }

  func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

  func aim(_ strike: Strike?, at victim: Probe) {
    state.withLock { state in
      state.strike = strike
      state.victim = victim
    }
  }

  func settle() -> Bool {
    let connection = connect()
    guard connection >= 0 else { return false }
    defer { close(connection) }
    // Connections are taken in their order: with this one answered, all before it are known.
    send("GET /limit HTTP/1.1\r\n\r\n", to: connection)
    var buffer = [UInt8](repeating: 0, count: 4096)
    guard read(connection, &buffer, buffer.count) > 0 else { return false }
    return waitUntil(20) { state.withLock { $0.open.count <= 1 } }
  }

  private func connect() -> Int32 {
    let connection = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else {
      close(connection)
      return -1
    }
    return connection
  }

  // MARK: Serving

  private func accept() {
    while true {
      let connection = Glibc.accept(socket, nil, nil)
      guard connection >= 0 else { break }
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      state.withLock { _ = $0.open.insert(connection) }
      Thread.detachNewThread { [self] in serve(connection) }
    }
    close(socket)
  }

  private func serve(_ connection: Int32) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = read(connection, &buffer, buffer.count), count > 0 {
      bytes += buffer.prefix(count)
      if let request = Request(bytes) {
        answer(request, connection)
        bytes = []
      }
    }
    state.withLock { _ = $0.open.remove(connection) }
    close(connection)
  }

  private struct Request {
    var isReading: Bool
    var key: String
    var number: Int?

    /// nil while there is more to come.
    init?(_ bytes: [UInt8]) {
      let text = String(decoding: bytes, as: UTF8.self)
      guard let end = text.range(of: "\r\n\r\n") else { return nil }
      func header(_ name: String) -> String? {
        let line = text[..<end.lowerBound].split(separator: "\r\n").first {
          $0.lowercased().hasPrefix(name + ": ")
        }
        return line.map { String($0.dropFirst(name.count + 2)) }
      }
      let body = text[end.upperBound...]
      guard body.utf8.count >= header("content-length").flatMap({ Int($0) }) ?? 0 else {
        return nil
      }
      isReading = text.hasPrefix("GET ")
      key = header("idempotency-key") ?? "no key"
      number = Int(body.filter(\.isNumber))
    }
  }

  private func answer(_ request: Request, _ connection: Int32) {
    if !request.isReading {
      let fault = witness(request.key)
      strike(.received, request)
      state.withLock { state in
        state.counts[request.key, default: 0] += 1
        if let fault { state.faults.append(fault) }
        if let number = request.number {
          state.value = number
        } else {
          state.faults.append("\(request.key) sets nothing")
        }
      }
    }
    let body = #"{"max":\#(value)}"#
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    guard !request.isReading else { return send(whole, to: connection) }
    send(String(whole.prefix(20)), to: connection)
    strike(.halfAnswered, request)
    send(String(whole.dropFirst(20)), to: connection)
    strike(.answered, request)
  }

  private func strike(_ moment: Strike.Moment, _ request: Request) {
    let victim = state.withLock { state -> Probe? in
      guard let strike = state.strike, strike.moment == moment,
        strike.isRevert == request.key.contains("-revert-")
      else { return nil }
      state.strike = nil
      return state.victim
    }
    victim?.kill()
  }

  private func send(_ text: String, to connection: Int32) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes {
      Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
  }
}
