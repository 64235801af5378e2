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

  init(of folder: String) {
    let lines = try? Blocking.run { () -> (commit: String, root: String, status: String)? in
      guard let head = await GitRevision.git(["rev-parse", "--short=9", "HEAD"], in: folder),
        let root = await GitRevision.git(["rev-parse", "--show-toplevel"], in: folder)
      else { return nil }
      let status = await GitRevision.git(
        ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", "."],
        in: folder)
      return (head, root, status ?? "")
    }
    commit = lines?.commit.split(separator: "\n").first.map(String.init)
    root = lines?.root.split(separator: "\n").first.map(String.init) ?? ""
    changed = Set(
      (lines?.status ?? "").split(separator: "\0").map { String($0.dropFirst(3)) })
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
