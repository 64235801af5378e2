public import Canonical

/// One polled process: its base address and what is asked of it.
public struct Instance: Sendable, Hashable, Identifiable {
  /// The base address as written, such as `http://10.0.0.1:8080`, `https://[::1]:8443/base`
  /// or `unix:///run/a.sock`. Also the identity: a fleet names an address once per service.
  public var url: String
  public var liveness: Endpoint
  public var readiness: Endpoint
  public var metrics: Endpoint
  public var polling: PollPolicy
  public var credentials: Credentials
  public var limits: Limits

  public var id: String { url }

  public init(
    url: String, liveness: Endpoint = .discover, readiness: Endpoint = .discover,
    metrics: Endpoint = .discover, polling: PollPolicy = PollPolicy(),
    credentials: Credentials = Credentials(), limits: Limits = Limits()
  ) {
    self.url = url
    self.liveness = liveness
    self.readiness = readiness
    self.metrics = metrics
    self.polling = polling
    self.credentials = credentials
    self.limits = limits
  }

  /// Where one kind of answer is asked for.
  public enum Endpoint: Sendable, Hashable {
    /// Try the usual paths and keep the first that answers.
    case discover
    /// Path with optional query, below the base address (`/healthz?verbose`), or a whole URL.
    case path(String)
    /// Not asked at all (`none` in the fleet file).
    case none
  }
}

/// How often and how patiently an instance is asked. All in seconds.
public struct PollPolicy: Sendable, Hashable {
  public var interval: Double
  /// For the metrics scrape, and for health where nothing else is said.
  public var timeout: Double
  public var livenessTimeout: Double?
  public var readinessTimeout: Double?
  /// How long readiness may fail before the instance counts as not ready.
  public var readinessGrace: Double

  public init(
    interval: Double = 5, timeout: Double = 2, livenessTimeout: Double? = nil,
    readinessTimeout: Double? = nil, readinessGrace: Double = 10
  ) {
    self.interval = interval
    self.timeout = timeout
    self.livenessTimeout = livenessTimeout
    self.readinessTimeout = readinessTimeout
    self.readinessGrace = readinessGrace
  }
}

/// What is sent to be let in. Values are never shown, logged or recorded: encoding leaves them out.
public struct Credentials: Sendable, Hashable {
  /// Header name and value, in order; a bearer token is an `Authorization` header here.
  public var headers: [Header]
  public var tls: TLS

  public init(headers: [Header] = [], tls: TLS = TLS()) {
    self.headers = headers
    self.tls = tls
  }

  public struct Header: Sendable, Hashable {
    public var name: String
    /// Where the value comes from; a file is read again at each poll that needs it.
    public var value: Secret
    public init(name: String, value: Secret) {
      self.name = name
      self.value = value
    }
  }

  public enum Secret: Sendable, Hashable {
    case literal(String)
    /// `prefix` (such as `Bearer `) and then the trimmed content of the file.
    case file(path: String, prefix: String)
    case environment(name: String, prefix: String)
  }

  public struct TLS: Sendable, Hashable {
    /// PEM file of the authorities to trust instead of the system's.
    public var authorityFile: String?
    public var certificateFile: String?
    public var keyFile: String?
    /// The name to expect in the certificate, where it is not the host of the URL.
    public var serverName: String?
    public init(
      authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil,
      serverName: String? = nil
    ) {
      self.authorityFile = authorityFile
      self.certificateFile = certificateFile
      self.keyFile = keyFile
      self.serverName = serverName
    }
  }
}

/// What one answer may cost at most.
public struct Limits: Sendable, Hashable {
  /// Bytes of a body, before and after unpacking.
  public var bodyBytes: Int
  /// Series kept of one scrape.
  public var series: Int
  public var redirects: Int

  public init(bodyBytes: Int = 16 << 20, series: Int = 20_000, redirects: Int = 3) {
    self.bodyBytes = bodyBytes
    self.series = series
    self.redirects = redirects
  }
}

// MARK: As bytes

extension Instance: FieldCoded {
  public static var blank: Self { Self(url: "") }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&url, &liveness, &readiness, &metrics)
    try fields.pass(&polling, &credentials, &limits)
  }
}

extension Instance.Endpoint: CanonicalOnly {
  public func write(to encoder: CanonicalEncoder) {
    switch self {
    case .discover: encoder.write("discover")
    case .path(let path):
      encoder.write("path")
      encoder.write(path)
    case .none: encoder.write("none")
    }
  }

  public init(canonical decoder: CanonicalDecoder) throws {
    switch try decoder.text() {
    case "discover": self = .discover
    case "path": self = .path(try decoder.text())
    case "none": self = .none
    default: throw Malformed("this is no endpoint", at: decoder.place)
    }
  }
}

extension PollPolicy: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&interval, &timeout)
    try fields.pass(&livenessTimeout, &readinessTimeout, &readinessGrace)
  }
}

extension Credentials: FieldCoded {
  public static var blank: Self { Self() }

  /// Nothing of them is told.
  public mutating func pass(_ fields: Fields) throws {}
}

extension Limits: FieldCoded {
  public static var blank: Self { Self() }
  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&bodyBytes, &series, &redirects)
  }
}
