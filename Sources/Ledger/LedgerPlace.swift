import Foundation

/// Where a fleet's ledger lies: `damcon/ledger/<fleet>.sqlite` among the user's state.
package enum LedgerPlace {
  /// The path for a fleet, its folder made where it is not there.
  package static func path(
    of fleet: String, in state: String, making: Bool = true
  ) throws(LedgerError) -> String {
    let folder = state + "/ledger"
    if making {
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw LedgerError(folder, "cannot be made; budgets are not kept across restarts")
      }
    }
    return "\(folder)/\(name(fleet)).sqlite"
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
}
