import Conditions
import Containment
import Fleet
import FleetFile
import Foundation
import Runbooks
import Testing
import YAMLText

/// What an action is, what it sends and how it is taken back is read whole, or said to be wrong where it stands.
@Suite("Actions of a fleet file and of runbooks")
struct ActionReaderTests {
  private func request(_ order: Order) throws -> HTTPOrder {
    guard case .http(let request) = order else { throw ArgumentError(reason: "it is no request") }
    return request
  }

  // MARK: What is right

  @Test("every key is read")
  func whole() throws {
    let reading = try ActionText.read(
      """
        cap-concurrency:
          kind: cap-concurrency
          title: Cap it
          services: [pricing, cart, pricing]
          risk: low
          mode: automatable
          parameters:
            limit: {type: integer, min: 1, max: 512, default: 32, unit: requests}
            share: {type: number, min: 0, max: 1, default: 0.5}
            word: {type: text, choices: [a, b], default: b}
            on: {type: flag, default: on}
            why: {type: text}
          http:
            method: put
            url: "{instance}/admin/{word}?s={service}&l={limit}"
            headers:
              X-Reason: "{why} {{really}}"
              X-Count: 3
              Authorization: {env: TOKEN}
              X-Key: {file: keys/key}
              X-Code: {command: [pass, show, 2]}
            body: {a: "{limit}", b: "{share}{on}", c: [1.5, true, null, "7", 1.4.2, ~], d: {}, "{e}": ""}
            success: [200, 202-204, 4xx]
          read:
            url: "{instance}/admin"
            pointer: /a~1b/0
            expect: "{limit}"
          revert:
            body: {a: "{captured}", b: "was {captured}"}
            success: 200
          preconditions: [health is not healthy, {not: cart.rate < 1}]
          outcome: It falls.
          verification: {conditions: [p99_ms < 800ms, rate > 1], window: 90s, within: 10m}
          approvals: {count: 1, within: 20m}
          timeout: 5s
          expiry: 30m
      """)
    #expect(reading.warnings == [])
    let action = try #require(reading.actions.first)
    #expect(action.name == "cap-concurrency" && action.kind == .capConcurrency)
    #expect(action.title == "Cap it" && action.outcome == "It falls.")
    #expect(action.services == ["pricing", "cart"])
    #expect(action.risk == .low && action.mode == .automatable)
    #expect(action.parameters.map(\.name) == ["limit", "share", "word", "on", "why"])
    #expect(
      action.parameters.map(\.usual) == [.integer(32), .number(0.5), .text("b"), .flag(true), nil])
    #expect(action.parameters[0].lowest == 1 && action.parameters[0].highest == 512)
    #expect(action.parameters[0].unit == "requests")
    #expect(action.parameters[2].choices == ["a", "b"])

    #expect(action.order.isPerInstance)
    let order = try request(action.order)
    #expect(order.method == "PUT")
    #expect(order.url == (try Template("{instance}/admin/{word}?s={service}&l={limit}")))
    #expect(
      order.headers == [
        .init(name: "X-Reason", value: .text(try Template("{why} {{really}}"))),
        .init(name: "X-Count", value: .text(try Template("3"))),
        .init(name: "Authorization", value: .secret(.environment("TOKEN"))),
        .init(name: "X-Key", value: .secret(.file("etc/keys/key"))),
        .init(name: "X-Code", value: .secret(.command(["pass", "show", "2"]))),
      ])
    #expect(
      order.body
        == .fields([
          .init(name: "a", value: .parameter("limit")),
          .init(name: "b", value: .text(try Template("{share}{on}"))),
          .init(
            name: "c",
            value: .list([
              .number(1.5), .flag(true), .null, .text(try Template("7")),
              .text(try Template("1.4.2")), .null,
            ])),
          .init(name: "d", value: .fields([])),
          .init(name: "{e}", value: .text(try Template(""))),
        ]))
    #expect(order.success == [200...200, 202...204, 400...499])

    let read = try #require(action.read)
    let asked = try request(read.order)
    #expect(asked.method == "GET" && asked.success == [200...299])
    #expect(read.place == .pointer("/a~1b/0") && read.expected == .parameter("limit"))

    let revert = try request(try #require(action.revert))
    #expect(revert.method == "PUT" && revert.url == order.url && revert.headers == order.headers)
    #expect(revert.success == [200...200])
    #expect(
      revert.body
        == .fields([
          .init(name: "a", value: .captured),
          .init(name: "b", value: .text(try Template("was {captured}"))),
        ]))

    #expect(
      action.preconditions == [
        try Condition("health is not healthy"), try Condition("not cart.rate < 1"),
      ])
    let proof = try #require(action.proof)
    #expect(proof.parts == [try Condition("p99_ms < 800ms"), try Condition("rate > 1")])
    #expect(proof.window == 90 && proof.patience == 600)
    #expect(action.policy.approvals == 1 && action.policy.patience == 1200)
    #expect(action.timeout == 5 && action.expiry == 1800)
  }

  @Test("what is not said is strict, and a list is read as a mapping is")
  func least() throws {
    let listed = try ActionText.read(
      "  - {name: a, kind: drain, http: {url: 'https://h.example'}}\n"
    ).actions
    let mapped = try ActionText.read("  a: {kind: drain, http: {url: 'https://h.example'}}\n")
      .actions
    #expect(listed == mapped)
    let action = try #require(listed.first)
    #expect(
      action
        == Action(
          name: "a", kind: .drain,
          order: .http(HTTPOrder(method: "POST", url: try Template("https://h.example")))))
    #expect(action.risk == .high && action.mode == .judgement && action.proof == nil)
  }

  @Test("the short forms of verification and approvals")
  func short() throws {
    let actions = try ActionText.read(
      """
        a: {kind: drain, http: {url: "{instance}/d"}, verification: rate > 1, approvals: 2}
        b: {kind: drain, http: {url: "{instance}/d"}, verification: [rate > 1 for 2m]}
      """
    ).actions
    #expect(actions[0].proof?.window == 60 && actions[0].proof?.patience == 300)
    #expect(actions[0].policy.approvals == 2 && actions[0].policy.patience == 900)
    #expect(actions[1].proof?.parts == [try Condition("rate > 1 for 2m")])
  }

  @Test(
    "what is there once it is in force is a value or a parameter",
    arguments: [
      ("true", Action.Reading.Expected.fixed(.flag(true))), ("3", .fixed(.integer(3))),
      ("0.5", .fixed(.number(0.5))), ("'3'", .fixed(.text("3"))), ("open", .fixed(.text("open"))),
      ("'{{x}}'", .fixed(.text("{x}"))), ("'{x}'", .parameter("x")),
    ])
  func expected(_ text: String, _ expected: Action.Reading.Expected) throws {
    let action = try #require(
      ActionText.read(
        """
          a:
            kind: custom
            parameters: {x: {type: text}}
            http: {url: "{instance}/{x}"}
            read: {url: "{instance}/{x}", pointer: "", expect: \(text)}
        """
      ).actions.first)
    #expect(action.read?.expected == expected)
  }

  @Test("a revert may leave the body out by saying so")
  func withoutBody() throws {
    let action = try #require(
      ActionText.read(
        "  a: {kind: custom, http: {url: 'http://h/', body: [1]}, revert: {method: DELETE, body: null},"
          + " read: {url: 'http://h/', pointer: '', expect: 1}}"
      ).actions.first)
    #expect(try request(action.order).body == .list([.number(1)]))
    let revert = try request(try #require(action.revert))
    #expect(revert.method == "DELETE" && revert.body == nil)
  }

  @Test("a runbook has its own, with files beside it, and knows no services")
  func runbook() throws {
    let file = RunbookFile(
      """
      ---
      actions:
        a: {kind: drain, services: [nobody], http: {url: "{instance}/d", headers: {X: {file: k}}}}
      ---
      # A

      """, path: "books/a.md", name: "a.md")
    #expect(file.problems == [])
    #expect(file.actions.first?.services == ["nobody"])
    let order = try request(try #require(file.actions.first).order)
    #expect(order.headers.first?.value == .secret(.file("books/k")))
  }

  @Test("one that is wrong costs a runbook that one, and is still known by its name")
  func wrongOfRunbook() {
    let file = RunbookFile(
      """
      ---
      actions:
        a: {kind: drain, http: {url: "{instance}d"}}
        b: {kind: drain, http: {url: "{instance}/d"}}
      ---
      # A

      """, path: "a.md", name: "a.md")
    #expect(
      file.problems.map(\.description) == [
        "a.md:3:32: actions.a.http.url: after {instance} comes a path, such as "
          + "{instance}/admin/limits"
      ])
    #expect(file.actions.map(\.name) == ["b"])
    #expect(Set(file.runbook.actions.map(\.name)) == ["a", "b"])
  }

  // MARK: Hostile

  @Test("too many are too many, and take no time")
  func tooMany() {
    let began = ContinuousClock.now
    let order = "http: {url: \"{instance}\"}"
    let actions = (0...200).map { "  a\($0): {kind: drain, \(order)}" }.joined(separator: "\n")
    #expect(ActionText.problems(actions) == ["f.yaml:6:3: actions: at most 200 actions, found 201"])
    let parameters = (0...32).map { "p\($0): {type: flag}" }.joined(separator: ", ")
    #expect(
      ActionText.problems("  a: {kind: drain, \(order), parameters: {\(parameters)}}") == [
        "f.yaml:6:59: actions.a.parameters: at most 32 parameters, found 33"
      ])
    let conditions = Array(repeating: "rate > 1", count: 17).joined(separator: ", ")
    #expect(
      ActionText.problems("  a: {kind: drain, \(order), preconditions: [\(conditions)]}") == [
        "f.yaml:6:62: actions.a.preconditions: at most 16 conditions, found 17"
      ])
    let headers = (0...32).map { "h\($0): 1" }.joined(separator: ", ")
    #expect(
      ActionText.problems("  a: {kind: drain, http: {url: \"{instance}\", headers: {\(headers)}}}")
        == [
          "f.yaml:6:55: actions.a.http.headers: at most 32 headers, found 33"
        ])
    #expect(ContinuousClock.now - began < .seconds(20))
  }

  @Test("a body is no larger and no deeper than anybody needs")
  func largeBodies() {
    func body(_ text: String) -> [String] {
      ActionText.problems("  a: {kind: drain, http: {url: \"{instance}\", body: \(text)}}")
    }
    let many = "[" + Array(repeating: "1", count: 1000).joined(separator: ",") + "]"
    #expect(body(many) == ["f.yaml:6:2051: actions.a.http.body[999]: more than 1000 values"])
    let deep = String(repeating: "[", count: 17) + String(repeating: "]", count: 17)
    #expect(body(deep).isEmpty)
    let deeper = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
    #expect(body(deeper).count == 1)
    #expect(body(deeper)[0].hasSuffix(": values stand at most 16 deep in each other"))
    let long = String(repeating: "x", count: 4097)
    #expect(body(long) == ["f.yaml:6:52: actions.a.http.body: a text has at most 4096 bytes"])
    let url = ActionText.problems("  a: {kind: drain, http: {url: \"http://h/\(long)\"}}")
    #expect(url == ["f.yaml:6:32: actions.a.http.url: a URL has at most 2048 bytes"])
  }

  @Test("aliases of aliases end")
  func aliases() {
    var text = "x-a: &a [x, x, x, x, x, x, x, x]\n"
    for (name, next) in zip("abcdefgh", "bcdefghi") {
      text += "x-\(next): &\(next) [*\(name), *\(name), *\(name), *\(name), *\(name), *\(name)]\n"
    }
    let began = ContinuousClock.now
    #expect(throws: FileProblems.self) {
      try FleetFile.parse(
        text + ActionText.head
          + "  a: {kind: drain, http: {url: \"{instance}\", body: *i}, preconditions: *i}\n",
        path: "f.yaml")
    }
    #expect(ContinuousClock.now - began < .seconds(20))
  }

  @Test(
    "strange texts are no crash",
    arguments: [
      "  - [a]", "  - null", "  a:", "  ~: {}", "  {}", "  []", "  ? [a]\n  : b", "  a: {http: []}",
      "  a: {kind: [], http: {url: []}}", "  a: {kind: drain, http: {url: \"{}\"}}",
      "  a: {kind: drain, http: {url: \"}\"}}", "  a: {kind: drain, http: {url: \"{instance}{{\"}}",
      "  a: {kind: drain, http: {url: \"{instance}/\", body: {<<: *x}}}",
      "  a: {kind: drain, http: {url: \"{instance}/\"}, parameters: [{name: {}}]}",
      "  a: {kind: drain, http: {url: \"{instance}/\"}, parameters: {p: {type: integer, min: 1e400}}}",
      "  a: {kind: drain, http: {url: \"{instance}/\"}, read: {url: \"{instance}/\", pointer: {}, expect: {}}}",
      "  a: {kind: drain, http: {url: \"{instance}/\", success: 1xx-2xx}}",
      "  \u{202e}: {kind: drain}",
    ])
  func strange(_ text: String) {
    let found = ActionText.problems(text)
    #expect(found.isEmpty == ["  {}", "  []"].contains(text), "\(found)")
  }

  // MARK: Samples

  @Test("every action of the samples is read whole, proved or taken back where it can be")
  func samplesAreRead() throws {
    let reading = try FleetFile.load(path: samples.appending(path: "damcon.yaml").path)
    #expect(reading.warnings == [])
    #expect(reading.actions.map(\.name) == ["cap-concurrency", "flag-off", "restart"])
    let folder = RunbookFolder(samples.appending(path: "runbooks").path)
    #expect(folder.files.count == 10)
    for file in folder.files {
      #expect(file.problems == [] && file.warnings == [], "\(file.path)")
      #expect(!file.actions.isEmpty, "\(file.path)")
      #expect(file.actions.map(\.name) == file.runbook.actions.map(\.name))
      let bound = file.runbook.text.steps.compactMap { step -> String? in
        if case .automatable(let action) = step.kind { action } else { nil }
      }
      #expect(Set(bound) == Set(file.actions.map(\.name)), "\(file.path)")
      for action in file.actions {
        #expect(action.revert != nil || action.kind == .restart, "\(file.path) \(action.name)")
        #expect((action.read == nil) == (action.kind == .restart), "\(file.path) \(action.name)")
      }
    }
  }
}
