/// Where a request goes: over the network, or to a socket of this machine.
enum WalkPlace: Sendable, Hashable {
  case web(WebAddress)
  case socket(path: String, asked: String)

  /// A path below the base address of an instance.
  init?(base: String, path: String) {
    let asked = path.hasPrefix("/") ? path : "/" + path
    if base.hasPrefix("unix://") {
      self = .socket(path: String(base.dropFirst("unix://".count)), asked: asked)
    } else {
      guard let address = WebAddress(base + asked) else { return nil }
      self = .web(address)
    }
  }

  /// What cookies and credentials belong to.
  var origin: String {
    switch self {
    case .web(let address): address.origin
    case .socket(let path, _): "unix://\(path)"
    }
  }

  /// Nil where it is on this machine.
  var host: String? {
    switch self {
    case .web(let address): address.host
    case .socket: nil
    }
  }

  /// As the client is asked for it.
  var url: String {
    switch self {
    case .web(let address): return address.text
    case .socket(let path, let asked):
      var host = ""
      for byte in path.utf8 {
        let isPlain =
          (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
          || (0x61...0x7a).contains(byte) || byte == 0x2d || byte == 0x2e || byte == 0x5f
        if isPlain {
          host.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
          let digits = String(byte, radix: 16, uppercase: true)
          host += "%" + (digits.count < 2 ? "0" : "") + digits
        }
      }
      return "http+unix://\(host)\(asked)"
    }
  }

  func following(_ location: String) -> WalkPlace? {
    switch self {
    case .web(let address): return address.following(location).map { .web($0) }
    case .socket(let path, _):
      return location.hasPrefix("/") ? .socket(path: path, asked: location) : nil
    }
  }
}
