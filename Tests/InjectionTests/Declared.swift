import Containment
import Execution
import FleetFile
import Foundation
import NIOPosix

/// A fleet file with actions as somebody would write them, and all that carries them out.
struct Declared {
  let folder: String
  let target: RawTarget
  private let actions: [Action]
  private let executor: Executors

  /// Where the script writes what it gets.
  private var log: String { folder + "/log" }

  init() throws {
    folder = NSTemporaryDirectory() + "damcon-injection-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    target = try RawTarget()
    let script = folder + "/script.sh"
    try """
    #!/bin/sh
    {
      printf 'begun\\0'
      for word in "$@"; do printf '%s\\0' "$word"; done
      printf 'VALUE=%s\\0' "$VALUE"
      if [ "$1" = reads ]; then printf 'read '; cat; printf '\\0'; fi
    } >>'\(folder)/log'
    """.write(toFile: script, atomically: true, encoding: .utf8)
    chmod(script, 0o700)
    let text = """
      version: 1
      fleet: shop
      services:
        - {name: pricing, instances: ["\(target.url)"]}
      actions:
        request:
          kind: toggle-flag
          parameters: {value: {type: text}}
          http:
            method: PUT
            url: "{instance}/flags/{value}/state?by={value}&then=end"
            body: {value: "{value}", note: "set {value}", list: ["{value}"]}
        header:
          kind: toggle-flag
          parameters: {value: {type: text}}
          http:
            method: PUT
            url: "{instance}/flags"
            headers: {X-Reason: "because {value}"}
            body: {}
        command:
          kind: custom
          parameters: {value: {type: text}}
          command:
            run: [/bin/sh, "\(script)", fixed, "{value}", "--flag={value}", last]
            env: {VALUE: "{value}"}
        input:
          kind: custom
          parameters: {value: {type: text}}
          command: {run: [/bin/sh, "\(script)", reads], input: "set server {value} state drain\\n"}
      """
    actions = try FleetFile.parse(text, path: folder + "/damcon.yaml").actions
    let programs = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    executor = Executors(
      http: HTTPExecutor(group: MultiThreadedEventLoopGroup.singleton),
      command: CommandExecutor(
        spool: folder + "/spool",
        supervisor: [programs.appendingPathComponent("ContainmentProbe").path, "supervise"]))
  }

  func remove() {
    target.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Plans an action with a value as it was typed, and carries it out.
  ///
  /// - Returns: why it was refused before anything was sent; nil where it was done.
  func carryOut(_ name: String, _ value: String) async throws -> String? {
    guard let action = actions.first(where: { $0.name == name }),
      let parameter = action.parameters.first
    else { throw Undone(words: "there is no action \(name)") }
    let argument: Argument
    do { argument = try parameter.argument(value) } catch { return error.reason }
    let planned = await ActionPlanner(executor: executor).plan(
      action, id: "run-\(UUID().uuidString)", service: "pricing", instances: [target.url],
      environment: nil, arguments: ["value": argument], preconditions: [], origin: nil, by: "ana",
      reason: "")
    let plan: ActionPlan
    switch planned {
    case .failure(let error): return error.reason
    case .success(let planned): plan = planned.plan
    }
    for (place, step) in plan.steps.enumerated() {
      let answer = await executor.send(
        step.order, as: SendingName(run: plan.id, place: place), key: "key-1", timeout: 20,
        began: { nil })
      switch answer {
      case .applied: continue
      case .unsent(let reason): return reason
      default: throw Undone(words: answer.words)
      }
    }
    return nil
  }

  /// What the script was given, a word each.
  var words: [String] {
    let bytes = (try? Data(contentsOf: URL(fileURLWithPath: log))) ?? Data()
    return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
      .map { String(decoding: $0, as: UTF8.self) }
  }

  struct Undone: Error { var words: String }
}
