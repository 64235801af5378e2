/// What a process tells of itself beside its requests. Names end in `*` or begin with it where a
/// library lets its user choose the rest.
enum RuntimeSignals {
  /// Panics whose name does not say of which runtime.
  static let panics = "panics"

  static let signals: [RuntimeSignal] = [
    // Any process (client_golang, the prometheus crate, metrics-process, OpenTelemetry).
    RuntimeSignal(
      "cpu_cores", ["process_cpu_seconds_total", "process_cpu_time_seconds_total"], .rate,
      unit: "cores"),
    RuntimeSignal(
      "memory_bytes", ["process_resident_memory_bytes", "process_memory_usage_bytes"],
      unit: "bytes"),
    RuntimeSignal("open_fds", ["process_open_fds", "process_open_file_descriptor_count"]),
    RuntimeSignal(
      "cpu_limit_cores",
      [
        "container_cpu_limit_cores", "process_cpu_limit_cores", "cgroup_cpu_limit_cores",
        "*_cgroup_cpu_limit_cores",
      ], .max, unit: "cores"),
    RuntimeSignal("threads", ["process_threads", "process_thread_count"]),

    // Go.
    RuntimeSignal(
      "go_goroutines",
      [
        "go_goroutines", "go_goroutine_count", "process_runtime_go_goroutines",
        "go_sched_goroutines_goroutines",
      ], .max),
    RuntimeSignal("go_threads", ["go_threads"]),
    RuntimeSignal(
      "go_gc_pause_ms", ["go_gc_duration_seconds"], .max, unit: "ms", scale: 1000,
      only: [.init("quantile", "1*")]),
    RuntimeSignal("go_gc_per_s", ["go_gc_duration_seconds_count"], .rate, unit: "per_s"),
    RuntimeSignal(
      "go_gc_pause_ms",
      ["go_sched_pauses_total_gc_seconds_bucket", "go_gc_pauses_seconds_bucket"], .quantile,
      unit: "ms", scale: 1000),
    RuntimeSignal(
      "go_sched_latency_ms",
      ["go_sched_latencies_seconds_bucket", "go_schedule_duration_seconds_bucket"], .quantile,
      unit: "ms", scale: 1000),
    RuntimeSignal("go_heap_bytes", ["go_memstats_heap_inuse_bytes"], unit: "bytes"),
    RuntimeSignal("go_heap_objects", ["go_memstats_heap_objects"]),
    RuntimeSignal("go_next_gc_bytes", ["go_memstats_next_gc_bytes"], unit: "bytes"),
    RuntimeSignal(
      "go_alloc_bytes_per_s", ["go_memstats_alloc_bytes_total"], .rate, unit: "bytes"),
    RuntimeSignal("go_maxprocs", ["go_sched_gomaxprocs_threads", "go_processor_limit"], .max),
    RuntimeSignal(
      "go_memory_limit_bytes", ["go_gc_gomemlimit_bytes", "go_memory_limit_bytes"], .max,
      unit: "bytes"),
    RuntimeSignal(
      "go_mutex_wait", ["go_sync_mutex_wait_total_seconds_total"], .rate, unit: "cores"),
    RuntimeSignal(
      "go_gc_cpu_cores", ["go_cpu_classes_gc_total_cpu_seconds_total"], .rate, unit: "cores"),
    RuntimeSignal(
      "go_panics", ["go_panics_total", "grpc_req_panics_recovered_total", "http_panics_total"],
      .increase),

    // Rust: tokio-metrics under its exporters' names, whatever is put before them; jemalloc.
    RuntimeSignal(
      "tokio_workers", ["*tokio_workers_count", "*tokio_workers", "*tokio_num_workers"]),
    RuntimeSignal(
      "tokio_tasks",
      [
        "*tokio_num_alive_tasks", "*tokio_alive_tasks", "*tokio_live_tasks_count",
        "*tokio_active_tasks_count", "*tokio_active_task_count", "*tokio_active_tasks",
        "*tokio_tasks_alive",
      ]),
    RuntimeSignal(
      "tokio_busy_ratio", ["*tokio_busy_ratio", "*tokio_worker_busy_ratio"], .max, unit: "ratio"),
    RuntimeSignal(
      "tokio_busy_cores",
      [
        "*tokio_total_busy_duration_seconds_total", "*tokio_busy_duration_seconds_total",
        "*tokio_worker_busy_seconds_total", "*tokio_workers_busy_seconds_total",
        "*tokio_total_busy_duration_seconds", "*tokio_busy_seconds_total",
      ], .rate, unit: "cores"),
    RuntimeSignal(
      "tokio_queue_depth",
      ["*tokio_global_queue_depth", "*tokio_injection_queue_depth", "*tokio_queue_depth"]),
    RuntimeSignal("tokio_local_queue_depth", ["*tokio_total_local_queue_depth"]),
    RuntimeSignal(
      "tokio_blocking_queue_depth",
      ["*tokio_blocking_queue_depth", "*tokio_blocking_pool_queue_depth"]),
    RuntimeSignal(
      "tokio_blocking_threads",
      [
        "*tokio_blocking_threads_count", "*tokio_num_blocking_threads", "*tokio_blocking_threads",
      ]),
    RuntimeSignal(
      "tokio_blocked_ratio", ["*tokio_blocked_ratio", "*tokio_blocked_workers_ratio"], .max,
      unit: "ratio"),
    RuntimeSignal(
      "tokio_slow_polls", ["*tokio_slow_polls_total", "*tokio_total_slow_poll_count"], .increase),
    RuntimeSignal(
      "tokio_poll_ms", ["*tokio_mean_poll_duration_seconds"], .max, unit: "ms", scale: 1000),
    RuntimeSignal(
      "tokio_forced_yields",
      [
        "*tokio_budget_forced_yield_count", "*tokio_budget_forced_yield_count_total",
        "*tokio_budget_forced_yields_total",
      ], .increase),
    RuntimeSignal(
      "rust_panics",
      [
        "rust_panics", "rust_panics_total", "tokio_panics_total",
        "*_panicked_tasks_total",
      ], .increase),
    RuntimeSignal(
      "jemalloc_allocated_bytes", ["jemalloc_allocated*", "*_jemalloc_allocated_bytes"],
      .max, unit: "bytes"),
    RuntimeSignal(
      "jemalloc_resident_bytes", ["jemalloc_resident*", "*_jemalloc_resident_bytes"],
      .max, unit: "bytes"),
    RuntimeSignal(
      "allocator_allocated_bytes",
      ["allocator_allocated_bytes", "*_allocator_allocated_bytes", "mimalloc_current_commit*"],
      .max, unit: "bytes"),

    // Named after the language where that is known (`go_panics`).
    RuntimeSignal(panics, ["*panics_total", "*panic_count_total", "*_panics"], .increase),

    // Work in progress.
    RuntimeSignal(
      "in_flight",
      [
        "http_requests_in_flight", "http_server_active_requests", "in_flight_requests",
        "*_http_requests_in_flight", "axum_http_requests_pending", "*_http_requests_pending",
        "smg_http_connections_active", "envoy_http_downstream_rq_active",
      ]),
    RuntimeSignal("queue_depth", ["queue_depth", "workqueue_depth"]),
  ]

  static let saturations: [SaturationPair] = [
    SaturationPair("fds", used: "process_open_fds", limit: "process_max_fds"),
    SaturationPair("fds", used: "os_fd_used", limit: "os_fd_limit"),
    SaturationPair(
      "memory", used: "process_resident_memory_bytes", limit: "process_memory_limit_bytes"),
    SaturationPair(
      "memory", used: "process_resident_memory_bytes", limit: "container_memory_limit_bytes"),
    SaturationPair(
      "memory", used: "process_resident_memory_bytes", limit: "container_spec_memory_limit_bytes"),
    SaturationPair(
      "memory", used: "process_resident_memory_bytes", limit: "*cgroup_memory_limit_bytes"),
    SaturationPair(
      "go-heap", used: "go_memstats_heap_inuse_bytes", limit: "go_gc_gomemlimit_bytes"),
    SaturationPair(
      "db-pool", used: "go_sql_in_use_connections", limit: "go_sql_max_open_connections",
      label: "db_name"),
    SaturationPair(
      "db-pool", used: "go_sql_stats_connections_in_use",
      limit: "go_sql_stats_connections_max_open", label: "db_name"),
    SaturationPair(
      "db-pool", used: "pgxpool_acquired_conns", limit: "pgxpool_max_conns", label: "db"),
    SaturationPair(
      "db-pool", used: "db_client_connections_usage", limit: "db_client_connections_max",
      label: "pool_name", only: [.init("state", "used")]),
    SaturationPair(
      "db-pool", used: "db_client_connection_count", limit: "db_client_connection_max",
      label: "db_client_connection_pool_name", only: [.init("db_client_connection_state", "used")]),
    SaturationPair("pool", used: "*_pool_in_use", limit: "*_pool_max", label: "pool"),
    SaturationPair("pool", used: "*_pool_in_use", limit: "*_pool_size", label: "pool"),
    SaturationPair("pool", used: "*_pool_used", limit: "*_pool_limit", label: "pool"),
    SaturationPair(
      "pool", used: "*_pool_connections_in_use", limit: "*_pool_connections_max", label: "pool"),
    SaturationPair("queue", used: "*_queue_length", limit: "*_queue_capacity", label: "queue"),
    SaturationPair("queue", used: "*_queue_depth", limit: "*_queue_capacity", label: "queue"),
    SaturationPair("workers", used: "*_workers_busy", limit: "*_workers_total"),
    SaturationPair("workers", used: "*_workers_busy", limit: "*_workers_max"),
    SaturationPair("limit", used: "saturation_used", limit: "saturation_limit", label: "name"),
    SaturationPair(
      "requests", used: "prometheus_engine_queries",
      limit: "prometheus_engine_queries_concurrent_max"),
    SaturationPair(
      "storage", used: "etcd_mvcc_db_total_size_in_bytes", limit: "etcd_server_quota_backend_bytes"),
  ]

  static let versions: [VersionFamily] = [
    VersionFamily("build_info", "version"),
    VersionFamily("app_build_info", "version"),
    VersionFamily("app_info", "version"),
    VersionFamily("etcd_server_version", "server_version"),
    VersionFamily("kubernetes_build_info", "git_version"),
    VersionFamily("vm_app_version", "short_version"),
    VersionFamily("proxy_build_info", "version"),
    VersionFamily("target_info", "service_version"),
    VersionFamily("*_build_info", "version"),
    VersionFamily("*_build", "version"),
    VersionFamily("*_version_info", "version"),
    VersionFamily("go_build_info", "version"),
  ]

  /// Labels beside a version that say which build it is.
  static let buildLabels = [
    "revision", "commit", "git_commit", "git_sha", "git_revision", "vcs_revision", "sha", "build",
  ]

  /// What tells that a process took another configuration: a value that changes when it does.
  static let settings = [
    "config_hash", "*_config_hash", "*_config_hash_info", "*_config_generation",
    "*_config_last_reload_success_timestamp_seconds",
    "*_config_last_reload_success_time_seconds", "*_config_last_reload_timestamp_seconds",
  ]
  /// Labels that hold a configuration's hash where the value does not.
  static let settingLabels = ["hash", "sha256", "sha", "checksum", "config_hash"]

  /// Signals that measure how long a queue is.
  static let queues: Set<String> = [
    "queue_depth", "tokio_queue_depth", "tokio_local_queue_depth", "tokio_blocking_queue_depth",
  ]

  static let startTimes = ["process_start_time_seconds", "process_start_time"]

  /// Rust first: a process that shows both is a Rust one that embeds or imitates Go's names.
  static let languages: [LanguageHint] = [
    LanguageHint("tokio_*", .rust), LanguageHint("rust_*", .rust),
    LanguageHint("*_tokio_*", .rust), LanguageHint("axum_http_*", .rust),
    LanguageHint("actix_*", .rust), LanguageHint("rocket_http_*", .rust),
    LanguageHint("tonic_*", .rust), LanguageHint("jemalloc_*", .rust),
    LanguageHint("smg_*", .rust), LanguageHint("vllm_router_*", .rust),
    LanguageHint("granian_*", .rust), LanguageHint("inbound_http_authz_*", .rust),
    LanguageHint("outbound_http_*", .rust), LanguageHint("proxy_build_info", .rust),
    LanguageHint("go_info", .go), LanguageHint("go_goroutines", .go),
    LanguageHint("go_goroutine_count", .go), LanguageHint("process_runtime_go_goroutines", .go),
    LanguageHint("go_gc_duration_seconds", .go),
    LanguageHint("jvm_info", .other), LanguageHint("jvm_memory_*", .other),
    LanguageHint("python_info", .other), LanguageHint("nodejs_version_info", .other),
    LanguageHint("process_runtime_dotnet_*", .other), LanguageHint("ruby_*", .other),
    LanguageHint("erlang_vm_*", .other), LanguageHint("envoy_server_*", .other),
  ]
}
