import Fleet
import FleetFile
import Foundation
import Telemetry
import Testing
import YAMLText

/// The samples that are shipped, found from this file.
let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appending(path: "../../samples").standardized

/// The problems of a text, a line each, as they print.
private func problems(_ text: String) -> [String] {
  FleetText.problems(text)
}

private func read(_ text: String, path: String = "damcon.yaml") throws -> FleetFile.Reading {
  try FleetFile.parse("version: 1\n" + text, path: path)
}

@Suite("A fleet file that is right")
struct FleetFileTests {
  @Test("The sample reads as it is written, without a warning")
  func sample() throws {
    let reading = try FleetFile.load(path: samples.appending(path: "damcon.yaml").path)
    #expect(reading.warnings == [])
    let fleet = reading.fleet
    #expect(fleet.name == "shop-production")
    #expect(fleet.environment == Environment(name: "production", color: "red"))
    #expect(
      fleet.services.map(\.name)
        == ["checkout", "pricing", "inventory", "sessions", "nightly-report"])
    let checkout = fleet.services[0]
    #expect(checkout.tier == .critical)
    #expect(checkout.language == .go)
    #expect(
      checkout.owner
        == Owner(team: "payments", primary: "@ines", secondary: "@marc", channel: "#payments"))
    #expect(checkout.dependsOn == ["pricing", "inventory"])
    #expect(
      checkout.endpoints == [
        NamedEndpoint(name: "pay", routes: ["POST /payments", "/payments/*"]),
        NamedEndpoint(name: "browse the cart", routes: ["GET /cart*"]),
      ])
    #expect(
      checkout.slos.prefix(2) == [
        SLO(name: "availability", objective: 99.9, window: 2_592_000),
        SLO(name: "fast", objective: 99, threshold: 0.3, window: 2_592_000),
      ])
    #expect(checkout.instances.map(\.url) == ["http://10.0.0.1:8080", "http://10.0.0.2:8080"])
    #expect(checkout.instances[0].liveness == .path("/healthz"))
    #expect(checkout.instances[0].polling.livenessTimeout == 1)
    #expect(fleet.services[1].instances.map(\.polling.timeout) == [2, 4])
    #expect(
      fleet.services[1].requests
        == Convention(
          name: "fleet file", latency: ["pricing_quote_seconds"], endpointLabels: ["operation"],
          error: .label(name: "outcome", values: ["timeout", "!ok"]),
          only: [.init("direction", "inbound")]))
    #expect(fleet.services[3].tier == .optional)
    #expect(fleet.services[3].instances[0].liveness == .none)
    #expect(fleet.services[3].instances[0].metrics == .path("/metrics?module=full"))
    #expect(
      fleet.conventions == [
        Convention(
          name: "shop middleware", requests: ["shop_http_requests_total"],
          latency: ["shop_http_request_duration_ms"], unit: 0.001, endpointLabels: ["route"],
          methodLabels: ["method"], error: .httpStatus(labels: ["status"]),
          except: [
            .init("route", "/healthz"), .init("route", "/ready"), .init("route", "/metrics"),
          ])
      ])
    let inventory = fleet.services[2].instances[0]
    #expect(inventory.credentials.tls.authorityFile == samples.appending(path: "tls/ca.pem").path)
    #expect(inventory.credentials.tls.serverName == "inventory")
    #expect(
      inventory.credentials.headers.map(\.name) == ["X-Tenant", "X-Api-Key", "Authorization"])
    #expect(
      inventory.credentials.headers[2].value
        == .environment(name: "INVENTORY_TOKEN", prefix: "Bearer "))
    #expect(inventory.credentials.headers[0].value == .literal("shop"))
    #expect(
      inventory.credentials.headers[1].value
        == .file(path: samples.appending(path: "secrets/inventory-key").path, prefix: ""))
  }

  @Test("The least file: everything else is found out by asking")
  func least() throws {
    let reading = try FleetFile.parse(
      "services:\n- name: a\n  instances: http://a:1/base/", path: "damcon.yaml")
    #expect(
      reading.fleet.services == [Service(name: "a", instances: [Instance(url: "http://a:1/base")])])
    #expect(
      reading.warnings.map(\.description) == [
        "damcon.yaml:1:1: no version is given; version: 1 is taken"
      ])
  }

  @Test("Each layer overrules the one above, key by key")
  func layers() throws {
    let fleet = try read(
      """
      poll: {interval: 10s, timeout: 1s}
      headers: {X-A: file, X-B: file}
      limits: {series: 10, redirects: 1}
      defaults:
        poll: {timeout: 2s}
        tier: optional
        owner: {team: t, channel: c}
        health: {liveness: /live}
        headers: {x-b: defaults}
      services:
        - name: a
          poll: {readiness_grace: 0s}
          owner: {channel: own}
          health: {readiness: none}
          limits: {redirects: 2}
          instances:
            - url: http://a:1
              poll: {interval: 1m30s}
              metrics: none
            - http://a:2
      """
    ).fleet
    let service = fleet.services[0]
    #expect(service.tier == .optional)
    #expect(service.owner == Owner(team: "t", channel: "own"))
    #expect(service.instances[0].polling == PollPolicy(interval: 90, timeout: 2, readinessGrace: 0))
    #expect(service.instances[1].polling == PollPolicy(interval: 10, timeout: 2, readinessGrace: 0))
    #expect(service.instances.map(\.metrics) == [.none, .discover])
    #expect(service.instances[0].liveness == .path("/live"))
    #expect(service.instances[0].readiness == .none)
    #expect(service.instances[0].limits == Limits(series: 10, redirects: 2))
    #expect(
      service.instances[0].credentials.headers
        == [
          .init(name: "X-A", value: .literal("file")),
          .init(name: "x-b", value: .literal("defaults")),
        ])
  }

  @Test("Anchors, merge keys and x- keys are the file's own")
  func anchors() throws {
    let fleet = try read(
      """
      x-common: &common {tier: critical, language: rust}
      services:
        - {name: a, instances: ["http://a"], <<: *common}
        - {<<: *common, name: b, tier: optional, instances: ["http://b"]}
      """
    ).fleet
    #expect(fleet.services.map(\.tier) == [.critical, .optional])
    #expect(fleet.services.map(\.language) == [.rust, .rust])
  }

  @Test(
    "Addresses",
    arguments: [
      ("http://10.0.0.1:8080", "http://10.0.0.1:8080"), ("HTTPS://Host/", "https://Host"),
      ("http://[::1]:8443/base/", "http://[::1]:8443/base"),
      ("http://[fe80::1%eth0]", "http://[fe80::1%eth0]"),
      ("unix:///run/a.sock", "unix:///run/a.sock"), ("unix:/run/a.sock", "unix:///run/a.sock"),
      ("http://my_svc.ns.svc:80", "http://my_svc.ns.svc:80"),
    ])
  func addresses(_ text: String, _ url: String) throws {
    let fleet = try read("services: [{name: a, instances: ['\(text)']}]").fleet
    #expect(fleet.services[0].instances.map(\.url) == [url])
  }

  @Test(
    "Error rules of a selector",
    arguments: [
      ("none", Convention.ErrorRule.none), ("{http_status: code}", .httpStatus(labels: ["code"])),
      ("{grpc_code: [grpc_code, code]}", .grpcCode(labels: ["grpc_code", "code"])),
      ("{family: errors_total}", .family(names: ["errors_total"])),
      ("{label: r, values: bad}", .label(name: "r", values: ["bad"])),
    ])
  func errorRules(_ text: String, _ rule: Convention.ErrorRule) throws {
    let fleet = try read(
      "services: [{name: a, instances: ['http://a'], requests: {requests: '*_total', error: \(text)}}]"
    ).fleet
    #expect(fleet.services[0].requests?.error == rule)
  }

  @Test("What later rooms read is let pass")
  func later() throws {
    let reading = try read(
      """
      services: [{name: a, instances: ['http://a']}]
      capabilities: [{name: Buy, needs: [a]}]
      runbooks: [runbooks/]
      actions: {x: {kind: drain, http: {url: "{instance}/x"}}}
      access: {commander: ["@me"]}
      """)
    #expect(reading.warnings == [])
  }

  @Test(
    "Lengths of time",
    arguments: [
      ("5s", 5), ("300ms", 0.3), ("1m30s", 90), ("30d", 2_592_000), ("1.5h", 5400), ("1w", 604_800),
      ("5", nil), ("", nil), ("s", nil), ("5 s", nil), ("1s1m", nil), ("1s1s", nil), ("-1s", nil),
      ("1e3s", nil), (".5s", nil), ("5.s", nil), ("1y", nil), ("٣s", nil),
    ] as [(String, Double?)])
  func durations(_ text: String, _ seconds: Double?) {
    #expect(FleetFile.seconds(text) == seconds)
  }
}

@Suite("A fleet file that is wrong says where, what was expected, and the nearest right word")
struct FleetFileProblemTests {
  static let table: [(String, [String])] = [
    ("", ["damcon.yaml: the file is empty; it needs services:"]),
    ("# nothing\n", ["damcon.yaml: the file is empty; it needs services:"]),
    (
      "hello",
      ["damcon.yaml:1:1: expected the keys of a fleet file, such as services:, found 'hello'"]
    ),
    (
      "version: 1",
      ["damcon.yaml:1:1: 'services' is missing: name at least one service with its instances"]
    ),
    ("services: []", ["damcon.yaml:1:11: services: the list is empty; name at least one service"]),
    (
      "services: 3",
      ["damcon.yaml:1:11: services: expected a list of services, each with - name:, found '3'"]
    ),
    (
      "services:\n  - nme: a",
      [
        "damcon.yaml:2:5: unknown key 'nme' in a service; did you mean 'name'?",
        "damcon.yaml:2:5: services[0]: 'name' is missing",
      ]
    ),
    (
      "version: 2\nservices: [{name: a, instances: ['http://a']}]",
      ["damcon.yaml:1:10: version: expected 1, the only version there is, found '2'"]
    ),
  ]

  @Test("The file as a whole", arguments: table)
  func whole(_ text: String, _ expected: [String]) {
    #expect(problems(text) == expected)
  }

  static let serviceTable: [(String, String)] = [
    ("poll: {intervall: 5s}", "3:10: unknown key 'intervall' in poll; did you mean 'interval'?"),
    (
      "poll: {zzz: 5s}",
      "3:10: unknown key 'zzz' in poll; expected interval, timeout, liveness_timeout, readiness_timeout or readiness_grace"
    ),
    (
      "poll: {interval: 5}",
      "3:20: services[0].poll.interval: expected a duration such as 5s, found '5'; did you mean '5s'?"
    ),
    (
      "poll: {interval: fast}",
      "3:20: services[0].poll.interval: expected a duration such as 5s, found 'fast'"
    ),
    (
      "poll: {interval: 1ms}",
      "3:20: services[0].poll.interval: expected between 100ms and 1h, found '1ms'"
    ),
    (
      "poll: {interval: [5s]}",
      "3:20: services[0].poll.interval: expected a duration such as 5s, found a list"
    ),
    (
      "poll: 5s",
      "3:9: services[0].poll: expected a mapping with interval, timeout, liveness_timeout, readiness_timeout or readiness_grace, found '5s'"
    ),
    ("tier: crit", "3:9: unknown tier 'crit'; expected critical, important or optional"),
    (
      "tier: critcal",
      "3:9: unknown tier 'critcal'; expected critical, important or optional; did you mean 'critical'?"
    ),
    ("language: Go", "3:13: unknown language 'Go'; expected go, rust or other; did you mean 'go'?"),
    ("dependsOn: [b]", "3:3: unknown key 'dependsOn' in a service; did you mean 'depends_on'?"),
    (
      "depends_on: [chekout]",
      "3:16: 'a' depends on the unknown service 'chekout'; did you mean 'checkout'?"
    ),
    ("depends_on: a", "3:15: 'a' depends on itself"),
    ("owner: {tem: x}", "3:11: unknown key 'tem' in owner; did you mean 'team'?"),
    (
      "health: healthz",
      "3:11: services[0].health: expected a path such as /healthz, a URL, none or discover, found 'healthz'; did you mean '/healthz'?"
    ),
    (
      "health: {ready: /ready}",
      "3:12: unknown key 'ready' in health; expected liveness or readiness"
    ),
    ("health: {livenes: /x}", "3:12: unknown key 'livenes' in health; did you mean 'liveness'?"),
    (
      "metrics: non",
      "3:12: services[0].metrics: expected a path such as /metrics, a URL, none or discover, found 'non'; did you mean 'none'?"
    ),
    (
      "limits: {body: 16MIB2}",
      "3:18: services[0].limits.body: expected a size such as 16MiB, from 1KiB to 1GiB, found '16MIB2'"
    ),
    (
      "limits: {series: -1}",
      "3:20: services[0].limits.series: expected a whole number from 1 to 10000000, found '-1'"
    ),
    (
      "limits: {redirects: 99}",
      "3:23: services[0].limits.redirects: expected a whole number from 0 to 20, found '99'"
    ),
    ("headers: {'X A': b}", "3:13: 'X A' is no header name"),
    ("headers: {Host: b}", "3:13: the header 'Host' is set by Damcon itself"),
    (
      "headers: {X-A: {env: A, file: b}}",
      "3:18: services[0].headers.X-A: expected either env or file"
    ),
    (
      "headers: {X-A: {enviroment: A}}",
      "3:19: unknown key 'enviroment' in services[0].headers.X-A; expected env or file"
    ),
    (
      "bearer_token: ${TOKEN}",
      "3:17: services[0].bearer_token: variables are not put in; did you mean {env: TOKEN}?"
    ),
    (
      "bearer_token: [s3cret]",
      "3:17: services[0].bearer_token: expected text, {env: NAME} or {file: PATH}"
    ),
    (
      "tls: {cert: a.pem}",
      "3:8: services[0].tls: a client certificate needs both cert and key; 'key' is missing"
    ),
    (
      "slos: [{name: x, objective: 100, window: 30d}]",
      "3:31: services[0].slos[0].objective: expected a percentage above 0 and below 100, such as 99.9, found '100'; 100 leaves no budget"
    ),
    ("slos: [{name: x, objective: 99}]", "3:10: services[0].slos[0]: 'window' is missing"),
    (
      "slos: [{name: x, objective: 99, window: 30}]",
      "3:43: services[0].slos[0].window: expected a duration such as 30d, found '30'; did you mean '30s'?"
    ),
    (
      "requests: {endpoint: path}",
      "3:13: services[0].requests: no metrics are named; give 'histogram' or 'requests'"
    ),
    (
      "requests: {histogram: a*b}",
      "3:25: services[0].requests.histogram: '*' stands at either end of a name only"
    ),
    (
      "requests: {histogram: a, unit: millis}",
      "3:34: unknown unit 'millis'; expected seconds, milliseconds, microseconds or nanoseconds"
    ),
    ("endpoints: [{name: pay}]", "3:15: services[0].endpoints[0]: 'routes' is missing"),
    (
      "endpoints: [{name: a, routes: /a}, {name: a, routes: /b}]",
      "3:45: the endpoint 'a' is named twice"
    ),
    (
      "requests: {histogram: a, error: {label: x}}",
      "3:35: services[0].requests.error: 'values' is missing: which values of 'x' are errors?"
    ),
    (
      "requests: {histogram: a, error: {label: x, family: y}}",
      "3:35: services[0].requests.error: expected one of http_status, grpc_code, label or family, found label and family"
    ),
    (
      "requests: {histogram: a, error: 5xx}",
      "3:35: services[0].requests.error: expected none, or a mapping with http_status, grpc_code, label or family, found '5xx'"
    ),
  ]

  @Test("A service", arguments: serviceTable)
  func service(_ line: String, _ expected: String) {
    let text =
      "services:\n- name: a\n  \(line)\n  instances: [http://a]\n- name: checkout\n  instances: [http://b]\n"
    #expect(problems(text) == ["damcon.yaml:\(expected)"])
  }

  static let addressTable: [(String, String)] = [
    (
      "a:8080",
      "expected an address such as http://10.0.0.1:8080, found 'a:8080'; did you mean 'http://a:8080'?"
    ),
    (
      "http//a:80",
      "expected an address such as http://10.0.0.1:8080, found 'http//a:80'; did you mean 'http://http//a:80'?"
    ),
    ("htpp://a", "expected http://, https:// or unix://, found 'htpp://'; did you mean 'http'?"),
    ("ftp://a", "expected http://, https:// or unix://, found 'ftp://'"),
    (
      "http://user:pw@a",
      "an address holds no user or password; give them as headers or bearer_token instead"
    ),
    ("http://", "'http://' names no host"), ("http://:80", "'http://:80' names no host"),
    ("http://a:0", "expected a port from 1 to 65535, found '0'"),
    ("http://a:99999", "expected a port from 1 to 65535, found '99999'"),
    ("http://a:http", "expected a port from 1 to 65535, found 'http'"),
    ("http://::1:80", "an IPv6 address is written in brackets, such as http://[::1]:8080"),
    ("http://[::1", "an IPv6 address ends with ']', found 'http://[::1'"),
    ("http://[a]", "'a' is no IPv6 address"),
    ("http://[::1]x", "expected ':' and a port after ']', found 'http://[::1]x'"),
    ("http://a b", "an address holds no spaces or control characters, found 'http://a b'"),
    ("http://a?x=1", "an address has no query; give it with the path, as metrics: /metrics?x=y"),
    ("http://a,b", "'a,b' is no host name"),
    ("unix://run/a", "expected unix:// and an absolute path, such as unix:///run/a.sock"),
  ]

  @Test("Addresses", arguments: addressTable)
  func addresses(_ address: String, _ expected: String) {
    let text = "services:\n- name: a\n  instances: ['\(address)']"
    #expect(problems(text) == ["damcon.yaml:3:15: services[0].instances[0]: \(expected)"])
  }

  @Test("Every problem is told, not the first one only, in the order of the file")
  func all() {
    #expect(
      problems(
        """
        versoin: 1
        poll: {interval: soon}
        services:
          - name: a
            tier: top
            instances: [http://a, http://a]
            depends_on: [b]
          - name: a
          - instances: [x]
        """) == [
          "damcon.yaml:1:1: unknown key 'versoin' in the fleet file; did you mean 'version'?",
          "damcon.yaml:2:18: poll.interval: expected a duration such as 5s, found 'soon'",
          "damcon.yaml:5:11: unknown tier 'top'; expected critical, important or optional",
          "damcon.yaml:6:27: 'a' names the instance 'http://a' twice",
          "damcon.yaml:8:11: the service 'a' is named twice; it is also on line 4",
          "damcon.yaml:9:5: services[2]: 'name' is missing",
          "damcon.yaml:7:18: 'a' depends on the unknown service 'b'; did you mean 'a'?",
        ])
  }

  static let syntaxTable: [(String, String)] = [
    ("services:\n\t- name: a", "damcon.yaml:2:1: tabs cannot indent YAML; use spaces"),
    (
      "services: [",
      "damcon.yaml:2:1: not YAML: did not find expected node content while parsing a flow node"
    ),
    ("a: b: c", "damcon.yaml:1:5: not YAML: mapping values are not allowed in this context"),
    ("services: *gone", "damcon.yaml:1:11: not YAML: found undefined alias"),
    (
      "fleet: a\nversion: 1\nfleet: b",
      "damcon.yaml:3:1: the key 'fleet' is written twice; it is also on line 1"
    ),
    (
      "services:\n- name: a\n  name: b",
      "damcon.yaml:3:3: the key 'name' is written twice; it is also on line 2"
    ),
    (
      "a: 1\n---\nb: 2",
      "damcon.yaml:2:1: not YAML: but found another document expected a single document in the stream"
    ),
    (
      "a: \"x",
      "damcon.yaml:1:6: not YAML: found unexpected end of stream while scanning a quoted scalar"
    ),
  ]

  @Test("YAML that is none", arguments: syntaxTable)
  func syntax(_ text: String, _ expected: String) {
    #expect(problems(text) == [expected])
  }

  @Test("Bombs of aliases and of nesting end soon")
  func bombs() {
    var text = "x-a: &a [1,1,1,1,1,1,1,1,1]\n"
    for (name, previous) in zip("bcdefghijk", "abcdefghij") {
      text +=
        "x-\(name): &\(name) [\(Array(repeating: "*\(previous)", count: 9).joined(separator: ","))]\n"
    }
    #expect(problems(text + "services: *k").count == 9)
    #expect(problems(text + "services: [{name: a, instances: *k, headers: *k}]").count > 0)
    #expect(problems("services: " + String(repeating: "[", count: 100_000)).count == 1)
    #expect(problems("services: " + String(repeating: "{a: ", count: 100_000)).count == 1)
    let deep = (0..<3000).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
    #expect(problems(deep).count == 1)
  }

  @Test("No sentence holds a secret")
  func secrets() {
    let text =
      "services:\n- name: a\n  instances: [http://a]\n  bearer_token: ['hunter2']\n  headers: {X-A: \"hunter2\\nX-B: c\"}"
    #expect(problems(text).count == 2)
    #expect(!problems(text).joined().contains("hunter2"))
    for address in [
      "http://me:hunter2@a", "me:hunter2@a:80", "htp://me:hunter2@a", "http://hunter2 @a",
    ] {
      let found = problems(
        "services: [{name: a, instances: ['\(address)'], metrics: '\(address)'}]")
      #expect(found.count >= 1)
      #expect(!found.joined().contains("hunter2"), "\(found)")
    }
  }

  @Test("Warnings do not refuse a file")
  func warnings() throws {
    let reading = try read(
      """
      poll: {interval: 1s, timeout: 5s}
      services:
        - {name: a, instances: ['http://a'], bearer_token: hunter2, slos: [{name: x, objective: 0.999, window: 30d}]}
        - name: b
      """)
    #expect(
      reading.warnings.map(\.description) == [
        "damcon.yaml:2:7: poll: a timeout of 5s is longer than the interval of 1s; slow targets are asked less often",
        "damcon.yaml:4:54: services[0].bearer_token: a token is written in the file; {env: NAME} or {file: PATH} keeps it out",
        "damcon.yaml:4:91: services[0].slos[0].objective: 0.999 is read as percent; did you mean 99.9?",
        "damcon.yaml:5:5: the service 'b' names no instances: nothing of it is polled",
      ])
  }

  @Test("A file that is not there, is no text, or is a folder")
  func files() {
    func sentence(_ path: String) -> String {
      do {
        _ = try FleetFile.load(path: path)
        return ""
      } catch {
        return error.description
      }
    }
    #expect(
      sentence("/nowhere/damcon.yaml")
        == "/nowhere/damcon.yaml: cannot be read: there is no such file")
    #expect(sentence("/").hasPrefix("/: cannot be read: "))
  }
}
