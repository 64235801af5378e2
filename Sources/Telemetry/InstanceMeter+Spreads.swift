import Exposition

/// Signals that are a quantile of a histogram: their buckets get columns of their own.
extension InstanceMeter {
  private struct Spread {
    var rule: Int
    var key: UInt64
    var buckets: [(bound: Double, series: Int)]
  }

  /// Gives the buckets of such signals their columns. Label sets with the same bounds add up.
  mutating func placeSpreads(
    _ definitions: [SeriesDefinition], _ meanings: [[RoleTable.Meaning]], _ table: RoleTable,
    _ drafts: inout [[SeriesRole]]
  ) {
    var spreads: [Spread] = []
    for (series, definition) in definitions.enumerated() {
      for case .signal(let rule) in meanings[series] {
        let signal = table.signal(rule)
        guard signal.reading == .quantile, definition.name.hasSuffix("_bucket"),
          let le = definition[label: "le"],
          let bound = Double(le.hasSuffix("Inf") ? le.lowercased() : le), !bound.isNaN,
          signal.only.allSatisfy({ $0.matches { definition[label: $0] } })
        else { continue }
        let key = SeriesKey.hash(definition.name, definition.labels, without: "le")
        if let known = spreads.firstIndex(where: { $0.rule == rule && $0.key == key }) {
          spreads[known].buckets.append((bound, series))
        } else {
          spreads.append(Spread(rule: rule, key: key, buckets: [(bound, series)]))
        }
      }
    }
    for spread in spreads {
      var bounds: [Double] = []
      for bound in spread.buckets.map(\.bound).sorted() where bound != bounds.last {
        bounds.append(bound)
      }
      guard bounds.last == .infinity, bounds.count <= InstanceMeter.spreadLimit,
        let schema = schema(bounds)
      else { continue }
      let cell = signalCell(spread.rule, table)
      let target = block(.spread, owner: cell, schema: schema)
      signalCells[cell].block = target
      for bucket in spread.buckets {
        guard let column = bounds.firstIndex(of: bucket.bound) else { continue }
        drafts[bucket.series].append(SeriesRole(.counter, offset: column, target: target))
      }
    }
  }
}
