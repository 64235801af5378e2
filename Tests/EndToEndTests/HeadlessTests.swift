import Foundation
import Testing

@Suite("Commands without a screen")
struct HeadlessTests {
  private func healthy() throws -> Listener {
    try Listener.service { path in
      switch path {
      case "/healthz": (200, "text/plain", "ok")
      case "/metrics": (200, "text/plain", "# TYPE go_info gauge\ngo_info{version=\"go1.22\"} 1\n")
      default: nil
      }
    }
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("a snapshot of a healthy service exits 0 and has every key of the shape")
  func snapshot() throws {
    let listener = try healthy()
    let result = try Damcon.run("snapshot", "--format", "json", "--for", "3s", listener.url)
    #expect(result.status == 0, "\(result.errors)")
    let document = try json(result.output)
    #expect(
      Set(document.keys) == [
        "at", "fleet", "services", "capabilities", "journeys", "alerts", "actions",
      ])
    let service = try #require((document["services"] as? [[String: Any]])?.first)
    #expect(
      Set(service.keys) == [
        "name", "tier", "language", "health", "reasons", "versions", "age_seconds", "origin",
        "blast_radius", "instances", "requests", "endpoints", "signals", "saturation", "slos",
        "fallbacks", "breakers", "flags", "runbooks",
      ])
    #expect(service["health"] as? String == "healthy")
    #expect(service["language"] as? String == "go")
    let instance = try #require((service["instances"] as? [[String: Any]])?.first)
    #expect(instance["url"] as? String == listener.url)
    #expect(instance["liveness"] as? String == "pass")
    #expect(instance["readiness"] is NSNull)
    let requests = try #require(service["requests"] as? [String: Any])
    #expect(
      Set(requests.keys) == ["window_seconds", "rate", "error_ratio", "latency_ms", "beyond_ms"])
    #expect(requests["rate"] is NSNull, "nothing counts requests: the rate is not known, not 0")
  }

  @Test("a snapshot of a service that is not fine exits 1 and says why")
  func notFine() throws {
    let result = try Damcon.run("snapshot", "--format", "json", "--for", "3s", "http://127.0.0.1:9")
    #expect(result.status == 1)
    let services = try #require(try json(result.output)["services"] as? [[String: Any]])
    #expect(services[0]["health"] as? String == "unreachable")
    let instance = try #require((services[0]["instances"] as? [[String: Any]])?.first)
    #expect(instance["fault"] as? String == "refused")
  }

  #if os(Linux)
    @Test("a full disk behind standard output is told of, with exit code 3")
    func fullDisk() throws {
      let errors = FileManager.default.temporaryDirectory
        .appendingPathComponent("damcon-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: errors) }
      let child = try Child(Damcon.path, ["keys"], output: "/dev/full", errors: errors.path)
      #expect(child.wait(20) == 3)
      let said = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
      #expect(said == "standard output cannot be written: No space left on device\n")
    }
  #endif

  @Test("plain text never holds an escape code, whatever a service says")
  func plain() throws {
    let listener = try Listener.service { path in
      path == "/healthz"
        ? (503, "application/json", #"{"status":"fail","message":"\u001b[31mred"}"#) : nil
    }
    for format in ["text", "json"] {
      let result = try Damcon.run("snapshot", "--format", format, "--for", "2s", listener.url)
      #expect(result.status == 1)
      #expect(result.output.contains("red"))
      #expect(!result.output.utf8.contains(0x1B))
    }
  }

  @Test("wrong use exits 2 with a sentence on standard error and nothing on standard output")
  func wrongUse() throws {
    for arguments in [
      ["frobnicate", "--x"], ["snapshot", "--format", "xml"], ["watch", "http://"],
    ] {
      let result = try Command.run(Damcon.path, arguments)
      #expect(result.status == 2, "\(arguments): \(result.errors)")
      #expect(result.output.isEmpty)
      #expect(!result.errors.isEmpty)
    }
  }

  @Test("without a file and without addresses it says what to do")
  func nothingToWatch() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Command.run(Damcon.path, ["snapshot"], in: folder)
    #expect(result.status == 2)
    #expect(result.errors.contains("damcon demo"))
  }

  @Test("help goes to standard output and exits 0")
  func help() throws {
    let result = try Damcon.run("--help")
    #expect(result.status == 0)
    #expect(result.output.contains("SUBCOMMANDS"))
    #expect(result.errors.isEmpty)
  }

  @Test("the dashboard without a terminal names the snapshot")
  func noTerminal() throws {
    let result = try Damcon.run("watch", "http://127.0.0.1:9")
    #expect(result.status == 3)
    #expect(result.errors.contains("damcon snapshot"))
    #expect(result.output.isEmpty)
  }

  @Test("check names the place of a mistake and the nearest right word")
  func check() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    try
      "version: 1\nfleet: x\npoll: {intervall: 5s}\nservices:\n  - {name: a, instances: [\"http://127.0.0.1:1\"]}\n"
      .write(to: file, atomically: true, encoding: .utf8)
    let result = try Damcon.run("check", "--config", file.path)
    #expect(result.status == 1)
    #expect(result.errors.contains("\(file.path):3:8: "))
    #expect(result.errors.contains("'interval'"))
  }

  @Test("inspect reads a file strictly or not, in the shape it promises")
  func inspect() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    try "# TYPE a counter\na_total{x=\"1\"} +Inf\n!bad\nb 1.5\n# EOF\n"
      .write(to: file, atomically: true, encoding: .utf8)
    let tolerant = try Damcon.run("inspect", file.path, "--format", "json", "--samples")
    #expect(tolerant.status == 0)
    let document = try json(tolerant.output)
    #expect(document["format"] as? String == "openmetrics")
    #expect(Set(document.keys) == ["format", "families", "errors", "roles", "samples"])
    let samples = try #require(document["samples"] as? [[String: Any]])
    #expect(samples.map { $0["value"] as? String } == ["+Inf", "1.5"])
    let errors = try #require(document["errors"] as? [[String: Any]])
    #expect(errors.first?["line"] as? Int == 3)
    let strict = try Damcon.run("inspect", file.path, "--strict")
    #expect(strict.status == 1)
  }

  @Test("inspect visits an address and tells what it found there")
  func visit() throws {
    let listener = try healthy()
    let result = try Damcon.run("inspect", listener.url, "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    let document = try json(result.output)
    let roles = try #require(document["roles"] as? [String: Any])
    #expect(roles["language"] as? String == "go")
    let health = try #require(document["health"] as? [String: Any])
    #expect((health["liveness"] as? [String: Any])?["status"] as? String == "pass")
    #expect(health["readiness"] is NSNull)
  }

  @Test("the demo without a terminal prints a snapshot of at least eight services and exits 0")
  func demo() throws {
    let result = try Damcon.run("demo", "--for", "8s")
    #expect(result.status == 0, "\(result.errors)")
    for service in ["pricing", "checkout", "cart", "catalog", "payments", "users"] {
      #expect(result.output.contains(service))
    }
    #expect(!result.output.utf8.contains(0x1B))
  }

  @Test("what it needs at run time is what the README declares")
  func libraries() throws {
    let libraries = try Command.run("/usr/bin/env", ["ldd", Damcon.path]).output
      .split(separator: "\n")
      .compactMap { $0.split(whereSeparator: \.isWhitespace).first.map(String.init) }
      .map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    let declared: Set = [
      "linux-vdso.so.1", "libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6",
      "libz.so.1", "libzstd.so.1", "libsqlite3.so.0", "libncursesw.so.6", "libtinfo.so.6",
      "ld-linux-x86-64.so.2",
      "ld-linux-aarch64.so.1",
    ]
    #expect(libraries.contains("libncursesw.so.6"))
    // The file's name tells the version of cmark-gfm, which differs from system to system.
    let others = Set(libraries.filter { !$0.hasPrefix("libcmark-gfm") })
    #expect(others.isSubset(of: declared), "\(libraries)")
  }

  /// Root may set on a socket what nobody else may.
  @Test("the demo needs no privileges")
  func unprivileged() throws {
    let words = ["demo", "--for", "8s", "--record", "/dev/null/none"]
    // Where everybody may go, wherever this is checked out.
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "damcon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    defer { try? FileManager.default.removeItem(at: folder) }
    let samples = URL(filePath: #filePath).appending(path: "../../../samples").standardized
    for (from, name) in [(Damcon.path, "damcon"), (samples.path, "samples")] {
      let copied = try Command.run("/bin/cp", ["-r", from, folder.path + "/" + name])
      #expect(copied.status == 0, "\(copied.errors)")
    }
    let open = try Command.run("/bin/chmod", ["-R", "a+rX", folder.path])
    #expect(open.status == 0)
    let program = folder.path + "/damcon"
    let seen =
      getuid() == 0
      ? try Command.run(
        "/usr/bin/setpriv",
        ["--reuid", "65534", "--regid", "65534", "--clear-groups", program] + words)
      : try Command.run(program, words)
    #expect(seen.status == 0, "\(seen.errors)")
    #expect(seen.output.contains(#/payments +healthy/#), "\(seen.output)")
    #expect(!seen.output.contains("unreachable"))
  }
}
