import NIOCore

/// What axum-prometheus serves through metrics-exporter-prometheus.
///
/// Its registry is a hash map: families and series come in another order at each scrape, and a
/// blank line ends each family. The order here is drawn from the dice, so that it repeats.
@Simulation
enum RustPage {
  static func text(of instance: SimulatedInstance) -> ByteBuffer {
    var families: [ByteBuffer] = []
    func add(_ name: String, _ type: String, help: String? = nil, _ samples: [(String, Double)]) {
      guard !samples.isEmpty else { return }
      var out = ByteBuffer()
      out.family(name, type, help: help)
      for (labels, value) in shuffled(samples, instance) { out.sample(name, labels, value) }
      families.append(out)
    }
    let figures = ProcessFigures(of: instance)
    let pool = instance.pool
    let routes = instance.meter.routes
    add(
      "axum_http_requests_total", "counter", routes.map { (labels(of: $0.key), Double($0.count)) })
    families.append(durations(routes, instance))
    add(
      "axum_http_requests_pending", "gauge",
      instance.model.endpoints.map {
        ("method=\"\($0.method)\",endpoint=\"\($0.path)\"", Double(pool.inside))
      })
    add(
      "build_info", "gauge",
      [
        (
          "version=\"\(instance.version.name)\",commit=\"\(instance.version.build)\",rustc=\"1.91.1\"",
          1
        )
      ])
    let workers = pool.workers ?? 4
    let busy = min(1, Double(pool.running) / Double(workers))
    add("tokio_workers_count", "gauge", [("", 4)])
    add("tokio_busy_ratio", "gauge", [("", 0.02 + 0.97 * busy)])
    add("tokio_live_tasks_count", "gauge", [("", 9 + Double(pool.inside))])
    add("tokio_global_queue_depth", "gauge", [("", Double(pool.queued / 4))])
    add("tokio_blocking_queue_depth", "gauge", [("", Double(pool.queued))])
    add("tokio_blocking_threads_count", "gauge", [("", Double(pool.running))])
    add("tokio_budget_forced_yield_count", "counter", [("", Double(instance.shed))])
    add("rust_panics_total", "counter", [("", Double(instance.panics))])
    let saturation = instance.saturation
    add("saturation_used", "gauge", saturation.map { ("name=\"\($0.name)\"", $0.used) })
    add("saturation_limit", "gauge", saturation.map { ("name=\"\($0.name)\"", $0.limit) })
    dependencies(of: instance, add)
    add("process_cpu_seconds_total", "counter", [("", figures.cpuSeconds)])
    add("process_resident_memory_bytes", "gauge", [("", figures.residentBytes)])
    add("process_virtual_memory_bytes", "gauge", [("", figures.residentBytes * 5)])
    add("process_open_fds", "gauge", [("", figures.openFiles)])
    add("process_max_fds", "gauge", [("", 65_536)])
    add("process_threads", "gauge", [("", 5 + Double(workers))])
    add("process_start_time_seconds", "gauge", [("", figures.startTime)])

    var out = ByteBuffer()
    for var family in shuffled(families, instance) where family.readableBytes > 0 {
      out.writeBuffer(&family)
      out.writeString("\n")
    }
    return out
  }

  private static func dependencies(
    of instance: SimulatedInstance,
    _ add: (String, String, String?, [(String, Double)]) -> Void
  ) {
    let now = instance.clock.now
    add(
      "circuit_breaker_state", "gauge", "0 closed, 1 open, 2 half-open.",
      instance.dependencies.compactMap { dependency in
        dependency.breaker.map {
          ("name=\"\($0.name)\"", $0.state == .closed ? 0 : $0.state == .open ? 1 : 2)
        }
      })
    add(
      "fallback_active", "gauge", "Whether a degraded mode is in use.",
      instance.dependencies.compactMap { dependency in
        dependency.model.fallback.map {
          ("name=\"\($0.name)\"", dependency.isFallbackActive(now: now) ? 1 : 0)
        }
      })
    add(
      "http_client_retries_total", "counter", nil,
      instance.dependencies.compactMap { dependency in
        guard case .service = dependency.model.target else { return nil }
        return ("dependency=\"\(dependency.model.name)\"", Double(dependency.retries))
      })
  }

  private static func durations(
    _ routes: [RequestMeter.Route], _ instance: SimulatedInstance
  ) -> ByteBuffer {
    var out = ByteBuffer()
    guard !routes.isEmpty else { return out }
    let name = "axum_http_requests_duration_seconds"
    out.family(name, "histogram")
    for route in shuffled(routes, instance) {
      let labels = labels(of: route.key)
      var sum: UInt64 = 0
      for (place, count) in route.buckets.enumerated() {
        sum += count
        let bound = place < RequestMeter.bounds.count ? RequestMeter.boundTexts[place] : "+Inf"
        out.writeString("\(name)_bucket{\(labels),le=\"\(bound)\"} \(sum)\n")
      }
      out.sample("\(name)_sum", labels, "\(route.sum)")
      out.sample("\(name)_count", labels, "\(route.count)")
    }
    return out
  }

  private static func labels(of key: RequestMeter.Key) -> String {
    let path = key.path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    let method = key.method.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "method=\"\(method)\",status=\"\(key.status)\",endpoint=\"\(path)\""
  }

  private static func shuffled<T>(_ items: [T], _ instance: SimulatedInstance) -> [T] {
    guard items.count > 1 else { return items }
    var items = items
    for place in stride(from: items.count - 1, to: 0, by: -1) {
      let draw = instance.dice.bits(.arrival, instance.scrapeNumber &* 4096 &+ UInt64(place))
      items.swapAt(place, Int(draw % UInt64(place + 1)))
    }
    return items
  }
}
