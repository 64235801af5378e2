import Conditions
import Containment
import Fleet
import FleetFile
import Testing
import YAMLText

/// Each mistake has one sentence, at its line and column.
@Suite("Actions that are wrong")
struct ActionProblemTests {
  /// One action `a` whose `http` is right, with what is wrong beside it; its first column is 35.
  private func beside(_ text: String) -> [String] {
    ActionText.problems("  a: {kind: drain, http: {url: \"{instance}/d\"}, \(text)}")
  }

  @Test(
    "what is wrong with an action stands at its place",
    arguments: [
      ("knd: drain", "f.yaml:6:49: unknown key 'knd' in an action; did you mean 'kind'?"),
      (
        "name: a",
        "f.yaml:6:49: unknown key 'name' in an action; expected "
          + "kind, title, services, risk, mode, parameters, http, command"
          + ", read, revert, preconditions, outcome, verification, steps,"
          + " recovery, request, approvals, regression, timeout or expiry"
      ),
      (
        "risk: lw",
        "f.yaml:6:55: unknown risk 'lw'; expected low, medium or high; did you mean 'low'?"
      ),
      (
        "mode: auto", "f.yaml:6:55: unknown mode 'auto'; expected automatable or judgement"
      ),
      (
        "services: [prcing]",
        "f.yaml:6:60: actions.a.services[0]: unknown service 'prcing'; did you mean 'pricing'?"
      ),
      (
        "timeout: 10",
        "f.yaml:6:58: actions.a.timeout: expected a duration such as 10s, found "
          + "'10'; did you mean '10s'?"
      ),
      (
        "timeout: 10m", "f.yaml:6:58: actions.a.timeout: expected between 100ms and 5m, found '10m'"
      ),
      (
        "expiry: 30m",
        "f.yaml:6:57: actions.a.expiry: nothing says how it is taken back: add revert:"
      ),
      (
        "approvals: 9",
        "f.yaml:6:60: actions.a.approvals: expected a whole number from 0 to 5, found '9'"
      ),
      ("approvals: {within: 5m}", "f.yaml:6:60: actions.a.approvals: 'count' is missing"),
      ("preconditions: []", "f.yaml:6:64: actions.a.preconditions: name at least one condition"),
      (
        "preconditions: [p99ms > 1]",
        "f.yaml:6:65: actions.a.preconditions[0]: unknown signal 'p99ms'; did you mean p99_ms?"
      ),
      (
        "preconditions: [p99_ms > 1 for 5m]",
        "f.yaml:6:65: actions.a.preconditions[0]: it is asked right before sending: leave out 'for'"
      ),
      (
        "verification: {conditions: [rate is high]}",
        "f.yaml:6:77: actions.a.verification.conditions[0]: 'rate' is a number; compare it with > or <"
      ),
      (
        "verification: {window: 60s}",
        "f.yaml:6:63: actions.a.verification: 'conditions' is missing"
      ),
      (
        "verification: {conditions: [rate > 1], window: 60s, within: 60s}",
        "f.yaml:6:109: actions.a.verification.within: expected within to be more than 1m, for which "
          + "the conditions have to hold; it is 1m"
      ),
      (
        "verification: {conditions: [rate > 1], window: 10m}",
        "f.yaml:6:96: actions.a.verification.window: expected within to be more than 10m, for which "
          + "the conditions have to hold; it is 5m"
      ),
      (
        "revert: {}",
        "f.yaml:6:57: actions.a.revert: says nothing else than http does: it would be done again"
      ),
      (
        "revert: {body: [\"{captured}\"]}",
        "f.yaml:6:57: actions.a.revert: nothing says how to learn whether somebody has changed it "
          + "since: add read:"
      ),
      (
        "read: {url: \"{instance}/x\", pointer: /x, expect: 1}, revert: {url: \"http://h/x\"}",
        "f.yaml:6:110: actions.a.revert: http goes to each instance, and revert does not: write "
          + "{instance} at its beginning"
      ),
      (
        "read: {url: \"http://h/x\", pointer: /x, expect: 1}",
        "f.yaml:6:55: actions.a.read: http goes to each instance, and read does not: write "
          + "{instance} at its beginning"
      ),
      (
        "read: {url: \"{instance}/x\", expect: 1}",
        "f.yaml:6:55: actions.a.read: expected one of pointer, match and text, found none"
      ),
      (
        "read: {url: \"{instance}/x\", pointer: /x}",
        "f.yaml:6:55: actions.a.read: 'expect' is missing"
      ),
      (
        "read: {url: \"{instance}/x\", pointer: x, expect: 1}",
        "f.yaml:6:86: actions.a.read.pointer: expected a JSON pointer such as /max_concurrency, "
          + "found 'x'"
      ),
      (
        "read: {url: \"{instance}/x\", pointer: /x~2, expect: 1}",
        "f.yaml:6:86: actions.a.read.pointer: expected a JSON pointer such as /max_concurrency, "
          + "found '/x~2'"
      ),
      (
        "read: {url: \"{instance}/x\", pointer: /x, expect: [1]}",
        "f.yaml:6:98: actions.a.read.expect: expected a value such as 32 or on, or one parameter "
          + "such as \"{limit}\", found a list"
      ),
      (
        "read: {method: GET, url: \"{instance}/x\", body: 1, pointer: /x, expect: 1}",
        "f.yaml:6:96: actions.a.read.body: a GET sends no body"
      ),
    ])
  func besideOrder(_ text: String, _ sentence: String) {
    #expect(beside(text) == [sentence])
  }

  @Test(
    "what is wrong with what is sent stands at its place",
    arguments: [
      ("method: POST", "f.yaml:6:26: actions.a.http: 'url' is missing"),
      (
        "url: /x",
        "f.yaml:6:32: actions.a.http.url: expected an address that begins with {instance}, http:// "
          + "or https://, found '/x'"
      ),
      (
        "url: \"{p}/x\"",
        "f.yaml:6:32: actions.a.http.url: expected an address that begins with {instance}, http:// "
          + "or https://, found '{p}/x'"
      ),
      (
        "url: \"http://h/{instance}\"",
        "f.yaml:6:32: actions.a.http.url: {instance} stands only at the beginning"
      ),
      (
        "url: \"{instance}{p}\"",
        "f.yaml:6:32: actions.a.http.url: after {instance} comes a path, such as "
          + "{instance}/admin/limits"
      ),
      (
        "url: \"{instance}@evil.example/\"",
        "f.yaml:6:32: actions.a.http.url: after {instance} comes a path, such as "
          + "{instance}/admin/limits"
      ),
      (
        "url: \"http://{p}.example/\"",
        "f.yaml:6:32: actions.a.http.url: nothing is put into scheme, host or port; it goes into "
          + "the path or the query"
      ),
      (
        "url: \"http://h:{p}\"",
        "f.yaml:6:32: actions.a.http.url: nothing is put into scheme, host or port; it goes into "
          + "the path or the query"
      ),
      (
        "url: \"http://u:w@h/\"",
        "f.yaml:6:32: actions.a.http.url: an address holds no user or password; give them as "
          + "headers or bearer_token instead"
      ),
      (
        "url: \"http://h:99999/\"",
        "f.yaml:6:32: actions.a.http.url: expected a port from 1 to 65535, found '99999'"
      ),
      (
        "url: \"http://h/a b\"", "f.yaml:6:32: actions.a.http.url: a URL holds no spaces; write %20"
      ),
      ("url: \"http://h/#a\"", "f.yaml:6:32: actions.a.http.url: a URL that is asked has no '#'"),
      (
        "url: \"http://h/{pp}\"",
        "f.yaml:6:42: actions.a.http.url: no parameter is called 'pp'; did you mean {p}?"
      ),
      (
        "url: \"http://h/{reason}\"",
        "f.yaml:6:42: actions.a.http.url: no parameter is called 'reason'; define it under "
          + "parameters:"
      ),
      (
        "url: \"http://h/{p\"",
        "f.yaml:6:32: actions.a.http.url: a brace is not closed, or names nothing; those that stand "
          + "for themselves are doubled"
      ),
      (
        "url: \"http://h/{captured}\"",
        "f.yaml:6:42: actions.a.http.url: {captured} is what was so before: it goes with revert only"
      ),
      (
        "url: \"http://h/{p}\", method: FETCH",
        "f.yaml:6:56: actions.a.http.method: unknown method 'FETCH'; expected GET, POST, PUT, PATCH "
          + "or DELETE"
      ),
      (
        "url: \"http://h/{p}\", method: GET, body: 1",
        "f.yaml:6:67: actions.a.http.body: a GET sends no body"
      ),
      (
        "url: \"http://h/{p}\", success: 99",
        "f.yaml:6:57: actions.a.http.success: expected a status such as 200, 202-204 or 2xx, found "
          + "'99'"
      ),
      (
        "url: \"http://h/{p}\", success: [204-200]",
        "f.yaml:6:58: actions.a.http.success[0]: expected a status such as 200, 202-204 or 2xx, "
          + "found '204-200'"
      ),
      (
        "url: \"http://h/{p}\", body: {x: {p}}",
        "f.yaml:6:58: actions.a.http.body.x: write \"{p}\" in quotes: YAML reads it as a mapping"
      ),
      (
        "url: \"http://h/{p}\", body: {x: \"a {q}\"}",
        "f.yaml:6:61: actions.a.http.body.x: no parameter is called 'q'; did you mean {p}?"
      ),
      (
        "url: \"http://h/{p}\", body: \"{instance}\"",
        "f.yaml:6:55: actions.a.http.body: there is no {instance}: the request goes to the service "
          + "as a whole"
      ),
      (
        "url: \"http://h/{p}\", body: 9007199254740993",
        "f.yaml:6:54: actions.a.http.body: the number is too large to be kept as it is; write it in "
          + "quotes"
      ),
      ("url: \"http://h/{p}\", headers: {\"X Y\": 1}", "f.yaml:6:58: 'X Y' is no header name"),
      (
        "url: \"http://h/{p}\", headers: {idempotency-key: 1}",
        "f.yaml:6:58: the header 'idempotency-key' is set by Damcon itself"
      ),
      (
        "url: \"http://h/{p}\", headers: {Host: h}",
        "f.yaml:6:58: the header 'Host' is set by Damcon itself"
      ),
      (
        "url: \"http://h/{p}\", headers: {Content-Length: 1}",
        "f.yaml:6:58: the header 'Content-Length' is set by Damcon itself"
      ),
      (
        "url: \"http://h/{p}\", headers: {X-A: 1, x-a: 2}",
        "f.yaml:6:66: the header 'x-a' is there twice"
      ),
      (
        "url: \"http://h/{p}\", headers: {X: \"a\\nb\"}",
        "f.yaml:6:61: actions.a.http.headers.X: a header's value is plain ASCII in one line"
      ),
      (
        "url: \"http://h/{p}\", headers: {X: \"${T}\"}",
        "f.yaml:6:61: actions.a.http.headers.X: variables are not put in; did you mean {env: T}?"
      ),
      (
        "url: \"http://h/{p}\", headers: {X: {p}}",
        "f.yaml:6:61: actions.a.http.headers.X: write \"{p}\" in quotes: YAML reads it as a mapping"
      ),
      (
        "url: \"http://h/{p}\", headers: {X: {env: T, file: f}}",
        "f.yaml:6:61: actions.a.http.headers.X: expected one of env, file and command"
      ),
      (
        "url: \"http://h/{p}\", headers: {X: {command: pass}}",
        "f.yaml:6:71: actions.a.http.headers.X.command: expected a program and its arguments as a "
          + "list, such as [pass, show, deploys], found 'pass'"
      ),
      (
        "url: \"http://h/{p}\", headers: {X: {command: []}}",
        "f.yaml:6:71: actions.a.http.headers.X.command: expected a program and at most 63 arguments"
      ),
    ])
  func inOrder(_ text: String, _ sentence: String) {
    let found = ActionText.problems(
      "  a: {kind: drain, http: {\(text)}, parameters: {p: {type: text}}}")
    #expect(found == [sentence])
  }

  @Test(
    "what is wrong with a parameter stands at its place",
    arguments: [
      ("{min: 1}", "f.yaml:7:26: actions.a.parameters.p: 'type' is missing"),
      (
        "{type: int}",
        "f.yaml:7:33: unknown type 'int'; expected integer, number, text or flag"
      ),
      (
        "{type: integer, max: 9, default: 10}",
        "f.yaml:7:59: actions.a.parameters.p.default: expected at most 9, found '10'"
      ),
      (
        "{type: integer, default: 1.5}",
        "f.yaml:7:51: actions.a.parameters.p.default: expected a whole number, found '1.5'"
      ),
      (
        "{type: flag, default: maybe}",
        "f.yaml:7:48: actions.a.parameters.p.default: expected on or off, found 'maybe'"
      ),
      (
        "{type: text, choices: [a, b], default: c}",
        "f.yaml:7:65: actions.a.parameters.p.default: expected one of a, b, found 'c'"
      ),
      (
        "{type: text, choices: [a, a]}",
        "f.yaml:7:52: actions.a.parameters.p.choices[1]: the choice 'a' is there twice"
      ),
      (
        "{type: text, choices: []}",
        "f.yaml:7:48: actions.a.parameters.p.choices: name at least one choice"
      ),
      (
        "{type: flag, choices: [a]}",
        "f.yaml:7:48: actions.a.parameters.p.choices: 'choices' goes with type: text"
      ),
      (
        "{type: text, min: 1}",
        "f.yaml:7:44: actions.a.parameters.p.min: 'min' goes with type: integer or number"
      ),
      (
        "{type: number, min: 2, max: 1}",
        "f.yaml:7:46: actions.a.parameters.p.min: expected no more than max, found '2'"
      ),
      (
        "{type: number, min: nan}",
        "f.yaml:7:46: actions.a.parameters.p.min: expected a number, found 'nan'"
      ),
      (
        "{type: integer, min: 1.5}",
        "f.yaml:7:47: actions.a.parameters.p.min: expected a whole number, found '1.5'"
      ),
      (
        "{type: flag, usual: on}",
        "f.yaml:7:39: unknown key 'usual' in a parameter; expected type, min, max, default, choices "
          + "or unit"
      ),
    ])
  func inParameter(_ text: String, _ sentence: String) {
    let found = ActionText.problems(
      "  a: {kind: drain, http: {url: \"http://h/{p}\"},\n    parameters: {     p: \(text)}}")
    #expect(found == [sentence])
  }

  @Test(
    "what is wrong with the names and the whole stands at its place",
    arguments: [
      (
        "  a: {title: x}",
        [
          "f.yaml:6:6: actions.a: 'kind' is missing",
          "f.yaml:6:6: actions.a: 'http' or 'command' is missing",
        ]
      ),
      (
        "  a: {kind: dran, http: {url: \"{instance}\"}}",
        [
          "f.yaml:6:13: unknown kind 'dran'; expected throttle, drain, restart, scale, custom, "
            + "break-circuit, toggle-flag, cap-concurrency, resize-pool, runtime-parameter, "
            + "trace-level, shift-traffic or roll-back; did you mean 'drain'?"
        ]
      ),
      (
        "  - {kind: drain, http: {url: \"{instance}\"}}",
        ["f.yaml:6:5: actions[0]: 'name' is missing"]
      ),
      (
        """
          - {name: a, kind: drain, http: {url: "{instance}"}}
          - {name: a, kind: drain, http: {url: "{instance}"}}
        """,
        ["f.yaml:7:12: the action 'a' is named twice; it is also on line 6"]
      ),
      (
        """
          a: {kind: drain, http: {url: "{instance}"}}
          a: {kind: drain, http: {url: "{instance}"}}
        """,
        ["f.yaml:7:3: the key 'a' is written twice; it is also on line 6"]
      ),
      (
        "  a b: {kind: drain, http: {url: \"{instance}\"}}",
        [
          "f.yaml:6:3: actions: a name begins with a letter and has letters, digits, '-' and '_', "
            + "at most 64 of them, found 'a b'"
        ]
      ),
      ("  5", ["f.yaml:6:3: actions: expected a list or a mapping of actions, found '5'"]),
      (
        "  a: {kind: drain, http: {url: \"{instance}\"}, parameters: {service: {type: text}}}",
        [
          "f.yaml:6:60: actions.a.parameters.service: {service} is put in by Damcon itself; call the "
            + "parameter otherwise"
        ]
      ),
      (
        "  a: {kind: drain, http: {url: \"http://h/\"}, read: {url: \"{instance}\", pointer: /, expect: 1}}",
        [
          "f.yaml:6:52: actions.a.read: http goes to the service as a whole, and read does not: "
            + "write it without {instance}"
        ]
      ),
    ])
  func names(_ text: String, _ sentences: [String]) {
    #expect(ActionText.problems(text) == sentences)
  }

  @Test("conditions are asked of the services that it is for")
  func conditions() throws {
    let text = """
        a: {kind: drain, services: [cart], http: {url: "{instance}"}, preconditions: [own > 1]}
      signals: []
      """
    #expect(ActionText.problems(text).count == 1)
    let own = ActionText.head.replacing(
      "{name: cart,", with: "{name: cart, signals: [{name: own, metric: x}],")
    let reading = try FleetFile.parse(own + text, path: "f.yaml")
    #expect(reading.actions.count == 1)
    #expect(throws: FileProblems.self) {
      try FleetFile.parse(own + text.replacing("[cart]", with: "[pricing]"), path: "f.yaml")
    }
    _ = try FleetFile.parse(own + text.replacing("[cart]", with: "[cart, pricing]"), path: "f.yaml")
  }

  @Test("what is no mistake but odd is warned of")
  func warnings() throws {
    let reading = try ActionText.read(
      """
        a:
          kind: drain
          parameters: {p: {type: text}, q: {type: text}}
          http: {url: "{instance}/d", headers: {Authorization: "{q}"}}
      """, path: "f.yaml")
    #expect(
      reading.warnings.map(\.description) == [
        "f.yaml:9:58: actions.a.http.headers.Authorization: a secret is written in the file; {env: "
          + "NAME}, {file: PATH} or {command: [PROGRAM]} keeps it out",
        "f.yaml:8:17: actions.a.parameters: the parameter 'p' is put in nowhere; write \"{p}\" where "
          + "it goes, or leave it out",
      ])
  }
}
