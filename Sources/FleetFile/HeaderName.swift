/// What can be said of a header by its name alone.
enum HeaderName {
  /// A token of RFC 9110.
  static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || "!#$%&'*+-.^_`|~".utf8.contains($0)
      }
  }

  /// No file gives these: they follow from what is sent, and how.
  static func isOurs(_ name: String) -> Bool {
    ["host", "content-length", "connection", "transfer-encoding"].contains(name.lowercased())
  }

  /// Who holds its value gets in.
  static func isSecret(_ name: String) -> Bool {
    ["authorization", "cookie", "x-api-key", "proxy-authorization"].contains(name.lowercased())
  }
}
