/// Where somebody looks, so that others can look there too: by names, never by rows of a screen that others do not have.
///
/// It is never a fact, and never recorded.
public struct Viewpoint: Sendable, Hashable, Codable {
  /// The pane, as the console calls it: `fleet`, `service`, `runbook`.
  public var pane: String
  /// What the pane is about, in the console's order: the service; the runbook and the service; the run.
  public var subject: [String]
  /// What the cursor stands on, by name; nil where nothing was chosen.
  public var selection: String?
  /// The filter of the fleet, as it is typed.
  public var filter: String
  /// The instant that is looked back on, an offset of the session's clock in nanoseconds; nil for LIVE.
  public var past: Int64?

  public init(
    pane: String, subject: [String] = [], selection: String? = nil, filter: String = "",
    past: Int64? = nil
  ) {
    self.pane = pane
    self.subject = subject
    self.selection = selection
    self.filter = filter
    self.past = past
  }

  /// The fleet, from its first row.
  public static let fleet = Viewpoint(pane: "fleet")

  /// Bytes of all its words together: what a longer one says is not said.
  public static let longest = 4096

  /// Whether it is short enough to be told to everybody.
  public var isSayable: Bool {
    let words = [pane, selection ?? "", filter] + subject
    return subject.count <= 8 && words.reduce(0) { $0 + $1.utf8.count } <= Viewpoint.longest
  }
}
