import Containment
import Execution
import Testing

/// What a target says that is so.
@Suite(.timeLimit(.minutes(1)))
struct ReadingTests {
  private static let body = #"""
    {"max": 256, "ratio": 0.25, "big": 1e300, "name": "blue \"é\"", "on": true, "none": null, "": 7,
     "a/b": 1, "m~n": 2, "~1": 3, "pools": [{"size": 10}, {"size": -20}], "twice": 1, "twice": 2}
    """#

  private func read(
    _ pointer: String, _ behaviour: TargetServer.Behaviour = .answer(200, body),
    timeout: Double = 10
  ) async throws -> Result<Argument, ReadingError> {
    let server = try await TargetServer.start { _ in behaviour }
    let request = PlannedRequest(method: "GET", url: server.url)
    let result = await executor.read(
      PlannedReading(
        order: .http(request), place: .pointer(pointer), expected: .integer(1)), timeout: timeout)
    #expect(server.requests.count == 1)
    return result
  }

  @Test(
    "A pointer leads to one value, as RFC 6901 says",
    arguments: [
      ("/max", Argument.integer(256)), ("/ratio", .number(0.25)), ("/big", .number(1e300)),
      ("/name", .text("blue \"é\"")), ("/on", .flag(true)), ("/", .integer(7)),
      ("/a~1b", .integer(1)),
      ("/m~0n", .integer(2)), ("/~01", .integer(3)), ("/pools/1/size", .integer(-20)),
      ("/twice", .integer(2)),
    ])
  func pointers(pointer: String, value: Argument) async throws {
    #expect(try await read(pointer) == .success(value))
  }

  @Test("The whole answer may be the value")
  func whole() async throws {
    #expect(try await read("", .answer(200, " 12.0\n")) == .success(.integer(12)))
  }

  @Test(
    "What leads to no value says so",
    arguments: [
      ("/min", "its answer has nothing at /min"),
      ("/pools/2/size", "its answer has nothing at /pools/2/size"),
      ("/pools/01/size", "its answer has nothing at /pools/01/size"),
      ("/pools/-/size", "its answer has nothing at /pools/-/size"),
      ("/max/x", "its answer has nothing at /max/x"),
      ("/none", "expected a number, text or true or false at /none, found null"),
      ("/pools", "expected a number, text or true or false at /pools, found a list"),
      ("max", "the pointer 'max' does not begin with /"),
      ("/a~2", "the pointer '/a~2' has a ~ that is neither ~0 nor ~1"),
    ])
  func misleading(pointer: String, reason: String) async throws {
    #expect(try await read(pointer) == .failure(ReadingError(reason: reason)))
  }

  @Test(
    "An answer that is none says so",
    arguments: [
      (TargetServer.Behaviour.answer(503, "busy"), "HTTP 503: busy"),
      (.answer(304, ""), "HTTP 304"),
      (.answer(200, "<html>"), "its answer is no JSON: at byte 0, expected a value"),
      (.answer(200, ""), "its answer is no JSON: at byte 0, ends where a value was expected"),
      (.hangUp, "the connection was lost"),
      (
        .answer(200, "\"" + String(repeating: "y", count: 1 << 20)),
        "its answer is longer than 1 MiB"
      ),
    ])
  func noAnswer(behaviour: TargetServer.Behaviour, reason: String) async throws {
    let result = try await read("", behaviour)
    #expect(result == .failure(ReadingError(reason: reason)))
  }

  @Test("A target that never answers is not waited for")
  func neverAnswers() async throws {
    let server = try await TargetServer.start { _ in .never }
    let request = PlannedRequest(method: "GET", url: server.url)
    let reading = PlannedReading(
      order: .http(request), place: .pointer(""), expected: .integer(1))
    var reasons: Set<String> = []
    // Long enough for the request to be seen on a busy machine too.
    if case .failure(let error) = await executor.read(reading, timeout: 3) {
      reasons.insert(error.reason)
    }
    #expect(reasons.contains { $0.hasPrefix("no answer in ") })
    #expect(server.requests.count == 1)
  }

  @Test("A text that was cut or repaired is not what was there before")
  func unfaithful() async throws {
    let long = "\"" + String(repeating: "y", count: 5000) + "\""
    for body in [long, #""\ud800""#] {
      #expect(
        try await read("", .answer(200, body))
          == .failure(ReadingError(reason: "its text is too long to be kept, or no UTF-8")))
    }
  }

  @Test("A target is only looked at with GET: nobody has confirmed that more is sent")
  func onlyLooks() async throws {
    let server = try await TargetServer.start()
    let reading = PlannedReading(
      order: .http(PlannedRequest(method: "POST", url: server.url)), place: .pointer(""),
      expected: .integer(1))
    let reason = "it is read with POST, not with GET"
    #expect(await executor.read(reading, timeout: 10) == .failure(ReadingError(reason: reason)))
    #expect(server.connections == 0)
  }

  // MARK: Text

  private func found(
    _ place: ReadingPlace, in text: String, expected: Argument = .text("")
  ) async throws -> Result<Argument, ReadingError> {
    let server = try await TargetServer.start { _ in .answer(200, text) }
    return await executor.read(
      PlannedReading(
        order: .http(PlannedRequest(method: "GET", url: server.url)), place: place,
        expected: expected), timeout: 10)
  }

  @Test(
    "A pattern finds its first group, or all that it matches, line by line",
    arguments: [
      (#"^weight (\d+)"#, Argument.text("50")), ("weight", .text("weight")),
      (#"^state: (\w+)$"#, .text("drain")), (#"(?:none|(\w+)): d"#, .text("state")),
    ])
  func patterns(pattern: String, value: Argument) async throws {
    let text = "name web1\r\nweight 50 (initial 100)\nstate: drain\n"
    #expect(try await found(.match(pattern), in: text) == .success(value))
  }

  @Test(
    "Text is read as what is expected, where it can be",
    arguments: [
      (" 50\n", Argument.integer(1), Argument.integer(50)),
      ("0.5", .number(1), .number(0.5)), ("off", .flag(true), .flag(false)),
      ("50", .text("x"), .text("50")), ("drain", .integer(1), .text("drain")),
      ("nan", .number(1), .text("nan")), ("", .flag(true), .text("")),
    ])
  func wholes(text: String, expected: Argument, value: Argument) async throws {
    #expect(try await found(.whole, in: text, expected: expected) == .success(value))
  }

  @Test(
    "What is not found in text says so",
    arguments: [
      (ReadingPlace.match("^x$"), "a\nb", "its answer has nothing like \"^x$\""),
      (.match("(x)?a"), "a", "the first group of \"(x)?a\" matches nothing"),
      (.match("(x"), "x", "\"(x\" is no regular expression"),
      (.whole, "a\nb", "its text is more than one line, or has control signs"),
      (.whole, String(repeating: "y", count: 5000), "its text is too long to be kept"),
      (
        .match("x"), String(repeating: "y", count: 70_000),
        "its answer is longer than 64 KiB, too long to match"
      ),
    ])
  func notFound(place: ReadingPlace, text: String, reason: String) async throws {
    #expect(try await found(place, in: text) == .failure(ReadingError(reason: reason)))
  }

  @Test("A pattern that would take for ever is not waited for")
  func endlessPattern() async throws {
    let server = try await TargetServer.start { _ in
      .answer(200, String(repeating: "a", count: 32) + "!")
    }
    let reading = PlannedReading(
      order: .http(PlannedRequest(method: "GET", url: server.url)), place: .match("(a|aa)+$"),
      expected: .text(""))
    let began = ContinuousClock.now
    let result = await executor.read(reading, timeout: 2)
    #expect(
      result
        == .failure(ReadingError(reason: "looking for \"(a|aa)+$\" took too long")))
    #expect(ContinuousClock.now - began < .seconds(30))
  }

  @Test("Where the file says that asking changes nothing, it may be asked with more than GET")
  func readOnly() async throws {
    let server = try await TargetServer.start { _ in .answer(200, #"{"value": true}"#) }
    var request = PlannedRequest(method: "POST", url: server.url)
    request.body = #"{"context":{}}"#
    var reading = PlannedReading(
      order: .http(request), place: .pointer("/value"), expected: .flag(false))
    reading.isReadOnly = true
    #expect(await executor.read(reading, timeout: 10) == .success(.flag(true)))
    #expect(server.requests.first?.body == #"{"context":{}}"#)
  }
}
