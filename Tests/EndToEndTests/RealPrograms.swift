import Foundation
import Testing

/// A program that `make deps-test` installs from Python's index.
struct PythonProgram {
  /// Beside the build, where nothing else looks.
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../.build/programs/bin").standardized

  let path: String

  /// nil where it is not installed; that is a mistake in CI, and elsewhere a reason to skip.
  init?(_ name: String) {
    path = PythonProgram.folder.appending(path: name).path
    if FileManager.default.isExecutableFile(atPath: path) { return }
    #expect(
      ProcessInfo.processInfo.environment["CI"] == nil, "\(path) is missing: make deps-test")
    print("skipped: \(name) is not installed; `make deps-test` installs it")
    return nil
  }

  static var python: String { folder.appending(path: "python3").path }
}

final class RunningEtcd: RunningServer {
  /// nil where Debian's etcd is not installed, outside CI.
  static func start() throws -> RunningEtcd? {
    if FileManager.default.isExecutableFile(atPath: "/usr/bin/etcd") { return try RunningEtcd() }
    #expect(ProcessInfo.processInfo.environment["CI"] == nil, "etcd is missing: make deps-test")
    print("skipped: etcd is not installed; `make deps-test` installs it")
    return nil
  }

  private init() throws {
    let peers = try FreePort.take()
    try super.init("/usr/bin/etcd") { port, folder in
      [
        "--data-dir", "\(folder.path)/data", "--listen-client-urls", "http://127.0.0.1:\(port)",
        "--advertise-client-urls", "http://127.0.0.1:\(port)", "--listen-peer-urls",
        "http://127.0.0.1:\(peers)", "--initial-advertise-peer-urls",
        "http://127.0.0.1:\(peers)", "--initial-cluster", "default=http://127.0.0.1:\(peers)",
      ]
    }
  }
}

/// A worker of a router that answers well until it is told to break.
final class ScriptedWorker: RunningServer {
  init() throws {
    try super.init(PythonProgram.python) { port, folder in
      let file = folder.appendingPathComponent("worker.py")
      try """
      import http.server, json, os
      broken = "\(folder.path)/broken"
      class Worker(http.server.BaseHTTPRequestHandler):
          def log_message(self, *arguments): pass
          def answer(self, status, value):
              body = json.dumps(value).encode()
              self.send_response(status)
              self.send_header("Content-Type", "application/json")
              self.send_header("Content-Length", str(len(body)))
              self.end_headers()
              self.wfile.write(body)
          def do_GET(self):
              self.answer(200, {"object": "list", "data": [{"id": "m", "object": "model"}]})
          def do_POST(self):
              self.rfile.read(int(self.headers.get("Content-Length") or 0))
              if os.path.exists(broken): self.answer(500, {"error": "broken"})
              else: self.answer(200, {"id": "x", "object": "chat.completion", "model": "m", "choices": []})
      http.server.ThreadingHTTPServer(("127.0.0.1", \(port)), Worker).serve_forever()
      """.write(to: file, atomically: true, encoding: .utf8)
      return [file.path]
    }
  }

  func breaks() {
    _ = FileManager.default.createFile(
      atPath: folder.appendingPathComponent("broken").path, contents: Data())
  }
}

final class RunningRouter: RunningServer {
  let metricsPort: UInt16

  var metrics: String { "http://127.0.0.1:\(metricsPort)" }

  init(_ program: PythonProgram, worker: UInt16) throws {
    let metricsPort = try FreePort.take()
    self.metricsPort = metricsPort
    try super.init(program.path) { port, _ in
      [
        "--host", "127.0.0.1", "--port", "\(port)", "--worker-urls",
        "http://127.0.0.1:\(worker)", "--prometheus-host", "127.0.0.1", "--prometheus-port",
        "\(metricsPort)", "--policy", "round_robin", "--cb-failure-threshold", "3",
        "--cb-timeout-duration-secs", "120", "--disable-retries", "--log-level", "error",
      ]
    }
  }

  var answersRequests: Bool {
    ask() == 200 && HTTPGet.body(port: metricsPort, path: "/metrics") != nil
  }

  /// The status of one chat completion.
  func ask() -> Int? {
    HTTPGet.post(
      port: port, path: "/v1/chat/completions",
      json: #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#)
  }
}

final class RunningGranian: RunningServer {
  let metricsPort: UInt16

  var metrics: String { "http://127.0.0.1:\(metricsPort)" }

  init(_ program: PythonProgram) throws {
    let metricsPort = try FreePort.take()
    self.metricsPort = metricsPort
    try super.init(program.path) { port, folder in
      try """
      async def app(scope, receive, send):
          if scope["type"] != "http": return
          await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
          await send({"type": "http.response.body", "body": b"ok"})
      """.write(
        to: folder.appendingPathComponent("answering.py"), atomically: true, encoding: .utf8)
      return [
        "--interface", "asgi", "--host", "127.0.0.1", "--port", "\(port)", "--working-dir",
        folder.path, "--metrics", "--metrics-address", "127.0.0.1", "--metrics-port",
        "\(metricsPort)", "--metrics-scrape-interval", "1", "answering:app",
      ]
    }
  }
}
