import Containment
import FleetFile
import Foundation
import Testing
import YAMLText

/// The actions under `samples/actions/` can be taken as they are, and stand whatever is typed into them.
@Suite("Presets of actions")
struct PresetTests {
  static let names = [
    "envoy", "flagd", "go-feature-flag", "haproxy", "kubernetes", "nomad", "ofrep", "rundeck",
    "systemd",
  ]

  private func read(_ name: String) throws -> FleetFile.Reading {
    let text = """
      version: 1
      services:
        - {name: pricing, instances: ["http://10.0.0.1:80"]}
      actions:
        - file: actions/\(name).yaml

      """
    return try FleetFile.parse(text, path: samples.appending(path: "damcon.yaml").path)
  }

  @Test("Every file of the folder is one of them")
  func all() throws {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: samples.appending(path: "actions").path)
    #expect(files.sorted() == PresetTests.names.map { $0 + ".yaml" })
  }

  @Test("Each is read whole, with no problem and no warning", arguments: names)
  func isRead(name: String) throws {
    let reading = try read(name)
    #expect(reading.warnings == [])
    #expect(!reading.actions.isEmpty)
    #expect(reading.actionFiles.count == 1)
    for action in reading.actions {
      #expect(action.title != nil, "\(action.name)")
      #expect(action.revert == nil || action.read != nil, "\(action.name)")
    }
  }

  @Test("What is typed into one changes what it says, and never what it is", arguments: names)
  func hostile(name: String) throws {
    for action in try read(name).actions {
      let orders = [action.order, action.read?.order, action.revert].compactMap(\.self)
      // By the places of the orders: the values with which they were rendered at all.
      var rendered = Array(repeating: 0, count: orders.count)
      for value in [
        "web-1", "-x", "a b", "a;b", "a\nb", "../..", "a/b", "\"", "'", "$(x)", "*", "\\", "?a=1",
        "#",
        "{captured}", "é",
      ] {
        let given = action.parameters.map { parameter -> ActionPlan.Given in
          switch parameter.type {
          case .text:
            return .init(name: parameter.name, value: .text(parameter.choices.first ?? value))
          case .integer: return .init(name: parameter.name, value: .integer(3))
          case .number: return .init(name: parameter.name, value: .number(3))
          case .flag: return .init(name: parameter.name, value: .flag(true))
          }
        }
        let rendering = OrderRendering(
          service: "pricing", instance: nil, arguments: given, captured: .text("off"))
        for (place, order) in orders.enumerated() {
          // What could be misread is refused before anything is planned.
          guard let planned = try? rendering.order(order) else {
            #expect(value != "web-1", "\(action.name): a plain word is refused")
            continue
          }
          rendered[place] += 1
          check(planned, against: order, value)
        }
      }
      // A plain word, and at least one that was meant to break out of it.
      #expect(rendered.allSatisfy { $0 > 1 }, "\(action.name): \(rendered)")
    }
  }

  private func check(_ planned: PlannedOrder, against order: Order, _ value: String) {
    switch (planned, order) {
    case (.command(let command), .command(let order)):
      #expect(command.arguments.count == order.arguments.count)
      for (argument, template) in zip(command.arguments, order.arguments) {
        guard case .plain(let beginning)? = template.parts.first else {
          #expect(!argument.hasPrefix("-"))
          continue
        }
        #expect(argument.hasPrefix(beginning))
      }
      let lines = (command.input ?? "").split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 2 && lines.dropFirst().allSatisfy(\.isEmpty))
      #expect(command.input?.contains(";") != true)
    case (.http(let request), .http(let order)):
      guard case .plain(let beginning)? = order.url.parts.first else {
        Issue.record("it begins with no address")
        return
      }
      #expect(request.url.hasPrefix(beginning))
      let plain = order.url.parts.map { if case .plain(let text) = $0 { text } else { "" } }
        .joined()
      for sign in ["/", "?", "&", "#", "="] {
        #expect(
          request.url.filter { String($0) == sign }.count
            == plain.filter { String($0) == sign }.count,
          "\(request.url)")
      }
      if let body = request.body {
        #expect((try? JSONSerialization.jsonObject(with: Data(body.utf8))) != nil, "\(body)")
      }
    default: Issue.record("it became another kind of order")
    }
  }

  // MARK: Files of actions

  private func problems(_ files: [String: String], _ actions: String) throws -> [String] {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "damcon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    do {
      _ = try FleetFile.parse(
        ActionText.head + actions, path: folder.appending(path: "damcon.yaml").path)
      return []
    } catch {
      let all = error.problems
      return all.map { $0.description.replacing(folder.path + "/", with: "") }
    }
  }

  @Test(
    "What is wrong with a file stands at its place in that file, and what is wrong with naming it in ours"
  )
  func wrongFiles() throws {
    let right = "  - {name: a, kind: drain, http: {url: \"{instance}/d\"}}\n"
    #expect(
      try problems(
        ["x.yaml": "actions:\n  b: {kind: dran, http: {url: \"{instance}/d\"}}\n"],
        right + "  - file: x.yaml\n"
      ).map { $0.prefix(34) }
        == ["x.yaml:2:13: unknown kind 'dran'; "])
    #expect(
      try problems(["x.yaml": "actions:\n  b: [\n"], "  - file: x.yaml\n").map { $0.prefix(7) }
        == ["x.yaml:"])
    #expect(
      try problems([:], right + "  - file: x.yaml\n")
        == ["damcon.yaml:7:11: actions[1].file: x.yaml cannot be read: there is no such file"])
    #expect(
      try problems(["x.yaml": "services: []\n"], "  - file: x.yaml\n")
        == [
          "damcon.yaml:6:11: actions[0].file: expected actions: in x.yaml, found none",
          "x.yaml:1:1: unknown key 'services' in a file of actions; expected actions",
        ])
    #expect(
      try problems(
        ["x.yaml": "actions:\n  a: {kind: drain, http: {url: \"{instance}/d\"}}\n"],
        right + "  - file: x.yaml\n")
        == ["damcon.yaml:7:11: actions[1].file: the action 'a' is there already"])
    #expect(
      try problems(
        [
          "x.yaml":
            "actions:\n  b: {kind: drain, http: {url: \"{instance}/d\"}, preconditions: [p99ms > 1]}\n"
        ],
        "  - file: x.yaml\n")
        == ["x.yaml:2:65: actions.b.preconditions[0]: unknown signal 'p99ms'; did you mean p99_ms?"]
    )
  }
}
