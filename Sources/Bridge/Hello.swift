/// The first frame from who calls: which form of this protocol they speak.
///
/// It stays as it is in every version, so that two that do not understand each other can say so.
package struct Hello: Sendable, Hashable, Codable {
  /// The version that is spoken.
  package var damcon: Int
  /// Of the caller's host, as its kernel says: behind a forwarded socket it is another one than the listener's.
  package var boot: String?
  /// The caller's user there.
  package var uid: UInt32?

  package static let version = 2

  package init(damcon: Int = Hello.version, from host: HostIdentity = .own) {
    self.damcon = damcon
    boot = host.boot
    uid = host.uid
  }
}

/// The first frame back: whom the caller has reached, and who they are taken for.
package struct Welcome: Sendable, Hashable, Codable {
  /// The version that is spoken here.
  package var damcon = Hello.version
  /// Why there is nothing to be said; nil where requests may follow.
  package var refusal: String?
  package var fleet = ""
  package var environment: String?
  /// Of the program that listens: `1.4.0`.
  package var program = ""
  /// What it does beside: `serve`, `watch`, `demo`.
  package var kind: String?
  /// Its process.
  package var pid: Int32 = 0
  /// The caller, as the operating system of the listener knows them.
  package var you = ""
  /// What they may do: `viewer`.
  package var role: String?
  /// That everything is stopped, and by whom; nil where it is not.
  package var halt: String?

  package init() {}

  package static func refusing(_ reason: String) -> Welcome {
    var welcome = Welcome()
    welcome.refusal = reason
    return welcome
  }

  /// Why two of different versions cannot talk.
  package static func otherVersion(caller: Int, listener: Int) -> String {
    "the Damcon that listens speaks version \(listener) of the control protocol and this one "
      + "version \(caller): use the same release on both sides"
  }
}
