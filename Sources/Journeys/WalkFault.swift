import AsyncHTTPClient
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

/// Damcon's own side lacks something that a step needs: a secret, a certificate.
struct NotReady: Error {
  var reason: String
  init(_ reason: String) { self.reason = reason }
}

extension Fault {
  /// What a request's failure means, in the one error vocabulary.
  static func walking(_ error: any Error) -> Fault {
    switch error {
    case let fault as FaultError: return fault.fault
    case is NIOTooManyBytesError: return Fault(.payload, "the body is larger than is read")
    case let error as HTTPClientError: return of(error)
    case let error as NIOConnectionError: return of(error)
    case let error as IOError: return of(code: error.errnoCode)
    case is HTTPParserError: return Fault(.protocol, "the answer is not HTTP")
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
      return Fault(.tls, "no trusted TLS connection: \(error)")
    case is ChannelError: return Fault(.reset, "connection closed without an answer")
    default: return Fault(.protocol, "\(error)")
    }
  }

  private static func of(_ error: HTTPClientError) -> Fault {
    switch error {
    case .connectTimeout: return Fault(.timeout, "no connection in time")
    case .tlsHandshakeTimeout: return Fault(.timeout, "no TLS handshake in time")
    case .readTimeout, .writeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout, .cancelled:
      return Fault(.timeout, "no whole answer in time")
    case .remoteConnectionClosed: return Fault(.reset, "connection closed without a whole answer")
    case .uncleanShutdown: return Fault(.reset, "TLS connection cut off")
    default: return Fault(.protocol, error.shortDescription)
    }
  }

  private static func of(_ error: NIOConnectionError) -> Fault {
    // Of several addresses the first failure stands for all, but a refusal says most.
    let faults = error.connectionErrors.map { walking($0.error) }
    if let fault = faults.first(where: { $0.kind == .refused }) ?? faults.first { return fault }
    return Fault(.dns, "\(error.host) has no address")
  }

  private static func of(code: CInt) -> Fault {
    switch code {
    case ECONNREFUSED, ENOENT: Fault(.refused, "nothing listens there")
    case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL: Fault(.refused, "no route there")
    case ETIMEDOUT: Fault(.timeout, "the connection timed out")
    case EMFILE, ENFILE:
      Fault(.misconfigured, "Damcon has no file descriptors left; raise `ulimit -n`")
    default: Fault(.reset, "connection reset")
    }
  }
}

/// A fault found by Damcon itself while it walks.
struct FaultError: Error {
  var fault: Fault
  init(_ kind: Fault.Kind, _ detail: String) { fault = Fault(kind, detail) }
}
