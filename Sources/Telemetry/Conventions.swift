/// The libraries whose request metrics are recognised without being told.
///
/// To add one, add a row: rows are tried from the top, and on each surface the first with any
/// series wins, so a row that asks for a particular label (`only`, `*` for any value) stands above
/// the general one that shares its names. A fleet file's own rows stand above all of these.
extension Convention {
  private static let statusLabels = [
    "code", "status", "status_code", "http_status_code", "http_response_status_code",
    "response_code", "http_status", "statuscode", "statusCode", "status_class", "code_class",
  ]
  private static let routeLabels = [
    "handler", "route", "path", "endpoint", "http_route", "url", "uri", "request_path",
    "controller",
    "operation",
  ]
  private static let verbLabels = ["method", "http_method", "http_request_method", "verb"]

  public static let builtIn: [Convention] = programs + proxies + libraries + general

  /// Programs that name their own metrics.
  private static let programs: [Convention] = [
    Convention(
      name: "Prometheus", requests: ["prometheus_http_requests_total"],
      latency: ["prometheus_http_request_duration_seconds"], endpointLabels: ["handler"],
      error: .httpStatus(labels: ["code"])),
    Convention(
      name: "Alertmanager", latency: ["alertmanager_http_request_duration_seconds"],
      endpointLabels: ["handler"], methodLabels: ["method"], error: .httpStatus(labels: ["code"])),
    Convention(
      name: "kube-apiserver", requests: ["apiserver_request_total"],
      latency: ["apiserver_request_sli_duration_seconds", "apiserver_request_duration_seconds"],
      endpointLabels: ["resource"], methodLabels: ["verb"], error: .httpStatus(labels: ["code"]),
      except: [LabelMatch("verb", "WATCH"), LabelMatch("verb", "CONNECT")]),
    Convention(
      name: "kubelet", requests: ["kubelet_http_requests_total"],
      latency: ["kubelet_http_requests_duration_seconds"], endpointLabels: ["path"],
      methodLabels: ["method"]),
    Convention(
      name: "VictoriaMetrics", requests: ["vm_http_requests_total"],
      latency: ["vm_request_duration_seconds"], endpointLabels: ["path"],
      error: .family(names: ["vm_http_request_errors_total"])),
    Convention(
      name: "Grafana", latency: ["grafana_http_request_duration_seconds"],
      endpointLabels: ["handler"], methodLabels: ["method"],
      error: .httpStatus(labels: ["status_code"])),
    Convention(
      name: "CoreDNS", surface: .other, requests: ["coredns_dns_requests_total"],
      latency: ["coredns_dns_request_duration_seconds"], endpointLabels: ["zone"],
      error: .none),
    Convention(
      name: "sglang-router", requests: ["smg_http_requests_total"],
      latency: ["smg_http_request_duration_seconds"], endpointLabels: ["path"],
      methodLabels: ["method"],
      // A worker's readiness answers 503 without an error code; that is a probe, not a request.
      error: .statusFamily(names: ["smg_http_responses_total"], labels: ["status_code"]),
      except: [LabelMatch("error_code", "")]),
    Convention(
      name: "vllm-router", requests: ["vllm_router_requests_total"],
      latency: ["vllm_router_generate_duration_seconds", "vllm_router_request_duration_seconds"],
      endpointLabels: ["route"],
      error: .family(names: ["vllm_router_request_errors_total"])),
    Convention(name: "granian", requests: ["granian_requests_handled"]),
  ]

  /// Proxies and gateways.
  private static let proxies: [Convention] = [
    Convention(
      name: "linkerd-proxy", requests: ["response_total"], latency: ["response_latency_ms"],
      unit: 0.001, endpointLabels: ["route_name", "rt_route", "target_port", "target_addr"],
      error: .label(name: "classification", values: ["failure"]),
      only: [LabelMatch("direction", "inbound")]),
    Convention(
      name: "Istio", requests: ["istio_requests_total"],
      latency: ["istio_request_duration_milliseconds"], unit: 0.001,
      endpointLabels: ["destination_service_name", "destination_workload"],
      error: .httpStatus(labels: ["response_code"]), only: [LabelMatch("reporter", "destination")]),
    Convention(
      name: "Envoy listener", requests: ["envoy_http_downstream_rq_xx"],
      latency: ["envoy_http_downstream_rq_time"], unit: 0.001,
      endpointLabels: ["envoy_http_conn_manager_prefix"],
      error: .httpStatus(labels: ["envoy_response_code_class"]),
      except: [LabelMatch("envoy_http_conn_manager_prefix", "admin")]),
    Convention(
      name: "Envoy cluster", requests: ["envoy_cluster_upstream_rq_xx"],
      latency: ["envoy_cluster_upstream_rq_time"], unit: 0.001,
      endpointLabels: ["envoy_cluster_name"],
      error: .httpStatus(labels: ["envoy_response_code_class"])),
    // Every handler of Caddy's chain counts the same request; the outermost one is `subroute`.
    Convention(
      name: "Caddy", latency: ["caddy_http_request_duration_seconds"], endpointLabels: ["server"],
      methodLabels: ["method"], error: .httpStatus(labels: ["code"]),
      only: [LabelMatch("handler", "subroute")]),
    Convention(
      name: "Caddy handler", latency: ["caddy_http_request_duration_seconds"],
      endpointLabels: ["handler"], methodLabels: ["method"], error: .httpStatus(labels: ["code"])),
    Convention(
      name: "Traefik entry point", requests: ["traefik_entrypoint_requests_total"],
      latency: ["traefik_entrypoint_request_duration_seconds"], endpointLabels: ["entrypoint"],
      methodLabels: ["method"], error: .httpStatus(labels: ["code"]),
      except: [LabelMatch("entrypoint", "traefik"), LabelMatch("entrypoint", "metrics")]),
    Convention(
      name: "Traefik service", requests: ["traefik_service_requests_total"],
      latency: ["traefik_service_request_duration_seconds"], endpointLabels: ["service"],
      methodLabels: ["method"], error: .httpStatus(labels: ["code"])),
    Convention(
      name: "HAProxy", requests: ["haproxy_frontend_http_responses_total"],
      endpointLabels: ["proxy", "frontend"], error: .httpStatus(labels: ["code"])),
    Convention(
      name: "ingress-nginx", requests: ["nginx_ingress_controller_requests"],
      latency: ["nginx_ingress_controller_request_duration_seconds"],
      endpointLabels: ["path", "ingress"], methodLabels: ["method"],
      error: .httpStatus(labels: ["status"])),
  ]

  /// Libraries with names of their own.
  private static let libraries: [Convention] = [
    Convention(
      name: "OpenTelemetry HTTP",
      latency: [
        "http_server_request_duration_seconds", "http_server_request_duration",
        "*_http_server_request_duration_seconds",
      ],
      endpointLabels: ["http_route", "url_template", "url_path", "http_target"],
      methodLabels: ["http_request_method", "http_method"],
      error: .httpStatus(labels: ["http_response_status_code", "http_status_code"])),
    Convention(
      name: "OpenTelemetry HTTP (before 1.20)",
      latency: [
        "http_server_duration_milliseconds", "http_server_duration_ms", "http_server_duration",
        "http_server_duration_milliseconds_milliseconds",
      ],
      unit: 0.001, endpointLabels: ["http_route", "http_target"],
      methodLabels: ["http_method", "http_request_method"],
      error: .httpStatus(labels: ["http_status_code", "http_response_status_code"])),
    Convention(
      name: "go-grpc-prometheus", surface: .grpc, requests: ["grpc_server_handled_total"],
      latency: ["grpc_server_handling_seconds"], endpointLabels: ["grpc_method"],
      methodLabels: ["grpc_service"], error: .grpcCode(labels: ["grpc_code"]),
      // A stream's length is not a latency, and one that never ends is never handled.
      except: [LabelMatch("grpc_type", "*_stream")]),
    Convention(
      name: "OpenTelemetry gRPC", surface: .grpc,
      latency: ["rpc_server_call_duration_seconds", "rpc_server_duration_seconds"],
      endpointLabels: ["rpc_method"], methodLabels: ["rpc_service"],
      error: .grpcCode(labels: ["rpc_grpc_status_code", "rpc_response_status_code"])),
    Convention(
      name: "OpenTelemetry gRPC (milliseconds)", surface: .grpc,
      latency: ["rpc_server_duration_milliseconds", "rpc_server_duration"], unit: 0.001,
      endpointLabels: ["rpc_method"], methodLabels: ["rpc_service"],
      error: .grpcCode(labels: ["rpc_grpc_status_code", "rpc_response_status_code"])),
    Convention(
      name: "gRPC OpenTelemetry plugin", surface: .grpc,
      latency: ["grpc_server_call_duration_seconds", "grpc_server_call_duration"],
      endpointLabels: ["grpc_method"], error: .grpcCode(labels: ["grpc_status"])),
    Convention(
      name: "tonic", surface: .grpc,
      requests: ["tonic_requests_total", "grpc_requests_total", "grpc_server_requests_total"],
      latency: [
        "tonic_request_duration_seconds", "grpc_request_duration_seconds",
        "grpc_server_request_duration_seconds",
      ],
      endpointLabels: ["method", "path", "grpc_method", "rpc"],
      methodLabels: ["service", "grpc_service"],
      error: .grpcCode(labels: ["code", "grpc_code", "status", "grpc_status", "status_code"])),
    Convention(
      name: "axum-prometheus",
      requests: ["axum_http_requests_total", "*_axum_http_requests_total"],
      latency: [
        "axum_http_requests_duration_seconds", "axum_http_request_duration_seconds",
        "*_axum_http_requests_duration_seconds",
      ],
      endpointLabels: ["endpoint", "path"], methodLabels: ["method"],
      error: .httpStatus(labels: ["status"])),
    Convention(
      name: "rocket_prometheus",
      requests: ["rocket_http_requests_total", "*_rocket_http_requests_total"],
      latency: [
        "rocket_http_requests_duration_seconds", "*_rocket_http_requests_duration_seconds",
      ],
      endpointLabels: ["endpoint"], methodLabels: ["method"],
      error: .httpStatus(labels: ["status"])),
    Convention(
      name: "gin-metrics", requests: ["gin_uri_request_total"], latency: ["gin_request_duration"],
      endpointLabels: ["uri"], methodLabels: ["method"], error: .httpStatus(labels: ["code"])),
    Convention(
      name: "go-gin-prometheus", requests: ["gin_requests_total", "*_gin_requests_total"],
      latency: [
        "gin_request_duration_seconds", "*_gin_request_duration_seconds", "gin_request_duration",
      ],
      endpointLabels: ["url", "handler", "path"], methodLabels: ["method"],
      error: .httpStatus(labels: ["code", "status"])),
    Convention(
      name: "echo", requests: ["echo_requests_total", "echo_http_requests_total"],
      latency: ["echo_request_duration_seconds", "echo_http_request_duration_seconds"],
      endpointLabels: ["url", "path", "handler"], methodLabels: ["method"],
      error: .httpStatus(labels: ["code", "status"])),
    Convention(
      name: "chi", requests: ["chi_requests_total"], latency: ["chi_request_duration_seconds"],
      endpointLabels: ["path", "route"], methodLabels: ["method"],
      error: .httpStatus(labels: ["code", "status"])),
    Convention(
      name: "chi (milliseconds)", requests: ["chi_pattern_requests_total"],
      latency: ["chi_pattern_request_duration_milliseconds", "chi_request_duration_milliseconds"],
      unit: 0.001, endpointLabels: ["path", "request_path"],
      methodLabels: ["method", "request_method"],
      error: .httpStatus(labels: ["code", "response_code"])),
    // axum-prometheus with a prefix of the user's names them the same.
    Convention(
      name: "actix-web-prom", requests: ["*_http_requests_total"],
      latency: ["*_http_requests_duration_seconds"], endpointLabels: ["endpoint"],
      methodLabels: ["method"], error: .httpStatus(labels: ["status"]),
      only: [LabelMatch("endpoint", "*")]),
  ]

  /// Names that many libraries share: promhttp and net/http instrumentation of client_golang,
  /// fiber, gin and chi middlewares, metrics-exporter-prometheus. Labels tell them apart well enough.
  private static let general: [Convention] = [
    Convention(
      name: "http_requests_total (code)",
      requests: ["http_requests_total", "promhttp_http_requests_total"],
      latency: [
        "http_request_duration_seconds", "http_requests_duration_seconds",
        "http_response_time_seconds", "http_duration_seconds",
      ],
      endpointLabels: routeLabels, methodLabels: verbLabels,
      error: .httpStatus(labels: statusLabels)),
    Convention(
      name: "http_request_total",
      requests: ["http_request_total", "http_requests", "http_server_requests_total"],
      latency: ["http_server_requests_seconds", "http_server_requests_duration_seconds"],
      endpointLabels: routeLabels, methodLabels: verbLabels,
      error: .httpStatus(labels: statusLabels)),
    Convention(
      name: "http_request_duration (milliseconds)",
      latency: [
        "http_request_duration_milliseconds", "http_request_duration_ms",
        "http_requests_duration_ms",
      ],
      unit: 0.001, endpointLabels: routeLabels, methodLabels: verbLabels,
      error: .httpStatus(labels: statusLabels)),
    Convention(
      name: "requests_total",
      requests: ["requests_total", "request_total", "api_requests_total"],
      latency: [
        "request_duration_seconds", "request_latency_seconds", "api_request_duration_seconds",
      ],
      endpointLabels: routeLabels, methodLabels: verbLabels,
      error: .httpStatus(labels: statusLabels),
      except: [LabelMatch("direction", "outbound")]),
    Convention(
      name: "*_http_requests_total", requests: ["*_http_requests_total", "*_http_request_total"],
      latency: [
        "*_http_request_duration_seconds", "*_http_requests_duration_seconds",
      ],
      endpointLabels: routeLabels, methodLabels: verbLabels,
      error: .httpStatus(labels: statusLabels)),
    Convention(
      name: "*_grpc_requests_total", surface: .grpc, requests: ["*_grpc_requests_total"],
      latency: ["*_grpc_request_duration_seconds"],
      endpointLabels: ["method", "grpc_method", "path"],
      methodLabels: ["service", "grpc_service"],
      error: .grpcCode(labels: ["code", "grpc_code", "status"])),
  ]
}
