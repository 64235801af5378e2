import YAMLText

/// Reads `socket:`: the control socket that several users of a host act through.
enum SocketReader {
  /// Both sides have to find it wherever they are called from: nothing but a whole path will do.
  static func path(_ value: YAMLValue) -> String? {
    guard let path = value.text("the path of a socket") else { return nil }
    guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0) else {
      value.expected("the whole path of a socket, such as /run/damcon/shop.sock")
      return nil
    }
    return path
  }
}
