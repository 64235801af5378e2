public import Canonical
import Fleet
import Health
import Telemetry

/// What was last known of an instance beside its health: what is another than this has changed.
struct KnownFacts: Sendable, Hashable {
  var version: String?
  /// `version` came from the health report, which is believed before the metrics.
  var isVersionReported = false
  /// The version before, and how often it came back within a minute: then it is several processes
  /// behind one address, and no change.
  var versionBefore: String?
  var versionSince: Double = 0
  var flips = 0
  var build: String?
  var isBuildReported = false
  var flags: [HealthReport.Flag]?
  var track: String?
  var weight: Double?
  /// What this version said came before it.
  var previousVersion: String?
  var restarts = 0
  var settings: [SettingReading] = []
  /// Differs when the metrics tell other settings.
  var settingMark: UInt64 = 0
  var exports: Exports = []
  /// Exported once and gone since.
  var gone: Exports = []
  /// Scrapes in a row that lacked something of `exports`.
  var lacking = 0
  /// The process' own start has been told, or is no news.
  var hasToldStart = false

  /// Flags of one instance that are followed.
  static let flagLimit = 64
  /// Scrapes that lack a signal before it counts as gone.
  static let patience = 2
}

/// A change as one instance shows it.
struct NoticedChange {
  var kind: FleetChange.Kind
  /// When the process says it happened; nil for now.
  var wall: Int64?
  /// The version before said that it replaced this one.
  var isSaidToGoBack = false
}

extension InstancePresent {
  /// Compares what it tells now with what was known, and takes it over.
  ///
  /// Called after every answer: where nothing changed it compares a few words and numbers.
  mutating func noticeChanges(began: Instant, at now: Instant, wasScraped: Bool) -> [NoticedChange]
  {
    var found: [NoticedChange] = []
    noticeVersion(&found, at: now)
    noticeBuild(&found)
    // Only a probe brings reports, and only a scrape metrics.
    if !wasScraped {
      noticeFlags(&found)
      noticeRollout(&found)
    }
    let restarts = sharedMeter.read { $0.restarts }
    if restarts != known.restarts {
      if restarts > known.restarts { found.append(NoticedChange(kind: .restart)) }
      known.restarts = restarts
    }
    if wasScraped {
      noticeSettings(&found)
      noticeExports(&found)
    }
    if !known.hasToldStart { noticeStart(&found, began: began, at: now) }
    return found
  }

  private mutating func noticeVersion(_ found: inout [NoticedChange], at now: Instant) {
    guard let version, version != known.version else { return }
    let isReported = sharedHealth.read { $0.version } != nil
    let said = known.previousVersion
    known.previousVersion = sharedHealth.read { $0.rollout }?.previousVersion
    defer {
      known.versionBefore = known.version
      known.versionSince = now.seconds
      known.version = version
      known.isVersionReported = isReported
    }
    // The metrics' word and the report's for the same version may differ.
    guard let before = known.version, known.isVersionReported == isReported else { return }
    if known.versionBefore == version, now.seconds - known.versionSince < 60 {
      known.flips += 1
    } else if now.seconds - known.versionSince > 300 {
      known.flips = 0
    }
    guard known.flips < 2 else { return }
    found.append(
      NoticedChange(kind: .deploy(from: before, to: version), isSaidToGoBack: said == version))
  }

  private mutating func noticeBuild(_ found: inout [NoticedChange]) {
    let reported = sharedHealth.read { $0.build }
    guard let build = reported ?? sharedMeter.read({ $0.build }), build != known.build else {
      return
    }
    if let before = known.build, known.isBuildReported == (reported != nil),
      !found.contains(where: { $0.kind.isRelease })
    {
      found.append(NoticedChange(kind: .build(from: before, to: build)))
    }
    known.build = build
    known.isBuildReported = reported != nil
  }

  private mutating func noticeFlags(_ found: inout [NoticedChange]) {
    let told = sharedHealth.read { $0.flags }
    guard let before = known.flags else {
      // Routes that tell no flags say nothing of them.
      if !told.isEmpty { known.flags = Array(told.prefix(KnownFacts.flagLimit)) }
      return
    }
    guard told != before, sharedHealth.read({ $0.hasReport }),
      health.readiness.isReportCurrent || !told.isEmpty
    else { return }
    let flags = Array(told.prefix(KnownFacts.flagLimit))
    for flag in flags {
      let old = before.first { $0.name == flag.name }
      if let old, old.on == flag.on, old.exposure == flag.exposure { continue }
      found.append(
        NoticedChange(
          kind: .flag(
            FleetChange.FlagChange(
              name: flag.name, on: flag.on, exposure: flag.exposure,
              owner: flag.owner ?? old?.owner, wasOn: old?.on, exposureBefore: old?.exposure))))
    }
    for old in before where !flags.contains(where: { $0.name == old.name }) {
      found.append(
        NoticedChange(
          kind: .flag(
            FleetChange.FlagChange(
              name: old.name, on: nil, exposure: nil, owner: old.owner, wasOn: old.on,
              exposureBefore: old.exposure))))
    }
    known.flags = flags
  }

  private mutating func noticeRollout(_ found: inout [NoticedChange]) {
    guard let rollout = sharedHealth.read({ $0.rollout }) else { return }
    guard rollout.track != known.track || rollout.weight != known.weight else { return }
    if known.weight != nil || known.track != nil {
      found.append(
        NoticedChange(
          kind: .weight(
            track: rollout.track ?? known.track ?? "", from: known.weight, to: rollout.weight)))
    }
    if known.previousVersion == nil { known.previousVersion = rollout.previousVersion }
    known.track = rollout.track
    known.weight = rollout.weight
  }

  private mutating func noticeSettings(_ found: inout [NoticedChange]) {
    let mark = sharedMeter.read { $0.settingMark }
    guard mark != known.settingMark else { return }
    known.settingMark = mark
    let settings = meter.settings
    guard settings != known.settings else { return }
    for setting in settings {
      guard let before = known.settings.first(where: { $0.name == setting.name }) else { continue }
      if before.value != setting.value {
        found.append(NoticedChange(kind: .configuration(name: setting.name)))
      }
    }
    known.settings = settings
  }

  /// What it exports now, by its metrics and its health report alike.
  var exports: Exports { sharedMeter.read { $0.exports }.union(reportedExports) }

  /// Called after a scrape that went well: only that can lack something.
  private mutating func noticeExports(_ found: inout [NoticedChange]) {
    let exports = exports
    let back = exports.subtracting(known.exports)
    if !back.isEmpty {
      if !known.gone.isDisjoint(with: back) {
        found.append(NoticedChange(kind: .returned(known.gone.intersection(back))))
        known.gone.subtract(back)
      }
      known.exports.formUnion(back)
    }
    let lost = known.exports.subtracting(exports)
    guard !lost.isEmpty else {
      known.lacking = 0
      return
    }
    known.lacking += 1
    guard known.lacking >= KnownFacts.patience else { return }
    known.lacking = 0
    known.exports.subtract(lost)
    known.gone.formUnion(lost)
    found.append(NoticedChange(kind: .vanished(lost, version: version)))
  }

  /// A process that began not long before the watch: the release that woke somebody, perhaps.
  private mutating func noticeStart(
    _ found: inout [NoticedChange], began: Instant, at now: Instant
  ) {
    guard let start = meter.startTime else {
      if meter.scrapes > 3 { known.hasToldStart = true }
      return
    }
    // A moment for the report to say which version it is.
    guard sharedHealth.read({ $0.hasReport }) || meter.scrapes > 2 else { return }
    known.hasToldStart = true
    let before = began.unixSeconds - start
    guard before >= 60, before <= 86_400, meter.restarts == 0 else { return }
    let wall = Int64(start * 1e9)
    if let previous = sharedHealth.read({ $0.rollout })?.previousVersion, let version,
      previous != version
    {
      found.append(
        NoticedChange(kind: .deploy(from: previous, to: version), wall: wall))
    } else {
      found.append(NoticedChange(kind: .restart, wall: wall))
    }
  }
}

extension KnownFacts: FieldCoded {
  static var blank: Self { Self() }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&version, &isVersionReported, &versionBefore, &versionSince)
    try fields.pass(&flips, &build, &isBuildReported, &flags)
    try fields.pass(&track, &weight, &previousVersion, &restarts)
    try fields.pass(&settings, &settingMark, &exports, &gone)
    try fields.pass(&lacking, &hasToldStart)
  }
}
