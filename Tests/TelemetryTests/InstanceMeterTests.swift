import Canonical
import Exposition
import Telemetry
import Testing

@Suite struct InstanceMeterTests {
  @Test("the first scrape is a baseline, the second gives a rate over the time watched")
  func rate() {
    var target = Target()
    target.scrape(promhttp(ok: 1000), at: 100)
    #expect(target.minute(at: 100).rate == nil)
    #expect(target.minute(at: 100).traffic == .unknown)
    target.scrape(promhttp(ok: 1050), at: 105)
    let minute = target.minute(at: 105)
    #expect(minute.rate == 10)
    #expect(minute.requests == 50)
    #expect(minute.covered == 5)
    #expect(minute.errorRatio == 0)
    #expect(target.meter.endpoints == ["GET /cart"])
    #expect(target.minute(at: 105, endpoint: "GET /cart").rate == 10)
    #expect(target.minute(at: 105, endpoint: "/nowhere").traffic == .unknown)
  }

  @Test("watched and idle is no traffic: rate 0, no error ratio")
  func noTraffic() {
    var target = Target()
    target.scrape(promhttp(ok: 7, errors: 3), at: 0)
    target.scrape(promhttp(ok: 7, errors: 3), at: 5)
    let minute = target.minute(at: 5)
    #expect(minute.traffic == .none)
    #expect(minute.rate == 0)
    #expect(minute.errorRatio == nil)
    #expect(minute.latency(0.99) == .none)
  }

  @Test("an error series born while watched counts from zero: the first error is not missed")
  func bornNonZero() {
    var target = Target()
    target.scrape(promhttp(ok: 100), at: 0)
    target.scrape(promhttp(ok: 109, errors: 1), at: 5)
    #expect(target.minute(at: 5).errors == 1)
    #expect(target.minute(at: 5).errorRatio == 0.1)
  }

  @Test("a service whose first request comes while watched counts that request")
  func firstRequest() {
    var target = Target()
    target.scrape("# TYPE up gauge\nup 1\n", at: 0)
    target.scrape(promhttp(ok: 1), at: 5)
    #expect(target.minute(at: 5).requests == 1)
  }

  @Test("a counter that falls has been reset: its new value is the increase")
  func reset() {
    var target = Target()
    target.scrape(promhttp(ok: 100), at: 0)
    target.scrape(promhttp(ok: 110), at: 5)
    target.scrape(promhttp(ok: 4), at: 10)
    #expect(target.minute(at: 10).requests == 14)
    #expect(target.meter.restarts == 1)
  }

  @Test("after a restart every counter began at zero, even one that has overtaken its old value")
  func restart() {
    var target = Target()
    target.scrape(promhttp(ok: 100, errors: 1, start: 1000), at: 0)
    target.scrape(promhttp(ok: 30, errors: 5, start: 2000), at: 5)
    #expect(target.minute(at: 5).requests == 35)
    #expect(target.minute(at: 5).errors == 5)
    #expect(target.meter.startTime == 2000)
  }

  @Test("several processes behind one address are not counted as restarts again and again")
  func alternating() {
    var target = Target()
    target.scrape(promhttp(ok: 100, start: 2000), at: 0)
    target.scrape(promhttp(ok: 50_000, start: 1000), at: 5)
    target.scrape(promhttp(ok: 110, start: 2000), at: 10)
    target.scrape(promhttp(ok: 50_010, start: 1000), at: 15)
    target.scrape(promhttp(ok: 50_020, start: 1000), at: 20)
    #expect(target.minute(at: 20).requests == 10)
    #expect(target.minute(at: 20).covered == 5)
  }

  @Test("missing scrapes are bridged by the next; a window without any says nothing")
  func gap() {
    var target = Target()
    target.scrape(promhttp(ok: 0), at: 0)
    target.scrape(promhttp(ok: 10), at: 5)
    #expect(target.minute(at: 200).traffic == .unknown)
    #expect(target.minute(at: 200).rate == nil)
    target.scrape(promhttp(ok: 400), at: 200)
    let minute = target.minute(at: 200)
    #expect(minute.covered == 195)
    #expect(minute.rate == 2)
    let hour = target.meter.statistics(window: .hour, at: 200)
    #expect(hour.requests == 400)
    #expect(hour.covered == 200)
  }

  @Test("a window forgets what is older than itself and one slot")
  func sliding() {
    var target = Target()
    for second in stride(from: 0, through: 600, by: 5) {
      // A burst of 1000 in the first half minute, then ten a scrape.
      let ok = min(second, 30) * 100 / 3 + second * 2
      target.scrape(promhttp(ok: ok), at: Double(second))
    }
    #expect(target.minute(at: 600).rate == 2)
    let five = target.meter.statistics(window: .fiveMinutes, at: 600)
    #expect(five.rate == 2)
    #expect(five.covered >= 300 && five.covered <= 325)
    #expect(target.meter.statistics(window: .hour, at: 600).requests == 2200)
  }

  @Test("probe and scrape routes are left out")
  func probes() {
    var target = Target()
    let routes = ["/cart", "/healthz", "/metrics", "/health/live", "/readyz/"]
    for (at, count) in [(0.0, 0), (5.0, 10)] {
      target.scrape(routes.map { promhttp(ok: count, path: $0) }.joined(), at: at)
    }
    #expect(target.minute(at: 5).requests == 10)
    #expect(target.meter.endpoints == ["GET /cart"])
  }

  @Test("latency is read from merged buckets, and past the last bound it is beyond")
  func latency() {
    var target = Target()
    func histogram(_ counts: [Int], path: String) -> String {
      var text = ""
      for (le, count) in zip(["0.1", "0.5", "1", "+Inf"], counts) {
        text += "http_request_duration_seconds_bucket{handler=\"\(path)\",le=\"\(le)\"} \(count)\n"
      }
      return text + "http_request_duration_seconds_count{handler=\"\(path)\"} \(counts[3])\n"
    }
    let type = "# TYPE http_request_duration_seconds histogram\n"
    target.scrape(
      type + histogram([5, 5, 5, 5], path: "/a") + histogram([0, 0, 0, 0], path: "/b"), at: 0)
    target.scrape(
      type + histogram([55, 95, 95, 95], path: "/a") + histogram([0, 0, 9, 10], path: "/b"), at: 5)
    let minute = target.minute(at: 5)
    #expect(minute.requests == 100)
    #expect(minute.latency(0.5) == .within(value: 0.1, lower: 0, upper: 0.1))
    #expect(minute.latency(0.995) == .beyond(1))
    #expect(minute.fraction(within: 0.5) == 0.9)
    // Nothing tells errors here.
    #expect(minute.errorRatio == nil)
    #expect(minute.errors == nil)
    #expect(target.minute(at: 5, endpoint: "/b").latency(0.5).seconds ?? 0 > 0.5)
  }

  @Test("instances add up; different bounds are merged on the common ones and say so")
  func merging() {
    func target(_ bounds: [String], _ counts: [Int]) -> RequestStatistics {
      var target = Target()
      for factor in [0, 1] {
        var text = "# TYPE http_request_duration_seconds histogram\n"
        for (le, count) in zip(bounds, counts) {
          text += "http_request_duration_seconds_bucket{le=\"\(le)\"} \(count * factor)\n"
        }
        text += "http_request_duration_seconds_count \((counts.last ?? 0) * factor)\n"
        target.scrape(text, at: Double(factor) * 10)
      }
      return target.minute(at: 10)
    }
    let a = target(["0.1", "0.5", "+Inf"], [10, 20, 20])
    let b = target(["0.1", "1", "+Inf"], [0, 10, 20])
    let merged = RequestStatistics.merge([a, b])
    #expect(merged.requests == 40)
    #expect(merged.rate == 4)
    #expect(merged.latencyOnCommonBounds)
    #expect(merged.buckets.bounds == [0.1, .infinity])
    #expect(merged.latency(0.25) == .within(value: 0.1, lower: 0, upper: 0.1))
    #expect(!a.latencyOnCommonBounds)
    #expect(RequestStatistics.merge([a, a]).latency(0.75) == a.latency(0.75))
  }

  @Test("summaries are never averaged: the worst instance is shown by name")
  func summaries() {
    func statistics(_ name: String, _ p99: Double) -> RequestStatistics {
      var target = Target(name)
      for count in [0, 10] {
        target.scrape(
          """
          # TYPE http_requests_total counter
          http_requests_total{method="GET",status="200",endpoint="/a"} \(count)
          # TYPE http_requests_duration_seconds summary
          http_requests_duration_seconds{method="GET",status="200",endpoint="/a",quantile="0.99"} \(p99)
          http_requests_duration_seconds_count{method="GET",status="200",endpoint="/a"} \(count)

          """, at: Double(count))
      }
      return target.minute(at: 10)
    }
    let merged = RequestStatistics.merge([statistics("a", 0.2), statistics("b", 0.7)])
    #expect(merged.latency(0.99) == .summary(value: 0.7, instance: "b"))
    #expect(merged.latency(0.95) == .none)
    #expect(merged.requests == 20)
  }

  @Test("gRPC and HTTP are surfaces that add up; only the server's own faults are errors")
  func grpc() {
    var target = Target()
    func text(_ ok: Int, _ notFound: Int, _ unavailable: Int, _ http: Int) -> String {
      """
      # TYPE grpc_server_handled_total counter
      grpc_server_handled_total{grpc_code="OK",grpc_method="Get",grpc_service="shop.Cart",grpc_type="unary"} \(ok)
      grpc_server_handled_total{grpc_code="NotFound",grpc_method="Get",grpc_service="shop.Cart",grpc_type="unary"} \(notFound)
      grpc_server_handled_total{grpc_code="Unavailable",grpc_method="Get",grpc_service="shop.Cart",grpc_type="unary"} \(unavailable)
      grpc_server_handled_total{grpc_code="OK",grpc_method="Check",grpc_service="grpc.health.v1.Health",grpc_type="unary"} \(ok * 9)

      """ + promhttp(ok: http)
    }
    target.scrape(text(0, 0, 0, 0), at: 0)
    target.scrape(text(6, 3, 1, 10), at: 10)
    #expect(target.minute(at: 10).requests == 20)
    #expect(target.minute(at: 10).errors == 1)
    #expect(target.minute(at: 10, endpoint: "shop.Cart/Get").errorRatio == 0.1)
    #expect(target.meter.endpoints == ["GET /cart", "shop.Cart/Get"])
  }

  @Test("a service's own selector overrules everything; a fleet's convention stands before ours")
  func ownSelector() {
    let own = Convention(
      name: "requests:", requests: ["shop_orders_total"], endpointLabels: ["kind"],
      error: .label(name: "result", values: ["!ok"]))
    var target = Target(table: RoleTable(own: own))
    func text(_ n: Int) -> String {
      promhttp(ok: n * 100) + """
        # TYPE shop_orders_total counter
        shop_orders_total{kind="b2b",result="ok"} \(n * 3)
        shop_orders_total{kind="b2b",result="rejected"} \(n)

        """
    }
    target.scrape(text(0), at: 0)
    target.scrape(text(1), at: 4)
    #expect(target.minute(at: 4).requests == 4)
    #expect(target.minute(at: 4).errorRatio == 0.25)
    #expect(target.meter.recognised.requests?.convention == "requests:")

    var fleet = Target(table: RoleTable(fleet: [own]))
    fleet.scrape(text(0), at: 0)
    fleet.scrape(text(1), at: 4)
    #expect(fleet.minute(at: 4).requests == 4)
  }

  @Test("routes that the fleet file calls by one name count as one endpoint, the others stay")
  func namedEndpoints() {
    let table = RoleTable(endpoints: [
      NamedEndpoint(name: "pay", routes: ["GET /pay", "/payments/*"]),
      NamedEndpoint(name: "everything of v2", routes: ["*/v2/*"]),
    ])
    var target = Target(table: table)
    func text(_ n: Int) -> String {
      let paths = ["/pay", "/payments/7", "/payments/8", "/v2/cart", "/cart"]
      return paths.map { promhttp(ok: n, path: $0) }.joined()
    }
    target.scrape(text(0), at: 0)
    target.scrape(text(2), at: 4)
    #expect(target.minute(at: 4, endpoint: "pay").requests == 6)
    #expect(target.minute(at: 4, endpoint: "everything of v2").requests == 2)
    #expect(target.minute(at: 4, endpoint: "GET /cart").requests == 2)
    #expect(target.meter.endpoints.count == 3)
  }

  @Test("numbers given anew lose no increase, and bear no series")
  func renumbering() {
    func extraction(_ epoch: UInt32, _ paths: [String], _ value: Double) -> Extraction {
      Extraction(
        epoch: epoch,
        defined: paths.enumerated().map {
          SeriesDefinition(
            number: UInt32($0), name: "http_requests_total", family: "http_requests_total",
            type: .counter, labels: [Label("code", "200"), Label("path", $1)])
        },
        readings: paths.indices.map { Reading(series: UInt32($0), value: value) })
    }
    var meter = InstanceMeter()
    meter.ingest(extraction(0, ["/a", "/b"], 100), at: 0)
    meter.ingest(extraction(1, ["/c", "/b", "/a"], 110), at: 10)
    #expect(meter.statistics(window: .minute, at: 10).requests == 20)
    #expect(meter.statistics(window: .minute, at: 10, endpoint: "/c").requests == 0)
  }

  @Test("a library's better family takes over when its first series appears")
  func betterFamily() {
    var target = Target()
    let generic = "# TYPE requests_total counter\nrequests_total{code=\"200\"} "
    target.scrape(generic + "5\n", at: 0)
    target.scrape(generic + "10\n", at: 5)
    #expect(target.meter.conventions == ["requests_total"])
    target.scrape(generic + "15\n" + promhttp(ok: 3), at: 10)
    target.scrape(generic + "20\n" + promhttp(ok: 6), at: 15)
    #expect(target.meter.recognised.requests?.family == "http_requests_total")
    // 5 by the old family, then 3 and 3 by the new one.
    #expect(target.minute(at: 15).requests == 11)
  }

  @Test("a week of scrapes of ever new endpoints stays within its bounds")
  func bounded() throws {
    var meter = InstanceMeter()
    var sizes: [Int] = []
    var number: UInt32 = 0
    var seconds = 0.0
    while seconds < 7 * 86_400 {
      seconds += 180
      var extraction = Extraction(epoch: 0)
      if number < 2000 {
        extraction.defined = [
          SeriesDefinition(
            number: number, name: "http_requests_total", family: "http_requests_total",
            type: .counter, labels: [Label("path", "/\(number)"), Label("code", "200")])
        ]
        number += 1
      }
      extraction.readings = (number > 70 ? number - 70..<number : 0..<number).map {
        Reading(series: $0, value: seconds)
      }
      meter.ingest(extraction, at: seconds)
      if Int(seconds) % 86_400 == 0 { sizes.append(try CanonicalEncoder.bytes(of: meter).count) }
    }
    #expect(meter.endpoints.contains(InstanceMeter.otherEndpoint))
    #expect(meter.statistics(window: .minute, at: seconds).requests > 0)
    let last = try #require(sizes.last)
    #expect(last < 400_000)
    #expect(sizes.dropFirst(3).allSatisfy { $0 < last * 11 / 10 })
  }

  @Test("the same scrapes give the same bytes, and the bytes give the same meter")
  func deterministic() throws {
    func run() throws -> ([UInt8], InstanceMeter) {
      var target = Target()
      for i in 0..<30 {
        target.scrape(
          promhttp(ok: i * 7, errors: i / 3, start: 1e9)
            + promhttp(ok: i, path: "/orders")
            + "# TYPE go_goroutines gauge\ngo_goroutines \(i).5\n", at: Double(i) * 5)
      }
      return (try CanonicalEncoder.bytes(of: target.meter), target.meter)
    }
    let (first, meter) = try run()
    let (second, _) = try run()
    #expect(first == second)
    let decoded = try CanonicalDecoder.value(InstanceMeter.self, from: first)
    #expect(decoded == meter)
    #expect(try CanonicalEncoder.bytes(of: decoded) == first)
  }

  @Test("a meter whose parts do not fit together is refused")
  func damaged() throws {
    var target = Target()
    target.scrape(promhttp(ok: 1), at: 0)
    target.scrape(promhttp(ok: 2), at: 5)
    let bytes = try CanonicalEncoder.bytes(of: target.meter)
    var (refused, goneOn) = (0, 0)
    for place in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(bit)
        guard let meter = try? CanonicalDecoder.value(InstanceMeter.self, from: damaged) else {
          refused += 1
          continue
        }
        // What is taken all the same can be gone on with.
        var copy = target
        copy.meter = meter
        copy.scrape(promhttp(ok: 3), at: 10)
        goneOn += copy.meter.statistics(window: .minute, at: 10).requests.isNaN ? 0 : 1
      }
    }
    #expect(refused > bytes.count)
    #expect(goneOn > 0)
  }

  @Test("garbage values cost nothing but themselves")
  func hostile() throws {
    var target = Target()
    target.scrape(promhttp(ok: 10), at: 0)
    for (i, value) in ["NaN", "+Inf", "-5", "-Inf"].enumerated() {
      target.scrape(
        "# TYPE http_requests_total counter\nhttp_requests_total{code=\"200\",method=\"get\",handler=\"/cart\"} \(value)\n",
        at: Double(i + 1))
    }
    target.scrape(promhttp(ok: 20), at: 10)
    #expect(target.minute(at: 10).requests == 10)
    #expect(target.minute(at: 10).covered == 10)
    // Time that does not pass is no scrape.
    target.scrape(promhttp(ok: 99), at: 10)
    #expect(target.meter.scrapes == 6)
  }
}
