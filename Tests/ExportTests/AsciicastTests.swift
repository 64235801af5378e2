import Canvas
import Console
import Export
import Fleet
import Foundation
import Incident
import Testing

struct AsciicastTests {
  private let size = Size(90, 20)

  private func export(
    _ tape: Tape, _ direction: AsciicastExport.Direction = .init(), depth: ColorDepth = .truecolor
  ) throws -> String {
    try tape.export(
      AsciicastExport(
        console: ConsoleState(size: size), theme: Theme.builtIn[0], depth: depth,
        direction: direction)
    ).text
  }

  private struct Cast: Decodable {
    var header: Header
    var events: [Event]

    struct Header: Decodable {
      var version: Int
      var width: Int
      var height: Int
      var timestamp: Int
      var title: String
    }

    struct Event: Decodable {
      var time: Double
      var code: String
      var text: String
    }
  }

  /// As Python reads it.
  private func read(_ text: String) throws -> Cast? {
    try Python.read(
      text, as: Cast.self,
      """
      with open(path, encoding='utf-8', newline='') as file:
          lines = [json.loads(line) for line in file]
      assert all(type(event[0]) in (int, float) for event in lines[1:])
      print(json.dumps({'header': lines[0],
          'events': [{'time': t, 'code': c, 'text': x} for t, c, x in lines[1:]]}))
      """)
  }

  private func frame(_ state: State) -> String {
    Console.render(state, ConsoleState(size: size)).text
  }

  @Test func `A cast says how large it is, and when and what it was`() throws {
    guard let cast = try read(try export(Shop.incident)) else { return }
    #expect(cast.header.version == 2)
    #expect(cast.header.width == 90 && cast.header.height == 20)
    #expect(cast.header.timestamp == 1_795_221_900)
    #expect(cast.header.title == "damcon shop 2026-11-21T00:45:00Z")
    #expect(cast.events.allSatisfy { $0.code == "o" })
    #expect(cast.events.first?.time == 0)
    #expect(cast.events.first?.text.contains("\u{1b}[2J") == true)
    #expect(cast.events.dropFirst().allSatisfy { !$0.text.contains("\u{1b}[2J") })
    #expect(zip(cast.events, cast.events.dropFirst()).allSatisfy { $0.time <= $1.time })
    #expect(abs((cast.events.last?.time ?? 0) - 120) < 1)
  }

  @Test(arguments: [1.0, 10, 600]) func `Time goes as fast as asked, in so many frames`(
    speed: Double
  ) throws {
    let direction = AsciicastExport.Direction(speed: speed, framesPerSecond: 4)
    guard let cast = try read(try export(Shop.incident, direction)) else { return }
    let last = try #require(cast.events.last).time
    #expect(abs(last - 120 / speed) < 0.3)
    #expect(cast.events.count <= Int(last * 4) + 3)
    // The last event gives the terminal back, at the time of the last frame.
    for (event, next) in zip(cast.events, cast.events.dropFirst().dropLast(2)) {
      #expect(next.time - event.time >= 0.249)
    }
  }

  @Test func `Where nothing was recorded for long the film goes on sooner`() throws {
    var tape = Shop.incident
    tape.skip(7200)
    tape.pass(3)
    guard let cast = try read(try export(tape, .init(longestPause: 1.5))) else { return }
    #expect(abs((cast.events.last?.time ?? 0) - (120 + 1.5 + 2)) < 1)
  }

  /// Played to a real terminal, from its first frame to any other.
  @Test(arguments: [ColorDepth.none, .sixteen, .truecolor])
  func `A terminal that plays it shows what the console shows`(depth: ColorDepth) throws {
    let tape = Shop.incident
    guard let cast = try read(try export(tape, depth: depth)) else { return }
    let whole = cast.events.map(\.text).joined()
    guard let screen = try Pane.screen(after: whole, size) else { return }
    #expect(screen == frame(tape.state))

    // The moment before cart falls back: all events up to then, and no other.
    var before = State(began: tape.entries[0].instant)
    let until = tape.entries[0].instant.advanced(by: 59.5).offset
    for entry in tape.entries where entry.instant.offset <= until { before.apply(entry) }
    let part = cast.events.filter { $0.time < 59.5 }.map(\.text).joined()
    #expect(try Pane.screen(after: part, size) == frame(before))
  }

  @Test func `Nothing that a service says gets to the terminal raw`() throws {
    let text = try export(Shop.hostile)
    guard let cast = try read(text) else { return }
    #expect(!cast.header.title.unicodeScalars.contains { $0.value < 0x20 })
    for event in cast.events {
      let rest = event.text.replacing(#/\e\[[0-9;?]*[A-Za-z]/#, with: "")
      #expect(!rest.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202e}" })
    }
    let whole = cast.events.map(\.text).joined()
    guard let screen = try Pane.screen(after: whole, size) else { return }
    #expect(screen == frame(Shop.hostile.state))
  }

  @Test func `What the console looks at may follow the recording`() throws {
    let exporter = AsciicastExport(
      console: ConsoleState(size: size), theme: Theme.builtIn[0], depth: .none,
      prepare: { console, state in
        if state.present.openIncident != nil { console.show(.log) }
      })
    let text = try Shop.incident.export(exporter).text
    #expect(text.contains("rolled back"))
    #expect(!(try export(Shop.incident, depth: .none)).contains("rolled back"))
  }
}

/// A real terminal that is written to: tmux.
enum Pane {
  /// What it shows, rows without trailing spaces; nil where there is no tmux.
  static func screen(after text: String, _ size: Size) throws -> String? {
    guard let tmux = Program.find("tmux") else { return nil }
    let folder = Folder()
    let file = try folder.write(text, to: "text")
    let socket = folder.path + "/socket"
    let configuration = try folder.write(
      "set -g default-terminal tmux-256color\nset -g status off\nset -g remain-on-exit on\n",
      to: "tmux.conf")
    func ask(_ words: String...) throws -> String {
      try Program.run(tmux, ["-u", "-S", socket] + words, seconds: 20).output
    }
    // A name is set once the text is written whole: what the terminal has shown by then is all of
    // it.
    _ = try ask(
      "-f", configuration, "new-session", "-d", "-x", "\(size.width)", "-y", "\(size.height)",
      "env LC_ALL=C.UTF-8 sh -c 'cat \(file); printf \"\\033]2;written\\007\"; exec sleep 100'")
    let server = Int32(
      try ask("display-message", "-p", "#{pid}").trimmingCharacters(in: .whitespacesAndNewlines))
    let shell = Int32(
      try ask("display-message", "-p", "#{pane_pid}")
        .trimmingCharacters(in: .whitespacesAndNewlines))
    defer { for id in [shell, server] { if let id, id > 1 { kill(id, SIGKILL) } } }
    let isWritten = Program.wait(20) {
      (try? ask("display-message", "-p", "#{pane_title}"))?.hasPrefix("written") == true
    }
    #expect(isWritten)
    return try ask("capture-pane", "-p")
  }
}
