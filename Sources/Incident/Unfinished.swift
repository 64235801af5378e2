public import Containment
public import Runbooks

/// What one run of Damcon leaves to the next: what people are in the middle of.
public struct Unfinished: Sendable, Hashable, Codable {
  public var incidents: [IncidentRecord]
  public var works: [RunbookWork]
  public var actions: [ActionRun]

  public init(_ present: Present) {
    incidents = present.incidents
    works = present.works
    actions = present.actionRuns
  }

  public var isEmpty: Bool { incidents.isEmpty && works.isEmpty && actions.isEmpty }

  /// Texts of runbooks are kept under other hashes: a cut may carry other words of them.
  public mutating func renameRunbooks(_ body: ([UInt8]) -> [UInt8]) {
    for place in works.indices { works[place].rename(hash: body(works[place].runbook.hash)) }
  }
}
