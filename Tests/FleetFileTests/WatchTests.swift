import Fleet
import FleetFile
import Foundation
import Testing
import YAMLText

@Suite("A fleet from addresses alone")
struct AddressFleetTests {
  @Test("Each address is a service named by host and port; the scheme may be left out")
  func services() throws {
    let fleet = try FleetFile.fromURLs([
      "127.0.0.1:9090", "https://a/base/", "[::1]:80", "unix:///run/a.sock",
    ])
    #expect(fleet.services.map(\.name) == ["127.0.0.1:9090", "a/base", "[::1]:80", "/run/a.sock"])
    #expect(
      fleet.services.flatMap(\.instances).map(\.url)
        == ["http://127.0.0.1:9090", "https://a/base", "http://[::1]:80", "unix:///run/a.sock"])
    #expect(fleet.services[0].instances[0] == Instance(url: "http://127.0.0.1:9090"))
  }

  @Test("A well-known route at the end is asked as it is; routes of one process are one instance")
  func routes() throws {
    let fleet = try FleetFile.fromURLs([
      "a:1/metrics", "http://a:1/-/ready", "http://b/api/healthz", "https://a:1",
    ])
    #expect(fleet.services.map(\.name) == ["a:1", "b/api", "https://a:1"])
    #expect(fleet.services[0].instances.count == 1)
    #expect(fleet.services[0].instances[0].metrics == .path("/metrics"))
    #expect(fleet.services[0].instances[0].readiness == .path("/-/ready"))
    #expect(fleet.services[0].instances[0].liveness == .discover)
    #expect(fleet.services[1].instances[0].liveness == .path("/healthz"))
  }

  @Test("Every wrong address is told")
  func wrong() {
    do {
      _ = try FleetFile.fromURLs(["ftp://a", "a", "http://me:pw@b"])
      Issue.record("expected an error")
    } catch {
      #expect(
        error.problems.map(\.description) == [
          "'ftp://a': expected http://, https:// or unix://, found 'ftp://'",
          "'http://***@b': an address holds no user or password; give them as headers or bearer_token instead",
        ])
    }
    #expect(throws: FileProblems.self) { try FleetFile.fromURLs([]) }
  }
}

/// A folder of its own that is gone afterwards.
private final class Scratch {
  let folder: URL
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "damcon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: folder) }

  var path: String { folder.appending(path: "damcon.yaml").path }
  func write(_ text: String) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  }
  func replace(_ text: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }
}

private func file(_ name: String) -> String {
  "version: 1\nservices: [{name: \(name), instances: ['http://a']}]\n"
}

@Suite("A fleet file that changes")
struct FleetWatcherTests {
  /// The names of the services of the fleet that is reloaded in two calls.
  private func names(_ watcher: inout FleetWatcher) -> [String]? {
    #expect(watcher.poll() == nil)
    if case .reloaded(let reading)? = watcher.poll() { return reading.fleet.services.map(\.name) }
    return nil
  }

  @Test("Nothing is said while nothing changes, or a touch changes no byte")
  func quiet() throws {
    let scratch = try Scratch()
    try scratch.write(file("a"))
    var watcher = FleetWatcher(path: scratch.path)
    for _ in 0..<5 { #expect(watcher.poll() == nil) }
    try scratch.replace(file("a"))
    for _ in 0..<5 { #expect(watcher.poll() == nil) }
  }

  @Test("A file written over and a file put in its place are both read, once they are settled")
  func changes() throws {
    let scratch = try Scratch()
    try scratch.write(file("a"))
    var watcher = FleetWatcher(path: scratch.path)
    try scratch.write(file("bb"))
    #expect(names(&watcher) == ["bb"])
    try scratch.replace(file("c"))
    #expect(names(&watcher) == ["c"])
    try scratch.write("version: 1\nserv")
    #expect(watcher.poll() == nil)
    try scratch.write(file("dddd"))
    #expect(names(&watcher) == ["dddd"])
    #expect(watcher.poll() == nil)
  }

  @Test("A wrong file is refused once, and the right one after it is taken")
  func refused() throws {
    let scratch = try Scratch()
    try scratch.write(file("a"))
    var watcher = FleetWatcher(path: scratch.path)
    try scratch.write("services: []\n")
    #expect(watcher.poll() == nil)
    guard case .refused(let error)? = watcher.poll() else {
      Issue.record("expected a refusal")
      return
    }
    #expect(error.problems.count == 1)
    #expect(watcher.poll() == nil)
    try scratch.write(file("a"))
    #expect(names(&watcher) == ["a"])
  }

  @Test("A file that is gone for good is said once; one that comes back is read")
  func vanishes() throws {
    let scratch = try Scratch()
    try scratch.write(file("a"))
    var watcher = FleetWatcher(path: scratch.path)
    try FileManager.default.removeItem(atPath: scratch.path)
    #expect(watcher.poll() == nil)
    #expect(watcher.poll() == nil)
    #expect(watcher.poll() == .vanished)
    #expect(watcher.poll() == nil)
    try scratch.write(file("a"))
    #expect(names(&watcher) == ["a"])
    #expect(watcher.poll() == nil)
  }

  @Test("An editor that moves the file away for a moment is not heard of")
  func editors() throws {
    let scratch = try Scratch()
    try scratch.write(file("a"))
    var watcher = FleetWatcher(path: scratch.path)
    try FileManager.default.removeItem(atPath: scratch.path)
    #expect(watcher.poll() == nil)
    try scratch.write(file("b"))
    #expect(names(&watcher) == ["b"])
  }

  @Test("A reload that is asked for reads at once")
  func reload() throws {
    let scratch = try Scratch()
    try scratch.write(file("a"))
    var watcher = FleetWatcher(path: scratch.path)
    guard case .reloaded = watcher.reload() else {
      Issue.record("expected a fleet")
      return
    }
    try FileManager.default.removeItem(atPath: scratch.path)
    guard case .refused(let error) = watcher.reload() else {
      Issue.record("expected a refusal")
      return
    }
    #expect(error.description == "\(scratch.path): cannot be read: there is no such file")
  }
}

@Suite("Secrets")
struct SecretTests {
  private func sentence(_ secret: Credentials.Secret) -> String {
    do { return "value \(try secret.resolve())" } catch { return error.description }
  }

  @Test("A secret is trimmed, prefixed, and never said when it is wrong")
  func resolve() throws {
    let scratch = try Scratch()
    try scratch.write("  hunter2 \n")
    #expect(sentence(.literal("x")) == "value x")
    #expect(sentence(.file(path: scratch.path, prefix: "Bearer ")) == "value Bearer hunter2")
    #expect(
      sentence(.environment(name: "DAMCON_TEST_NO_SUCH", prefix: ""))
        == "the environment variable DAMCON_TEST_NO_SUCH is not set")
    #expect(sentence(.environment(name: "PATH", prefix: "")).hasPrefix("value /"))
    try scratch.write("hunter2\nhunter3")
    #expect(
      sentence(.file(path: scratch.path, prefix: ""))
        == "the file \(scratch.path) holds more than one line of text")
    try scratch.write("\n")
    #expect(sentence(.file(path: scratch.path, prefix: "")) == "the file \(scratch.path) is empty")
    #expect(
      sentence(.file(path: "/nowhere/token", prefix: ""))
        == "the secret's file /nowhere/token is missing")
  }
}
