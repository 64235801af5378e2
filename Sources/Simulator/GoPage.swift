import NIOCore

/// What client_golang serves: HELP before TYPE, families by name, labels sorted.
@Simulation
enum GoPage {
  static func text(of instance: SimulatedInstance) -> ByteBuffer {
    page(of: instance, isOpenMetrics: false)
  }

  static func openMetrics(of instance: SimulatedInstance) -> ByteBuffer {
    page(of: instance, isOpenMetrics: true)
  }

  private static func page(of instance: SimulatedInstance, isOpenMetrics: Bool) -> ByteBuffer {
    var out = ByteBuffer()
    out.reserveCapacity(24 << 10)
    let writer = Writer(isOpenMetrics: isOpenMetrics)
    let figures = ProcessFigures(of: instance)
    let now = instance.clock.now
    let build =
      "goversion=\"go1.25.4\",revision=\"\(instance.version.build)\",version=\"\(instance.version.name)\""
    writer.gauge("app_build_info", "Build of the program.", [(build, 1)], &out)
    writer.gauge(
      "circuit_breaker_state", "Whether a breaker is closed (0), open (1) or half-open (2).",
      instance.dependencies.compactMap { dependency in
        dependency.breaker.map {
          ("name=\"\($0.name)\"", $0.state == .closed ? 0 : $0.state == .open ? 1 : 2)
        }
      }, &out)
    writer.gauge(
      "fallback_active", "Whether a degraded mode is in use.",
      instance.dependencies.compactMap { dependency in
        dependency.model.fallback.map {
          ("name=\"\($0.name)\"", dependency.isFallbackActive(now: now) ? 1 : 0)
        }
      }, &out)
    runtime(of: instance, figures: figures, writer, &out)
    writer.gauge(
      "go_sql_in_use_connections", "The number of connections currently in use.",
      backends(instance).map { ("db_name=\"\($0)\"", Double(min(instance.pool.running, 20))) },
      &out)
    writer.gauge(
      "go_sql_max_open_connections", "Maximum number of open connections to the database.",
      backends(instance).map { ("db_name=\"\($0)\"", 20) }, &out)
    writer.counter(
      "http_client_retries_total", "Calls sent again after a failure.",
      instance.dependencies.compactMap { dependency in
        guard case .service = dependency.model.target else { return nil }
        return ("dependency=\"\(dependency.model.name)\"", Double(dependency.retries))
      }, &out)
    requests(of: instance, writer, &out)
    process(figures, writer, &out)
    writer.counter(
      "promhttp_metric_handler_requests_total",
      "Total number of scrapes by HTTP status code.",
      [
        ("code=\"200\"", Double(instance.scrapeNumber)), ("code=\"500\"", 0),
        ("code=\"503\"", 0),
      ], &out)
    writer.gauge(
      "promhttp_metric_handler_requests_in_flight", "Current number of scrapes being served.",
      [("", 1)], &out)
    writer.counter(
      "requests_shed_total", "Requests refused to protect the others.",
      [("", Double(instance.shed))], &out)
    if isOpenMetrics { out.writeString("# EOF\n") }
    return out
  }

  private static func backends(_ instance: SimulatedInstance) -> [String] {
    instance.dependencies.compactMap { dependency in
      if case .backend(let name) = dependency.model.target { name } else { nil }
    }
  }

  private static func requests(
    of instance: SimulatedInstance, _ writer: Writer, _ out: inout ByteBuffer
  ) {
    let routes = instance.meter.routes
    writer.histogram("http_request_duration_seconds", "Latency of requests.", routes, &out)
    writer.gauge(
      "http_requests_in_flight", "Requests being served.", [("", Double(instance.pool.inside))],
      &out)
    writer.counter(
      "http_requests_total", "Requests answered.",
      routes.map { (Writer.labels(of: $0.key), Double($0.count)) }, &out)
  }

  private static func runtime(
    of instance: SimulatedInstance, figures: ProcessFigures, _ writer: Writer,
    _ out: inout ByteBuffer
  ) {
    // One collection about every two seconds and one more for each hundred requests.
    let cycles = (figures.uptime / 2 + Double(instance.meter.total) / 100).rounded(.down)
    let heap = 9_000_000 + Double(instance.pool.inside) * 64_000
    writer.summary(
      "go_gc_duration_seconds", "A summary of the wall-time pause of garbage collections.",
      [("0", 2.1e-05), ("0.25", 3.4e-05), ("0.5", 5.2e-05), ("0.75", 8.9e-05), ("1", 0.000412)],
      sum: cycles * 6.1e-05, count: cycles, &out)
    writer.gauge(
      "go_goroutines", "Number of goroutines that currently exist.",
      [("", 23 + 2 * Double(instance.pool.inside))], &out)
    writer.gauge(
      "go_info", "Information about the Go environment.", [("version=\"go1.25.4\"", 1)], &out)
    writer.counter(
      "go_memstats_alloc_bytes_total", "Total number of bytes allocated in heap.",
      [("", 12_000_000 + Double(instance.meter.total) * 41_000)], &out)
    writer.gauge(
      "go_memstats_heap_inuse_bytes", "Number of heap bytes that are in use.",
      [("", heap * 1.3)], &out)
    writer.gauge(
      "go_memstats_heap_objects", "Number of currently allocated objects.",
      [("", (heap / 92).rounded())], &out)
    writer.gauge(
      "go_memstats_next_gc_bytes", "Number of heap bytes when next garbage collection starts.",
      [("", 18_000_000)], &out)
    writer.gauge(
      "go_sched_gomaxprocs_threads", "The current runtime.GOMAXPROCS setting.", [("", 4)], &out)
    writer.gauge("go_threads", "Number of OS threads created.", [("", 11)], &out)
  }

  private static func process(
    _ figures: ProcessFigures, _ writer: Writer, _ out: inout ByteBuffer
  ) {
    writer.counter(
      "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
      [("", figures.cpuSeconds)], &out)
    writer.gauge(
      "process_max_fds", "Maximum number of open file descriptors.", [("", 1_048_576)], &out)
    writer.gauge(
      "process_open_fds", "Number of open file descriptors.", [("", figures.openFiles)], &out)
    writer.gauge(
      "process_resident_memory_bytes", "Resident memory size in bytes.",
      [("", figures.residentBytes)], &out)
    writer.gauge(
      "process_start_time_seconds",
      "Start time of the process since unix epoch in seconds.", [("", figures.startTime)], &out)
  }
}

/// The two formats that client_golang writes differ in the names of counters' families and in
/// exemplars.
private struct Writer {
  var isOpenMetrics: Bool

  static func labels(of key: RequestMeter.Key) -> String {
    "code=\"\(key.status)\",handler=\"\(escaped(key.path))\",method=\"\(escaped(key.method.lowercased()))\""
  }

  static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  func counter(
    _ name: String, _ help: String, _ samples: [(String, Double)], _ out: inout ByteBuffer
  ) {
    guard !samples.isEmpty else { return }
    let family = isOpenMetrics && name.hasSuffix("_total") ? String(name.dropLast(6)) : name
    out.family(family, "counter", help: help)
    for (labels, value) in samples { out.sample(name, labels, value) }
  }

  func gauge(
    _ name: String, _ help: String, _ samples: [(String, Double)], _ out: inout ByteBuffer
  ) {
    guard !samples.isEmpty else { return }
    out.family(name, "gauge", help: help)
    for (labels, value) in samples { out.sample(name, labels, value) }
  }

  func summary(
    _ name: String, _ help: String, _ quantiles: [(String, Double)], sum: Double, count: Double,
    _ out: inout ByteBuffer
  ) {
    out.family(name, "summary", help: help)
    for (quantile, value) in quantiles {
      // OpenMetrics wants floats; the text format takes both.
      let text = isOpenMetrics && !quantile.contains(".") ? "\(quantile).0" : quantile
      out.sample(name, "quantile=\"\(text)\"", value)
    }
    out.sample("\(name)_sum", "", sum)
    out.sample("\(name)_count", "", count)
  }

  func histogram(
    _ name: String, _ help: String, _ routes: [RequestMeter.Route], _ out: inout ByteBuffer
  ) {
    guard !routes.isEmpty else { return }
    out.family(name, "histogram", help: help)
    for route in routes {
      let labels = Self.labels(of: route.key)
      var sum: UInt64 = 0
      for (place, count) in route.buckets.enumerated() {
        sum += count
        var bound = place < RequestMeter.bounds.count ? RequestMeter.boundTexts[place] : "+Inf"
        if isOpenMetrics, bound != "+Inf", !bound.contains(".") { bound += ".0" }
        out.writeString("\(name)_bucket{\(labels),le=\"\(bound)\"} \(sum)")
        if isOpenMetrics, let exemplar = route.exemplars[place] {
          let trace = Expositions.traceText(exemplar.traceID)
          let seconds = Double(exemplar.wall / 1_000_000) / 1000
          out.writeString(" # {trace_id=\"\(trace)\"} \(exemplar.value) \(seconds)")
        }
        out.writeString("\n")
      }
      out.sample("\(name)_sum", labels, "\(route.sum)")
      out.sample("\(name)_count", labels, "\(route.count)")
      if isOpenMetrics {
        out.sample("\(name)_created", labels, "\(Double(route.firstSeen / 1_000_000) / 1000)")
      }
    }
  }
}
