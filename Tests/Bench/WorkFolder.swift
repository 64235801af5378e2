import Foundation
import Glibc
import Synchronization

/// A temporary folder for what a measured program reads and writes; gone when the bench ends.
struct WorkFolder {
  let path: String
  private static let all = Mutex([String]())

  init(_ name: String) throws(BenchError) {
    let path = (NSTemporaryDirectory() as NSString)
      .appendingPathComponent("damcon-bench-\(getpid())-\(name)")
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw BenchError("cannot make a folder under \(NSTemporaryDirectory()): \(error)")
    }
    self.path = path
    Self.all.withLock { $0.append(path) }
  }

  /// - Parameter name: with the folders that it lies in, which are made.
  @discardableResult
  func write(_ text: String, to name: String) throws(BenchError) -> String {
    let file = path + "/" + name
    do {
      try FileManager.default.createDirectory(
        atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try text.write(toFile: file, atomically: false, encoding: .utf8)
    } catch {
      throw BenchError("cannot write \(file): \(error)")
    }
    return file
  }

  /// A new file to be written by a child; close it after the start.
  func open(_ name: String) -> CInt {
    Glibc.open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  }

  func read(_ name: String) -> String {
    (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)) ?? ""
  }

  func remove() {
    try? FileManager.default.removeItem(atPath: path)
    Self.all.withLock { all in all.removeAll { $0 == path } }
  }

  static func removeAll() {
    for path in all.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
  }
}
