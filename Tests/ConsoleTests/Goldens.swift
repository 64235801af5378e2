import Canvas
import Console
import Foundation
import Incident
import Testing

/// Frames kept as text beside the tests, in `Goldens/`.
///
/// `DAMCON_WRITE_GOLDENS=1 swift test --filter Golden` writes them anew: read the difference then.
enum Golden {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "Goldens")

  static func expect(
    _ frame: Frame, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = folder.appending(path: name + ".txt")
    if ProcessInfo.processInfo.environment["DAMCON_WRITE_GOLDENS"] == "1" {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try frame.text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let wanted = try? String(contentsOf: file, encoding: .utf8)
    #expect(
      wanted != nil, "no golden \(name); write it with DAMCON_WRITE_GOLDENS=1",
      sourceLocation: sourceLocation)
    guard let wanted, wanted != frame.text else { return }
    let rows = zip(
      wanted.split(separator: "\n", omittingEmptySubsequences: false),
      frame.text.split(separator: "\n", omittingEmptySubsequences: false))
    let differing = rows.enumerated().filter { $0.element.0 != $0.element.1 }.prefix(6)
    Issue.record(
      """
      \(name) differs:
      \(differing.map { "\($0.offset + 1) - \($0.element.0)\n\($0.offset + 1) + \($0.element.1)" }.joined(separator: "\n"))
      """, sourceLocation: sourceLocation)
  }
}

@Suite("Golden frames")
struct GoldenTests {
  static let sizes = [Size(20, 5), Size(80, 24), Size(120, 40), Size(200, 60)]

  private func frame(
    _ story: Story, _ size: Size, _ glyphs: GlyphSet = .unicode, keys: [Key] = []
  ) -> Frame {
    var console = ConsoleState(size: size, glyphs: glyphs, localOffset: 3600)
    for key in keys { _ = console.reduce(.key(key), over: story.state) }
    return render(story.state, console)
  }

  @Test("The fleet in an incident, at every size", arguments: sizes)
  func fleet(_ size: Size) throws {
    try Golden.expect(frame(.incident, size), "fleet-\(size)")
  }

  @Test("A service in an incident, at every size", arguments: sizes)
  func service(_ size: Size) throws {
    try Golden.expect(
      frame(.incident, size, keys: [.down, .enter]), "service-\(size)")
  }

  @Test("An ASCII terminal gets ASCII", arguments: [Size(80, 24), Size(120, 40)])
  func ascii(_ size: Size) throws {
    let fleet = frame(.incident, size, .ascii)
    let service = frame(.incident, size, .ascii, keys: [.down, .enter])
    try Golden.expect(fleet, "fleet-ascii-\(size)")
    try Golden.expect(service, "service-ascii-\(size)")
    let isASCII = (fleet.text + service.text).utf8.allSatisfy { $0 < 0x80 }
    #expect(isASCII)
  }

  @Test("A fleet with nothing wrong is nearly empty of marks")
  func calm() throws {
    try Golden.expect(frame(.calm, Size(80, 24)), "calm-80x24")
  }

  @Test("Before the first answers the screen says what is happening")
  func beginning() throws {
    try Golden.expect(frame(.beginning, Size(80, 24)), "beginning-80x24")
    try Golden.expect(frame(.beginning, Size(80, 24), keys: [.enter]), "beginning-service-80x24")
  }

  @Test("Help and log", arguments: [Size(80, 24), Size(120, 40)])
  func texts(_ size: Size) throws {
    var story = Story.incident
    story.add(.note(Note(.info, "ada asked: poll everything now")))
    story.add(
      .note(
        Note(
          .warning,
          "damcon.yaml:14:7: expected a number of seconds, found `soon`; the fleet before is kept"))
    )
    try Golden.expect(frame(story, size, keys: [.character("?")]), "help-\(size)")
    try Golden.expect(frame(story, size, keys: [.character("3")]), "log-\(size)")
  }

  @Test("What names hold is made visible and shifts nothing")
  func hostile() throws {
    try Golden.expect(frame(.hostile, Size(120, 40)), "hostile-120x40")
  }
}
