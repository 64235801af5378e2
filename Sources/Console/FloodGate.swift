import Fleet

/// Keeps a fleet that changes all at once from filling the page: of so many seconds a page of lines
/// is told, the rest is counted.
struct FloodGate {
  private var began: Instant?
  private var told = 0
  private var held = 0

  /// Seconds.
  static let window = 10.0
  static let page = 24

  /// What of `news` (oldest first) is told one by one; the rest waits to be counted.
  mutating func pass(_ news: [News]) -> [News] {
    news.filter { item in
      if let began, item.at.seconds(since: began) < Self.window {
        told += 1
      } else {
        began = item.at
        told = 1
      }
      if told > Self.page { held += 1 }
      return told <= Self.page
    }
  }

  /// How many were held back, once their seconds are over; 0 where there is nothing to tell.
  mutating func release(at now: Instant) -> Int {
    guard held > 0, let began, now.seconds(since: began) >= Self.window else { return 0 }
    defer { held = 0 }
    return held
  }
}
