import Polling
import Testing

@Suite struct LinkTests {
  @Test(arguments: [
    ("http://a:8080", "a:8080", "/"),
    ("a:8080", "a:8080", "/"),
    ("HTTP://A.example/base?q=1#top", "a.example", "/base?q=1"),
    ("http://a:80", "a", "/"),
    ("https://a:443/x", "a", "/x"),
    ("https://[::1]:8443", "[::1]:8443", "/"),
    ("http://[fe80::1]", "[fe80::1]", "/"),
    ("http://a?q", "a", "/?q"),
    ("unix:///run/a.sock", "localhost", "/"),
    ("http://a/sp ace\u{e9}", "a", "/sp%20ace%C3%A9"),
    ("http://a/x\r\nHost: b", "a", "/x%0D%0AHost:%20b"),
  ])
  func addressesAreRead(text: String, authority: String, path: String) throws {
    let link = try Link(parsing: text)
    #expect(link.origin.authority == authority)
    #expect(link.path == path)
  }

  @Test(arguments: [
    ("ftp://a", "ftp:// is not spoken here"), ("http://", "names no host"),
    ("http://a:0", "port is 1 to 65535, found 0"), ("http://a:x", "found x"),
    ("http://a:99999999999999999999", "port"), ("http://[::1", "closing ]"),
    ("http://[::1]x", "after ]"), ("http://user:pw@a", "use headers"),
    ("unix://run/a.sock", "whole path"), ("http://a b", "blank"),
  ])
  func wrongAddressesSayWhatIsWrong(text: String, reason: String) {
    let error = #expect(throws: Link.Invalid.self) { try Link(parsing: text) }
    #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
    #expect(error?.reason.contains("pw") != true)
  }

  @Test(arguments: [
    ("http://a/base/", "/healthz", "/base/healthz"), ("http://a", "healthz?v", "/healthz?v"),
    ("http://a/b?x", "/m", "/b/m"),
  ])
  func routesLieBelowTheAddress(base: String, route: String, path: String) throws {
    #expect(try Link(parsing: base).below(route).path == path)
  }

  @Test(arguments: [
    ("/x", "http://a:1/x"), ("x", "http://a:1/d/x"), ("../x", "http://a:1/x"),
    ("../../../x", "http://a:1/x"), ("?q", "http://a:1/d/e?q"), ("./", "http://a:1/d/"),
    ("//b/x", "http://b/x"), ("https://b/x", "https://b/x"), ("", "http://a:1/d/e?old"),
    ("/a/./b/../c", "http://a:1/a/c"), ("/x?y=/../z", "http://a:1/x?y=/../z"),
  ])
  func redirectsResolveAsTheStandardSays(reference: String, expected: String) throws {
    let link = try Link(parsing: "http://a:1/d/e?old")
    #expect(link.following(reference) == (try Link(parsing: expected)))
  }

  @Test(arguments: [
    "unix:///run/docker.sock", "file:///etc/passwd", "javascript://x", "http://", "//",
  ])
  func redirectsLeadToNothingButHTTP(reference: String) throws {
    #expect(try Link(parsing: "http://a/").following(reference) == nil)
  }
}
