import Foundation
import Testing

@Suite("What leaves the dashboard for the terminal", .serialized)
struct ClipboardTests {
  private func service() throws -> Listener {
    try Listener.service { path in
      path == "/healthz" ? (200, "application/json", #"{"status":"pass","version":"1.2.3"}"#) : nil
    }
  }

  @Test("y copies through tmux's own buffer inside tmux, and says that it was sent")
  func insideTmux() throws {
    let listener = try service()
    let terminal = try Terminal("\(Damcon.path) watch \(listener.url)", columns: 100)
    #expect(terminal.wait { $0.contains("●1") })
    terminal.type("y")
    #expect(terminal.wait { $0.contains("copy") && $0.contains(listener.url) })
    terminal.type("1")
    #expect(terminal.wait { $0.contains("sent to the terminal: \(listener.url)") })
    #expect(waitUntil(10) { terminal.copied == listener.url })
  }

  @Test("outside tmux y asks the terminal itself, by OSC 52")
  func outsideTmux() throws {
    let listener = try service()
    let typed = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-test-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: typed) }
    // `script` keeps every byte that the program writes to its terminal.
    let terminal = try Terminal(
      "env -u TMUX script -q -f -c \"\(Damcon.path) watch \(listener.url)\" \(typed.path)",
      columns: 100)
    #expect(terminal.wait { $0.contains("●1") })
    terminal.type("y", "1")
    let base64 = Data(listener.url.utf8).base64EncodedString()
    #expect(
      waitUntil(10) {
        let bytes = (try? Data(contentsOf: typed)) ?? Data()
        return String(decoding: bytes, as: UTF8.self).contains("\u{1b}]52;c;\(base64)\u{7}")
      })
    terminal.type("q")
    #expect(terminal.wait { $0.contains("ended with") })
  }

  @Test(
    "a link said to be slow is named in the header, never gets more than it carries, and keys work")
  func slowLink() throws {
    let listener = try service()
    let typed = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-test-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: typed) }
    let began = ContinuousClock.now
    let terminal = try Terminal(
      "script -q -f -c \"\(Damcon.path) watch --link 9600 --interval 0.5 \(listener.url)\" "
        + typed.path, columns: 100)
    #expect(terminal.wait(30) { $0.contains("slow link 960 B/s") && $0.contains("●1") })
    terminal.type("?")
    #expect(terminal.wait(30) { $0.contains("MOVING") })
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    let size = try Data(contentsOf: typed).count
    #expect(Double(size) < 960 * seconds + 1000, "\(size) bytes in \(seconds) s")
    terminal.type("Escape")
    #expect(terminal.wait(30) { !$0.contains("MOVING") })
  }
}
