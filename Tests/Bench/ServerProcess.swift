import CBench
import Foundation
import Glibc

/// The server as a process of its own, so that its CPU is nobody else's.
final class ServerProcess {
  let child: Child
  private(set) var targets: [UInt16] = []
  private(set) var control: UInt16 = 0
  private(set) var sink: UInt16 = 0

  /// `what` is the rest of the `serve` command line.
  init(_ what: [String], in folder: WorkFolder) throws(BenchError) {
    var ends: [CInt] = [0, 0]
    guard pipe(&ends) == 0 else { throw BenchError("cannot make a pipe: \(lastError())") }
    for end in ends { _ = bench_set_close_on_exec(end) }
    child = try Child.start(
      [Program.own, "serve"] + what, in: folder.path, output: ends[1], errors: 2)
    close(ends[1])
    guard let lines = fdopen(ends[0], "r") else { throw BenchError("cannot read from the server") }
    defer { fclose(lines) }
    while let line = readLine(from: lines), line != "ready" {
      let words = line.split(separator: " ")
      guard words.count == 2,
        let port = UInt16(
          words[1].drop { $0 != ":" }.drop { !$0.isNumber }
            .split(separator: ":").last ?? "")
      else { continue }
      switch words[0] {
      case "control": control = port
      case "sink": sink = port
      default: targets.append(port)
      }
    }
    guard control != 0 else {
      child.end()
      throw BenchError("the bench's own server did not start")
    }
  }

  private func readLine(from file: UnsafeMutablePointer<FILE>) -> String? {
    var buffer: UnsafeMutablePointer<CChar>?
    var size = 0
    let count = getline(&buffer, &size, file)
    defer { free(buffer) }
    guard count > 0, let buffer else { return nil }
    return String(cString: buffer).trimmingCharacters(in: .newlines)
  }

  var counts: ServerCounts {
    ServerCounts(parsing: LoopbackRequest.get("/stats", port: control).body)
  }

  func reset() { _ = LoopbackRequest.get("/reset", port: control) }
}

/// One `GET` to a port of 127.0.0.1, waited for.
enum LoopbackRequest {
  static func get(_ path: String, port: UInt16) -> (status: Int, body: String) {
    let socket = bench_connect(port)
    guard socket >= 0 else { return (0, "") }
    defer { close(socket) }
    // 1.0, so that nobody answers in chunks.
    let request = Array("GET \(path) HTTP/1.0\r\nHost: 127.0.0.1:\(port)\r\n\r\n".utf8)
    guard bench_send(socket, request, request.count) == request.count else { return (0, "") }
    var answer: [UInt8] = []
    var expected: Int?
    while expected.map({ answer.count < $0 }) ?? true {
      var got = 0
      withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { room in
        got = recv(socket, room.baseAddress, room.count, 0)
        if got > 0 { answer.append(contentsOf: room[..<got]) }
      }
      if got <= 0 { break }
      if expected == nil { expected = wholeLength(answer) }
    }
    let text = String(decoding: answer, as: UTF8.self)
    let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    guard let blank = text.range(of: "\r\n\r\n") else { return (status, "") }
    return (status, String(text[blank.upperBound...]))
  }

  /// Bytes of head and body once the head is here and says how long the body is.
  private static func wholeLength(_ answer: [UInt8]) -> Int? {
    let text = String(decoding: answer.prefix(4096), as: UTF8.self)
    guard let blank = text.range(of: "\r\n\r\n") else { return nil }
    let head = text[..<blank.lowerBound].lowercased()
    guard let field = head.range(of: "content-length:") else { return nil }
    let value = head[field.upperBound...].prefix { $0 != "\r\n" && $0 != "\r" }
    guard let length = Int(value.trimmingCharacters(in: .whitespaces)) else { return nil }
    return text[..<blank.upperBound].utf8.count + length
  }
}
