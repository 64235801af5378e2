extension RequestHistory {
  /// Requests a second in the last `count` fine stretches up to `seconds`, oldest first; nil in a
  /// gap.
  ///
  /// What `recent` answers, without reading any quantile: for a sparkline on each of many rows.
  public func rates(_ count: Int = 60, at seconds: Double) -> [Double?] {
    let length = RequestHistory.fineSeconds
    guard let span = Self.span(count, length, delay: 2, at: seconds) else { return [] }
    var rates: [Double?] = []
    rates.reserveCapacity(span.count)
    var next = fine.shown.lowerBound
    let end = fine.shown.upperBound
    for number in span {
      while next < end, fine.number(next) < number { next += 1 }
      guard next < end,
        Self.speaks(fine.number(next), fine.covered(next), number, length)
      else {
        rates.append(nil)
        continue
      }
      rates.append(fine.rate(next))
    }
    return rates
  }
}
