import Export
import Exposition
import Fleet
import Foundation
import Health
import Incident
import Testing

struct OpenMetricsTests {
  private func export(
    _ tape: Tape, step: Double = 5, room: Int = 1 << 20
  ) throws -> (text: String, caveats: [String]) {
    try tape.export(OpenMetricsExport(step: step, spool: MemorySpool(), room: room))
  }

  /// What a Prometheus has once it has read the exposition: values by series, the series as its
  /// name and its labels in JSON. Nil where there is no promtool.
  private func loaded(_ text: String) throws -> [String: [String]]? {
    guard let promtool = Program.find("promtool") else { return nil }
    let folder = Folder()
    let file = try folder.write(text, to: "export.om")
    let blocks = folder.path + "/blocks"
    let made = try Program.run(
      promtool, ["tsdb", "create-blocks-from", "openmetrics", file, blocks], seconds: 120)
    #expect(made.status == 0, "\(made.output)")
    // Reading asks for a log of writes, which blocks alone do not have.
    try FileManager.default.createDirectory(
      atPath: blocks + "/wal", withIntermediateDirectories: true)
    let dump = try Program.run(promtool, ["tsdb", "dump", blocks], seconds: 120)
    #expect(dump.status == 0, "\(dump.output.prefix(400))")
    return try Python.read(
      dump.output, as: [String: [String]].self,
      #"""
      import ast, re
      series = {}
      label = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*")')
      with open(path, encoding='utf-8', newline='\n') as file:
          for line in file.read().split('\n'):
              if not line.startswith('{'): continue
              head, value, time = line.rsplit(' ', 2)
              labels = {name: ast.literal_eval(text) for name, text in label.findall(head)}
              key = json.dumps(labels, sort_keys=True, ensure_ascii=True, separators=(',', ':'))
              series.setdefault(key, []).append(f'{float(value)!r} {time}')
      print(json.dumps(series))
      """#)
  }

  private func key(_ name: String, _ labels: [String: String]) throws -> String {
    let all = labels.merging(["__name__": name]) { $1 }
    let text = try JSONSerialization.data(
      withJSONObject: all, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: text, as: UTF8.self)
  }

  private func violations(_ text: String) -> [String] {
    Parser(format: .openMetrics, manner: .strict).parse(text).violations.map(\.reason)
  }

  @Test func `A Prometheus has every value that the services told, at its time`() throws {
    let tape = Shop.incident
    let (text, caveats) = try export(tape)
    #expect(violations(text) == [])
    #expect(caveats == [])
    guard let loaded = try loaded(text) else { return }
    var expected: [String: [String]] = [:]
    for step in 0..<24 {
      let bad = max(0, step - 11) * 10
      let ok = step * 100 - bad
      let time = (Tape.start + Int64(step) * 5_000_000_000) / 1_000_000
      let target = ["service": "cart", "instance": Shop.cart.instance]
      func tell(_ name: String, _ labels: [String: String], _ value: Double) throws {
        expected[try key(name, target.merging(labels) { $1 }), default: []]
          .append("\(value) \(time)")
      }
      try tell("http_requests_total", ["handler": "/a", "code": "200"], Double(ok))
      try tell("http_requests_total", ["handler": "/a", "code": "503"], Double(bad))
      let name = "http_request_duration_seconds"
      try tell(name + "_bucket", ["handler": "/a", "le": "0.01"], 0)
      try tell(name + "_bucket", ["handler": "/a", "le": "0.03"], Double(ok + bad))
      try tell(name + "_bucket", ["handler": "/a", "le": "+Inf"], Double(ok + bad))
      try tell(name + "_sum", ["handler": "/a"], Double(ok + bad) / 50)
      try tell(name + "_count", ["handler": "/a"], Double(ok + bad))
      try tell("go_goroutines", [:], 40)
    }
    let raw = loaded.filter { !$0.key.contains("damcon_") && !$0.key.contains(#""__name__":"up""#) }
    #expect(raw == expected)
  }

  @Test func `Verdicts are series too, and end in NaN where they are known no longer`() throws {
    let (text, _) = try export(Shop.incident)
    guard let loaded = try loaded(text) else { return }
    func values(_ name: String, _ labels: [String: String]) throws -> [String] {
      (loaded[try key(name, labels)] ?? []).map { String($0.prefix { $0 != " " }) }
    }
    let cart = ["service": "cart"]
    let health = try values(
      "damcon_service_health", ["service": "pricing", "state": "unreachable"])
    #expect(health.first == "0.0" && health.last == "1.0" && Set(health) == ["0.0", "1.0"])
    for index in health.indices {
      let states = try HealthState.allCases.map {
        try values("damcon_service_health", ["service": "pricing", "state": $0.rawValue])[index]
      }
      #expect(states.filter { $0 == "1.0" }.count == 1, "one state at a time")
    }
    #expect(
      try values("damcon_fallback_active", cart.merging(["fallback": "cached-prices"]) { $1 })
        .contains("1.0"))
    let median = try values("damcon_latency_seconds", cart.merging(["quantile": "0.5"]) { $1 })
    #expect(abs((median.last.flatMap(Double.init) ?? 0) - 0.02) < 1e-9)
    #expect(try values("damcon_requests_per_second", cart).last == "20.0")
    #expect(try values("damcon_saturation_ratio", cart).contains("0.96875"))
    let up = ["service": "pricing", "instance": Shop.pricing.instance]
    #expect(Set(try values("up", up)) == ["0.0"])

    var silent = Shop.incident
    silent.pass(600)
    guard let after = try self.loaded(try export(silent, step: 15).text) else { return }
    let rates = after[try key("damcon_requests_per_second", cart)] ?? []
    #expect(rates.filter { $0.hasPrefix("nan") }.count == 1)
    #expect(rates.last?.hasPrefix("nan") == true)
  }

  @Test func `Nothing that a service says breaks the exposition, and all of it arrives`() throws {
    let (text, _) = try export(Shop.hostile)
    #expect(violations(text) == [])
    guard let loaded = try loaded(text) else { return }
    let target = ["service": Shop.evil, "instance": "http://x/\"\n"]
    let found = try loaded.map { series, points -> String in
      let labels = try #require(
        JSONSerialization.jsonObject(with: Data(series.utf8)) as? [String: String])
      guard labels["instance"] == target["instance"], labels["service"] == target["service"],
        let name = labels["__name__"], name != "up"
      else { return "" }
      let own = labels.filter { !["__name__", "service", "instance"].contains($0.key) }
      return "\(name) \(own.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }) "
        + points.map { $0.prefix { $0 != " " } }.joined(separator: ",")
    }.filter { !$0.isEmpty }.sorted()
    #expect(
      found == [
        #"exported_damcon_error_ratio [] 9.0"#,
        #"http_requests [] 7.0"#,
        #"http_requests_total ["exported_service=mine", "handler=a\"b\\c\nd"] 1.0"#,
        #"odd ["x=1"] inf"#, #"odd ["x=2"] -inf"#, #"odd [] nan"#,
      ])
  }

  /// A family whose type its values break, or whose name another has, is told as unknown.
  @Test(arguments: [
    ("# TYPE a counter\na_total -1\n", "# TYPE a_total unknown"),
    ("# TYPE a counter\na 1\n", "# TYPE a unknown"),
    ("# TYPE a_total counter\na_total 1\n# TYPE a gauge\na 2\n", "# TYPE a_total unknown"),
    ("# TYPE a histogram\na_bucket{le=\"1\"} 1\n", "# TYPE a_bucket unknown"),
    (
      "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_count 1\na_sum 1\n",
      "# TYPE a_count unknown"
    ),
    ("# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 1\n", "# TYPE a_bucket unknown"),
    ("# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\n", "# TYPE a histogram"),
    (
      "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\n# TYPE a_count gauge\na_count 3\n",
      "# TYPE a_bucket unknown"
    ),
    ("# TYPE a summary\na{quantile=\"0.5\"} 1\na_sum 2\na_count 3\n", "# TYPE a summary"),
    ("# TYPE a summary\na{quantile=\"5\"} 1\n", "# TYPE a unknown"),
    ("# TYPE a summary\na_count 1.5\n", "# TYPE a_count unknown"),
    ("a.b 1\n{\"a.b\"} 2\n", "# TYPE U__a_2e_b unknown"),
    ("a{le=\"x\"} 1\na{le=\"\"} 2\na 3\n", "# TYPE a unknown"),
    (
      "# TYPE up gauge\nup 3\n# TYPE damcon_slo_alert counter\ndamcon_slo_alert_total 4\n",
      "# TYPE exported_up gauge"
    ),
    (
      "{\"a\",\"b.c\"=\"d\",\"__x__\"=\"e\",instance=\"f\",exported_instance=\"g\"} 1\n",
      "# TYPE a unknown"
    ),
  ])
  func `An exposition keeps the rules whatever services do`(page: String, line: String) throws {
    var tape = Tape(Shop.fleet)
    tape.scrape(Shop.cart, page)
    tape.pass(1)
    let (text, _) = try export(tape)
    #expect(violations(text) == [], "\(text)")
    #expect(text.split(separator: "\n").contains { $0 == line }, "\(text)")
    #expect(try loaded(text) != [:])
  }

  @Test func `Samples of a family stand together in the order of time, whatever fits in memory`()
    throws
  {
    let folder = Folder()
    let whole = try export(Shop.incident).text
    #expect(try export(Shop.incident, room: 0).text == whole)
    #expect(
      try Shop.incident.export(
        OpenMetricsExport(step: 5, spool: FileSpool(in: folder.path), room: 99)
      )
      .text == whole)
    #expect(whole.hasSuffix("# EOF\n"))
    #expect(whole.utf8.count { $0 == 10 } == whole.split(separator: "\n").count)
  }

  @Test func `A clock that is set back does not take a series back`() throws {
    var tape = Shop.incident
    tape.shiftWall(by: -3600)
    for step in 0..<6 {
      tape.scrape(Shop.cart, Shop.page(ok: 5000 + step, bad: 0))
      tape.pass(5)
    }
    let (text, caveats) = try export(tape)
    #expect(violations(text) == [])
    #expect(caveats.count == 1)
    #expect(caveats.first?.hasPrefix("the wall clock was set back by 3600 s") == true)
    #expect(
      text.contains(
        "go_goroutines{service=\"cart\",instance=\"\(Shop.cart.instance)\"} 40 1795222045.000"))
    #expect(try loaded(text) != [:])
  }

  @Test func `What was named before the part that is exported can be learnt`() throws {
    let tape = Shop.incident
    let middle = 60
    let part = try tape.export(
      OpenMetricsExport(step: 5, spool: MemorySpool()), tape.entries[middle...])
    #expect(!part.text.contains("http_requests"))
    #expect(part.caveats.first?.hasSuffix("named before the part that is exported") == true)

    var exporter = OpenMetricsExport(step: 5, spool: MemorySpool())
    var state = State(began: tape.entries[0].instant)
    var text = ""
    for entry in tape.entries {
      state.apply(entry)
      if entry.sequence <= UInt64(middle) {
        exporter.learn(entry)
      } else {
        try exporter.take(entry, after: state) { text += $0 }
      }
    }
    try exporter.finish(after: state) { text += $0 }
    #expect(exporter.caveats == [])
    let whole = try export(tape).text.split(separator: "\n").filter { $0.hasPrefix("http_") }
    let found = text.split(separator: "\n").filter { $0.hasPrefix("http_") }
    #expect(!found.isEmpty && found.count < whole.count)
    #expect(Set(found).isSubset(of: Set(whole)))
  }

  @Test func `A recording of nothing is an empty exposition`() throws {
    var exporter = OpenMetricsExport(spool: MemorySpool())
    var text = ""
    try exporter.finish(after: nil) { text += $0 }
    #expect(text == "# EOF\n")
  }
}
