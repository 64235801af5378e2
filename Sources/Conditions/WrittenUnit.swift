/// A unit that can be written behind a number.
enum WrittenUnit: String {
  case milliseconds = "ms"
  case seconds = "s"
  case minutes = "m"
  case hours = "h"
  case days = "d"
  case percent = "%"
  case bytes = "B"
  case kilobytes = "KB"
  case megabytes = "MB"
  case gigabytes = "GB"
  case kibibytes = "KiB"
  case mebibytes = "MiB"
  case gibibytes = "GiB"
  case tebibytes = "TiB"

  var isTime: Bool {
    switch self {
    case .milliseconds, .seconds, .minutes, .hours, .days: true
    default: false
    }
  }

  /// How much of it `number` is, in the unit of a signal; nil where the two measure different things. Divides where
  /// a factor has no exact binary form, so that `5%` is 0.05 itself.
  func amount(_ number: Double, in unit: SignalUnit) -> Double? {
    switch (self, unit) {
    case (.milliseconds, .milliseconds): number
    case (.milliseconds, .seconds), (.milliseconds, .plain): number / 1000
    case (_, .milliseconds) where isTime: number * wholes * 1000
    case (_, .seconds) where isTime: number * wholes
    case (.percent, .ratio), (.percent, .plain): number / 100
    case (.percent, _), (_, .ratio): nil
    case (_, .bytes): isTime ? nil : number * wholes
    case (_, .plain): number * wholes
    default: nil
    }
  }

  /// Seconds or bytes in one of it, where that is a whole number.
  private var wholes: Double {
    switch self {
    case .milliseconds, .percent, .seconds, .bytes: 1
    case .minutes: 60
    case .hours: 3600
    case .days: 86_400
    case .kilobytes: 1e3
    case .megabytes: 1e6
    case .gigabytes: 1e9
    case .kibibytes: 1024
    case .mebibytes: 1_048_576
    case .gibibytes: 1_073_741_824
    case .tebibytes: 1_099_511_627_776
    }
  }

  /// `; did you mean ms?` where a unit is spelled as people do, else what there is.
  static func advice(_ name: String) -> String {
    let right: WrittenUnit? =
      switch name.lowercased() {
      case "ms", "msec", "msecs", "millis", "milli", "millisecond", "milliseconds": .milliseconds
      case "s", "sec", "secs", "second", "seconds": .seconds
      case "min", "mins", "minute", "minutes": .minutes
      case "h", "hr", "hrs", "hour", "hours": .hours
      case "d", "day", "days": .days
      case "pct", "percent", "prc": .percent
      case "b", "byte", "bytes": .bytes
      case "k", "ki", "kib", "kb", "kbyte", "kbytes": .kibibytes
      case "mi", "mib", "mb", "mbyte", "mbytes": .mebibytes
      case "g", "gi", "gib", "gb", "gbyte", "gbytes": .gibibytes
      case "t", "ti", "tib", "tb": .tebibytes
      default: nil
      }
    return right.map { "; did you mean \($0.rawValue)?" }
      ?? "; expected ms, s, m, h, d, %, B, KiB, MiB, GiB or TiB"
  }
}
