import Foundation
import Subprocess

/// Which commit the files of a folder are of, where they are kept in git.
struct GitRevision: Sendable {
  private let commit: String?
  /// Paths below `root` that differ from the commit.
  private let changed: Set<String>
  private let root: String

  private static let longest = 1 << 20
  private static let patience = Duration.seconds(2)

  /// Waits for git, so never on a thread of the pool.
  init(of folder: String) {
    let said = try? Blocking.run { () -> (place: String, status: String)? in
      guard
        let place = await GitRevision.git(
          ["rev-parse", "--show-toplevel", "--short=9", "HEAD"], in: folder)
      else { return nil }
      let status = await GitRevision.git(
        ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", "."],
        in: folder)
      return (place, status ?? "")
    }
    let lines = (said?.place ?? "").split(separator: "\n").map(String.init)
    (root, commit) = lines.count == 2 ? (lines[0], lines[1]) : ("", nil)
    changed = Set((said?.status ?? "").split(separator: "\0").map { String($0.dropFirst(3)) })
  }

  /// `3f9c2d1a0`, with `+` where the file is not as the commit has it; nil outside git.
  func of(_ path: String) -> String? {
    guard let commit else { return nil }
    let whole = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let base = URL(fileURLWithPath: root).resolvingSymlinksInPath().path + "/"
    guard whole.hasPrefix(base) else { return nil }
    return changed.contains(String(whole.dropFirst(base.count))) ? commit + "+" : commit
  }

  /// Reads only; what a repository's own configuration would have run is not run.
  private static func git(_ arguments: [String], in folder: String) async -> String? {
    let safe = ["-C", folder, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]
    return await withTaskGroup(of: String?.self) { group in
      group.addTask {
        let result = try? await run(
          .name("git"), arguments: Arguments(safe + arguments),
          environment: .inherit.updating(["GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"]),
          output: .string(limit: longest), error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput
      }
      group.addTask {
        try? await Task.sleep(for: patience)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }
}
