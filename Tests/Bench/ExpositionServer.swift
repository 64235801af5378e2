import CBench
import Glibc

/// Many targets in one process: each a port of 127.0.0.1 that answers `GET /metrics` at once with
/// bytes prepared beforehand, so that what is measured is who asks.
///
/// It counts every answer that was sent whole. Two more ports belong to it: a control port
/// (`GET /stats`, `GET /reset`) and a sink that accepts what a remote-writing agent pushes.
struct ExpositionServer {
  /// What a target answers.
  enum Body {
    /// The same bytes each time, and these instead where gzip is asked for.
    case fixed([UInt8], gzip: [UInt8]?)
    /// A small service whose counters move with the clock.
    case moving
  }

  /// What a port is for.
  enum Role {
    case target(Int)
    case control
    case sink
  }

  let body: Body
  /// Every second target accepts and never answers, this many of them.
  let hanging: Int
  private(set) var targetPorts: [UInt16] = []
  private(set) var controlPort: UInt16 = 0
  private(set) var sinkPort: UInt16 = 0

  private let epoll: CInt
  private let began = Clock.now()
  /// By descriptor.
  private var listeners: [CInt: Role] = [:]
  private var connections: [Connection?] = []
  private var counts: ServerCounts
  /// A whole HTTP answer; with gzip where a client asks for it and there is one.
  private let plain: [UInt8]
  private let packed: [UInt8]?

  init(targets: Int, body: Body, hanging: Int) throws(BenchError) {
    self.body = body
    self.hanging = hanging
    counts = ServerCounts(targets: targets)
    switch body {
    case .fixed(let bytes, let gzip):
      plain = HTTPAnswer.exposition(bytes)
      packed = gzip.map { HTTPAnswer.exposition($0, encoding: "gzip") }
    case .moving:
      plain = []
      packed = nil
    }
    epoll = bench_epoll()
    for index in 0..<targets { targetPorts.append(try listen(as: .target(index))) }
    controlPort = try listen(as: .control)
    sinkPort = try listen(as: .sink)
  }

  private mutating func listen(as role: Role) throws(BenchError) -> UInt16 {
    var port: UInt16 = 0
    let listener = bench_listen(&port)
    guard listener >= 0, bench_watch(epoll, listener, 0, 0) == 0 else {
      throw BenchError("cannot listen on 127.0.0.1: \(lastError()) (see `ulimit -n`)")
    }
    listeners[listener] = role
    return port
  }

  /// Serves until the parent is gone or a signal ends the process.
  mutating func run() -> Never {
    let parent = getppid()
    var ready = [CInt](repeating: 0, count: 256)
    while true {
      let count = bench_wait(epoll, &ready, CInt(ready.count), 1000)
      if getppid() != parent { exit(0) }
      for descriptor in ready.prefix(max(0, Int(count))) {
        if let role = listeners[descriptor] {
          accept(from: descriptor, as: role)
        } else {
          serve(descriptor)
        }
      }
    }
  }

  private mutating func accept(from listener: CInt, as role: Role) {
    while true {
      let descriptor = bench_accept(listener)
      guard descriptor >= 0 else { return }
      let index = Int(descriptor)
      while connections.count <= index { connections.append(nil) }
      connections[index] = Connection(role: role)
      counts.connections += 1
      _ = bench_watch(epoll, descriptor, 0, 0)
    }
  }

  /// Reads what came, answers what is complete, sends what there is room for.
  private mutating func serve(_ descriptor: CInt) {
    // Taken out and put back: a connection mutated in place inside the array would be copied.
    guard var connection = connections[Int(descriptor)].take() else { return }
    guard connection.receive(from: descriptor) else {
      close(descriptor)
      return
    }
    while connection.outgoing.isEmpty, let request = connection.nextRequest() {
      answer(request, on: &connection)
    }
    guard flush(&connection, to: descriptor) else {
      close(descriptor)
      return
    }
    connections[Int(descriptor)] = connection
  }

  /// Sends as much as there is room for; false when the peer has gone.
  private mutating func flush(_ connection: inout Connection, to descriptor: CInt) -> Bool {
    while !connection.outgoing.isEmpty {
      let sent = connection.outgoing.span.withUnsafeBytes { bytes in
        bench_send(
          descriptor, bytes.baseAddress! + connection.sent, bytes.count - connection.sent)
      }
      guard sent > 0 else {
        guard errno == EAGAIN else { return false }
        if !connection.waiting { _ = bench_watch(epoll, descriptor, 1, 1) }
        connection.waiting = true
        return true
      }
      connection.sent += sent
      guard connection.sent == connection.outgoing.count else { continue }
      if let target = connection.answering { counts.answered(target, bytes: connection.sent) }
      connection.answering = nil
      connection.outgoing = []
      connection.sent = 0
      if let request = connection.nextRequest() { answer(request, on: &connection) }
    }
    if connection.waiting { _ = bench_watch(epoll, descriptor, 0, 1) }
    connection.waiting = false
    return true
  }

  private mutating func answer(_ request: HTTPRequest, on connection: inout Connection) {
    switch connection.role {
    case .sink:
      counts.sinkBytes += request.length
      connection.outgoing = HTTPAnswer.noContent
    case .control:
      if request.path == "/reset" { counts.reset() }
      connection.outgoing = HTTPAnswer.text(counts.description)
    case .target(let target):
      if target % 2 == 1, target / 2 < hanging { return }
      switch request.path {
      case "/metrics":
        let gzip = packed != nil && request.acceptsGzip
        counts.asked(by: request, gzip: gzip)
        connection.answering = target
        switch body {
        case .fixed: connection.outgoing = gzip ? packed ?? plain : plain
        case .moving:
          let seconds = Double(Clock.now() - began) / 1e9
          connection.outgoing = HTTPAnswer.exposition(MovingService(target).exposition(at: seconds))
        }
      case "/healthz", "/ready":
        counts.others += 1
        if case .moving = body {
          connection.outgoing = HTTPAnswer.text("ok\n")
        } else {
          connection.outgoing = HTTPAnswer.notFound
        }
      default:
        counts.others += 1
        connection.outgoing = HTTPAnswer.notFound
      }
    }
  }
}
