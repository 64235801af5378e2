/// How a library tells that it is getting by with less.
///
/// The built-in ones are `FallbackConvention.builtIn`; a fleet file adds its own for all services or
/// for one (`fallbacks: - metric:`), which are tried first.
public struct FallbackConvention: Sendable, Hashable, Codable {
  /// `*` stands for any prefix or suffix.
  public var metric: String
  public var reading: Reading
  /// What the fallback is called; nil where a label or the `*` names it.
  public var name: String?
  /// The first of these labels that a series has names it.
  public var nameLabels: [String]
  /// Label values that a series must have to count.
  public var only: [Convention.LabelMatch]
  /// `cache`, `static`, `reduced`, `queue`, `stale`.
  public var mode: String?
  /// Why it is in use, as far as the metric itself says.
  public var reason: String?

  public enum Reading: String, Sendable, Hashable, Codable, CaseIterable {
    /// A gauge above 0 while it is in use.
    case gauge
    /// A counter that goes up with each answer given from it: in use while it rose within the
    /// last minute.
    case counter
    /// A gauge of how old the data is that it serves, in seconds.
    case age
  }

  /// Seconds after its last rise that a counter still counts as in use.
  static let risenFor = 60.0

  public init(
    metric: String, reading: Reading = .gauge, name: String? = nil, nameLabels: [String] = [],
    only: [Convention.LabelMatch] = [], mode: String? = nil, reason: String? = nil
  ) {
    self.metric = metric
    self.reading = reading
    self.name = name
    self.nameLabels = nameLabels
    self.only = only
    self.mode = mode
    self.reason = reason
  }
}

extension FallbackConvention {
  public static let usualLabels = ["name", "fallback", "fallback_name", "mode"]

  public static let builtIn: [FallbackConvention] =
    [
      FallbackConvention(metric: "fallback_active", nameLabels: usualLabels),
      FallbackConvention(metric: "*_fallback_active", nameLabels: usualLabels),
      FallbackConvention(metric: "degraded_mode_active", nameLabels: usualLabels),
      FallbackConvention(
        metric: "fallback_data_age_seconds", reading: .age, nameLabels: usualLabels),
      FallbackConvention(
        metric: "*_fallback_data_age_seconds", reading: .age, nameLabels: usualLabels),
      FallbackConvention(
        metric: "hystrix_execution_total", reading: .counter, nameLabels: ["key", "group"],
        only: [.init("event", "fallback_success")]),
    ] + flags

  /// Feature-flag providers that answer with what they were told to fall back on.
  ///
  /// The reasons are OpenFeature's: ERROR, the caller's default value was served; STALE, the last
  /// known value was. DEFAULT is not among them: flagd gives it, in the best of health, wherever no
  /// rule matches. A fleet file that knows better maps it.
  private static let flags: [FallbackConvention] =
    ["ERROR", "error", "STALE", "stale"].flatMap { reason in
      let (mode, words) =
        reason.lowercased() == "error"
        ? ("static", "flags could not be evaluated: callers get their default values")
        : ("stale", "flags are served as last known: the provider cannot be reached")
      return [
        ("feature_flag_evaluation_success_total", ["reason", "feature_flag_result_reason"]),
        ("feature_flag_flagd_result_reason_total", ["feature_flag_reason", "reason"]),
        ("feature_flag_flagd_evaluation_reason_total", ["feature_flag_reason", "reason"]),
      ].flatMap { metric, labels in
        labels.map { label in
          FallbackConvention(
            metric: metric, reading: .counter, name: "feature-flags",
            only: [.init(label, reason)], mode: mode, reason: words)
        }
      }
    } + [
      FallbackConvention(
        metric: "feature_flag_evaluation_error_total", reading: .counter, name: "feature-flags",
        mode: "static",
        reason: "flags could not be evaluated: callers get their default values")
    ]
}
