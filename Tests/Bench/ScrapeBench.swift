import CBench
import Foundation
import Glibc

/// CPU per scrape and memory of a program that scrapes 200 targets a second.
struct ScrapeBench {
  private let options: Options
  private let gzip: Bool
  private static let targets = 200

  /// What one client's runs gave.
  private struct Figures {
    var cpu = Runs()
    var resident = Runs()
    var peak = Runs()
    var rate = Runs()
    var negotiated = ""
    var remarks: [String] = []
  }

  init(_ options: Options, gzip: Bool) {
    self.options = options
    self.gzip = gzip
  }

  func run() throws(BenchError) {
    let sample = Sample.load()
    let folder = try WorkFolder("server")
    defer { folder.remove() }
    let file = folder.path + "/sample"
    guard FileManager.default.createFile(atPath: file, contents: Data(sample.bytes)) else {
      throw BenchError("cannot write \(file)")
    }
    var serve = ["--targets", "\(Self.targets)", "--exposition", file]
    if gzip {
      guard Sample.gzipped(file, in: folder) != nil else {
        throw BenchError("gzip is not installed")
      }
      serve += ["--gzip", folder.path + "/sample.gz"]
    }
    let server = try ServerProcess(serve, in: folder)
    defer { server.child.end() }
    let ceiling = Ceiling.measure(server, seconds: options.quick ? 1 : 3)

    let (clients, absent) = ScrapeClient.find(options)
    var figures: [String: Figures] = [:]
    for run in 1...options.runs(usually: 3) {
      // In turns, so that a slow minute of the machine is shared by all.
      for client in clients {
        do throws(BenchError) {
          try measure(
            client, run: run, server: server, into: &figures[client.name, default: .init()])
        } catch {
          figures[client.name, default: .init()].remarks.append("run \(run): \(error)")
        }
      }
    }
    show(sample, clients.map(\.name), absent, figures, ceiling)
  }

  private func measure(
    _ client: ScrapeClient, run: Int, server: ServerProcess, into figures: inout Figures
  ) throws(BenchError) {
    let warming = options.quick ? 4.0 : 10
    let measured = options.quick ? 6.0 : 20
    let folder = try WorkFolder("\(client.name)-\(run)")
    defer { folder.remove() }
    let task = ScrapeTask(
      targets: server.targets, sink: server.sink, seconds: warming + measured + 5)
    let output = folder.open("output")
    let errors = folder.open("errors")
    let arguments = try client.arguments(task, folder)
    server.reset()
    let child = try Child.start(arguments, in: folder.path, output: output, errors: errors)
    defer { child.end() }
    close(output)
    close(errors)
    let began = Clock.wait(upTo: 15) {
      !child.isRunning || server.counts.byTarget.allSatisfy { $0 > 0 }
    }
    guard began, child.isRunning else {
      let said = folder.read("errors").split(separator: "\n").last.map { ": \($0)" } ?? ""
      throw BenchError("\(client.name) did not reach every target within 15 s\(said)")
    }
    figures.negotiated = server.counts.clients.map {
      "asked for “\($0.acceptEncoding)”, was given \($0.given)"
    }.joined(separator: "; ")
    Clock.pass(seconds: warming)
    server.reset()
    guard let before = ProcessUsage(of: child.id) else { throw BenchError("\(client.name) ended") }
    let start = Clock.now()
    Clock.pass(seconds: measured)
    guard let after = ProcessUsage(of: child.id) else { throw BenchError("\(client.name) ended") }
    let counts = server.counts
    let seconds = Double(Clock.now() - start) / 1e9
    guard counts.scrapes > 0 else { throw BenchError("\(client.name) stopped scraping") }
    figures.cpu.add((after.cpu - before.cpu) / Double(counts.scrapes) * 1000)
    figures.resident.add(after.resident / 1e6)
    figures.peak.add(after.peak / 1e6)
    figures.rate.add(Double(counts.scrapes) / seconds)
    let fewest = counts.byTarget.min() ?? 0
    if Double(fewest) < measured - 2 {
      figures.remarks.append("run \(run): one target was scraped only \(fewest) times")
    }
    if client.answers {
      guard child.wait(upTo: 15) else { throw BenchError("\(client.name) did not end by itself") }
      figures.remarks.append("run \(run): \(Self.summary(ofAnswer: folder.read("output")))")
    }
  }

  /// What the snapshot found, so that a fast answer that is wrong cannot pass for a good one.
  private static func summary(ofAnswer text: String) -> String {
    guard
      let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
      let services = object["services"] as? [[String: Any]]
    else { return "the snapshot is not what it should be: \(text.prefix(80))" }
    let measured = services.count { ($0["requests"] as? [String: Any])?["rate"] is NSNumber }
    let signals = services.map { ($0["signals"] as? [String: Any])?.count ?? 0 }.max() ?? 0
    return "the snapshot tells of \(services.count) services, a request rate of \(measured),"
      + " up to \(signals) signals each"
  }

  private func show(
    _ sample: Sample, _ names: [String], _ absent: [String], _ figures: [String: Figures],
    _ ceiling: Ceiling
  ) {
    let columns = names.contains("damcon") ? names : ["damcon"] + names
    let all = columns.map { figures[$0] ?? Figures() }
    let own = all[0]
    var table = Table(
      "\(gzip ? "gzip" : "scrape"): \(Self.targets) targets of "
        + "\((Double(sample.bytes.count) / 1000).fixed(0)) kB, once a second each",
      columns: columns)
    let half = figures["vmagent"].flatMap { $0.cpu.isEmpty ? nil : $0.cpu.median / 2 }
    table.row(
      "CPU a scrape", "ms", all.map { $0.cpu.text(2) },
      goal: half.map { Goal.atMost($0, 2, "half of vmagent").verdict(on: own.cpu) }
        ?? "≤ half of vmagent")
    table.row(
      "resident memory", "MB", all.map { $0.resident.text(0) },
      goal: Goal.atMost(60, 0).verdict(on: own.resident))
    table.row("most it ever had", "MB", all.map { $0.peak.text(0) })
    table.row("scrapes", "per second", all.map { $0.rate.text(1) }, goal: "200")
    for line in absent { table.note(line) }
    table.note("exposition: \(sample.origin); the same bytes each time")
    for (name, figure) in zip(columns, all) where !figure.negotiated.isEmpty {
      table.note("\(name) \(figure.negotiated)")
    }
    for (name, figure) in zip(columns, all) {
      for remark in figure.remarks { table.note("\(name), \(remark)") }
    }
    table.note(
      "the server by itself: \(ceiling.rate.fixed(0)) scrapes/s on one thread,"
        + " \(ceiling.cpu.fixed(3)) ms of its CPU each (not counted above)")
    table.note(
      "\(options.runs(usually: 3)) runs of \(options.quick ? 6 : 20) s after"
        + " \(options.quick ? 4 : 10) s of warming up; machine load at the end \(Machine.load)")
    table.show()
  }
}

/// What the server gives when nothing but sockets holds it back.
struct Ceiling {
  var rate = 0.0
  /// Milliseconds of the server's CPU for one answer.
  var cpu = 0.0

  static func measure(_ server: ServerProcess, seconds: Double) -> Ceiling {
    let request = Array(
      "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: ceiling\r\n\r\n".utf8)
    let sockets = server.targets.prefix(16).map { bench_connect($0) }
    defer { for socket in sockets { close(socket) } }
    guard sockets.allSatisfy({ $0 >= 0 }), let length = answerLength(sockets[0], request),
      let before = ProcessUsage(of: server.child.id)
    else { return Ceiling() }
    var count = 0
    let start = Clock.now()
    while Double(Clock.now() - start) < seconds * 1e9 {
      for socket in sockets { _ = bench_send(socket, request, request.count) }
      for socket in sockets where skip(length, from: socket) { count += 1 }
    }
    let passed = Double(Clock.now() - start) / 1e9
    guard let after = ProcessUsage(of: server.child.id), count > 0 else { return Ceiling() }
    return Ceiling(
      rate: Double(count) / passed, cpu: (after.cpu - before.cpu) / Double(count) * 1000)
  }

  /// Asks once to learn how long an answer is: all of them are.
  private static func answerLength(_ socket: CInt, _ request: [UInt8]) -> Int? {
    guard bench_send(socket, request, request.count) == request.count else { return nil }
    var total = 0
    withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 1) { room in
      var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      while poll(&waiting, 1, 100) > 0 {
        let got = recv(socket, room.baseAddress, room.count, 0)
        guard got > 0 else { return }
        total += got
      }
    }
    return total > 0 ? total : nil
  }

  private static func skip(_ length: Int, from socket: CInt) -> Bool {
    var left = length
    withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 1) { room in
      while left > 0 {
        let got = recv(socket, room.baseAddress, min(room.count, left), 0)
        guard got > 0 else { return }
        left -= got
      }
    }
    return left == 0
  }
}
