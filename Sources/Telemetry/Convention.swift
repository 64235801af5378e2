public import Canonical

/// How a library names its request metrics: which families count requests, errors and latency,
/// and which labels say endpoint and outcome.
///
/// The built-in ones are `Convention.builtIn`, one table in one file; a fleet file adds its own
/// (`conventions:`) or names one for a single service (`requests:`).
public struct Convention: Sendable, Hashable, Codable {
  /// What a person calls it: `client_golang promhttp`, `axum-prometheus`.
  public var name: String
  /// Where requests enter; conventions on different surfaces add up, on the same one the first
  /// of the table with any series wins.
  public var surface: Surface
  /// The counter of requests, `*` standing for any prefix or suffix; nil where `latency`'s count is used.
  public var requests: [String]
  /// The histogram or summary of durations.
  public var latency: [String]
  /// Seconds in one unit of `latency`: 1, or 0.001 for milliseconds.
  public var unit: Double
  /// The first of these labels that a series has names its endpoint.
  public var endpointLabels: [String]
  /// Joined before the endpoint where present (`GET /cart`).
  public var methodLabels: [String]
  public var error: ErrorRule
  /// Label values a series must have to count: `direction` → `inbound`.
  public var only: [LabelMatch]
  /// Series with any of these are left out, beside the probe and scrape routes that always are.
  public var except: [LabelMatch]

  public enum Surface: String, Sendable, Hashable, CanonicalCodable { case http, grpc, other }

  /// What makes a counted request an error.
  public enum ErrorRule: Sendable, Hashable, Codable {
    /// The label holds an HTTP status (`503`) or its class (`5xx`); 500 and up are errors.
    case httpStatus(labels: [String])
    /// The label holds a gRPC code, as a number or a name; the server's own faults are errors
    /// (`Unknown`, `DeadlineExceeded`, `Unimplemented`, `Internal`, `Unavailable`, `DataLoss`).
    case grpcCode(labels: [String])
    /// The label has one of these values (case ignored); `!x` means any value but `x`.
    case label(name: String, values: [String])
    /// A counter of its own counts the errors.
    case family(names: [String])
    /// A counter of its own counts responses by HTTP status, under other labels than the requests'.
    case statusFamily(names: [String], labels: [String])
    /// Nothing tells; the error ratio is not known.
    case none
  }

  /// `value` may hold `*` at either end.
  public struct LabelMatch: Sendable, Hashable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(
    name: String, surface: Surface = .http, requests: [String] = [], latency: [String] = [],
    unit: Double = 1, endpointLabels: [String] = [], methodLabels: [String] = [],
    error: ErrorRule = .none, only: [LabelMatch] = [], except: [LabelMatch] = []
  ) {
    self.name = name
    self.surface = surface
    self.requests = requests
    self.latency = latency
    self.unit = unit
    self.endpointLabels = endpointLabels
    self.methodLabels = methodLabels
    self.error = error
    self.only = only
    self.except = except
  }
}

extension Convention.LabelMatch: FieldCoded {
  public static var blank: Self { Self("", "") }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&name, &value) }
}
