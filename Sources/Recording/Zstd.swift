import CZstd

/// Bytes made smaller (zstd), alone or as a difference from others.
package enum Zstd {
  /// More than anything that is kept unpacks to; a length beyond it is an attack.
  package static let limit = 1 << 30

  /// - Parameter base: bytes that are alike; they must be there again to unpack.
  package static func pack(_ bytes: [UInt8], level: Int = 3, from base: [UInt8]? = nil) -> [UInt8] {
    let context = ZSTD_createCCtx()
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    if let base {
      // The window reaches over all of both, so that what stayed is found wherever it stands.
      let reach = UInt64(base.count + bytes.count + 1024)
      ZSTD_CCtx_setParameter(
        context, ZSTD_c_windowLog,
        Int32(max(10, min(27, UInt64.bitWidth - reach.leadingZeroBitCount))))
      ZSTD_CCtx_setParameter(context, ZSTD_c_enableLongDistanceMatching, 1)
    }
    let room = ZSTD_compressBound(bytes.count)
    return [UInt8](unsafeUninitializedCapacity: room) { packed, count in
      func compress() -> Int {
        bytes.withUnsafeBytes {
          ZSTD_compress2(context, packed.baseAddress, room, $0.baseAddress, $0.count)
        }
      }
      if let base {
        count = base.withUnsafeBytes {
          ZSTD_CCtx_refPrefix(context, $0.baseAddress, $0.count)
          return compress()
        }
      } else {
        count = compress()
      }
      precondition(ZSTD_isError(count) == 0, "zstd had room for all it could need")
    }
  }

  /// nil where the bytes are damaged, are not `pack`'s, or are more than `limit`.
  package static func unpack(
    _ packed: [UInt8], from base: [UInt8]? = nil, limit: Int = Zstd.limit
  ) -> [UInt8]? {
    let size = packed.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
    // The two largest numbers say that it is not known, or that this is no frame at all.
    guard size <= UInt64(limit) else { return nil }
    let context = ZSTD_createDCtx()
    defer { ZSTD_freeDCtx(context) }
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 27)
    var isWhole = false
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(size)) { bytes, count in
      func decompress() -> Int {
        packed.withUnsafeBytes {
          ZSTD_decompressDCtx(context, bytes.baseAddress, Int(size), $0.baseAddress, $0.count)
        }
      }
      let result: Int
      if let base {
        result = base.withUnsafeBytes {
          ZSTD_DCtx_refPrefix(context, $0.baseAddress, $0.count)
          return decompress()
        }
      } else {
        result = decompress()
      }
      isWhole = ZSTD_isError(result) == 0 && result == Int(size)
      count = isWhole ? result : 0
    }
    return isWhole ? bytes : nil
  }
}
