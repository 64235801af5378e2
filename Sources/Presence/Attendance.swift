/// Who is here, by when they came.
public struct Attendance: Sendable, Hashable, Codable {
  public var attendees: [Attendee]
  /// Of these, the one that is told.
  public var you: UInt64
  /// As many more as there is no room to tell of.
  public var more: Int

  /// More than anybody reads.
  public static let most = 100

  public init(attendees: [Attendee] = [], you: UInt64 = 0, more: Int = 0) {
    self.attendees = attendees
    self.you = you
    self.more = more
  }

  public subscript(id: UInt64) -> Attendee? { attendees.first { $0.id == id } }

  /// Everybody but the one that is told.
  public var others: [Attendee] { attendees.filter { $0.id != you } }

  /// Who shows where they look; of several the one that came first.
  public var presenter: Attendee? { attendees.first(where: \.isPresenting) }

  /// Hands that are raised, the oldest first.
  public var hands: [Attendee] {
    attendees.filter { $0.hand != nil }.sorted { ($0.hand ?? 0, $0.id) < ($1.hand ?? 0, $1.id) }
  }
}
