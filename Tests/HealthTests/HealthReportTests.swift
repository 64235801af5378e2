import Health
import Testing

private func read(
  _ text: String, type: String? = "application/json", status: Int = 200
) -> HealthReport {
  HealthReport(body: Array(text.utf8), contentType: type, status: status)
}

@Suite("The health contract")
struct HealthContractTests {
  static let full = """
    {"status": "warn", "timestamp": "2026-11-21T01:02:03Z", "message": "serving cached prices",
     "hint": "see runbook", "next_check_seconds": 5, "phase": "serving", "service": "checkout",
     "version": "1.42.0", "build": "3f9c2d1", "language": "go", "api_versions": ["v1", "v2"],
     "checks": [{"name": "postgres", "status": "pass", "required": true, "transient": false,
       "observed_ms": 3, "since": "2026-11-21T01:00:00Z", "message": "fine", "retry_after_seconds": 10}],
     "fallbacks": [{"name": "cached-prices", "active": true, "since": "2026-11-21T01:00:00Z",
       "reason": "pricing timeout", "mode": "cache", "tolerance_seconds": 900,
       "dependency": "pricing", "user_message": "Prices may be old"}],
     "breakers": [{"name": "pricing", "state": "half-open", "since": "2026-11-21T01:00:00Z"}],
     "flags": [{"name": "new-cart", "on": true, "exposure": 0.25, "owner": "cart-team"}],
     "rollout": {"track": "canary", "weight": 0.1, "previous_version": "1.41.3"},
     "saturation": [{"name": "db-pool", "used": 18, "limit": 20}], "unknown": {"is": ["ignored"]}}
    """

  @Test("Every field is read")
  func everything() {
    let report = read(Self.full)
    let since = 1_795_222_800.0
    #expect(report.dialect == .damcon)
    #expect(report.defects == [])
    #expect(report.status == .warn)
    #expect(report.timestamp == 1_795_222_923)
    #expect(report.message == "serving cached prices")
    #expect(report.hint == "see runbook")
    #expect(report.nextCheck == 5)
    #expect(report.phase == .serving)
    #expect(
      [report.service, report.version, report.build, report.language] == [
        "checkout", "1.42.0", "3f9c2d1", "go",
      ])
    #expect(report.apiVersions == ["v1", "v2"])
    #expect(
      report.checks == [
        .init(
          name: "postgres", status: .pass, required: true, transient: false, observed: 0.003,
          since: since, message: "fine", retryAfter: 10)
      ])
    #expect(
      report.fallbacks == [
        .init(
          name: "cached-prices", active: true, since: since, reason: "pricing timeout",
          mode: "cache", tolerance: 900, dependency: "pricing", userMessage: "Prices may be old")
      ])
    #expect(report.breakers == [.init(name: "pricing", state: .halfOpen, since: since)])
    #expect(report.flags == [.init(name: "new-cart", on: true, exposure: 0.25, owner: "cart-team")])
    #expect(report.rollout == .init(track: "canary", weight: 0.1, previousVersion: "1.41.3"))
    #expect(report.saturation == [.init(name: "db-pool", used: 18, limit: 20)])
  }

  @Test(
    "A wrong type costs its field and is named",
    arguments: [
      (#""status":3"#, "status: expected text, found 3"),
      (#""status":"maybe""#, "status: expected pass, warn or fail, found 'maybe'"),
      (#""timestamp":"yesterday""#, "timestamp: expected an RFC 3339 time, found 'yesterday'"),
      (#""timestamp":true"#, "timestamp: expected an RFC 3339 time, found true"),
      (#""message":{"a":1}"#, "message: expected text, found an object"),
      (#""next_check_seconds":"5""#, "next_check_seconds: expected a number, found '5'"),
      (#""next_check_seconds":-1"#, "next_check_seconds: expected no less than 0, found -1"),
      (#""next_check_seconds":1e999"#, "next_check_seconds: expected a number, found +Inf"),
      (
        #""phase":"lunch""#,
        "phase: expected warming, serving, draining or misconfigured, found 'lunch'"
      ),
      (#""version":1.2"#, "version: expected text, found 1.2"),
      (#""api_versions":"v1""#, "api_versions: expected a list, found 'v1'"),
      (#""api_versions":["v1",2]"#, "api_versions[1]: expected text, found 2"),
      (#""checks":"none""#, "checks: expected a list, found 'none'"),
      (#""checks":[1]"#, "checks[0]: expected an object, found 1"),
      (
        #""checks":[{"name":"a","status":"pass"},{"name":"b"},{"name":"c","status":3}]"#,
        "checks[2].status: expected text, found 3"
      ),
      (#""checks":[{"name":"b"}]"#, "checks[0].status: missing"),
      (#""checks":[{"status":"pass"}]"#, "checks[0].name: missing"),
      (
        #""checks":[{"name":"b","status":"pass","required":"yes"}]"#,
        "checks[0].required: expected true or false, found 'yes'"
      ),
      (
        #""fallbacks":[{"name":"x","active":"very"}]"#,
        "fallbacks[0].active: expected true or false, found 'very'"
      ),
      (
        #""breakers":[{"name":"x","state":"ajar"}]"#,
        "breakers[0].state: expected closed, half-open or open, found 'ajar'"
      ),
      (#""breakers":{"x":"open"}"#, "breakers: expected a list, found an object"),
      (#""rollout":[]"#, "rollout: expected an object, found a list"),
      (
        #""saturation":[{"name":"x","used":"lots"}]"#,
        "saturation[0].used: expected a number, found 'lots'"
      ),
      (#""flags":[{"name":"x"}]"#, "flags[0].on: missing"),
      (#""version":"1","version":"2""#, "version: written twice, the last one counts"),
    ])
  func defects(_ member: String, _ defect: String) {
    let report = read("{\"service\":\"checkout\",\(member)}")
    #expect(report.defects.contains(defect), "\(report.defects)")
    #expect(report.service == "checkout")
    #expect(report.dialect != .unreadable)
  }

  @Test("A check of a wrong type leaves the others")
  func otherChecks() {
    let report = read(
      #"{"status":"warn","phase":"serving","checks":[{"name":"a","status":3},7,{"name":"b","status":"fail"}]}"#
    )
    #expect(report.checks.map(\.name) == ["b"])
    #expect(report.defects.count == 2)
  }

  @Test("A check that does not say so is required unless the whole says it serves")
  func requiredByDefault() {
    let body =
      #"{"status":"STATUS","checks":[{"name":"a","status":"fail"},{"name":"b","status":"fail","required":true}]}"#
    #expect(read(body.replacing("STATUS", with: "warn")).checks.map(\.required) == [false, true])
    #expect(read(body.replacing("STATUS", with: "fail")).checks.map(\.required) == [true, true])
  }
}

@Suite("The dialects of health bodies")
struct HealthDialectTests {
  @Test(
    "Small answers",
    arguments: [
      ("ok", "text/plain", .text, .pass), ("OK\n", nil, .text, .pass),
      ("Prometheus Server is Ready.\n", "text/plain", .text, .pass),
      ("All servers healthy", "text/plain", .text, .pass),
      ("At least one router has healthy workers", "text/plain", .text, .pass),
      ("No healthy workers available", "text/plain", .text, .fail),
      ("Service Unavailable", "text/plain", .text, .fail),
      ("Ingester not ready: waiting for 15s after being ready", "text/plain", .text, nil),
      ("not ready", "text/plain", .text, .fail), ("NOT OK", "text/plain", .text, .fail),
      ("internal server error: this will fail", "text/plain", .text, .fail),
      ("database is down", "text/plain", .text, .fail),
      ("ready: false", "text/plain", .text, .fail),
      ("degraded", "text/plain", .text, .warn), ("healthy, 0 failed", "text/plain", .text, nil),
      ("no errors", "text/plain", .text, nil), ("hello", "text/plain", .text, nil),
      ("", nil, .empty, nil), (" \n", "text/plain", .empty, nil),
      (#"{"health":"true"}"#, "text/plain", .generic, .pass),
      (#"{"health":"false","reason":"ALARM NOSPACE"}"#, "text/plain", .generic, .fail),
      (#"{"healthy":true}"#, "application/json", .generic, .pass),
      (#"{"ok":false}"#, "application/json", .generic, .fail),
      (#"{"success":true}"#, "application/json", .generic, .pass),
      (#"{"status":"SERVING"}"#, "application/json", .generic, .pass),
      (#"{"status":"NOT_SERVING"}"#, "application/json", .generic, .fail),
      (#"{"status":"green"}"#, "application/json", .generic, .pass),
      (#"{"status":"yellow"}"#, "application/json", .generic, .warn),
      (#"{"status":200}"#, "application/json", .generic, .pass),
      (#"{"status":503}"#, "application/json", .generic, .fail),
      (#"{"status":"pass"}"#, "application/json", .damcon, .pass),
      (#"{"status":"pass"}"#, "application/health+json", .ietf, .pass),
      (#"{"status":"UP"}"#, "application/json", .spring, .pass),
      (#"{"status":"OUT_OF_SERVICE"}"#, "application/json", .spring, .fail),
      (#"{"status":"UNKNOWN"}"#, "application/json", .spring, nil),
      (#"{"outcome":"DOWN","checks":[]}"#, "application/json", .microprofile, .fail),
      (#""healthy""#, "application/json", .generic, .pass),
      ("true", "application/json", .generic, .pass),
      ("false", "application/json", .generic, .fail), ("{}", "application/json", .generic, nil),
      ("[]", "application/json", .generic, nil),
      (#"[{"name":"db","status":"down"}]"#, "application/json", .generic, .fail),
      (#"{"etcdserver":"3.4.23","etcdcluster":"3.4.0"}"#, "application/json", .generic, nil),
      (
        #"{"commit":"abc","database":"ok","version":"11.1.0"}"#, "application/json", .generic, .pass
      ),
    ] as [(String, String?, HealthReport.Dialect, HealthReport.Status?)])
  func small(
    _ body: String, _ type: String?, _ dialect: HealthReport.Dialect, _ status: HealthReport.Status?
  ) {
    let report = read(body, type: type)
    #expect(report.dialect == dialect)
    #expect(report.status == status)
    #expect(report.defects == [])
  }

  @Test("A status word can be a phase")
  func phases() {
    #expect(read(#"{"status":"starting"}"#).phase == .warming)
    #expect(read(#"{"state":"DRAINING"}"#).phase == .draining)
    #expect(read("shutting down", type: nil).phase == .draining)
    #expect(read("Server is starting up", type: nil).phase == .warming)
    #expect(read("Server is starting up", type: nil).status == nil)
  }

  @Test("Spring: nested components, disk space, breakers, unknown ones")
  func spring() {
    let report = read(
      """
      {"status":"DOWN","groups":["liveness"],"components":{
        "broker":{"status":"UP","components":{"us1":{"status":"UP","details":{"version":"1.0.2"}},
          "us2":{"status":"DOWN","details":{"error":"no route"}}}},
        "db":{"status":"UP","details":{"database":"H2"}},
        "discovery":{"status":"UNKNOWN","description":"not initialized"},
        "diskSpace":{"status":"UP","details":{"total":100,"free":25,"threshold":1,"exists":true}},
        "circuitBreakers":{"status":"UNKNOWN","details":{"pricing":{"status":"CIRCUIT_OPEN",
          "details":{"failureRate":"100.0%","state":"OPEN"}}}}}}
      """, type: "application/vnd.spring-boot.actuator.v3+json", status: 503)
    #expect(report.dialect == .spring)
    #expect(report.status == .fail)
    #expect(
      report.checks.map(\.name)
        == ["broker/us1", "broker/us2", "db", "diskSpace", "circuitBreakers/pricing"])
    #expect(report.checks[1] == .init(name: "broker/us2", status: .fail, message: "no route"))
    #expect(report.saturation == [.init(name: "diskSpace", used: 75, limit: 100)])
    #expect(report.breakers == [.init(name: "pricing", state: .open)])
    #expect(report.defects == ["components.discovery.status: claims nothing"])
  }

  @Test("Spring Boot 1: components beside the status; 2.0: in details")
  func oldSpring() {
    let first = read(
      #"{"status":"UP","diskSpace":{"status":"UP","total":10,"free":5},"db":{"status":"UP"}}"#)
    #expect(first.checks.map(\.name) == ["diskSpace", "db"])
    let second = read(
      #"{"status":"DOWN","details":{"db":{"status":"DOWN","details":{"error":"x"}}}}"#)
    #expect(second.checks == [.init(name: "db", status: .fail, message: "x")])
  }

  @Test("MicroProfile: data tells why")
  func microprofile() {
    let report = read(
      #"{"status":"DOWN","checks":[{"name":"db","status":"DOWN","data":{"error":"pool"}},{"name":"x","status":"UP"}]}"#
    )
    #expect(report.dialect == .microprofile)
    #expect(report.checks.map(\.status) == [.fail, .pass])
    #expect(report.checks[0].message == "pool")
  }

  @Test("IETF: maps of lists, nodes, response times, percentages")
  func ietf() {
    let report = read(
      """
      {"status":"up","version":"1","releaseId":"1.2.2","serviceId":"authz","notes":["n"],"checks":{
        "cassandra:responseTime":[{"observedValue":250,"observedUnit":"ms","status":"ok"}],
        "cpu:utilization":[{"node":1,"observedValue":85,"observedUnit":"percent","status":"warn"},
          {"node":2,"observedValue":20,"observedUnit":"percent","status":"pass"}],
        "uptime":{"observedValue":12,"observedUnit":"s","status":"pass"}}}
      """, type: "application/health+json")
    #expect(report.dialect == .ietf)
    #expect(report.status == .pass)
    #expect(report.version == "1.2.2")
    #expect(report.apiVersions == ["1"])
    #expect(report.service == "authz")
    #expect(report.message == "n")
    #expect(
      report.checks.map(\.name)
        == ["cassandra:responseTime", "cpu:utilization[1]", "cpu:utilization[2]", "uptime"])
    #expect(report.checks[0].observed == 0.25)
    #expect(report.checks[1].status == .warn)
    #expect(report.saturation.map(\.ratio) == [0.85, 0.2])
  }

  @Test("Kubernetes: verbose text")
  func kubernetes() {
    let report = read(
      "[+]ping ok\n[-]etcd failed: reason withheld\n[+]shutdown excluded: ok\n"
        + "warn: some health checks cannot be excluded: no matches for \"x\"\nreadyz check failed\n",
      type: "text/plain", status: 500)
    #expect(report.dialect == .kubernetes)
    #expect(report.status == .fail)
    #expect(
      report.checks == [
        .init(name: "ping", status: .pass),
        .init(name: "etcd", status: .fail, message: "reason withheld"),
        .init(name: "shutdown", status: .pass, required: false, message: "excluded"),
      ])
    #expect(report.defects.count == 1)
  }

  @Test("Libraries: failures, errors, fatal, .NET, Terminus, heptio, workers")
  func libraries() {
    let hellofresh = read(
      #"{"status":"Partially Available","failures":{"redis":"timed out"},"component":{"name":"cart","version":"v2"},"system":{"version":"go1.8"}}"#
    )
    #expect(hellofresh.status == .warn)
    #expect(hellofresh.service == "cart")
    #expect(hellofresh.version == "v2")
    #expect(
      hellofresh.checks
        == [.init(name: "redis", status: .fail, required: false, message: "timed out")])

    let etherlabs = read(
      #"{"status":"Service Unavailable","errors":{"database":"dial tcp: refused"}}"#, status: 503)
    #expect(
      etherlabs.checks == [.init(name: "database", status: .fail, message: "dial tcp: refused")])

    let invision = read(
      #"{"status":"failed","details":{"db":{"name":"db","status":"failed","fatal":true,"error":"x"},"s":{"status":"failed","fatal":false}}}"#
    )
    #expect(invision.checks.map(\.required) == [true, false])

    let dotnet = read(
      #"{"status":"Unhealthy","totalDuration":"00:00:00.05","entries":{"db":{"status":"Unhealthy","description":"no","duration":"00:00:00.0125000","data":{}}}}"#
    )
    #expect(
      dotnet.checks == [.init(name: "db", status: .fail, observed: 0.0125, message: "no")])

    let terminus = read(
      #"{"status":"error","info":{"a":{"status":"up"}},"error":{"b":{"status":"down","message":"m"}},"details":{"a":{"status":"up"},"b":{"status":"down","message":"m"}}}"#
    )
    #expect(terminus.checks.map(\.name) == ["a", "b"])
    #expect(terminus.status == .fail)

    let heptio = read(#"{"db":"OK","queue":"dial tcp: i/o timeout"}"#, status: 503)
    #expect(heptio.status == .fail)
    #expect(heptio.checks.map(\.status) == [.pass, .fail])
    #expect(heptio.checks[1].message == "dial tcp: i/o timeout")

    let router = read(#"{"status":"ready","healthy_workers":1,"total_workers":2}"#)
    #expect(router.status == .pass)
    #expect(
      router.checks
        == [.init(name: "workers", status: .warn, required: false, message: "1 of 2 healthy")])

    let words = read(#"{"status":"degraded","checks":{"db":"ok","redis":"down","m":true}}"#)
    #expect(words.checks.map(\.status) == [.pass, .fail, .pass])
  }
}

@Suite("Hostile health bodies")
struct HostileHealthTests {
  @Test(
    "What is not a health answer is unreadable, and says why",
    arguments: [
      ("<!DOCTYPE html><html>ok</html>", "text/html", "the body is HTML, not a health answer"),
      ("  <h1>healthy</h1>", "application/json", "the body is HTML, not a health answer"),
      ("<?xml version='1.0'?><a/>", "application/xml", "the body is XML, not a health answer"),
      ("fine", "application/json", "not JSON: expected a value at line 1 column 1"),
      (
        #"{"status":"pass""#, "application/json",
        "not JSON: ends inside an object at line 1 column 17"
      ),
      ("{\"status\":\n\"pass\",}", nil, "not JSON: expected a name in quotes at line 2 column 8"),
      ("\u{0}\u{1}\u{2}", "text/plain", "the body is not text"),
      ("42", "application/json", "expected an object, found 42"),
      ("null", "application/json", "expected an object, found null"),
      (
        #"{"$schema":"x","type":"object","properties":{"status":{}}}"#, "application/json",
        "the body is a JSON Schema, not a health answer"
      ),
      (
        String(repeating: "[", count: 100_000), "application/json",
        "not JSON: is nested deeper than 64 at line 1 column 66"
      ),
    ] as [(String, String?, String)])
  func unreadable(_ body: String, _ type: String?, _ defect: String) {
    let report = read(body, type: type)
    #expect(report.dialect == .unreadable)
    #expect(report.status == nil)
    #expect(report.defects == [defect])
  }

  @Test("An empty body that claims to be JSON is a defect")
  func empty() {
    let report = read("", type: "application/json; charset=utf-8")
    #expect(report.dialect == .empty)
    #expect(report.defects == ["Content-Type says JSON, the body is empty"])
  }

  @Test("A hundred thousand checks cost what 256 do, and the report says so")
  func manyChecks() {
    let list = (0..<100_000).map { #"{"name":"c\#($0)","status":"fail"}"# }.joined(separator: ",")
    let report = read(#"{"status":"fail","checks":[\#(list)],"version":"1"}"#)
    #expect(report.checks.count == 256)
    #expect(report.status == .fail)
    #expect(report.version == "1")
    #expect(
      report.defects == [
        "checks: only the first 256 are kept", "the body is too large: some of it is left out",
      ])

    let map = (0..<1000).map { #""c\#($0)":{"status":"ok"}"# }.joined(separator: ",")
    let mapped = read(#"{"status":"ok","checks":{\#(map)}}"#)
    #expect(mapped.checks.count == 256)
    #expect(mapped.defects == ["checks: only the first 256 are kept"])

    let lines = (0..<1000).map { "[+]c\($0) ok\n" }.joined()
    #expect(read(lines, type: nil).checks.count == 256)
  }

  @Test("Thousands of mistakes are told by the first of them")
  func manyDefects() {
    let list = (0..<200).map { "\($0)" }.joined(separator: ",")
    let report = read(#"{"status":"fail","checks":[\#(list)]}"#)
    #expect(report.defects.count == 33)
    #expect(report.defects.last == "and more")
  }

  @Test("Texts are bounded")
  func longTexts() {
    let long = String(repeating: "é", count: 100_000)
    let report = read(
      #"{"status":"fail","message":"\#(long)","checks":[{"name":"\#(long)","status":"fail"}]}"#)
    #expect((report.message?.utf8.count ?? 0) < 2000)
    #expect((report.checks.first?.name.utf8.count ?? 0) < 1000)
    #expect((read(long, type: nil).message?.utf8.count ?? 0) <= 4096)
  }

  @Test("Bytes that are not UTF-8 are replaced and said")
  func invalidText() {
    let body = Array(#"{"status":"fail","message":""#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8)
    let report = HealthReport(body: body)
    #expect(report.status == .fail)
    #expect(report.message == "\u{FFFD}\u{FFFD}")
    #expect(report.defects == ["bytes that are not UTF-8 were replaced"])
  }

  @Test("Random bytes never trap")
  func fuzz() {
    var random = SplitMix(seed: 7)
    let alphabet =
      Array(#"{}[]",:truefalsn0123456789.eE+-[+]ok statuschecks"#.utf8) + [0xFF, 0, 0x0A]
    for _ in 0..<20_000 {
      let body = (0..<random.below(60)).map { _ in alphabet[random.below(alphabet.count)] }
      _ = HealthReport(body: body, contentType: nil, status: 500)
    }
  }
}
