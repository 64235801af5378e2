import Foundation
import Testing

/// A system of its own within this one, with a real systemd as its first process and a file system whose changes go
/// with it: there a unit can be installed, run and killed as on a bastion.
struct NestedSystem {
  /// Where it may be had: it takes root, systemd, and namespaces that may be made.
  static let isPossible: Bool = {
    guard getuid() == 0, access(systemd, X_OK) == 0 else { return false }
    let trial = """
      mount --make-rprivate / && mount -t tmpfs tmpfs /mnt && mkdir /mnt/up /mnt/work /mnt/root &&
      mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/up,workdir=/mnt/work /mnt/root &&
      mount -t proc proc /mnt/root/proc && mount -t cgroup2 cgroup2 /mnt/root/mnt
      """
    let words = apart + ["bash", "-c", trial]
    return (try? Command.run("/usr/bin/env", words, seconds: 20))?.status == 0
  }()

  private static let systemd = "/usr/lib/systemd/systemd"
  private static let apart = [
    "unshare", "--pid", "--fork", "--mount", "--cgroup", "--uts", "--ipc", "--net", "--kill-child",
  ]

  /// What the commands said, by the names of their steps.
  private(set) var said: [String: String] = [:]
  /// What the system said of itself, for a test that fails.
  let console: String

  /// Starts it, runs the steps one after the other once it is up, and ends it.
  ///
  /// - Parameters:
  ///   - files: copied into it, by the paths that they get there.
  ///   - setup: run by bash before its systemd is.
  ///   - steps: run by bash as a service of it.
  init(
    files: [String: String], setup: String, steps: [(name: String, script: String)],
    seconds: Double = 120
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "nested-\(UUID().uuidString)")
    let out = folder.appendingPathComponent("out")
    try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let work = steps.map { "echo '==== \($0.name)'\n\($0.script)\n" }.joined()
    try (work + "systemctl poweroff --force\n").write(
      to: out.appendingPathComponent("steps.sh"), atomically: true, encoding: .utf8)
    let script = folder.appendingPathComponent("start.sh")
    try Self.start(copying: files, from: folder.path, setup).write(
      to: script, atomically: true, encoding: .utf8)
    let run = try Command.run(
      "/usr/bin/env", Self.apart + ["bash", script.path], seconds: seconds)
    console = run.output + run.errors
    let text = try? String(contentsOf: out.appendingPathComponent("said"), encoding: .utf8)
    for part in ("\n" + (text ?? "")).components(separatedBy: "\n==== ").dropFirst() {
      let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      said[String(lines[0])] = lines.count > 1 ? String(lines[1]) : ""
    }
  }

  private static func start(
    copying files: [String: String], from folder: String, _ setup: String
  ) -> String {
    let copies = files.sorted { $0.key < $1.key }.map {
      "install -D -m 755 '\($0.value)' \"$root\($0.key)\""
    }
    return """
      set -e
      ip link set lo up
      mount --make-rprivate /
      layers='\(folder)'/layers; mkdir $layers
      mount -t tmpfs tmpfs $layers
      mkdir $layers/up $layers/work $layers/root; root=$layers/root
      mount -t overlay overlay -o lowerdir=/,upperdir=$layers/up,workdir=$layers/work $root
      mount -t proc proc $root/proc
      mount -t sysfs sysfs $root/sys
      mount -t tmpfs tmpfs $root/run
      mount -t tmpfs tmpfs $root/tmp
      mount --rbind /dev $root/dev
      mount -t cgroup2 cgroup2 $root/sys/fs/cgroup
      mkdir $root/out $root/old
      mount --bind '\(folder)/out' $root/out
      \(copies.joined(separator: "\n"))
      cat > $root/etc/systemd/system/steps.service <<'UNIT'
      [Service]
      Type=oneshot
      ExecStart=/bin/bash /out/steps.sh
      StandardOutput=file:/out/said
      StandardError=inherit
      UNIT
      cat > $root/etc/systemd/system/steps.target <<'UNIT'
      [Unit]
      Requires=basic.target steps.service
      After=basic.target
      UNIT
      cd $root; pivot_root . old
      \(setup)
      umount -l /old
      exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin \(systemd) --unit=steps.target \
        --log-target=console --show-status=1
      """
  }
}
