import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The host that this process is on and the user that it is there, as its own kernel says.
///
/// Behind a forwarded socket the kernel of the session's host names whoever forwards: that these differ is how both sides
/// find out.
package struct HostIdentity: Sendable, Hashable {
  /// Of this boot of the host; nil where the kernel does not say.
  package var boot: String?
  package var name: String
  package var uid: UInt32

  package init(boot: String?, name: String, uid: UInt32) {
    self.boot = boot
    self.name = name
    self.uid = uid
  }

  /// Of this process.
  package static let own = HostIdentity(boot: kernelBoot(), name: hostName(), uid: geteuid())

  /// Bytes of a boot's id: a longer one is none.
  private static let longest = 64

  private static func kernelBoot() -> String? {
    #if os(Linux)
      let path = "/proc/sys/kernel/random/boot_id"
      guard let said = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
      return known(said)
    #else
      var bytes = [CChar](repeating: 0, count: longest + 1)
      var size = bytes.count
      guard sysctlbyname("kern.bootsessionuuid", &bytes, &size, nil, 0) == 0 else { return nil }
      return known(
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    #endif
  }

  private static func known(_ said: String) -> String? {
    let boot = said.trimmingCharacters(in: .whitespacesAndNewlines)
    return boot.isEmpty || boot.utf8.count > longest ? nil : boot
  }

  private static func hostName() -> String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
    return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
