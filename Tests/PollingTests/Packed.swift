import CZlib
import NIOCore

/// Bodies packed by zlib itself, for servers to send.
enum Packed {
  static func gzip(_ text: String) -> ByteBuffer { pack(chunk: Array(text.utf8), times: 1) }

  static func gzip(ofZeros count: Int) -> ByteBuffer {
    pack(chunk: [UInt8](repeating: 0, count: 1 << 20), times: count >> 20)
  }

  private static func pack(chunk: [UInt8], times: Int) -> ByteBuffer {
    var stream = z_stream()
    let size = CInt(MemoryLayout<z_stream>.size)
    // 15 + 16: the largest window, with gzip's header.
    deflateInit2_(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    defer { deflateEnd(&stream) }
    var result = ByteBuffer()
    var chunk = chunk
    var room = [UInt8](repeating: 0, count: 64 << 10)
    for turn in 0..<times {
      chunk.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = uInt(input.count)
        repeat {
          room.withUnsafeMutableBufferPointer { output in
            stream.next_out = output.baseAddress
            stream.avail_out = uInt(output.count)
            deflate(&stream, turn == times - 1 ? Z_FINISH : Z_NO_FLUSH)
            result.writeBytes(
              UnsafeBufferPointer(rebasing: output[..<(output.count - Int(stream.avail_out))]))
          }
        } while stream.avail_out == 0
      }
    }
    return result
  }
}
