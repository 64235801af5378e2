import Foundation

/// The shared cases, found through `DAMCON_SHARED`; suites that need them are skipped without it.
enum SharedData {
  static let root = ProcessInfo.processInfo.environment["DAMCON_SHARED"]
  static let isThere = root != nil
  static let absent = "DAMCON_SHARED is not set: the shared cases are not here"

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: (root ?? "") + "/" + path)))
  }

  static func text(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }
}
