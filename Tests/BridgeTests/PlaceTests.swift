import Bridge
import Foundation
import Testing

/// Where a socket may be: nobody gets in between who is not meant to.
@Suite("The place of a control socket")
struct PlaceTests {
  private func refusal(_ place: SocketPlace) -> String? {
    do throws(BridgeError) {
      _ = try SocketFile.open(place)
      return nil
    } catch { return error.description }
  }

  @Test(
    "a folder that others may write to is refused, and what is shared is shared with its group alone"
  )
  func modes() throws {
    for (mode, isRefused) in [
      (mode_t(0o777), true), (0o1777, true), (0o707, true), (0o775, true), (0o730, false),
      (0o700, false), (0o755, false), (0o750, false), (0o770, false), (0o2770, false),
    ] {
      let folder = try ShortFolder(mode: mode)
      let said = refusal(folder.place())
      #expect((said != nil) == isRefused, "\(String(mode, radix: 8)): \(said ?? "taken")")
      guard !isRefused else {
        #expect(folder.mode() == 0, "nothing is left there")
        continue
      }
      let isShared = mode & 0o010 != 0 && mode & 0o007 == 0
      #expect(folder.mode() == (isShared ? 0o660 : 0o600), "\(String(mode, radix: 8))")
    }
  }

  @Test("the sentences say what is wrong and what to do")
  func sentences() throws {
    let open = try ShortFolder(mode: 0o777)
    #expect(
      refusal(open.place())
        == "\(open.path): everybody may write to the folder (0777): chmod o-w it, or take another")
    let wide = try ShortFolder(mode: 0o775)
    #expect(
      refusal(wide.place())
        == "\(wide.path): its group may write to the folder and others may look into it (0775): at most 0770"
    )
    #expect(
      refusal(SocketPlace(chosen: "/nowhere-at-all/shop.sock"))
        == "/nowhere-at-all: there is no such folder")
    let folder = try ShortFolder()
    #expect(
      refusal(folder.place(String(repeating: "x", count: 120)))?
        .hasSuffix("longer than a socket's path may be (107 bytes)") == true)
    #expect(
      refusal(SocketPlace(chosen: "shop.sock"))
        == "shop.sock: a control socket is a file in a folder, by its whole path")
  }

  @Test("a folder below one that everybody may write to is refused")
  func above() throws {
    let folder = try ShortFolder()
    let inner = folder.path + "/inner"
    try #require(mkdir(inner, 0o700) == 0)
    try #require(chmod(folder.path, 0o777) == 0)
    let said = refusal(SocketPlace(chosen: inner + "/shop.sock"))
    #expect(said == "\(inner): everybody may write to \(folder.path), which it is in (0777)")
  }

  @Test(
    "somebody else's folder is refused", .enabled(if: geteuid() == 0, "it takes root to make one"))
  func another() throws {
    let folder = try ShortFolder()
    try #require(chown(folder.path, 4711, 4711) == 0)
    #expect(
      refusal(folder.place())
        == "\(folder.path): the folder belongs to #4711, and has to be yours or root's")
  }

  @Test("a folder below one that nobody else may write to is taken, sticky ones too")
  func aboveOfOwn() throws {
    for mode in [mode_t(0o755), 0o700, 0o1777, 0o1775, 0o3777] {
      let folder = try ShortFolder()
      let inner = folder.path + "/inner"
      try #require(mkdir(inner, 0o700) == 0)
      try #require(chmod(folder.path, mode) == 0)
      let said = refusal(SocketPlace(chosen: inner + "/shop.sock"))
      #expect(said == nil, "\(String(mode, radix: 8))")
    }
  }

  @Test(
    "a folder below somebody else's is refused, whatever its mode",
    .enabled(if: geteuid() == 0, "it takes root to make one"))
  func aboveOfAnother() throws {
    for mode in [mode_t(0o700), 0o755, 0o1777] {
      let folder = try ShortFolder()
      let middle = folder.path + "/middle"
      let inner = middle + "/inner"
      try #require(mkdir(middle, 0o700) == 0 && mkdir(inner, 0o700) == 0)
      try #require(chmod(middle, mode) == 0 && chown(middle, 4711, 0) == 0)
      #expect(
        refusal(SocketPlace(chosen: inner + "/shop.sock"))
          == "\(inner): \(middle), which it is in, belongs to #4711, and has to be yours or root's")
    }
  }

  @Test(
    "a folder below one that a group may write to is refused, unless the group may do as much anyway",
    .enabled(if: geteuid() == 0, "it takes root to give one to a group"))
  func aboveOfAGroup() throws {
    let folder = try ShortFolder()
    let inner = folder.path + "/inner"
    let place = SocketPlace(chosen: inner + "/shop.sock")
    try #require(mkdir(inner, 0o700) == 0)
    try #require(chown(folder.path, 0, 4711) == 0 && chmod(folder.path, 0o775) == 0)
    #expect(
      refusal(place)
        == "\(inner): the group #4711 may write to \(folder.path), which it is in (0775): "
        + "chmod g-w it, or take another")
    // They may look into the folder, and not put anything there.
    try #require(chown(inner, 0, 4711) == 0 && chmod(inner, 0o750) == 0)
    #expect(refusal(place)?.contains("the group #4711 may write to") == true)
    try #require(chmod(inner, 0o770) == 0)
    #expect(refusal(place) == nil, "the group may put a socket there by itself")
    try #require(chmod(inner, 0o700) == 0 && chmod(folder.path, 0o1775) == 0)
    #expect(refusal(place) == nil, "nobody there touches what is another's")
    try #require(chown(folder.path, 0, 0) == 0 && chmod(folder.path, 0o775) == 0)
    #expect(refusal(place) == nil, "root's own group")
  }

  @Test("what is left of a dead process is replaced, and nothing else")
  func stale() throws {
    let folder = try ShortFolder()
    var first: SocketFile? = try SocketFile.open(folder.place())
    #expect(
      refusal(folder.place())?.hasSuffix("another Damcon listens there") == true,
      "one at a time: \(first?.path ?? "")")
    // As after kill -9: the file stays, the lock and the socket go.
    first = nil
    #expect(folder.mode() == 0o600)
    #expect(refusal(folder.place()) == nil)
    let other = folder.path + "/other.sock"
    #expect(FileManager.default.createFile(atPath: other, contents: Data("mine".utf8)))
    #expect(
      refusal(folder.place("other.sock")) == "\(other): there is something else of that name")
    #expect(FileManager.default.contents(atPath: other) == Data("mine".utf8))
  }

  @Test("a link in the place of the lock is not followed")
  func link() throws {
    let folder = try ShortFolder()
    let target = folder.path + "/target"
    try #require(symlink(target, folder.path + "/shop.sock.lock") == 0)
    #expect(refusal(folder.place())?.contains("it cannot be locked") == true)
    #expect(!FileManager.default.fileExists(atPath: target))
  }

  @Test("a user's own place: the login's, else where Damcon remembers things")
  func own() throws {
    let folder = try ShortFolder()
    let place = SocketPlace(
      name: "shop", environment: ["XDG_RUNTIME_DIR": "/nowhere-at-all"], state: folder.path,
      user: 4_000_000)
    #expect(
      place.paths == [
        "/nowhere-at-all/damcon/shop.sock", "/run/user/4000000/damcon/shop.sock",
        "\(folder.path)/shop.sock",
      ])
    let file = try SocketFile.open(place)
    #expect(file.path == "\(folder.path)/shop.sock")
    #expect(folder.mode() == 0o600)
    // That folder is made with those above it; a login's is there or is not.
    let deep = folder.path + "/state/damcon"
    let third = try SocketFile.open(
      SocketPlace(name: "shop", environment: [:], state: deep, user: 4_000_000))
    #expect(third.path == "\(deep)/shop.sock")
    let login = try ShortFolder()
    let second = try SocketFile.open(
      SocketPlace(name: "shop", environment: ["XDG_RUNTIME_DIR": login.path], state: nil))
    #expect(second.path == "\(login.path)/damcon/shop.sock")
    #expect(login.mode("damcon") == 0o700)
  }
}
