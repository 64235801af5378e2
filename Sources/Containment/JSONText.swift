enum JSONText {
  /// A string of RFC 8259, with all that nobody would see on a screen escaped.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      default:
        if isInvisible(scalar) {
          for unit in String(scalar).utf16 {
            result +=
              "\\u" + Hexadecimal.pair(UInt8(unit >> 8)) + Hexadecimal.pair(UInt8(unit & 0xff))
          }
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
    default: false
    }
  }
}
