import Fleet
import Health
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

/// Something Damcon's own side lacks, found before a byte was sent; becomes `misconfigured`.
struct Misconfiguration: Error {
  var reason: String
  init(_ reason: String) { self.reason = reason }
}

/// Which part of an exchange is under way: what a timeout has to say for itself.
enum Stage: Sendable {
  case preparing, naming, connecting, handshaking, waiting
  case reading(received: Int, expected: Int?)
}

extension Fault {
  /// What a connection's failure means, in the one error vocabulary.
  static func of(_ error: any Error, at stage: Stage, asking origin: Origin) -> Fault {
    switch error {
    case let error as Misconfiguration: return Fault(.misconfigured, error.reason)
    case let error as NameError: return Fault(.dns, error.reason)
    case let error as IOError: return of(code: error.errnoCode, at: stage, asking: origin)
    case let error as NIOConnectionError: return of(error, at: stage, asking: origin)
    case let error as HTTPParserError: return of(error, at: stage)
    case let error as CertificateDefect: return Fault(.tls, error.reason)
    case is NIOSSLExtraError, is NIOSSLError, is BoringSSLError:
      if TLSWording.isHangUp(error) { return closed(at: .handshaking) }
      return Fault(.tls, TLSWording.detail(error, asking: origin))
    case ChannelError.connectTimeout: return Fault(.timeout, "no connection in time")
    case is ChannelError:
      return closed(at: stage)
    case is SocketAddressError:
      return Fault(.misconfigured, "the socket's path is longer than the system allows")
    default: return Fault(.protocol, "\(error)")
    }
  }

  static func timeout(after limit: Double, at stage: Stage, asking origin: Origin) -> Fault {
    let limit = Wording.seconds(limit)
    switch stage {
    case .preparing:
      return Fault(.misconfigured, "its certificates or secrets could not be read in \(limit)")
    case .naming:
      guard case .network(let host, _) = origin.place else { break }
      return Fault(.dns, "no address for \(host) in \(limit)")
    case .connecting: return Fault(.timeout, "no connection in \(limit)")
    case .handshaking: return Fault(.timeout, "no TLS handshake in \(limit)")
    case .waiting: break
    case .reading(let received, let expected):
      return Fault(.timeout, "body incomplete after \(limit): \(progress(received, expected))")
    }
    return Fault(.timeout, "no answer in \(limit)")
  }

  /// The other side hung up while something was still expected of it.
  static func closed(at stage: Stage) -> Fault {
    switch stage {
    case .reading(let received, let expected):
      Fault(.reset, "connection closed in the body: \(progress(received, expected))")
    case .handshaking: Fault(.reset, "connection closed in the TLS handshake")
    default: Fault(.reset, "connection closed without an answer")
    }
  }

  static func overLimit(_ limit: Int, unpacked: Bool) -> Fault {
    Fault(.payload, "body over \(Wording.limit(limit))\(unpacked ? " unpacked" : "")")
  }

  private static func progress(_ received: Int, _ expected: Int?) -> String {
    guard let expected else { return "\(Wording.bytes(received)) so far" }
    return "\(Wording.bytes(received)) of \(Wording.bytes(expected))"
  }

  private static func of(code: CInt, at stage: Stage, asking origin: Origin) -> Fault {
    var place = "the port"
    if case .socket(let path) = origin.place { place = path }
    switch code {
    case ECONNREFUSED: return Fault(.refused, "nothing listens on \(place)")
    case ENOENT: return Fault(.refused, "there is no socket \(place)")
    case EHOSTUNREACH, EHOSTDOWN: return Fault(.refused, "no route to the host")
    case ENETUNREACH, ENETDOWN, EADDRNOTAVAIL: return Fault(.refused, "no route to the network")
    case EACCES, EPERM: return Fault(.misconfigured, "not allowed to connect to \(place)")
    case ENOTSOCK, EPROTOTYPE: return Fault(.misconfigured, "\(place) is no stream socket")
    case EMFILE, ENFILE:
      return Fault(.misconfigured, "Damcon has no file descriptors left; raise `ulimit -n`")
    case ETIMEDOUT: return Fault(.timeout, "the connection timed out")
    case ECONNRESET, EPIPE, ECONNABORTED, ENOTCONN:
      if case .reading = stage { return closed(at: stage) }
      return Fault(.reset, "connection reset")
    default: return Fault(.reset, String(cString: strerror(code)))
    }
  }

  private static func of(_ error: NIOConnectionError, at stage: Stage, asking origin: Origin)
    -> Fault
  {
    // Of several addresses the first failure stands for all, but a refusal says most.
    let faults = error.connectionErrors.map { of($0.error, at: stage, asking: origin) }
    if let fault = faults.first(where: { $0.kind == .refused }) ?? faults.first { return fault }
    return Fault(.dns, "\(error.host) has no address")
  }

  private static func of(_ error: HTTPParserError, at stage: Stage) -> Fault {
    switch error {
    case .invalidEOFState, .closedConnection: return closed(at: stage)
    case .headerOverflow: return Fault(.protocol, "headers without end")
    case .invalidChunkSize: return Fault(.protocol, "a chunk of the body has no valid size")
    case .invalidContentLength, .unexpectedContentLength:
      return Fault(.protocol, "Content-Length makes no sense")
    case .invalidVersion: return Fault(.protocol, "answers in an HTTP version that is not 1.x")
    default:
      if case .reading = stage { return Fault(.protocol, "the body breaks HTTP: \(error)") }
      return Fault(.protocol, "the answer is not HTTP")
    }
  }
}
