import Recording

extension ContentHash {
  /// As it is asked for: in hexadecimal, with small letters.
  var name: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// nil where it is none.
  init?(name: String) {
    var halves: [UInt8] = []
    guard name.utf8.count == 64 else { return nil }
    for digit in name.utf8 {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): halves.append(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): halves.append(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    self.init(stride(from: 0, to: halves.count, by: 2).map { halves[$0] << 4 | halves[$0 + 1] })
  }
}
