extension RequestHistory {
  /// Requests a second in the last `count` fine stretches up to `seconds`, oldest first; nil in a
  /// gap.
  ///
  /// What `recent` answers, without reading any quantile: for a sparkline on each of many rows.
  public func rates(_ count: Int = 60, at seconds: Double) -> [Double?] {
    let length = RequestHistory.fineSeconds
    let newest = Int64(max(0, min(seconds / length, 1e15))) - 2
    guard newest >= 0, count > 0 else { return [] }
    let oldest = max(0, newest - Int64(count) + 1)
    var rates: [Double?] = []
    rates.reserveCapacity(Int(newest - oldest) + 1)
    var next = fine.startIndex
    for number in oldest...newest {
      while next < fine.endIndex, fine[next].number < number { next += 1 }
      guard next < fine.endIndex else {
        rates.append(nil)
        continue
      }
      let speaks =
        fine[next].number == number || fine[next].number - number < fine[next].reach(length)
      rates.append(speaks ? fine[next].rate : nil)
    }
    return rates
  }
}
