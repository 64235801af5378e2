import Conditions
import Containment
import FleetFile
import Testing
import YAMLText

/// `plans:` and what goes in steps, as the fleet file says them, and what is wrong with them.
@Suite("Plans of several actions") struct PlanReaderTests {
  private static let head = """
    version: 1
    services:
      - {name: checkout, instances: ["http://10.0.0.1:8080"]}
      - {name: pricing, instances: ["http://10.0.0.2:8080"]}
    actions:
      cap:
        kind: cap-concurrency
        parameters: {limit: {type: integer, min: 1, max: 512, default: 32}}
        http: {url: "{instance}/limits", body: {max: "{limit}"}}
        read: {url: "{instance}/limits", pointer: /max, expect: "{limit}"}
        revert: {body: {max: "{captured}"}}
      shift:
        kind: shift-traffic
        parameters: {weight: {type: integer, min: 0, max: 100}}
        http: {url: "{instance}/weight", body: {weight: "{weight}"}}
        read: {url: "{instance}/weight", pointer: /weight, expect: "{weight}"}
        revert: {body: {weight: "{captured}"}}

    """

  private func read(_ text: String) throws -> FleetFile.Reading {
    try FleetFile.parse(Self.head + text, path: "damcon.yaml")
  }

  /// What is wrong, without where it is.
  private func mistakes(_ text: String) -> [String] {
    FleetText.flaws(Self.head + text).map(\.text)
  }

  @Test("a plan is read whole")
  func whole() throws {
    let maneuvers = try read(
      """
      plans:
        release:
          title: bring 1.42
          steps:
            - {action: cap, service: pricing, arguments: {limit: 64}, reversible: no}
            - action: shift
              service: checkout
              arguments: {weight: 100}
              migrates: orders
              prerequisites: [readiness is pass]
              check: {conditions: [error_ratio < 1%], window: 30s, within: 2m}
              touches: [{database: adds a column}, {external: tells the bank}]
          manifest:
            release: "2026-11-22"
            artifacts:
              checkout:
                version: "1.42"
                needs: {pricing: v2}
                reads: {orders: [6, 7..8]}
                environments: [production]
                settings: {new-cart: flag(new-cart) is off}
            stores:
              orders: {schema: 7, migration: {to: 8}}
          recovery: {conditions: [error_ratio < 1%, exports is whole], watch: 30m, confirm: person}
      """
    ).maneuvers
    let plan = try #require(maneuvers.first)
    #expect(maneuvers.count == 1)
    #expect(plan.id == "plan:release")
    #expect(plan.services == ["pricing", "checkout"])
    #expect(plan.parts.map(\.isReversible) == [false, true])
    #expect(plan.parts.map(\.arguments.first?.value) == [.integer(64), .integer(100)])
    #expect(plan.parts[1].check?.patience == 120)
    #expect(
      plan.parts[1].effects == [
        .init(.database, "adds a column"), .init(.external, "tells the bank"),
      ])
    let manifest = try #require(plan.manifest)
    #expect(manifest.artifacts.first?.reads.first?.schemas == [6...6, 7...8])
    #expect(manifest.artifacts.first?.needs == [.init(service: "pricing", api: "v2")])
    #expect(manifest.stores.first?.migration == .init(to: 8, isReversible: false))
    #expect(plan.recovery?.watch == 1800)
    #expect(plan.recovery?.confirmation == .person)
  }

  @Test("an action goes in steps where it says what each is looked at by")
  func staging() throws {
    let action = try #require(
      try read(
        """
          roll:
            kind: shift-traffic
            parameters: {weight: {type: integer, min: 0, max: 100}}
            http: {url: "{instance}/weight", body: {weight: "{weight}"}}
            read: {url: "{instance}/weight", pointer: /weight, expect: "{weight}"}
            steps: {parameter: weight, values: [5, 25, 50, 100], check: [error_ratio < 1%]}
        """
      ).actions.first { $0.name == "roll" })
    #expect(action.staging?.values == [5, 25, 50, 100].map(Argument.integer))
    #expect(action.staging?.check?.window == 60)
  }

  @Test("what is wrong says so")
  func wrong() {
    #expect(
      mistakes("plans: {a: {steps: [{action: cup, service: pricing}]}}") == [
        "plans.a.steps[0].action: unknown action 'cup'; did you mean 'cap'?"
      ])
    #expect(
      mistakes("plans: {a: {steps: [{action: shift, service: pricing}]}}") == [
        "plans.a.steps[0]: shift needs weight, and nothing is usual: say it under arguments:"
      ])
    #expect(
      mistakes("plans: {a: {steps: [{action: cap, service: pricing, migrates: orders}]}}") == [
        "plans.a.steps[0].migrates: no migration of 'orders' is in the manifest"
      ])
    #expect(
      mistakes(
        """
          blind:
            kind: custom
            http: {url: "{instance}/blind"}
        plans: {a: {steps: [{action: blind, service: pricing}]}}
        """) == [
          "plans.a.steps[0].action: blind has no read:, and nobody could tell whether it is done "
            + "already when the plan is asked for again"
        ])
    #expect(
      mistakes(
        """
          back:
            kind: roll-back
            http: {url: "{instance}/back"}
        """) == [
          "actions.back.kind: nothing names the revision that it goes back to: add a parameter for "
            + "it, or read: with the revision that it expects"
        ])
    #expect(
      mistakes(
        """
          roll:
            kind: shift-traffic
            parameters: {weight: {type: integer}}
            http: {url: "{instance}/weight", body: {weight: "{weight}"}}
            steps: {parameter: weight, values: [25, 5]}
        """) == [
          "actions.roll.steps: where a target stands has to be known: add read: with expect: "
            + "\"{weight}\""
        ])
  }
}
