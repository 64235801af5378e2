import Foundation
import Testing

/// The units of `samples/systemd` as they are, under a real systemd.
@Suite("The units of systemd", .serialized)
struct UnitTests {
  private static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("samples/systemd").path

  /// What the README beside the units says, and two who log in: one of the group, one not.
  private static let setup = """
    cd /units
    install -D -m 644 damcon.sysusers.conf /etc/sysusers.d/damcon.conf && systemd-sysusers
    install -D -m 644 damcon.tmpfiles.conf /etc/tmpfiles.d/damcon.conf
    install -m 644 damcon@.service damcon@.socket /etc/systemd/system/
    install -D -m 600 -o damcon one.yaml /etc/damcon/shop.yaml
    mkdir -p /etc/systemd/system/damcon@.service.d
    printf '[Service]\\nWatchdogSec=4\\n' > /etc/systemd/system/damcon@.service.d/sooner.conf
    useradd --no-create-home insider; useradd --no-create-home outsider; usermod -aG damcon insider
    """

  private static func fleet(_ names: String...) -> String {
    let services = names.map {
      "  - {name: \($0), instances: [\"http://127.0.0.1:9\"], metrics: none}\n"
    }
    return "version: 1\nsocket: /run/damcon/shop.sock\nservices:\n" + services.joined()
  }

  private static let status = "systemctl show -p ActiveState,NRestarts,StatusText damcon@shop"

  /// Waits until a command of the shell holds, up to half a minute.
  private static func until(_ command: String) -> String {
    "for i in $(seq 300); do if \(command); then break; fi; sleep 0.1; done"
  }

  private static func process(_ other: String) -> String {
    until(
      "p=$(systemctl show -p MainPID --value damcon@shop); [ $p != 0 ] && [ $p != \"\(other)\" ]"
        + " && systemctl is-active -q damcon@shop")
  }

  @Test(
    "started, reloaded, killed, hung, restarted and woken by who comes: it serves, and loses nothing",
    .enabled(if: NestedSystem.isPossible, "it takes root and a systemd that may be nested"))
  func life() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "units-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var files = ["/usr/local/bin/damcon": Damcon.path]
    for name in [
      "damcon.sysusers.conf", "damcon.tmpfiles.conf", "damcon@.service", "damcon@.socket",
    ] {
      files["/units/\(name)"] = "\(Self.samples)/\(name)"
    }
    for (name, text) in [
      ("one.yaml", Self.fleet("pay")), ("two.yaml", Self.fleet("pay", "ship")),
      ("wrong.yaml", "services: [\n"),
    ] {
      let file = folder.appendingPathComponent(name).path
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      files["/units/\(name)"] = file
    }
    let ask = "damcon action list --socket /run/damcon/shop.sock; echo \"exit $?\""
    let system = try NestedSystem(
      files: files, setup: Self.setup,
      steps: [
        ("start", "systemctl start damcon@shop.socket damcon@shop.service; \(Self.status)"),
        ("socket", "stat -c '%A %U:%G %n' /run/damcon /run/damcon/shop.sock /var/lib/damcon"),
        ("insider", "setpriv --reuid insider --regid insider --init-groups \(ask)"),
        ("outsider", "setpriv --reuid outsider --regid outsider --init-groups \(ask)"),
        (
          "wrong",
          "cat /units/wrong.yaml > /etc/damcon/shop.yaml; systemctl reload damcon@shop; "
            + Self.until("\(Self.status) | grep -q wrong") + "; \(Self.status)"
        ),
        (
          "right",
          "cat /units/two.yaml > /etc/damcon/shop.yaml; systemctl reload damcon@shop; "
            + Self.until("\(Self.status) | grep -q '2 services'") + "; \(Self.status)"
        ),
        (
          "killed",
          "was=$(systemctl show -p MainPID --value damcon@shop); kill -9 $was; "
            + Self.process("$was") + "; \(Self.status)"
        ),
        (
          "hung",
          "was=$(systemctl show -p MainPID --value damcon@shop); kill -STOP $was; "
            + Self.process("$was") + "; \(Self.status)"
        ),
        ("restarted", "systemctl restart damcon@shop; \(Self.status)"),
        (
          "woken",
          "systemctl stop damcon@shop.service; systemctl is-active damcon@shop.service; "
            + "setpriv --reuid insider --regid insider --init-groups \(ask); "
            + Self.process("0") + "; systemctl is-active damcon@shop.service"
        ),
        (
          "ended",
          "systemctl stop damcon@shop.socket damcon@shop.service; "
            + "damcon verify /var/lib/damcon/fleet.damcon; echo \"exit $?\""
        ),
        ("log", "journalctl --no-pager -o cat -u damcon@shop"),
      ])
    func said(_ step: String) -> String { system.said[step] ?? "\(step): \(system.console)" }
    #expect(said("start").contains("ActiveState=active"), "\(said("start"))\(said("log"))")
    #expect(said("start").contains("StatusText=serving fleet: 1 service"), "\(said("start"))")
    #expect(
      said("socket") == """
        drwxr-x--- damcon:damcon /run/damcon
        srw-rw---- damcon:damcon /run/damcon/shop.sock
        drwx------ damcon:damcon /var/lib/damcon
        """)
    #expect(said("insider") == "no action\nexit 1")
    #expect(said("outsider").hasSuffix("you may not talk to it\nexit 3"), "\(said("outsider"))")
    #expect(said("wrong").contains("ActiveState=active"), "\(said("wrong"))")
    #expect(said("wrong").contains("/etc/damcon/shop.yaml:2:1: "), "\(said("wrong"))")
    #expect(said("right").contains("StatusText=serving fleet: 2 services"), "\(said("right"))")
    for (step, starts) in [("killed", 1), ("hung", 2)] {
      #expect(said(step).contains("ActiveState=active"), "\(said(step))\(said("log"))")
      #expect(said(step).contains("NRestarts=\(starts)\n"), "\(said(step))\(said("log"))")
    }
    #expect(said("restarted").contains("ActiveState=active"), "\(said("restarted"))")
    #expect(said("woken").hasSuffix("inactive\nno action\nexit 1\nactive"), "\(said("woken"))")
    #expect(said("ended").hasSuffix("exit 0"), "\(said("ended"))")
    #expect(said("log").contains("ended in order"))
    #expect(!said("log").contains("Failed"), "\(said("log"))")
  }
}
