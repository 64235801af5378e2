import Containment

extension PlannedReading {
  /// What is so, found in what a server or a program says.
  func value(
    in bytes: [UInt8], _ mask: SecretMask, _ patience: Patience
  ) async -> Result<Argument, ReadingError> {
    do throws(ReadingError) {
      let found: Argument
      switch place {
      case .pointer(let pointer): found = try ScalarPointer(pointer).scalar(in: bytes)
      case .match(let pattern):
        let text = try await PatternSearch(pattern).first(in: bytes, patience)
        found = try scalar(text)
      case .whole:
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw ReadingError(reason: "its text is no UTF-8")
        }
        found = try scalar(text)
      }
      if case .text(let text) = found, mask.hides(in: text) {
        throw ReadingError(reason: "what is there is a secret")
      }
      return .success(found)
    } catch {
      return .failure(ReadingError(reason: mask.masked(error.reason)))
    }
  }

  /// Text has no type of its own: it is read as what is expected, where it can be.
  private func scalar(_ text: String) throws(ReadingError) -> Argument {
    let word = String(
      text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    guard word.utf8.count <= PlannedReading.longest else {
      throw ReadingError(reason: "its text is too long to be kept")
    }
    guard word.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw ReadingError(reason: "its text is more than one line, or has control signs")
    }
    switch expected {
    case .integer: if let value = Int64(word) { return .integer(value) }
    case .number: if let value = Double(word), value.isFinite { return .number(value) }
    case .flag:
      switch word.lowercased() {
      case "on", "true", "yes": return .flag(true)
      case "off", "false", "no": return .flag(false)
      default: break
      }
    case .text: break
    }
    return .text(word)
  }

  /// As much of a text as is taken for what it was before.
  private static let longest = 4095
}
