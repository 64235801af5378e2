/// A whole exposition as values: what `Parser` reads.
public struct ParsedExposition: Sendable, Hashable, Codable {
  /// The format it was read as.
  public var format: ExpositionFormat
  /// In the order first mentioned, by a metadata line or by a sample.
  public var families: [Family]
  /// In the order of the exposition.
  public var samples: [Sample]
  /// Where it breaks its format, in the order of the lines; at most `Parser.violationLimit` …
  public var violations: [Violation]
  /// … out of this many.
  public var violationCount: Int

  /// A metric family: the metadata that its samples share.
  public struct Family: Sendable, Hashable, Codable {
    public var name: String
    /// `untyped` where no TYPE line says more.
    public var type: FamilyType
    /// From the UNIT line of OpenMetrics.
    public var unit: String?
    /// Unescaped, from the HELP line.
    public var help: String?

    public init(name: String, type: FamilyType = .untyped, unit: String? = nil, help: String? = nil)
    {
      self.name = name
      self.type = type
      self.unit = unit
      self.help = help
    }
  }

  /// One line that carries a value; parts of a histogram or summary are samples of their own.
  public struct Sample: Sendable, Hashable, Codable {
    /// As written, with its suffix.
    public var name: String
    /// Unescaped, in the order written.
    public var labels: [Label]
    public var value: Double
    /// Unix seconds (the text format's milliseconds are converted).
    public var timestamp: Double?
    public var exemplar: Exemplar?
    /// Where its family is in `families`.
    public var family: Int
    /// The line it stands on, from 1.
    public var line: Int

    public init(
      name: String, labels: [Label], value: Double, timestamp: Double? = nil,
      exemplar: Exemplar? = nil, family: Int, line: Int
    ) {
      self.name = name
      self.labels = labels
      self.value = value
      self.timestamp = timestamp
      self.exemplar = exemplar
      self.family = family
      self.line = line
    }

    /// The value of the first label with this name.
    public subscript(label name: String) -> String? {
      labels.first { $0.name == name }?.value
    }
  }

  public init(
    format: ExpositionFormat, families: [Family] = [], samples: [Sample] = [],
    violations: [Violation] = [], violationCount: Int = 0
  ) {
    self.format = format
    self.families = families
    self.samples = samples
    self.violations = violations
    self.violationCount = violationCount
  }

  /// Whether nothing in it breaks the format, as far as the manner of reading looks.
  public var isValid: Bool { violationCount == 0 }
}
