/// What one series adds to, decided once when the series is first seen and packed in a word.
struct SeriesRole {
  enum Kind: UInt64 {
    /// Was of a family that a better one has replaced.
    case ignored
    /// A requests counter.
    case request
    /// The count of a latency histogram or summary.
    case latencyCount
    /// A counter of errors alone.
    case failure
    case bucket
    case quantile
    /// Gauge and counter signals.
    case gauge
    case counter
    case startTime
    case version
    case used
    case limit
    case fallback
    case breaker
    /// A counter of a breaker's transitions or refusals, or of answers from a fallback.
    case tally
    /// A limit of concurrency that is reached while it is 1.
    case reached
    case build
    case setting

    // Events of objectives, in cells of their own.
    /// As `request`, `latencyCount` and `failure`.
    case eventRequest = 32
    case eventLatencyCount
    case eventFailure
    /// The `+Inf` bucket, and a bucket of which a share is fast enough.
    case eventObserved
    case eventFast
    /// What a fleet file's selectors take.
    case pickedTotal
    case pickedGood
    case pickedBad

    var isEvent: Bool {
      rawValue >= Kind.eventRequest.rawValue && rawValue <= Kind.pickedBad.rawValue
    }
  }

  var word: UInt64

  init(word: UInt64) { self.word = word }

  /// - Parameters:
  ///   - surface: position in the meter's surfaces, for request roles.
  ///   - offset: column within the block, or what the kind says.
  ///   - target: a block or cell.
  init(
    _ kind: Kind, surface: Int = 0, isError: Bool = false, offset: Int = 0, target: Int = 0
  ) {
    word =
      kind.rawValue | (isError ? 1 << 8 : 0) | UInt64(surface & 0x7f) << 9
      | UInt64(offset & 0xffff) << 16 | UInt64(target & 0xffff_ffff) << 32
  }

  var kind: Kind { Kind(rawValue: word & 0xff) ?? .ignored }
  var isError: Bool { word & (1 << 8) != 0 }
  var surface: Int { Int(word >> 9 & 0x7f) }
  var offset: Int { Int(word >> 16 & 0xffff) }
  var target: Int { Int(word >> 32) }
}

/// A run of columns in a meter's windows that belongs together: an endpoint's counts, the buckets
/// of one schema, a counter signal, or the buckets of a signal (`spread`).
struct MeterBlock: Hashable {
  enum Content: UInt64 {
    case covered, counts, buckets, signal, spread

    var isOfRequests: Bool { self == .counts || self == .buckets }
  }

  var content: Content
  var surface: Int
  /// Position in the meter's endpoints, or of a signal's cell.
  var owner: Int
  /// Position in the meter's schemas, for buckets.
  var schema: Int
  /// First column; nil until there was traffic.
  var start: Int?
  /// Adds to the columns of another block, because too many endpoints are alive.
  var isRedirected: Bool

  var word: UInt64 {
    content.rawValue | UInt64(surface) << 4 | (isRedirected ? 1 << 11 : 0)
      | UInt64(owner & 0xffff) << 12 | UInt64(schema & 0xfff) << 28
      | UInt64(start.map { $0 + 1 } ?? 0) << 40
  }

  /// What the block is for, without where its columns are.
  var purpose: UInt64 {
    MeterBlock(content, surface: surface, owner: owner, schema: schema).word
  }

  init(
    _ content: Content, surface: Int = 0, owner: Int = 0, schema: Int = 0, start: Int? = nil,
    isRedirected: Bool = false
  ) {
    self.content = content
    self.surface = surface
    self.owner = owner
    self.schema = schema
    self.start = start
    self.isRedirected = isRedirected
  }

  init?(word: UInt64) {
    guard let content = Content(rawValue: word & 0xf) else { return nil }
    let start = Int(word >> 40)
    self.init(
      content, surface: Int(word >> 4 & 0x7f), owner: Int(word >> 12 & 0xffff),
      schema: Int(word >> 28 & 0xfff), start: start == 0 ? nil : start - 1,
      isRedirected: word & (1 << 11) != 0)
  }
}
