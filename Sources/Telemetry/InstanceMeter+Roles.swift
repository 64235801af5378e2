import Exposition

/// Deciding what new series mean.
extension InstanceMeter {
  /// What one series may count for, before it is known which convention wins.
  private struct Claim {
    var series: Int
    var meaning: RoleTable.Meaning
    var convention: Int
  }

  /// Finding endpoints and blocks by what they are for, while many are being defined.
  struct Positions: Hashable {
    var endpoints: [String: Int] = [:]
    var blocks: [UInt64: Int] = [:]
  }

  mutating func define(_ definitions: [SeriesDefinition], table: RoleTable) {
    adopt(table.rules)
    positions = Positions(
      endpoints: Dictionary(
        endpointList.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first }),
      blocks: Dictionary(
        blocks.enumerated().map { ($1.purpose, $0) }, uniquingKeysWith: { first, _ in first }))
    defer { positions = nil }
    var claims: [Claim] = []
    var others: [[RoleTable.Meaning]] = []
    others.reserveCapacity(definitions.count)
    for (i, definition) in definitions.enumerated() {
      var rest: [RoleTable.Meaning] = []
      for meaning in table.meanings(of: definition) {
        switch meaning {
        case .requests(let c, _):
          if isCounter(definition), accepts(table.conventions[c], definition) {
            claims.append(Claim(series: i, meaning: meaning, convention: c))
          }
        case .latency(let c, _):
          if isLatency(definition), accepts(table.conventions[c], definition) {
            claims.append(Claim(series: i, meaning: meaning, convention: c))
          }
        case .errors(let c, _):
          if isCounter(definition) {
            claims.append(Claim(series: i, meaning: meaning, convention: c))
          }
        default: rest.append(meaning)
        }
      }
      others.append(rest)
    }
    elect(claims, definitions, table)

    var drafts: [[SeriesRole]] = Array(repeating: [], count: definitions.count)
    var groups = BucketGroups()
    for claim in claims {
      assign(claim, definitions[claim.series], table, &drafts, &groups)
    }
    place(groups, &drafts)
    placeSpreads(definitions, others, table, &drafts)
    for (i, definition) in definitions.enumerated() {
      drafts[i] += processRoles(definition, others[i], table)
      // A gauge that is shown as one is no counter of events.
      if !drafts[i].contains(where: { $0.kind == .gauge }) { drafts[i] += pickedRoles(definition) }
      append(definition, drafts[i])
    }
  }

  // MARK: Which convention

  private func isCounter(_ definition: SeriesDefinition) -> Bool {
    switch definition.type {
    case .counter, .untyped, .gauge: true
    case .histogram, .summary, .info, .stateset, .gaugeHistogram: false
    }
  }

  private func isLatency(_ definition: SeriesDefinition) -> Bool {
    let name = definition.name
    switch definition.type {
    case .histogram:
      return name.hasSuffix("_count")
        || (name.hasSuffix("_bucket") && definition[label: "le"] != nil)
    case .summary: return name.hasSuffix("_count") || definition[label: "quantile"] != nil
    case .untyped:
      return (name.hasSuffix("_bucket") && definition[label: "le"] != nil)
        || name.hasSuffix("_count") || definition[label: "quantile"] != nil
    case .counter, .gauge, .info, .stateset, .gaugeHistogram: return false
    }
  }

  private func accepts(_ convention: Convention, _ definition: SeriesDefinition) -> Bool {
    convention.only.allSatisfy { $0.matches { definition[label: $0] } }
      && !convention.except.contains { $0.matches { definition[label: $0] } }
  }

  /// On each surface the first convention of the table with any request or latency series wins,
  /// and of its families the first listed. A better one that appears later takes over.
  private mutating func elect(
    _ claims: [Claim], _ definitions: [SeriesDefinition], _ table: RoleTable
  ) {
    for claim in claims {
      if case .errors = claim.meaning { continue }
      let convention = table.conventions[claim.convention]
      if let known = surfaces.firstIndex(where: { $0.surface == convention.surface }) {
        guard claim.convention < surfaces[known].rank else { continue }
        surfaces[known] = MeteredSurface(
          surface: convention.surface, rank: claim.convention, convention: convention.name,
          unit: convention.unit)
        retire(surface: known) { _ in true }
      } else {
        surfaces.append(
          MeteredSurface(
            surface: convention.surface, rank: claim.convention, convention: convention.name,
            unit: convention.unit))
      }
    }
    for claim in claims {
      guard let surface = surfaces.firstIndex(where: { $0.rank == claim.convention }) else {
        continue
      }
      let definition = definitions[claim.series]
      let base = RoleTable.base(
        definition.name, family: definition.family, type: definition.type)
      switch claim.meaning {
      case .requests(_, let rank):
        let family = MeteredSurface.Family(rank: rank, name: definition.name)
        if let known = surfaces[surface].requests, known <= family { continue }
        surfaces[surface].requests = family
        surfaces[surface].requestsTell = false
        retire(surface: surface) { $0 == .request || $0 == .eventRequest }
      case .latency(_, let rank):
        let family = MeteredSurface.Family(rank: rank, name: base)
        if let known = surfaces[surface].latency, known <= family { continue }
        surfaces[surface].latency = family
        surfaces[surface].latencyTells = false
        surfaces[surface].isSummary = false
        retire(surface: surface) {
          switch $0 {
          case .latencyCount, .bucket, .quantile, .eventLatencyCount, .eventObserved, .eventFast:
            true
          default: false
          }
        }
      case .errors(_, let rank):
        let family = MeteredSurface.Family(rank: rank, name: definition.name)
        if let known = surfaces[surface].errors, known <= family { continue }
        surfaces[surface].errors = family
        retire(surface: surface) { $0 == .failure || $0 == .eventFailure }
      default: break
      }
    }
  }

  /// Series of a family that a better one replaces count no more.
  private mutating func retire(surface: Int, _ isRetired: (SeriesRole.Kind) -> Bool) {
    for i in roles.indices {
      let role = SeriesRole(word: roles[i])
      switch role.kind {
      case .request, .latencyCount, .failure, .bucket, .quantile, .eventRequest,
        .eventLatencyCount, .eventFailure, .eventObserved, .eventFast:
        if role.surface == surface, isRetired(role.kind) { roles[i] = SeriesRole(.ignored).word }
      default: break
      }
    }
  }

  // MARK: Requests

  /// Buckets of one label set, gathered before their bounds are known to be complete.
  private struct BucketGroups {
    struct Group {
      var surface: Int
      var endpoint: Int
      /// Of the endpoint, even where it is kept under `other`.
      var name: String
      var unit: Double
      var buckets: [(bound: Double, series: Int)] = []
    }
    var groups: [Group] = []
    var positions: [UInt64: Int] = [:]
  }

  private mutating func assign(
    _ claim: Claim, _ definition: SeriesDefinition, _ table: RoleTable,
    _ drafts: inout [[SeriesRole]], _ groups: inout BucketGroups
  ) {
    guard let surface = surfaces.firstIndex(where: { $0.rank == claim.convention }) else { return }
    let convention = table.conventions[claim.convention]
    let base = RoleTable.base(definition.name, family: definition.family, type: definition.type)
    switch claim.meaning {
    case .requests where surfaces[surface].requests?.name == definition.name:
      guard let name = endpoint(of: definition, convention, surface, table) else { return }
      let verdict = outcome(of: definition, convention, surface)
      if verdict != nil { surfaces[surface].requestsTell = true }
      drafts[claim.series].append(
        SeriesRole(
          .request, surface: surface, isError: verdict ?? false,
          target: block(.counts, surface: surface, owner: endpoint(named: name))))
      drafts[claim.series] += eventRoles(
        .eventRequest, surface: surface, isError: verdict ?? false, endpoint: name)
    case .latency where surfaces[surface].latency?.name == base:
      guard let name = endpoint(of: definition, convention, surface, table) else { return }
      let endpoint = endpoint(named: name)
      if definition.name.hasSuffix("_bucket"), let le = definition[label: "le"] {
        guard let bound = Double(le.hasSuffix("Inf") ? le.lowercased() : le), !bound.isNaN else {
          return
        }
        let key = SeriesKey.hash(base, definition.labels, without: "le")
        let position: Int
        if let known = groups.positions[key] {
          position = known
        } else {
          position = groups.groups.count
          groups.positions[key] = position
          groups.groups.append(
            .init(surface: surface, endpoint: endpoint, name: name, unit: convention.unit))
        }
        groups.groups[position].buckets.append((bound, claim.series))
      } else if let text = definition[label: "quantile"] {
        guard let quantile = Double(text), (0...1).contains(quantile) else { return }
        surfaces[surface].isSummary = true
        let cell = summary(endpoint: endpoint, quantile: quantile, surface: surface)
        guard let cell else { return }
        drafts[claim.series].append(SeriesRole(.quantile, surface: surface, target: cell))
      } else if definition.name.hasSuffix("_count") {
        let verdict = outcome(of: definition, convention, surface)
        if verdict != nil { surfaces[surface].latencyTells = true }
        drafts[claim.series].append(
          SeriesRole(
            .latencyCount, surface: surface, isError: verdict ?? false,
            target: block(.counts, surface: surface, owner: endpoint)))
        drafts[claim.series] += eventRoles(
          .eventLatencyCount, surface: surface, isError: verdict ?? false, endpoint: name)
      }
    case .errors where surfaces[surface].errors?.name == definition.name:
      guard accepts(convention, definition),
        let name = endpoint(of: definition, convention, surface, table)
      else { return }
      if !name.isEmpty { surfaces[surface].errorsByEndpoint = true }
      if case .statusFamily(_, let labels) = convention.error {
        guard let label = labels.first(where: { definition[label: $0] != nil }) else { return }
        surfaces[surface].errorLabel = label
        guard Outcome.isServerError(definition[label: label] ?? "") else { return }
      }
      drafts[claim.series].append(
        SeriesRole(
          .failure, surface: surface,
          target: block(.counts, surface: surface, owner: endpoint(named: name))))
      drafts[claim.series] += eventRoles(
        .eventFailure, surface: surface, isError: true, endpoint: name)
    default: break
    }
  }

  /// Whether a series counts errors; nil where its labels do not tell.
  private mutating func outcome(
    of definition: SeriesDefinition, _ convention: Convention, _ surface: Int
  ) -> Bool? {
    guard let (label, isError) = Outcome.read(definition, convention.error) else { return nil }
    if surfaces[surface].errorLabel == nil { surfaces[surface].errorLabel = label }
    return isError
  }

  /// The endpoint's name of a series; nil for probes and scrapes, which are no user's requests.
  private mutating func endpoint(
    of definition: SeriesDefinition, _ convention: Convention, _ surface: Int, _ table: RoleTable
  ) -> String? {
    var name = ""
    if let label = convention.endpointLabels.first(where: {
      definition[label: $0].map { !$0.isEmpty } ?? false
    }) {
      name = definition[label: label] ?? ""
      if surfaces[surface].endpointLabel == nil { surfaces[surface].endpointLabel = label }
    }
    if ProbeRoutes.contains(name) { return nil }
    let method = convention.methodLabels.lazy.compactMap { definition[label: $0] }
      .first { !$0.isEmpty }
    if let method {
      if convention.surface == .grpc {
        if ProbeRoutes.contains(method) { return nil }
        name = name.isEmpty ? method : method + "/" + name
      } else if !name.isEmpty {
        name = method.uppercased() + " " + name
      }
    }
    return table.name(of: name)
  }

  mutating func endpoint(named name: String) -> Int {
    let known =
      positions.map { $0.endpoints[name] } ?? endpointList.firstIndex { $0.name == name }
    if let known { return known }
    if endpointList.count >= InstanceMeter.nameLimit, name != InstanceMeter.otherEndpoint {
      return endpoint(named: InstanceMeter.otherEndpoint)
    }
    endpointList.append(MeteredEndpoint(name: name))
    positions?.endpoints[name] = endpointList.count - 1
    return endpointList.count - 1
  }

  private mutating func summary(endpoint: Int, quantile: Double, surface: Int) -> Int? {
    if let known = summaryCells.firstIndex(where: {
      $0.endpoint == endpoint && $0.quantile == quantile && $0.surface == surface
    }) {
      return known
    }
    guard summaryCells.count < InstanceMeter.cellLimit else { return nil }
    summaryCells.append(
      SummaryCell(endpoint: endpoint, quantile: quantile, value: nil, surface: surface))
    return summaryCells.count - 1
  }

  mutating func block(
    _ content: MeterBlock.Content, surface: Int = 0, owner: Int, schema: Int = 0
  ) -> Int {
    let block = MeterBlock(content, surface: surface, owner: owner, schema: schema)
    let known =
      positions.map { $0.blocks[block.purpose] }
      ?? blocks.firstIndex { $0.purpose == block.purpose }
    if let known { return known }
    blocks.append(block)
    starts.append(-1)
    positions?.blocks[block.purpose] = blocks.count - 1
    return blocks.count - 1
  }

  /// Gives the gathered label sets a schema of bounds and their series their columns. A label set
  /// without `+Inf` measures nothing that can be read.
  private mutating func place(_ groups: BucketGroups, _ drafts: inout [[SeriesRole]]) {
    for group in groups.groups {
      var bounds = group.buckets.map { $0.bound * group.unit }.sorted()
      var distinct: [Double] = []
      for bound in bounds where bound != distinct.last { distinct.append(bound) }
      bounds = distinct
      guard bounds.last == .infinity, let schema = schema(bounds) else { continue }
      let target = block(
        .buckets, surface: group.surface, owner: group.endpoint, schema: schema)
      for bucket in group.buckets {
        guard let column = bounds.firstIndex(of: bucket.bound * group.unit) else { continue }
        drafts[bucket.series].append(
          SeriesRole(.bucket, surface: group.surface, offset: column, target: target))
      }
      bucketRoles(bounds, surface: group.surface, endpoint: group.name) { column, role in
        let bound = bounds[column]
        for bucket in group.buckets where bucket.bound * group.unit == bound {
          drafts[bucket.series].append(role)
        }
      }
    }
  }

  mutating func schema(_ bounds: [Double]) -> Int? {
    if let known = schemas.firstIndex(of: bounds) { return known }
    guard schemas.count < InstanceMeter.schemaLimit, bounds.count <= 0x1000 else { return nil }
    schemas.append(bounds)
    return schemas.count - 1
  }
}
