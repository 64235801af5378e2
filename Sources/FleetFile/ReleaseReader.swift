import Conditions
import Fleet
import YAMLText
import Yams

/// Reads `release:` of a service: who answers for it, when, from how much budget on, and what would
/// take it back.
enum ReleaseReader {
  static func release(_ value: YAMLValue) -> Release? {
    guard let section = value.section("release", keys: Keys.release) else { return nil }
    var release = Release()
    release.owner = section["owner"]?.text("who releases it")
    if let value = section["schedule"] { release.schedule = schedule(value) }
    if let value = section["gate"] {
      guard let percent = value.scalar.flatMap(Quantity.percent), percent >= 0, percent <= 100
      else {
        value.expected("a percentage from 0 to 100, such as 25%")
        return release
      }
      release.gate = percent / 100
    }
    if let value = section["rollback"] {
      var items = [value]
      if case .sequence = value.node { items = value.list() }
      if items.count > Release.rollbackLimit {
        value.log.error(
          "\(value.name): at most \(Release.rollbackLimit) conditions, found \(items.count)",
          at: value.mark)
      }
      release.rollback = items.prefix(Release.rollbackLimit).compactMap(ConditionReader.condition)
    }
    return release
  }

  // MARK: When

  /// `weekdays 9:00-17:00`, or a mapping with days, hours and freeze.
  private static func schedule(_ value: YAMLValue) -> ReleaseSchedule {
    var schedule = ReleaseSchedule()
    if let text = value.scalar {
      for word in text.split(separator: " ").map(String.init) {
        if word.contains(":") {
          schedule.hours = hours(word, value)
        } else if let more = days(word, value) {
          schedule.days += more
        }
      }
      schedule.days = Array(Set(schedule.days)).sorted()
      return schedule
    }
    guard let section = value.section("schedule", keys: Keys.schedule) else { return schedule }
    if let value = section["days"] { schedule.days = days(of: value) }
    if let value = section["hours"], let text = value.text("hours such as 9:00-17:00") {
      schedule.hours = hours(text, value)
    }
    if let value = section["freeze"] {
      for item in value.list("a list of freezes, each with from: and until:") {
        if let freeze = freeze(item) { schedule.freezes.append(freeze) }
      }
      if schedule.freezes.count > 64 {
        value.log.error("\(value.name): at most 64 freezes", at: value.mark)
        schedule.freezes.removeLast(schedule.freezes.count - 64)
      }
    }
    return schedule
  }

  /// Days of the week, 0 Monday … 6 Sunday, each once.
  static func days(of value: YAMLValue) -> [Int] {
    Array(Set(value.texts("a day").compactMap { days($0, value) }.joined())).sorted()
  }

  private static func days(_ word: String, _ value: YAMLValue) -> [Int]? {
    let names = ReleaseSchedule.dayNames.map { $0.lowercased() }
    switch word.lowercased() {
    case "weekdays": return Array(0..<5)
    case "weekend", "weekends": return [5, 6]
    case "daily", "always": return Array(0..<7)
    default: break
    }
    let short = String(word.lowercased().prefix(3))
    let full = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    if let day = names.firstIndex(of: short),
      word.count == 3 || full[day] == word.lowercased()
    {
      return [day]
    }
    let parts = word.lowercased().split(separator: "-").map(String.init)
    if parts.count == 2, let from = names.firstIndex(of: parts[0]),
      let to = names.firstIndex(of: parts[1])
    {
      return from <= to ? Array(from...to) : Array(from..<7) + Array(0...to)
    }
    value.log.error(
      "\(value.name): unknown day '\(word.prefix(40))'"
        + NearestWord.advice(word, among: names + ["weekdays"]), at: value.mark)
    return nil
  }

  /// Minutes of the day of `9:00-17:00`, in UTC.
  static func hours(_ text: String, _ value: YAMLValue) -> ReleaseSchedule.Hours? {
    let ends = text.split(separator: "-", maxSplits: 1).map { minutes(String($0)) }
    guard ends.count == 2, let from = ends[0], let until = ends[1], from != until, from < 1440
    else {
      value.log.error(
        "\(value.name): expected hours of a day in UTC such as 9:00-17:00, "
          + "found '\(text.prefix(40))'", at: value.mark)
      return nil
    }
    return ReleaseSchedule.Hours(from: from, until: until)
  }

  private static func minutes(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count <= 2 && $0.allSatisfy(\.isNumber) }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60,
      hour < 24 || (hour == 24 && minute == 0)
    else { return nil }
    return hour * 60 + minute
  }

  private static func freeze(_ item: YAMLValue) -> ReleaseSchedule.Freeze? {
    item.section("a freeze", keys: Keys.freeze).flatMap { freeze($0, of: item) }
  }

  /// A stretch of days, of any section that has them.
  static func freeze(_ section: YAMLSection, of item: YAMLValue) -> ReleaseSchedule.Freeze? {
    for key in ["from", "until"] where section[key] == nil {
      item.log.error("\(item.name): '\(key)' is missing", at: item.mark)
    }
    guard let from = section["from"].flatMap({ date($0, isEnd: false) }),
      let until = section["until"].flatMap({ date($0, isEnd: true) })
    else { return nil }
    guard from < until else {
      item.log.error("\(item.name): it ends before it begins", at: item.mark)
      return nil
    }
    return ReleaseSchedule.Freeze(
      from: from, until: until, reason: section["reason"]?.text("a reason"))
  }

  /// Unix seconds of `2026-12-20` or `2026-12-20T18:00Z`; a day alone ends with its last minute.
  private static func date(_ value: YAMLValue, isEnd: Bool) -> Double? {
    let text = value.scalar ?? ""
    let rest = text.dropFirst(10)
    var minute: Int?
    if rest.isEmpty {
      minute = isEnd ? 1440 : 0
    } else if rest.first == "T" || rest.first == " ", rest.last == "Z" {
      minute = minutes(String(rest.dropFirst().dropLast().prefix(5)))
    }
    guard let day = CivilDay(String(text.prefix(10))), freezable.contains(day.year), let minute
    else {
      value.expected("a day such as 2026-12-20, or 2026-12-20T18:00Z")
      return nil
    }
    return Double(day.number * 86_400 + minute * 60)
  }

  /// Years that a freeze may be in.
  private static let freezable = 1970...2200
}
