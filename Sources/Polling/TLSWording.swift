import NIOSSL

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is wrong with the certificate that a server showed, found by looking at it; becomes `tls`.
struct CertificateDefect: Error {
  var reason: String

  /// `now` in Unix seconds. With dates that hold, what remains is who signed it.
  init(of chain: [NIOSSLCertificate], now: Int) {
    for (index, certificate) in chain.enumerated() {
      let owner = index == 0 ? "certificate" : "the authority's certificate"
      let (from, until) = (Int(certificate.notValidBefore), Int(certificate.notValidAfter))
      if now > until {
        reason = "\(owner) expired \(Wording.span(Double(now - until))) ago"
        return
      }
      if now < from {
        reason = "\(owner) is valid only in \(Wording.span(Double(from - now)))"
        return
      }
    }
    reason = "certificate is signed by an authority that is not trusted here"
  }
}

/// BoringSSL's errors as a person would put them.
enum TLSWording {
  /// BoringSSL tells no more than that verification failed; why must be asked of the certificate.
  static func isDistrust(_ error: any Error) -> Bool {
    "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
  }

  static func isHangUp(_ error: any Error) -> Bool { "\(error)".contains("EOF during handshake") }

  static func detail(_ error: any Error, asking origin: Origin) -> String {
    if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
      guard case .network(let host, _) = origin.place else {
        return "certificate is for another name"
      }
      return "certificate is for another name than \(host)"
    }
    let text = "\(error)"
    for (mark, sentence) in sentences where text.contains(mark) { return sentence }
    if let mark = text.range(ofLast: "OPENSSL_internal:") {
      let word = text[mark...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      return word.lowercased().split(separator: "_").joined(separator: " ")
    }
    return "the TLS connection failed"
  }

  /// Tried in order.
  private static let sentences = [
    ("CERTIFICATE_VERIFY_FAILED", "certificate is not trusted"),
    ("CERTIFICATE_REQUIRED", "the server asks for a client certificate"),
    ("ALERT_UNKNOWN_CA", "the server does not trust the client certificate"),
    ("ALERT_CERTIFICATE_EXPIRED", "the client certificate has expired"),
    ("ALERT_BAD_CERTIFICATE", "the server does not accept the client certificate, or asks for one"),
    (
      "ALERT_HANDSHAKE_FAILURE",
      "the server refused the handshake; it may ask for a client certificate"
    ),
    ("WRONG_VERSION_NUMBER", "the port does not speak TLS; is it http://?"),
    ("HTTP_REQUEST", "the port does not speak TLS; is it http://?"),
    ("PROTOCOL_VERSION", "no TLS version in common; 1.2 is the oldest accepted here"),
    ("UNSUPPORTED_PROTOCOL", "no TLS version in common; 1.2 is the oldest accepted here"),
  ]
}

extension String {
  /// The index after the last occurrence of `needle`.
  fileprivate func range(ofLast needle: String) -> Index? {
    var found: Index?
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(needle) { found = index(start, offsetBy: needle.count) }
      start = index(after: start)
    }
    return found
  }
}
