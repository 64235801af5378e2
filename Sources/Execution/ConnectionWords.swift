import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A connection's errors as a person would put them.
enum ConnectionWords {
  /// nil where it was just lost.
  static func of(_ error: any Error) -> String? {
    switch error {
    case let error as NIOConnectionError:
      // Of several addresses the first failure stands for all, but a refusal says most.
      let reasons = error.connectionErrors.map { of($0.error) }
      if reasons.isEmpty { return "\(error.host) has no address" }
      return reasons.contains(refused) ? refused : reasons[0]
    case let error as IOError: return of(code: error.errnoCode)
    case ChannelError.connectTimeout: return "no connection in time"
    case NIOSSLError.uncleanShutdown: return nil
    case is NIOSSLExtraError: return "its certificate is for another name"
    case is NIOSSLError, is BoringSSLError: return tls("\(error)")
    case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection: return nil
    case is HTTPParserError, is NIOHTTPDecoderError: return "its answer is not HTTP"
    default: return nil
    }
  }

  private static let refused = "nothing listens there"

  private static func of(code: CInt) -> String? {
    switch code {
    case ECONNREFUSED: refused
    case EHOSTUNREACH, EHOSTDOWN, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL: "there is no route to it"
    case ETIMEDOUT: "no connection in time"
    case EACCES, EPERM: "the system does not allow to connect to it"
    case EMFILE, ENFILE: "Damcon has no file descriptors left; raise `ulimit -n`"
    default: nil
    }
  }

  private static func tls(_ text: String) -> String {
    let sentences = [
      ("CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted"),
      ("WRONG_VERSION_NUMBER", "the port does not speak TLS; is it http://?"),
      ("HTTP_REQUEST", "the port does not speak TLS; is it http://?"),
      ("EOF during handshake", "the connection was lost in the TLS handshake"),
    ]
    return sentences.first { text.contains($0.0) }?.1 ?? "the TLS connection failed"
  }
}
