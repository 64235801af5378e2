public import Canonical

/// Which events an objective speaks of, and which of them are bad.
///
/// An endpoint is one as the meter names it, after the fleet file's own names: `POST /pay`, `pay`.
public enum EventRule: Sendable, Hashable {
  /// The recognised requests and, of them, the errors.
  case requests(endpoint: String?)
  /// The recognised requests and, of them, those that took longer than `threshold` seconds.
  case latency(threshold: Double, endpoint: String?)
  /// What the fleet file picks out of the metrics.
  case selected(EventSelectors)

  /// The same words for the same events: what is kept of them is found again by these.
  public var meaning: String {
    switch self {
    case .requests(let endpoint): "requests" + (endpoint.map { " of \($0)" } ?? "")
    case .latency(let threshold, let endpoint):
      // Nanoseconds: a fraction of a second is written differently by different programs.
      "within \(Int64((threshold * 1e9).rounded())) ns" + (endpoint.map { " of \($0)" } ?? "")
    case .selected(let selectors): selectors.meaning
    }
  }

  public var endpoint: String? {
    switch self {
    case .requests(let endpoint), .latency(_, let endpoint): endpoint
    case .selected: nil
    }
  }

  /// Seconds; nil where speed does not matter.
  public var threshold: Double? {
    if case .latency(let threshold, _) = self { threshold } else { nil }
  }
}

/// Two of good, bad and total, each the sum of all counters that its selectors take.
public struct EventSelectors: Sendable, Hashable {
  public var good: [MetricSelector]
  public var bad: [MetricSelector]
  public var total: [MetricSelector]

  public init(
    good: [MetricSelector] = [], bad: [MetricSelector] = [], total: [MetricSelector] = []
  ) {
    self.good = good
    self.bad = bad
    self.total = total
  }

  /// Two of the three are there: the third follows.
  public var isEnough: Bool { [good, bad, total].count { !$0.isEmpty } >= 2 }

  var meaning: String {
    [("good", good), ("bad", bad), ("total", total)].filter { !$0.1.isEmpty }
      .map { "\($0.0) " + $0.1.map(\.meaning).joined(separator: " + ") }.joined(separator: ", ")
  }

  /// The names asked of the metrics.
  var names: [String] { (good + bad + total).map(\.name) }
}

/// Series by their name and labels: `http_requests_total{code=~"5.."}` is the name with `code` → `5*`.
public struct MetricSelector: Sendable, Hashable {
  /// The sample's name with its suffix, `*` standing for anything at either end.
  public var name: String
  /// All of these must hold.
  public var labels: [LabelChoice]

  public init(_ name: String, _ labels: [LabelChoice] = []) {
    self.name = name
    self.labels = labels
  }

  /// A label that has one of some values.
  public struct LabelChoice: Sendable, Hashable {
    public var name: String
    /// `*` at either end of each; `!x` is any value but `x`, and a label that is not there.
    public var values: [String]

    public init(_ name: String, _ values: [String]) {
      self.name = name
      self.values = values
    }

    /// Values that must not be are ruled out first; of the others one must match.
    func takes(_ value: String?) -> Bool {
      var isWanted: Bool?
      for wanted in values {
        if wanted.first == "!" {
          if let value, Pattern(String(wanted.dropFirst())).matches(value) { return false }
        } else if isWanted != true {
          isWanted = value.map { Pattern(wanted).matches($0) } ?? false
        }
      }
      return isWanted ?? true
    }
  }

  var meaning: String {
    let choices = labels.map { "\($0.name)=\($0.values.joined(separator: "|"))" }
    return choices.isEmpty ? name : "\(name){\(choices.joined(separator: ","))}"
  }

  func takes(name sample: String, _ label: (String) -> String?) -> Bool {
    Pattern(name).matches(sample) && labels.allSatisfy { $0.takes(label($0.name)) }
  }
}

// MARK: As bytes

extension EventRule: CanonicalOnly {
  public func write(to encoder: CanonicalEncoder) throws {
    switch self {
    case .requests(let endpoint):
      encoder.write("requests")
      try endpoint.write(to: encoder)
    case .latency(let threshold, let endpoint):
      encoder.write("latency")
      encoder.write(threshold)
      try endpoint.write(to: encoder)
    case .selected(let selectors):
      encoder.write("selected")
      try selectors.write(to: encoder)
    }
  }

  public init(canonical decoder: CanonicalDecoder) throws {
    switch try decoder.text() {
    case "requests": self = .requests(endpoint: try String?(canonical: decoder))
    case "latency":
      self = .latency(threshold: try decoder.double(), endpoint: try String?(canonical: decoder))
    case "selected": self = .selected(try EventSelectors(canonical: decoder))
    default: throw Malformed("this is no rule of events", at: decoder.place)
    }
  }
}

extension EventSelectors: FieldCoded {
  public static var blank: Self { Self() }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&good, &bad, &total) }
}

extension MetricSelector: FieldCoded {
  public static var blank: Self { Self("") }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&name, &labels) }
}

extension MetricSelector.LabelChoice: FieldCoded {
  public static var blank: Self { Self("", []) }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&name, &values) }
}
