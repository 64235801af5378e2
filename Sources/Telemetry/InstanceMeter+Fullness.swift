/// How full limited things are.
extension InstanceMeter {
  /// How full each limited thing is, by name. Things without a limit (0, or no number a machine
  /// could reach) are not there.
  public var saturation: [SaturationReading] {
    var found: [SaturationReading] = []
    for cell in saturationCells {
      guard let ratio = cell.ratio else { continue }
      if found.contains(where: { $0.name == cell.name }) { continue }
      found.append(SaturationReading(name: cell.name, ratio: ratio))
    }
    if let ratio = cpuSaturation, !found.contains(where: { $0.name == Self.cpu }) {
      found.append(SaturationReading(name: Self.cpu, ratio: ratio))
    }
    return (found + reachedLimits).sorted { $0.name < $1.name }
  }

  /// The ratio of the limited thing of that name, without a name of the fullest; nil where there is
  /// none. What `saturation` says, found without making it.
  ///
  /// - Parameter isTold: whether something surer speaks of the thing of a name, so that it is left out.
  public func fullness(of name: String?, unless isTold: (String) -> Bool) -> Double? {
    var fullest: Double?
    // By the names last: few things are fuller than those before them.
    for index in saturationCells.indices {
      guard let ratio = saturationCells[index].ratio, ratio > fullest ?? -.infinity else {
        continue
      }
      let own = saturationCells[index].name
      guard name == nil || name == own, !measures(own, before: index), !isTold(own) else {
        continue
      }
      fullest = ratio
    }
    if name == nil || name == Self.cpu, let ratio = cpuSaturation, ratio > fullest ?? -.infinity,
      !measures(Self.cpu, before: saturationCells.count), !isTold(Self.cpu)
    {
      fullest = ratio
    }
    for index in limitCells.indices where limitCells[index].isReached {
      let own = limitCells[index].name
      guard fullest ?? 0 < 1, name == nil || name == own else { continue }
      if measures(own, before: saturationCells.count) || isTold(own) { continue }
      if own == Self.cpu, cpuSaturation != nil { continue }
      fullest = 1
    }
    return fullest
  }

  /// Whether one of the first cells says how full the thing of that name is: the first that does speaks.
  private func measures(_ name: String, before end: Int) -> Bool {
    saturationCells.indices.prefix(end).contains {
      saturationCells[$0].name == name && saturationCells[$0].ratio != nil
    }
  }

  /// Whether any limited thing may be at least so full. Where not, `saturation` need not be made to
  /// look through it.
  public func mayBeFull(from ratio: Double) -> Bool {
    for index in saturationCells.indices {
      if let own = saturationCells[index].ratio, own >= ratio { return true }
    }
    if ratio <= 1, limitCells.contains(where: \.isReached) { return true }
    return cpuSaturation ?? 0 >= ratio
  }

  private static let cpu = "cpu"

  /// Processor time used of what the process may use: GOMAXPROCS or its control group's limit,
  /// the tighter one.
  private var cpuSaturation: Double? {
    guard let lastScrape, !coreLimitCells.isEmpty else { return nil }
    var limit: Double?
    for cell in coreLimitCells {
      guard let value = value(ofSignal: cell, at: lastScrape), value > 0 else { continue }
      limit = min(limit ?? value, value)
    }
    guard let limit else { return nil }
    for cell in coreCells {
      if let cores = value(ofSignal: cell, at: lastScrape) { return cores / limit }
    }
    return nil
  }
}
