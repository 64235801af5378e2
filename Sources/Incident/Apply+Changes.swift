public import Canonical
public import Fleet
import Health

/// Keeping what changed.
extension State {
  /// Compares what an instance told with what was known of it.
  mutating func notice(_ place: (service: Int, instance: Int), wasScraped: Bool) {
    let found = present.services[place.service].instances[place.instance]
      .noticeChanges(began: present.began, at: present.now, wasScraped: wasScraped)
    guard !found.isEmpty else { return }
    for change in found { keep(change, of: place) }
  }

  private mutating func keep(
    _ change: NoticedChange, of place: (service: Int, instance: Int)
  ) {
    let now = present.now
    let service = present.services[place.service].definition.name
    let instance = present.services[place.service].instances[place.instance].definition.url
    if let wall = change.wall {
      let ago = Double(now.wall - wall) / 1e9
      if case .deploy(let from, let to) = change.kind {
        present.services[place.service].remember(version: from, to, at: now)
      }
      present.changeLog.keep(
        change.kind, of: service, instance: instance, at: now.advanced(by: -ago), isBefore: true)
      return
    }
    switch change.kind {
    case .restart:
      // A new version or configuration begins with a restart: that is told already.
      if present.changeLog.hasRelease(of: service, instance: instance, within: 120, at: now) {
        return
      }
      present.changeLog.keep(.restart, of: service, instance: instance, at: now)
    case .deploy(let from?, let to):
      present.changeLog.dropRestart(of: service, instance: instance, within: 120, at: now)
      let isBack = present.services[place.service].goesBack(
        from: from, to: to, isSaid: change.isSaidToGoBack)
      present.services[place.service].remember(version: from, to, at: now)
      present.changeLog.keep(
        isBack ? .rollback(from: from, to: to) : .deploy(from: from, to: to), of: service,
        instance: instance, at: now)
    default:
      present.changeLog.keep(change.kind, of: service, instance: instance, at: now)
    }
  }

  /// Keeps that the fleet file was read again, and what it now says otherwise.
  ///
  /// Instances that come and go with their beats change nothing of the file.
  mutating func noticeReload(from old: Fleet, to new: Fleet) {
    let (old, new) = (old.withoutBeats, new.withoutBeats)
    guard !old.services.isEmpty, old != new else { return }
    let before = Dictionary(old.services.map { ($0.name, $0) }) { first, _ in first }
    let names = Set(new.services.map(\.name))
    let added = new.services.map(\.name).filter { before[$0] == nil }
    let removed = old.services.map(\.name).filter { !names.contains($0) }
    let changed = new.services.count { service in
      before[service.name].map { $0 != service } ?? false
    }
    present.changeLog.keep(
      .reload(
        added: Array(added.prefix(8)), removed: Array(removed.prefix(8)), changed: changed),
      of: nil, at: present.now)
  }
}

/// A version that a service was seen to run.
public struct SeenVersion: Sendable, Hashable {
  public var version: String
  /// When it was first seen, or first heard of.
  public var first: Instant
}

extension ServicePresent {
  static let versionLimit = 16

  /// Keeps two versions in the order in which the service came by them.
  mutating func remember(version from: String?, _ to: String, at now: Instant) {
    for version in [from, to] {
      guard let version, !seenVersions.contains(where: { $0.version == version }) else { continue }
      if seenVersions.count == ServicePresent.versionLimit { seenVersions.removeFirst() }
      seenVersions.append(SeenVersion(version: version, first: now))
    }
  }

  /// Whether going from one version to another is going back: it was there before the one that goes;
  /// where that is not known, the old one said that it replaced it, or its numbers are lower.
  func goesBack(from: String, to: String, isSaid: Bool) -> Bool {
    let old = seenVersions.firstIndex { $0.version == from }
    let new = seenVersions.firstIndex { $0.version == to }
    if let old, let new { return new < old }
    return isSaid || VersionOrder.isOlder(to, than: from)
  }
}

/// Which of two version texts is the older, by the numbers in them.
enum VersionOrder {
  static func isOlder(_ a: String, than b: String) -> Bool {
    let (x, y) = (numbers(a), numbers(b))
    guard !x.isEmpty, !y.isEmpty else { return false }
    for (p, q) in zip(x, y) where p != q { return p < q }
    return x.count < y.count
  }

  /// The numbers before a `-` or `+`: a commit's digits order nothing.
  private static func numbers(_ version: String) -> [UInt64] {
    var found: [UInt64] = []
    let digits = version.prefix { $0 != "-" && $0 != "+" && $0 != " " }
    for part in digits.split(whereSeparator: { !($0.isASCII && $0.isNumber) }).prefix(6) {
      guard let number = UInt64(part) else { return [] }
      found.append(number)
    }
    return digits.contains(".") ? found : []
  }
}

extension SeenVersion: FieldCoded {
  public static var blank: Self { Self(version: "", first: .zero) }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&version, &first) }
}
