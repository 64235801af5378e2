import Containment
import Execution
import Foundation
import Testing

/// Where secrets come from, and that they go nowhere but into a header.
@Suite(.timeLimit(.minutes(1)))
struct SecretTests {
  private static let canary = "canary-\"7f3a/9\\c1"

  private func file(_ content: String) throws -> String {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-secret-\(UUID().uuidString)").path
    try Data(content.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  @Test("A file holds one line; the white space around it is none of it")
  func fromFile() async throws {
    let path = try file("  Bearer abc\r\n\n")
    defer { remove(path) }
    #expect(try await SecretPlace.file(path).resolve() == "Bearer abc")
  }

  @Test(
    "What is not one line of plain text is no secret, and is not told",
    arguments: [
      "", " \n", "canary\nsecond", "canary\u{0}", "canaryé",
    ])
  func unfit(content: String) async throws {
    let path = try file(content)
    defer { remove(path) }
    let error = await #expect(throws: SecretError.self) {
      try await SecretPlace.file(path).resolve()
    }
    #expect(error?.description.contains(path) == true)
    #expect(error?.description.contains("canary") == false)
  }

  @Test("What is longer than any secret is none")
  func tooLong() async throws {
    let path = try file(String(repeating: "canary", count: 11_000))
    defer { remove(path) }
    let error = await #expect(throws: SecretError.self) {
      try await SecretPlace.file(path).resolve()
    }
    #expect(error?.description == "no secret from the file \(path): it is longer than 64 KiB")
  }

  @Test(
    "What is no file that can be read is no secret",
    arguments: ["/nowhere/at/all", "/tmp", "/dev/zero"])
  func noFile(path: String) async {
    let error = await #expect(throws: SecretError.self) {
      try await SecretPlace.file(path).resolve()
    }
    #expect(error?.description == "no secret from the file \(path): it is no file that can be read")
  }

  @Test("The environment is asked by name")
  func fromEnvironment() async throws {
    #expect(try await SecretPlace.environment("PATH").resolve().contains("/bin"))
    let error = await #expect(throws: SecretError.self) {
      try await SecretPlace.environment("DAMCON_NO_SUCH").resolve()
    }
    #expect(error?.description == "no secret from the environment, DAMCON_NO_SUCH: it is not set")
  }

  @Test("A command is run as it is written, without a shell")
  func fromCommand() async throws {
    #expect(try await SecretPlace.command(["echo", " $HOME;x "]).resolve() == "$HOME;x")
    #expect(try await SecretPlace.command(["/bin/echo", "abc"]).resolve() == "abc")
  }

  @Test(
    "A command that fails, says too much or is not there has no secret",
    arguments: [
      ["sh", "-c", "echo canary; exit 3"], ["head", "-c", "70000", "/dev/zero"], ["damcon-no-such"],
      [],
      ["sh", "-c", "echo canary; echo second"],
    ])
  func badCommands(arguments: [String]) async {
    let error = await #expect(throws: SecretError.self) {
      try await SecretPlace.command(arguments).resolve()
    }
    #expect(error?.description.contains("canary") == false)
  }

  @Test("A command that says nothing is waited for for five seconds, with all that it has begun")
  func slowCommand() async {
    let clock = ContinuousClock()
    let began = clock.now
    let place = SecretPlace.command(["sh", "-c", "sleep 60 & sleep 60"])
    let error = await #expect(throws: SecretError.self) { try await place.resolve() }
    #expect(error?.description == "no secret from the command sh: it said nothing in 5 s")
    #expect(clock.now - began < .seconds(8))
  }

  @Test("A secret is in its header, and in nothing else that leaves or is said")
  func onlyInItsHeader() async throws {
    let path = try file(SecretTests.canary + "\n")
    defer { remove(path) }
    let place = SecretPlace.file(path)
    let server = try await TargetServer.start { request in
      .answer(401, "no such token: \(request.header("Authorization") ?? "")")
    }
    var request = PlannedRequest(method: "POST", url: server.url)
    request.headers = [.init(name: "Authorization", value: .secret(place))]
    let answer = await executor.send(request)
    #expect(answer == .failed("HTTP 401: no such token: •••"))
    #expect(server.requests.first?.header("Authorization") == SecretTests.canary)
    #expect(server.requests.first?.headers.filter { $0.contains("canary") }.count == 1)
  }

  @Test(
    "However a target says it back, it is hidden",
    arguments: [
      "\(canary)", #"{"t":"canary-\"7f3a/9\\c1"}"#, #"{"t":"canary-\"7f3a\/9\\c1"}"#,
      "canary%2D%227f3a%2F9%5Cc1", "x\(canary)\u{301}\(canary)",
    ])
  func saidBack(text: String) async throws {
    let path = try file("Bearer \(SecretTests.canary)")
    defer { remove(path) }
    let place = SecretPlace.file(path)
    for behaviour in [TargetServer.Behaviour.answer(500, text), .redirect(302, "http://h/\(text)")]
    {
      let server = try await TargetServer.start { _ in behaviour }
      var request = PlannedRequest(method: "POST", url: server.url)
      request.headers = [.init(name: "Authorization", value: .secret(place))]
      let answer = await executor.send(request)
      #expect(answer.isFailed || answer.isUnknown)
      #expect(!answer.words.contains("7f3a"), "\(answer)")
    }
  }

  @Test("A password that is said back without its wrapping is hidden too")
  func basic() async throws {
    let wrapped = Data("admin:canary-word".utf8).base64EncodedString()
    let path = try file("Basic \(wrapped)")
    defer { remove(path) }
    let place = SecretPlace.file(path)
    let server = try await TargetServer.start { _ in
      .answer(403, "canary-word is wrong, so is \(wrapped)")
    }
    var request = PlannedRequest(method: "POST", url: server.url)
    request.headers = [.init(name: "Authorization", value: .secret(place))]
    #expect(await executor.send(request) == .failed("HTTP 403: ••• is wrong, so is •••"))
  }

  @Test("A secret that cannot be had keeps the request from leaving, and says which")
  func missing() async throws {
    let server = try await TargetServer.start()
    var request = PlannedRequest(method: "POST", url: server.url)
    request.headers = [.init(name: "Authorization", value: .secret(.environment("DAMCON_NO_SUCH")))]
    let reason = "no secret from the environment, DAMCON_NO_SUCH: it is not set"
    #expect(await executor.send(request) == .unsent("\(reason)"))
    #expect(server.connections == 0)
  }

  @Test("Neither a plan nor what was read holds a secret")
  func inNoPlan() async throws {
    let path = try file(SecretTests.canary)
    defer { remove(path) }
    let server = try await TargetServer.start { request in
      .raw(
        "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n{\"max\": \"canary-\\\"7f3a/9\\\\c1\"}",
        closes: true)
    }
    var action = try Dial.action()
    func secretly(_ order: Order) -> Order {
      guard case .http(var request) = order else { return order }
      request.headers = [.init(name: "Authorization", value: .secret(.file(path)))]
      return .http(request)
    }
    action.order = secretly(action.order)
    if let order = action.read?.order { action.read?.order = secretly(order) }
    action.revert = action.revert.map(secretly)
    let planned = try await planned(action, at: [server.url])
    #expect(planned.plan.steps[0].captured == nil)
    #expect(!"\(planned)".contains("7f3a"))
    #expect(
      planned.warnings.contains(
        "\(server.url): what is so now cannot be read: what is there is a secret"))
  }
}
