package import Canvas
import Fleet

package import enum Canvas.Role

/// One thing to know, as a wall tells it: what it is about, how it stands, and the number that counts.
package struct WallFact: Sendable, Hashable, Identifiable {
  /// Tells two facts apart, also where their names are veiled; never drawn.
  package var id: String
  /// What it is about, as far as that may be read here.
  package var name: String
  /// Its shape: what a screen without colour tells it by.
  package var mark: String
  package var role: Role
  /// How it stands: `unhealthy 14m`; empty where the figure says all.
  package var status = ""
  /// nil where words say it.
  package var figure: Figure?
  /// Why, or what comes of it; may be empty.
  package var words = ""

  /// A number that is read from afar.
  package struct Figure: Sendable, Hashable {
    /// Drawn large: `38`, `>5`, `4.2`.
    package var digits: String
    /// Drawn large where there is room, else beside: `%`, `s`.
    package var unit: String
    /// What it is a number of: `errors`, `to ESCALATE`.
    package var label: String

    package init(_ digits: String, _ unit: String, _ label: String) {
      self.digits = digits
      self.unit = unit
      self.label = label
    }

    package init(_ digits: String, _ label: String) { self.init(digits, "", label) }

    /// As a piece of a line: `38% errors`.
    package var line: String { digits + unit + (label.isEmpty ? "" : " \(label)") }
  }

  init(_ id: String, _ name: String, _ mark: String, _ role: Role) {
    self.id = id
    self.name = name
    self.mark = mark
    self.role = role
  }
}

extension WallFact.Figure {
  /// A time in one unit, rounded down: what is left is never less than it says.
  package init(seconds: Double, _ label: String) {
    guard !seconds.isNaN else {
      self.init("?", label)
      return
    }
    let seconds = max(0, min(1e12, seconds))
    let (count, unit): (Double, String) =
      switch seconds {
      case ..<60: (seconds, "s")
      case ..<6000: (seconds / 60, "m")
      case ..<360_000: (seconds / 3600, "h")
      default: (seconds / 86_400, "d")
      }
    let whole = Int(count)
    self.init(whole > 9999 ? ">9999" : "\(whole)", unit, label)
  }

  /// A ratio of 0...1 in per cent: two digits that count, and never 0 for what is not.
  package init(percent ratio: Double, _ label: String) {
    let percent = ratio * 100
    let digits: String
    switch percent {
    case ..<0: digits = percent < -999 ? "<-999" : "\(Int(percent.rounded()))"
    case 0: digits = "0"
    case ..<0.1: digits = "<0.1"
    case ..<9.95:
      let tenths = Int((percent * 10).rounded())
      digits = "\(tenths / 10).\(tenths % 10)"
    case ..<9999: digits = percent >= 99.5 && percent < 100 ? "99" : "\(Int(percent.rounded()))"
    default: digits = percent.isNaN ? "?" : ">9999"
    }
    self.init(digits, "%", label)
  }

  /// How many times too much: `9.3` `x`, `22` `x`.
  package init(times rate: Double, _ label: String) {
    switch rate {
    case ..<0.1: self.init("<0.1", "x", label)
    case ..<9.95:
      let tenths = Int((rate * 10).rounded())
      self.init("\(tenths / 10).\(tenths % 10)", "x", label)
    case ..<9999: self.init("\(Int(rate.rounded()))", "x", label)
    default: self.init(rate.isNaN ? "?" : ">9999", "x", label)
    }
  }

  /// A latency: `310` `ms`, `2.4` `s`; `sign` for one of which only a bound is known.
  package init(latency seconds: Double, sign: String = "", _ label: String) {
    let milliseconds = seconds * 1000
    switch milliseconds {
    case ..<0.5: self.init("<1", "ms", label)
    case ..<999.5: self.init("\(sign)\(Int(milliseconds.rounded()))", "ms", label)
    case ..<9950:
      let tenths = Int((seconds * 10).rounded())
      let tail = tenths % 10 == 0 ? "" : ".\(tenths % 10)"
      self.init("\(sign)\(tenths / 10)\(tail)", "s", label)
    default:
      let time = Self(seconds: seconds.rounded(), label)
      self.init(sign + time.digits, time.unit, label)
    }
  }
}
