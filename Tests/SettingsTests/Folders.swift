import Foundation
import Settings

/// What the project ships, found from this file.
enum Shipped {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../..").standardized
  static let samples = root.appending(path: "samples")
  static let library = ThemeLibrary(own: nil, shipped: [root.appending(path: "themes").path()])
  static let themes = [
    "colorblind-blue-yellow", "colorblind-red-green", "dark", "high-contrast", "light",
    "monochrome", "war-room",
  ]

  static func themeFile(_ name: String) -> String {
    root.appending(path: "themes/\(name).yaml").path()
  }
}

/// A folder of a test's own, gone with it.
final class Scratch {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path() + "damcon-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file below the folder and tells its path.
  @discardableResult func write(_ text: String, to file: String) throws -> String {
    let url = URL(filePath: path).appending(path: file)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: true, encoding: .utf8)
    return url.path()
  }
}
