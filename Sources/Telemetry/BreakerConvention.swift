/// How a library tells the states of its circuit breakers.
///
/// The built-in ones are `BreakerConvention.builtIn`; a fleet file adds its own for all services or
/// for one (`breakers:`), which are tried first.
public struct BreakerConvention: Sendable, Hashable, Codable {
  /// What a person calls it: `resilience4j`.
  public var name: String
  /// The gauge that tells the state, `*` standing for any prefix or suffix; nil where only
  /// transitions are told.
  public var metric: String?
  public var encoding: Encoding
  /// The first of these labels that a series has names the breaker; else what `*` stands for.
  public var nameLabels: [String]
  /// Label values that a series must have to count.
  public var only: [Convention.LabelMatch]
  /// A counter of changes of state. Polls miss a breaker that half-opens for a second; this does not.
  public var transitions: String?
  /// A counter of calls that were refused.
  public var refused: String?

  public enum Encoding: Sendable, Hashable, Codable {
    case numbers(BreakerNumbers)
    /// One series for each state, 1 where it holds; the label names the state.
    case oneHot(label: String)
    /// A number whose meaning only the metric's help text can tell: until one does, or the fleet
    /// file, the state is not known. That goes for 0 too: there are gauges on which 0 is open.
    case undeclared
    /// How many endpoints are out of the rotation.
    case ejected
    /// 1 while a limit of concurrency is reached. Envoy calls this an open circuit breaker;
    /// nothing has tripped, so it is shown as a saturation.
    case limit
  }

  public init(
    name: String, metric: String?, encoding: Encoding, nameLabels: [String],
    only: [Convention.LabelMatch] = [], transitions: String? = nil, refused: String? = nil
  ) {
    self.name = name
    self.metric = metric
    self.encoding = encoding
    self.nameLabels = nameLabels
    self.only = only
    self.transitions = transitions
    self.refused = refused
  }
}

/// The libraries whose breakers are recognised without being told; rows are tried from the top.
extension BreakerConvention {
  /// Labels that name a breaker in the wild, surest first.
  public static let usualLabels = [
    "name", "breaker", "breaker_name", "circuit_breaker", "circuit", "dependency", "upstream",
    "target", "provider", "service", "endpoint", "worker", "command", "host",
  ]

  public static let builtIn: [BreakerConvention] = libraries + routers + proxies + general

  private static let libraries: [BreakerConvention] = [
    // AbstractCircuitBreakerMetrics: one gauge for each value of CircuitBreaker.State, tagged with
    // its name in lower case; no counter of transitions, but one of calls not permitted.
    BreakerConvention(
      name: "resilience4j", metric: "resilience4j_circuitbreaker_state",
      encoding: .oneHot(label: "state"), nameLabels: ["name"],
      refused: "resilience4j_circuitbreaker_not_permitted_calls*"),
    // gobreaker.go: StateClosed = iota, StateHalfOpen, StateOpen. It exports nothing itself; who
    // does calls the metric after it. A help text that says otherwise is believed.
    BreakerConvention(
      name: "gobreaker", metric: "*gobreaker_state", encoding: .numbers(.openIsTwo),
      nameLabels: usualLabels, transitions: "*gobreaker_state_transitions_total"),
    BreakerConvention(
      name: "gobreaker", metric: "gobreaker_*_state", encoding: .numbers(.openIsTwo),
      nameLabels: usualLabels),
    // circuitbreaker.go: ClosedState = iota, OpenState, HalfOpenState. It exports nothing itself.
    BreakerConvention(
      name: "failsafe-go", metric: "failsafe_*state", encoding: .numbers(.openIsOne),
      nameLabels: usualLabels, transitions: "failsafe_*transitions_total"),
    BreakerConvention(
      name: "failsafe-go", metric: "failsafego_*state", encoding: .numbers(.openIsOne),
      nameLabels: usualLabels, transitions: "failsafego_*transitions_total"),
    // Half-open is told as open until it closes.
    BreakerConvention(
      name: "Hystrix", metric: "hystrix_circuit_breaker_open",
      encoding: .numbers(BreakerNumbers(closed: 0, halfOpen: nil, open: 1)),
      nameLabels: ["key", "command_name", "group"]),
    // Polly's meter has one counter of events and no state.
    BreakerConvention(
      name: "Polly", metric: nil, encoding: .undeclared,
      nameLabels: ["pipeline_name", "strategy_name"],
      transitions: "resilience_polly_strategy_events*"),
  ]

  private static let routers: [BreakerConvention] = [
    // Their own help texts: 0=closed, 1=open, 2=half_open.
    BreakerConvention(
      name: "sglang-router", metric: "smg_worker_cb_state", encoding: .numbers(.openIsOne),
      nameLabels: ["worker"], transitions: "smg_worker_cb_transitions_total"),
    BreakerConvention(
      name: "sglang-router", metric: "sgl_router_cb_state", encoding: .numbers(.openIsOne),
      nameLabels: ["worker"], transitions: "sgl_router_cb_state_transitions_total"),
    BreakerConvention(
      name: "vllm-router", metric: "vllm_router_cb_state", encoding: .numbers(.openIsOne),
      nameLabels: ["worker"], transitions: "vllm_router_cb_state_transitions_total"),
  ]

  private static let proxies: [BreakerConvention] = [
    BreakerConvention(
      name: "Envoy outlier detection",
      metric: "envoy_cluster_outlier_detection_ejections_active", encoding: .ejected,
      nameLabels: ["envoy_cluster_name", "cluster_name"]),
    BreakerConvention(
      name: "Envoy limits", metric: "envoy_cluster_circuit_breakers_*_open", encoding: .limit,
      nameLabels: ["envoy_cluster_name", "cluster_name"]),
    // Endpoints that its balancer does not use: those that failure accrual has tripped, and those
    // it is still connecting to.
    BreakerConvention(
      name: "linkerd balancer", metric: "outbound_http_balancer_endpoints", encoding: .ejected,
      nameLabels: ["backend_name", "parent_name"],
      only: [.init("endpoint_state", "pending")]),
    // One series for each state of each server. Those in maintenance or draining are so on purpose.
    BreakerConvention(
      name: "HAProxy", metric: "haproxy_server_status", encoding: .ejected,
      nameLabels: ["proxy", "backend"], only: [.init("state", "DOWN")]),
  ]

  private static let general: [BreakerConvention] = [
    BreakerConvention(
      name: "breaker state", metric: "*circuit_breaker_state", encoding: .undeclared,
      nameLabels: usualLabels, transitions: "*circuit_breaker_transitions_total",
      refused: "*circuit_breaker_rejected_total"),
    BreakerConvention(
      name: "breaker state", metric: "*circuitbreaker_state", encoding: .undeclared,
      nameLabels: usualLabels, transitions: "*circuit_breaker_state_transitions_total",
      refused: "*circuit_breaker_not_permitted_total"),
    BreakerConvention(
      name: "breaker state", metric: "*_breaker_state", encoding: .undeclared,
      nameLabels: usualLabels, transitions: "*_breaker_state_changes_total"),
    BreakerConvention(
      name: "breaker state", metric: "*_cb_state", encoding: .undeclared,
      nameLabels: usualLabels, transitions: "*_cb_state_transitions_total"),
    // The name says what 1 is.
    BreakerConvention(
      name: "breaker open", metric: "*breaker_open",
      encoding: .numbers(BreakerNumbers(closed: 0, halfOpen: nil, open: 1)),
      nameLabels: usualLabels),
  ]
}
