/// Requests that ask whether the service is alive, or for its metrics: never part of what users get.
public enum ProbeRoutes {
  /// Paths, without a trailing slash.
  static let paths: [String] = [
    "/healthz", "/health", "/livez", "/live", "/liveness", "/readyz", "/ready", "/readiness",
    "/-/healthy", "/-/ready", "/metrics", "/ping", "/status/health", "/actuator/health",
    "/actuator/prometheus", "/_health", "/__health", "/healthcheck", "/health-check",
    "/health_check",
    "/heartbeat", "/startupz", "/startup", "/alive", "/q/health", "/q/metrics", "/debug/pprof",
    "/debug/vars", "/api/health", "/api/healthz",
  ]

  /// Names of handlers and gRPC services.
  static let names: Set<String> = [
    "metrics", "health", "healthz", "healthcheck", "livez", "readyz", "ready", "liveness",
    "readiness", "ping", "prometheus", "grpc.health.v1.health",
    "grpc.reflection.v1.serverreflection", "grpc.reflection.v1alpha.serverreflection",
  ]

  /// Whether an endpoint label's value, or a gRPC service, is a probe's or a scrape's.
  public static func contains(_ value: String) -> Bool {
    if value.isEmpty { return false }
    var path = value.lowercased()
    if let query = path.firstIndex(of: "?") { path.removeSubrange(query...) }
    while path.count > 1, path.last == "/" { path.removeLast() }
    if path.first == "/" {
      for probe in paths where path.hasPrefix(probe) {
        if path.utf8.count == probe.utf8.count { return true }
        if path.dropFirst(probe.count).first == "/", isDeep(probe) { return true }
      }
      path.removeFirst()
      return names.contains { $0.contains(".") && path.hasPrefix($0 + "/") }
    }
    return names.contains(path)
  }

  /// What lies below these counts too (`/health/live`, `/debug/pprof/heap`); below `/live` or
  /// `/ping` there may be real routes.
  private static func isDeep(_ probe: String) -> Bool {
    ["/health", "/livez", "/readyz", "/actuator", "/q/", "/debug", "/_health", "/__health"]
      .contains { probe.hasPrefix($0) }
  }
}
