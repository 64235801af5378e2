#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A spool in a file without a name: gone with the process, however that ends.
///
/// The one part of this room that touches the world.
package final class FileSpool: Spool {
  private let file: Int32

  /// - Parameter folder: where there is room for it; about 5 bytes a value.
  package init(in folder: String) throws(SpoolError) {
    var template = Array((folder + "/damcon-export-XXXXXX").utf8CString)
    let file = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { mkstemp($0) } ?? -1
    }
    guard file >= 0 else { throw FileSpool.error("in \(folder), ") }
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    template.withUnsafeBufferPointer { buffer in _ = buffer.baseAddress.map { unlink($0) } }
    self.file = file
  }

  deinit { close(file) }

  package func append(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let written = write(file, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw FileSpool.error() }
        done += written
      }
    }
  }

  package func read(_ count: Int, at offset: UInt64) throws -> [UInt8] {
    guard let start = off_t(exactly: offset), count >= 0 else {
      throw SpoolError(reason: "it ends before what was put there")
    }
    var failure: SpoolError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let got = pread(
          file, buffer.baseAddress.map { $0 + done }, count - done, start + off_t(done))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else {
          failure =
            got == 0
            ? SpoolError(reason: "it ends before what was put there") : FileSpool.error()
          return
        }
        done += got
      }
    }
    if let failure { throw failure }
    return bytes
  }

  private static func error(_ place: String = "") -> SpoolError {
    SpoolError(reason: place + String(cString: strerror(errno)))
  }
}
