import Glibc

/// A user of this host who is not the one that measures: nobody approves what they asked for themselves.
struct OtherUser {
  let name: String
  let uid: uid_t
  let gid: gid_t

  /// One that every system has and that nobody logs in as; nil where this process cannot become them.
  static func find() -> OtherUser? {
    guard geteuid() == 0 else { return nil }
    return ["daemon", "bin"].lazy.compactMap(OtherUser.init).first
  }

  init?(_ name: String) {
    guard let entry = getpwnam(name), entry.pointee.pw_uid != 0 else { return nil }
    self.name = name
    (uid, gid) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
  }

  /// Lets them come to what is in a folder, and others no more.
  func admit(to folder: String) -> Bool { chown(folder, 0, gid) == 0 && chmod(folder, 0o750) == 0 }

  /// From now on this process is them, and there is no way back.
  func become() -> Bool {
    var groups = [gid]
    return setgroups(1, &groups) == 0 && setgid(gid) == 0 && setuid(uid) == 0
  }
}
