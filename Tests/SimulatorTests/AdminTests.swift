import Simulator
import Testing

extension LiveFleet {
  /// Admin routes change what happens next, say what is, and refuse what makes no sense.
  @Suite struct AdminTests {
    @Test(arguments: [
      ("limits", #"{"max_concurrency":8}"#, #""max_concurrency":8,"#),
      ("throttle", #"{"ratio":0.5}"#, #""ratio":0.5"#),
      ("breaker", #"{"name":"pricing","state":"open"}"#, #""state":"open","present":"open""#),
      ("flags", #"{"name":"new-cart","on":false}"#, #""name":"new-cart","on":false"#),
      ("drain", #"{"on":true}"#, #""on":true"#),
    ]) func aChangeIsReadBackAndASecondChangesNothing(
      topic: String, body: String, state: String
    ) async throws {
      try await onCart { port in
        let first = try await Wire.post(port, "/admin/\(topic)", body)
        #expect(first.status == 200)
        #expect(first.body.contains(state), "\(first.body)")
        #expect(first.body.contains(#""changed":true"#))
        let second = try await Wire.post(port, "/admin/\(topic)", body)
        #expect(second.body.contains(#""changed":false"#))
        #expect(try await Wire.get(port, "/admin/\(topic)").body.contains(state))
      }
    }

    @Test(arguments: [
      ("limits", "", 400, "the body is not a JSON object"),
      ("limits", "{", 400, "the body is not a JSON object"),
      ("limits", "[]", 422, "the body must be a JSON object of plain values"),
      ("limits", "{}", 422, "max_concurrency must be a number"),
      ("limits", #"{"max_concurrency":"32"}"#, 422, "max_concurrency must be a number"),
      ("limits", #"{"max_concurrency":true}"#, 422, "max_concurrency must be a number"),
      (
        "limits", #"{"max_concurrency":0}"#, 422,
        "max_concurrency must be a whole number from 1 to 100000"
      ),
      (
        "limits", #"{"max_concurrency":1.5}"#, 422,
        "max_concurrency must be a whole number from 1 to 100000"
      ),
      (
        "limits", #"{"max_concurrency":1e300}"#, 422,
        "max_concurrency must be a whole number from 1 to 100000"
      ),
      ("limits", #"{"max_concurrency":9,"x":1}"#, 422, #"unknown field \"x\""#),
      ("throttle", #"{"ratio":1.1}"#, 422, "ratio must be from 0 to 1"),
      ("throttle", #"{"ratio":null}"#, 422, "ratio must be a number"),
      (
        "breaker", #"{"name":"x","state":"open"}"#, 422, #"unknown breaker \"x\"; there is pricing"#
      ),
      (
        "breaker", #"{"name":"pricing","state":"ajar"}"#, 422,
        #"unknown state \"ajar\"; there is open, closed, auto"#
      ),
      ("flags", #"{"name":"old","on":true}"#, 422, #"unknown flag \"old\"; there is new-cart"#),
      ("flags", #"{"name":"new-cart"}"#, 422, "on must be true or false"),
      ("drain", #"{"on":"yes"}"#, 422, "on must be true or false"),
      ("rollback", #"{"version":"9"}"#, 422, #"unknown version \"9\"; there is 1.9.3"#),
    ]) func nonsenseIsRefusedWithItsReason(
      topic: String, body: String, status: Int, reason: String
    ) async throws {
      try await onCart { port in
        let before = try await Wire.get(port, "/admin/\(topic)").body
        let reply = try await Wire.post(port, "/admin/\(topic)", body)
        #expect(reply.status == status)
        #expect(reply.body == "{\"error\":\"\(reason)\"}")
        #expect(try await settings(port, topic) == stripped(before))
      }
    }

    @Test func aKeyGivesItsFirstAnswerAgain() async throws {
      try await onCart { port in
        let set = #"{"max_concurrency":8}"#
        let first = try await Wire.post(port, "/admin/limits", set, key: "k-1")
        _ = try await Wire.post(port, "/admin/limits", #"{"max_concurrency":9}"#)
        let again = try await Wire.post(port, "/admin/limits", set, key: "k-1")
        #expect(again.body == first.body)
        #expect(again.head.contains("idempotency-replayed: true"))
        #expect(try await Wire.get(port, "/admin/limits").body.contains(#""max_concurrency":9"#))
        let other = try await Wire.post(
          port, "/admin/limits", #"{"max_concurrency":7}"#, key: "k-1")
        #expect(other.status == 422)
        let bad = try await Wire.post(port, "/admin/limits", set, key: "a b")
        #expect(bad.status == 400)
        #expect(try await Wire.get(port, "/admin").body.contains(#""posts":5,"changes":2"#))
      }
    }

    @Test func unknownRoutesAndMethodsAreRefused() async throws {
      try await onCart { port in
        #expect(try await Wire.get(port, "/admin/nothing").status == 404)
        #expect(try await Wire.post(port, "/admin", "{}").status == 405)
        let put = "PUT /admin/limits HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        let reply = try await Wire.exchange(port, put)
        #expect(reply.status == 405)
        #expect(reply.head.contains("allow: GET, POST"))
      }
    }

    @Test func aDrainedInstanceGetsNoTrafficAndSaysSo() async throws {
      try await rehearse(try Scenario(yaml: Samples.small, file: "f")) { simulated in
        let ports = simulated.ports(of: "pricing")
        _ = try await Wire.post(ports[0], "/admin/drain", #"{"on":true}"#)
        let ready = try await Wire.get(ports[0], "/ready")
        #expect(ready.status == 503)
        #expect(ready.body.contains(#""phase":"draining""#))
        #expect(try await Wire.get(ports[0], "/healthz").status == 200)
        // What was on its way may still arrive; from then on the count stands still.
        _ = try await eventually {
          try await Wire.get(ports[0], "/admin/drain").body.contains(#""inside":0"#)
        }
        let before = total(
          try await Wire.get(ports[0], "/metrics").body, "requests_total", "/price")
        let start = total(try await Wire.get(ports[1], "/metrics").body, "requests_total", "/price")
        #expect(
          try await eventually {
            total(try await Wire.get(ports[1], "/metrics").body, "requests_total", "/price")
              > start + 30
          })
        let after = total(try await Wire.get(ports[0], "/metrics").body, "requests_total", "/price")
        #expect(after == before)
      }
    }

    @Test func aRollbackWarmsUpThenServesAndCountsFromZero() async throws {
      try await rehearse(try Scenario(yaml: Samples.small, file: "f"), speed: 2) { simulated in
        let port = try #require(simulated.ports(of: "pricing").first)
        #expect(
          try await eventually {
            total(try await Wire.get(port, "/metrics").body, "requests_total", "/price") > 10
          })
        let start = total(try await Wire.get(port, "/metrics").body, "process_start_time_seconds")
        let reply = try await Wire.post(port, "/admin/rollback", #"{"version":"2.2.9"}"#)
        #expect(reply.body.contains(#""version":"2.2.9","phase":"warming""#))
        let ready = try await Wire.get(port, "/ready")
        #expect(ready.status == 503)
        #expect(ready.body.contains(#""phase":"warming""#))
        #expect(ready.body.contains(#""previous_version":"2.3.0""#))
        #expect(
          try await eventually { try await Wire.get(port, "/ready").status == 200 })
        let page = try await Wire.get(port, "/metrics").body
        #expect(total(page, "process_start_time_seconds") > start)
        #expect(page.contains(#"version="2.2.9""#))
        let twice = try await Wire.post(port, "/admin/rollback", #"{"version":"2.2.9"}"#)
        #expect(twice.body.contains(#""phase":"serving""#))
        #expect(twice.body.contains(#""changed":false"#))
      }
    }

    private func onCart(_ body: (Int) async throws -> Void) async throws {
      try await rehearse(try Scenario(yaml: Samples.small, file: "f").withoutClients) { simulated in
        try await body(try #require(simulated.ports(of: "cart").first))
      }
    }

    private func settings(_ port: Int, _ topic: String) async throws -> String {
      stripped(try await Wire.get(port, "/admin/\(topic)").body)
    }

    /// Without what moves by itself.
    private func stripped(_ body: String) -> String {
      body.replacing(#/"inside":\d+/#, with: "")
    }
  }
}
