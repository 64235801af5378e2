import Canvas
import Incident

import enum Canvas.Role

/// How a milestone stands on the timeline: a shape of its own for each kind, full where something
/// begins and hollow where it ends; in ASCII a letter, large and small.
extension Milestone.Kind {
  func mark(_ glyphs: GlyphSet) -> Unicode.Scalar { glyphs.isASCII ? ascii : shape }

  private var shape: Unicode.Scalar {
    switch self {
    case .worse: "✖"
    case .better: "●"
    case .alert: "▲"
    case .alertOver: "△"
    case .fallback: "◆"
    case .fallbackOver: "◇"
    case .incident: "■"
    case .incidentOver: "□"
    case .change: "c"
    case .action: "a"
    case .note: "n"
    case .began: "["
    }
  }

  private var ascii: Unicode.Scalar {
    switch self {
    case .worse: "x"
    case .better: "o"
    case .alert: "A"
    case .alertOver: "v"
    case .fallback: "F"
    case .fallbackOver: "f"
    case .incident: "I"
    case .incidentOver: "i"
    case .change: "c"
    case .action: "a"
    case .note: "n"
    case .began: "["
    }
  }

  var role: Role {
    switch self {
    case .worse, .alert, .incident: .bad
    case .fallback: .warning
    case .better, .alertOver, .fallbackOver, .incidentOver: .good
    case .change, .action, .note: .mark
    case .began: .axis
    }
  }

  /// Of several in one place the highest is the one that is shown.
  var weight: Int {
    switch self {
    case .incident: 12
    case .alert: 11
    case .worse: 10
    case .action: 9
    case .note: 8
    case .fallback: 7
    case .change: 6
    case .incidentOver: 5
    case .alertOver: 4
    case .better: 3
    case .fallbackOver: 2
    case .began: 1
    }
  }

  /// As help explains the shape.
  var words: String {
    switch self {
    case .worse: "a service got worse"
    case .better: "a service got better"
    case .alert: "an objective fires"
    case .alertOver: "it ceased to"
    case .fallback: "a fallback came into use"
    case .fallbackOver: "it went out of use"
    case .incident: "an incident was opened"
    case .incidentOver: "it was resolved"
    case .change: "a version, flag, restart: something changed"
    case .action: "a responder had something done"
    case .note: "a responder wrote something down"
    case .began: "Damcon was started; before it nobody watched"
    }
  }
}
