import Foundation

/// Where a fleet's journal lies: `damcon/<fleet>.damcon` among the user's state.
package enum JournalPlace {
  package static let fileExtension = "damcon"

  /// The path for a fleet, its folder made where it is not there.
  ///
  /// - Parameter state: Damcon's folder among what programs remember of a person's use of them.
  package static func path(
    of fleet: String, in state: String, making: Bool = true
  ) throws(JournalError) -> String {
    if making {
      do {
        try FileManager.default.createDirectory(
          atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw JournalError(state, "cannot be made; nothing is recorded", .unwritable)
      }
    }
    return "\(state)/\(name(fleet)).\(fileExtension)"
  }

  /// A fleet's name as that of a file: what is no letter, digit, `-` or `_` becomes `_`, and then a
  /// number keeps it apart from others that look the same.
  package static func name(_ fleet: String) -> String {
    let plain = fleet.utf8.prefix(80).map { byte -> Character in
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
      return isPlain || byte == 0x2d || byte == 0x5f ? Character(scalar) : "_"
    }
    let text = String(plain)
    guard text != fleet || text.isEmpty else { return text }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in fleet.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return text + "-" + String(hash, radix: 16)
  }

  /// Moves a file that can no longer be written out of the way, so that recording can begin anew.
  ///
  /// - Returns: where it is now: `shop.damaged-2.damcon`. Its write-ahead log goes with it.
  package static func setAside(_ path: String) throws(JournalError) -> String {
    let suffix = "." + fileExtension
    let stem = path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path
    for number in 1...1000 {
      let aside = "\(stem).damaged-\(number)\(suffix)"
      guard !FileManager.default.fileExists(atPath: aside) else { continue }
      guard rename(path, aside) == 0 else { break }
      // An index of the log is made anew from it; left behind it would be taken for another file's.
      _ = rename(path + "-wal", aside + "-wal")
      _ = unlink(path + "-shm")
      return aside
    }
    throw JournalError(path, "is damaged and cannot be moved out of the way", .unwritable)
  }
}
