import Fleet
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The TLS contexts of all targets: made once for each set of files, on threads that may block,
/// and made anew when one of the files has changed.
final class TLSContexts: Sendable {
  private struct Kept {
    var stamp: [FileStamp]
    var context: NIOSSLContext
  }

  private let kept = NIOLockedValueBox<[Credentials.TLS: Kept]>([:])
  private let threads: NIOThreadPool

  init(threads: NIOThreadPool) { self.threads = threads }

  /// Asked once for each new connection, so that a rotated certificate is seen at the next one.
  func context(for tls: Credentials.TLS, on loop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
    var tls = tls
    tls.serverName = nil
    let files = [tls.authorityFile, tls.certificateFile, tls.keyFile].compactMap(\.self)
    if files.isEmpty, let context = kept.withLockedValue({ $0[tls]?.context }) {
      return loop.makeSucceededFuture(context)
    }
    return threads.runIfActive(eventLoop: loop) { [tls] in
      // Taken before the files are read: a change in between is seen at the next connection.
      let stamp = files.map(FileStamp.init)
      if let kept = self.kept.withLockedValue({ $0[tls] }), kept.stamp == stamp {
        return kept.context
      }
      let context = try Self.make(tls)
      self.kept.withLockedValue { $0[tls] = Kept(stamp: stamp, context: context) }
      return context
    }
  }

  private static func make(_ tls: Credentials.TLS) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    if let file = tls.authorityFile {
      configuration.trustRoots = .certificates(
        try read(file, as: "certificate authority") {
          try NIOSSLCertificate.fromPEMFile($0)
        })
    }
    if let file = tls.certificateFile {
      let chain = try read(file, as: "client certificate") { try NIOSSLCertificate.fromPEMFile($0) }
      configuration.certificateChain = chain.map { .certificate($0) }
      // One file may hold both.
      let keyFile = tls.keyFile ?? file
      configuration.privateKey = .privateKey(
        try read(keyFile, as: "client key") {
          try NIOSSLPrivateKey(file: $0, format: .pem)
        })
    } else if let file = tls.keyFile {
      throw Misconfiguration("client key \(file) is given without a certificate")
    }
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw Misconfiguration("the client certificate and its key do not fit together")
    }
  }

  private static func read<Value>(
    _ file: String, as role: String, _ body: (String) throws -> Value
  ) throws -> Value {
    guard access(file, R_OK) == 0 else {
      throw Misconfiguration("\(role) \(file): \(String(cString: strerror(errno)))")
    }
    do {
      return try body(file)
    } catch {
      throw Misconfiguration("\(role) \(file) is not the PEM that is expected of it")
    }
  }
}

/// What tells a changed file from an unchanged one without reading it.
private struct FileStamp: Hashable {
  var device: UInt64 = 0
  var node: UInt64 = 0
  var size: Int64 = -1
  var seconds: Int = 0
  var nanoseconds: Int = 0

  init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    node = UInt64(truncatingIfNeeded: status.st_ino)
    size = Int64(status.st_size)
    #if canImport(Darwin)
      seconds = status.st_mtimespec.tv_sec
      nanoseconds = status.st_mtimespec.tv_nsec
    #else
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    #endif
  }
}
