import Conditions
import Containment
import Fleet
import FleetFile
import Testing
import YAMLText

/// What holds for everything that is triggered, and what is triggered without a person.
@Suite("Policy and automation of a fleet file")
struct PolicyReaderTests {
  /// What follows begins on line 12.
  private static let head = """
    version: 1
    services:
      - {name: pricing, instances: ["http://10.0.0.1"]}
      - {name: cart, instances: ["http://10.0.0.2"]}
    actions:
      cap: {kind: cap-concurrency, risk: low, mode: automatable, services: pricing,
        parameters: {limit: {type: integer, min: 1, max: 64}}, http: {url: "{instance}/{limit}"}}
      back: {kind: roll-back, mode: automatable, http: {url: "http://deploy/back"}, read: {url: "http://deploy", pointer: /now, expect: "41"}}
      drain: {kind: drain, risk: low, http: {url: "{instance}/drain"}}
      asked: {kind: drain, risk: low, mode: automatable, approvals: 1, http: {url: "{instance}/d"}}
      risky: {kind: restart, risk: medium, mode: automatable, http: {url: "{instance}/r"}}

    """

  private func read(_ text: String) throws -> FleetFile.Reading {
    try FleetFile.parse(Self.head + text, path: "f.yaml")
  }

  private func problems(_ text: String) -> [String] {
    FleetText.problems(Self.head + text, path: "f.yaml")
  }

  // MARK: Policy

  @Test("freezes and gates are read, with what is usual")
  func policy() throws {
    let policy = try read(
      """
      policy:
        freezes:
          - {from: 2026-12-20, until: 2026-12-26, reason: the sale, services: cart,
             kinds: [restart, drain], break: [commander, ines, "@leads"]}
          - {from: "2026-12-31T18:00Z", until: 2027-01-01}
        gates:
          - {budget: 25%}
          - {kinds: shift-traffic, actions: back, budget: 50}
      """
    ).fleet.policy
    let freeze = try #require(policy.freezes.first)
    #expect(freeze.covers(service: "cart", kind: "drain"))
    #expect(!freeze.covers(service: "cart", kind: "scale"))
    #expect(!freeze.covers(service: "pricing", kind: "drain"))
    #expect(freeze.breakers == People(users: ["ines"], groups: ["leads"], role: .commander))
    #expect(freeze.words == "frozen until 2026-12-27 00:00 UTC, the sale")
    // 2026-12-20T00:00:00Z
    #expect(freeze.isOn(atUnixSeconds: 1_797_724_800))
    #expect(!freeze.isOn(atUnixSeconds: 1_797_724_799))
    #expect(policy.freezes[1].covers(service: "cart", kind: "anything"))
    #expect(policy.freezes[1].breakers.isEmpty)
    #expect(
      policy.gates == [
        BudgetGate(kinds: ["shift-traffic", "toggle-flag"], share: 0.25),
        BudgetGate(kinds: ["shift-traffic"], actions: ["back"], share: 0.5),
      ])
    #expect(!policy.hasRollbacksByRule)
  }

  @Test("who may ask, who may agree, and what becomes of a regression stand with the action")
  func people() throws {
    let reading = try FleetFile.parse(
      """
      version: 1
      services: [{name: a, instances: ["http://a"]}]
      actions:
        cap:
          kind: throttle
          http: {url: "{instance}/cap", body: {on: true}}
          read: {url: "{instance}/cap", pointer: /on, expect: true}
          revert: {body: {on: "{captured}"}}
          verification: [error_ratio < 1%]
          request: ["@oncall", approver]
          approvals: {count: 2, by: [ines, commander], within: 20m}
          regression: revert
      """, path: "f.yaml")
    let policy = try #require(reading.actions.first?.policy)
    #expect(policy.requesters == People(groups: ["oncall"], role: .approver))
    #expect(policy.approvals == 2 && policy.patience == 1200)
    #expect(policy.approvers == People(users: ["ines"], role: .commander))
    #expect(policy.revertsOnRegression)
  }

  // MARK: Automation

  @Test("a rule is read whole, and with what is usual")
  func rules() throws {
    let reading = try read(
      """
      automation:
        rollbacks: true
        rules:
          cap-slow:
            when: p99_ms > 1500 for 2m
            action: cap
            services: [pricing]
            arguments: {limit: 32}
            days: weekdays
            hours: 8:00-20:00
            at_most: 2 per 30m
            countdown: 20s
          back-out: {when: health is unhealthy, action: back, services: [pricing, cart]}
      """)
    #expect(reading.fleet.policy.hasRollbacksByRule)
    let first = try #require(reading.rules.first)
    #expect(first.name == "cap-slow" && first.action == "cap" && first.services == ["pricing"])
    #expect(first.condition == (try Condition("p99_ms > 1500 for 2m")))
    #expect(first.arguments == [.init(name: "limit", value: .integer(32))])
    #expect(first.schedule.days == [0, 1, 2, 3, 4])
    #expect(first.schedule.hours == .init(from: 480, until: 1200))
    #expect(first.most == 2 && first.span == 1800 && first.countdown == 20)
    let second = try #require(reading.rules.last)
    #expect(second.services == ["pricing", "cart"])
    #expect(second.most == 1 && second.span == 3600 && second.countdown == 30)
  }

  @Test(
    "each mistake has a sentence at its place",
    arguments: [
      (
        "policy: {freezes: [{from: 2026-12-20}]}",
        "f.yaml:12:20: policy.freezes[0]: 'until' is missing"
      ),
      (
        "policy: {freezes: [{from: 2026-12-20, until: 2026-12-21, kinds: deploy}]}",
        "f.yaml:12:65: unknown kind 'deploy'; expected throttle, drain, restart, scale, custom, "
          + "break-circuit, toggle-flag, cap-concurrency, resize-pool, runtime-parameter, "
          + "trace-level, shift-traffic or roll-back"
      ),
      (
        "policy: {freezes: [{from: 2026-12-20, until: 2026-12-21, services: prcing}]}",
        "f.yaml:12:68: policy.freezes[0].services: unknown service 'prcing'; did you mean 'pricing'?"
      ),
      ("policy: {gates: [{kinds: scale}]}", "f.yaml:12:18: policy.gates[0]: 'budget' is missing"),
      (
        "policy: {gates: [{budget: much}]}",
        "f.yaml:12:27: policy.gates[0].budget: expected a percentage above 0 and up to 100, such as "
          + "25%, found 'much'"
      ),
      (
        "automation: {rules: {a: {when: rate > 1, action: cap}}}",
        "f.yaml:12:25: automation.rules.a: 'services' is missing"
      ),
      (
        "automation: {rules: {a: {when: rate > 1, action: cpa, services: pricing}}}",
        "f.yaml:12:50: automation.rules.a.action: unknown action 'cpa'; did you mean 'cap'?"
      ),
      (
        "automation: {rules: {a: {when: rate > 1, action: drain, services: pricing}}}",
        "f.yaml:12:50: automation.rules.a.action: drain is for people to decide"
      ),
      (
        "automation: {rules: {a: {when: rate > 1, action: asked, services: pricing}}}",
        "f.yaml:12:50: automation.rules.a.action: asked needs people who approve it"
      ),
      (
        "automation: {rules: {a: {when: rate > 1, action: risky, services: pricing}}}",
        "f.yaml:12:50: automation.rules.a.action: risky is of medium risk, and rules take low ones "
          + "alone"
      ),
      (
        "automation: {rules: {a: {when: rate > 1, action: back, services: pricing}}}",
        "f.yaml:12:50: automation.rules.a.action: back is a rollback, and the policy does not leave "
          + "those to rules"
      ),
      (
        "automation: {rules: {a: {when: rate > 1, action: cap, services: cart, arguments: {limit: 1}}}}",
        "f.yaml:12:65: automation.rules.a.services: cap is not for cart"
      ),
      (
        "automation: {rules: {a: {when: rate > 1, action: cap, services: pricing}}}",
        "f.yaml:12:25: automation.rules.a: cap needs limit, and nothing is usual: say it under "
          + "arguments:"
      ),
      (
        "automation: {rules: {a: {when: rate > 1, action: cap, services: pricing, arguments: {limit: 99}}}}",
        "f.yaml:12:93: automation.rules.a.arguments.limit: limit: expected at most 64, found '99'"
      ),
      (
        "automation: {rules: {a: {when: rte > 1, action: cap, services: pricing, arguments: {limit: 9}}}}",
        "f.yaml:12:32: automation.rules.a.when: unknown signal 'rte'; did you mean rate?"
      ),
      (
        "automation: {rules: {a: {when: rate > 1, action: cap, services: pricing, arguments: {limit: 9}, "
          + "at_most: often}}}",
        "f.yaml:12:106: automation.rules.a.at_most: expected how often, from 1 to 20 times in 1m to "
          + "7d, such as 2 per 1h, found 'often'"
      ),
    ])
  func mistakes(_ text: String, _ problem: String) {
    #expect(problems(text) == [problem])
  }

  @Test("an action that takes itself back where it does not help says how")
  func regression() {
    #expect(
      ActionText.problems("  a: {kind: drain, http: {url: \"{instance}/d\"}, regression: revert}")
        == [
          "f.yaml:6:61: actions.a.regression: it takes itself back where it says how it is proved, "
            + "read and taken back: add verification:, read: and revert:"
        ])
  }
}
