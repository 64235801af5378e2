import Foundation
package import YAMLText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Notices when a fleet file has changed, or a file of actions that it names. It has no thread: someone calls `poll` about once a second.
///
/// A change counts when two calls in a row see the same file, so that one that is still being
/// written, or is replaced by an editor, is not read half-way. The old fleet stays in use, by whoever
/// holds it, until `poll` answers `.reloaded`.
package struct FleetWatcher {
  package enum Change: Sendable, Hashable {
    case reloaded(FleetFile.Reading)
    /// The file is wrong now: keep the fleet that is in use, and say so.
    case refused(FileProblems)
    /// The file has been gone for three calls: said once.
    case vanished
  }

  package let path: String
  /// Its own first, then those of the files of actions.
  private var seen: [Stamp?]
  private var pending: [Stamp?] = []
  private var files: [String] = []
  private var content: String?
  private var absences = 0

  /// Watches from the file's present content on.
  package init(path: String) {
    self.path = path
    seen = [Stamp(path)]
    content = try? FleetFile.text(at: path)
    files = content.map { FleetFile.actionFiles(of: $0, path: path) } ?? []
    seen += files.map { Stamp($0) }
  }

  package mutating func poll() -> Change? {
    guard let stamp = Stamp(path) else {
      pending = []
      absences += 1
      return absences == 3 ? .vanished : nil
    }
    let wasGone = absences >= 3
    absences = 0
    let stamps = [stamp] + files.map { Stamp($0) }
    if stamps == seen, !wasGone { return nil }
    guard stamps == pending else {
      pending = stamps
      if wasGone { absences = 3 }
      return nil
    }
    return read(stamps, evenIfSame: wasGone)
  }

  /// Reads the file now, changed or not: what `:reload` asks for.
  package mutating func reload() -> Change {
    read([Stamp(path)] + files.map { Stamp($0) }, evenIfSame: true) ?? .vanished
  }

  private mutating func read(_ stamps: [Stamp?], evenIfSame: Bool) -> Change? {
    pending = []
    let isSame = stamps.dropFirst().elementsEqual(seen.dropFirst())
    seen = stamps
    do throws(FileProblems) {
      let before = content
      // Where it cannot be read, the same content is news once it can.
      content = nil
      let text = try FleetFile.text(at: path)
      content = text
      if text == before, isSame, !evenIfSame { return nil }
      if text != before {
        files = FleetFile.actionFiles(of: text, path: path)
        seen = stamps.prefix(1) + files.map { Stamp($0) }
      }
      return .reloaded(try FleetFile.parse(text, path: path))
    } catch {
      return .refused(error)
    }
  }

  /// What changes when a file's content does.
  private struct Stamp: Hashable {
    var device: UInt64
    var node: UInt64
    var size: Int64
    var seconds: Int64
    var nanoseconds: Int64

    init?(_ path: String) {
      var info = stat()
      guard stat(path, &info) == 0 else { return nil }
      device = UInt64(truncatingIfNeeded: info.st_dev)
      node = UInt64(truncatingIfNeeded: info.st_ino)
      size = Int64(info.st_size)
      #if canImport(Darwin)
        seconds = Int64(info.st_mtimespec.tv_sec)
        nanoseconds = Int64(info.st_mtimespec.tv_nsec)
      #else
        seconds = Int64(info.st_mtim.tv_sec)
        nanoseconds = Int64(info.st_mtim.tv_nsec)
      #endif
    }
  }
}
