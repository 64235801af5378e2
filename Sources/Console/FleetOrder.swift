import Fleet
import Health
package import Incident
import Telemetry

/// Which services the fleet table shows, and in which order.
///
/// Indices into `present.services`. Reads summaries only: sorting a thousand rows reads no
/// statistics anew.
package struct FleetOrder: Sendable, Hashable {
  package private(set) var rows: [Int]
  /// Services that the filter leaves out.
  package private(set) var hidden: Int
  /// Whether the rows stand where they were at the last key although they would stand otherwise now.
  package private(set) var isHeld: Bool

  /// - Parameter comparing: whether to find out if the rows would stand otherwise without a hold,
  ///   which means sorting them though nobody sees it.
  package init(_ present: Present, _ console: ConsoleState, comparing: Bool = true) {
    isHeld = false
    if console.playback == nil, let held = console.held, present.now.offset < held.until {
      let sorted = comparing ? FleetOrder.sorted(present, by: console.sort) : nil
      rows =
        held.rows(in: present)
        ?? FleetOrder.arranged(
          sorted ?? FleetOrder.sorted(present, by: console.sort), as: held.names, present)
      if let sorted { isHeld = sorted != rows }
    } else {
      rows = FleetOrder.sorted(present, by: console.sort)
    }
    hidden = 0
    if !console.filter.isEmpty {
      rows.removeAll { !console.filter.admits(present.services[$0]) }
      hidden = present.services.count - rows.count
    }
  }

  /// All services by `sort`, without a filter.
  static func sorted(_ present: Present, by sort: Sort) -> [Int] {
    var keys: [Key] = []
    keys.reserveCapacity(present.services.count)
    for index in present.services.indices { keys.append(Key(present, index, sort)) }
    keys.sort { a, b in
      // Larger comes first; the fleet file's order decides what is left, so that equals never swap.
      if let left = a.urgency, let right = b.urgency {
        if right < left { return true }
        if left < right { return false }
      }
      if a.first != b.first { return a.first > b.first }
      if sort == .name {
        let left = present.services[a.index].definition.name
        let right = present.services[b.index].definition.name
        if left != right { return left < right }
      }
      return a.index < b.index
    }
    return keys.map(\.index)
  }

  /// What one service is sorted by; unknown numbers come last.
  private struct Key {
    var first: Double
    /// Where the worst come first.
    var urgency: Urgency?
    var index: Int

    /// Reads by index throughout: a copy of a service retains all that it holds.
    init(_ present: Present, _ index: Int, _ sort: Sort) {
      self.index = index
      switch sort {
      case .worst:
        first = 0
        urgency = present.urgency(ofServiceAt: index)
      case .name: first = 0
      case .rate: first = present.services[index].requests.rate ?? -1
      case .errors: first = present.services[index].requests.errorRatio ?? -1
      case .latency: first = present.services[index].requests.p99.seconds ?? -1
      case .saturation: first = present.services[index].saturation?.ratio ?? -1
      }
    }
  }

  /// `sorted` with the services named in `names` where they stood; new ones follow.
  private static func arranged(_ sorted: [Int], as names: [String], _ present: Present) -> [Int] {
    var place: [String: Int] = [:]
    place.reserveCapacity(names.count)
    for (row, name) in names.enumerated() { place[name] = row }
    var known: [(row: Int, index: Int)] = []
    var new: [Int] = []
    for index in sorted {
      if let row = place[present.services[index].definition.name] {
        known.append((row, index))
      } else {
        new.append(index)
      }
    }
    known.sort { $0.row < $1.row }
    return known.map(\.index) + new
  }

  /// The row of the service with this name.
  package func row(of name: String?, in present: Present) -> Int? {
    guard let name else { return nil }
    return rows.firstIndex { present.services[$0].definition.name == name }
  }
}

extension ConsoleState.HeldOrder {
  /// The rows as they were, where the fleet is still the same one.
  func rows(in present: Present) -> [Int]? {
    guard places.count == present.services.count else { return nil }
    for (row, place) in places.enumerated()
    where present.services[place].definition.name != names[row] { return nil }
    return places
  }
}

extension ConsoleState {
  /// The row the cursor is on: of the selected service, else the first.
  func cursor(_ order: FleetOrder, _ present: Present) -> Int {
    if selection == nil { return 0 }
    if let row = order.row(of: selection, in: present) { return row }
    return max(0, min(selectionRow, order.rows.count - 1))
  }

  /// The service that the panes beside the table show: the aimed one, once the cursor rests.
  func beside(_ order: FleetOrder, _ present: Present) -> ServicePresent? {
    lingering.flatMap { present.service(named: $0) } ?? aimed(order, present)
  }

  /// The service that Enter would open; nil where no row is shown.
  func aimed(_ order: FleetOrder, _ present: Present) -> ServicePresent? {
    let row = cursor(order, present)
    return order.rows.indices.contains(row) ? present.services[order.rows[row]] : nil
  }
}
