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

  /// In every way a terminal can show it: as text, in 256 colours, without colour, and as ASCII.
  static func expectAll(
    _ name: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ frame: (GlyphSet) -> Frame
  ) throws {
    let unicode = frame(.unicode)
    let ascii = frame(.ascii)
    try expect(unicode.text, name + ".txt", sourceLocation: sourceLocation)
    try expect(
      unicode.ansi(theme: .dark, depth: .indexed), name + ".ansi", sourceLocation: sourceLocation)
    try expect(
      unicode.ansi(theme: .monochrome, depth: .none), name + ".mono.ansi",
      sourceLocation: sourceLocation)
    try expect(ascii.text, name + ".ascii.txt", sourceLocation: sourceLocation)
    let isASCII = ascii.text.utf8.allSatisfy { $0 < 0x80 }
    #expect(isASCII, "\(name)", sourceLocation: sourceLocation)
  }

  static func expect(
    _ frame: Frame, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try expect(frame.text, name + ".txt", sourceLocation: sourceLocation)
  }

  private static func expect(
    _ text: String, _ name: String, sourceLocation: SourceLocation
  ) throws {
    let file = folder.appending(path: name)
    if ProcessInfo.processInfo.environment["DAMCON_WRITE_GOLDENS"] == "1" {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let wanted = try? String(contentsOf: file, encoding: .utf8)
    #expect(
      wanted != nil, "no golden \(name); write it with DAMCON_WRITE_GOLDENS=1",
      sourceLocation: sourceLocation)
    guard let wanted, wanted != text else { return }
    let rows = zip(
      wanted.split(separator: "\n", omittingEmptySubsequences: false),
      text.split(separator: "\n", omittingEmptySubsequences: false))
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
    try Golden.expectAll("fleet-\(size)") { frame(.incident, size, $0) }
  }

  @Test("A service in an incident, at every size", arguments: sizes)
  func service(_ size: Size) throws {
    try Golden.expectAll("service-\(size)") { frame(.incident, size, $0, keys: [.down, .enter]) }
  }

  @Test("Help and log, at every size", arguments: sizes)
  func texts(_ size: Size) throws {
    var story = Story.incident
    story.add(.note(Note(.info, "ada asked: poll everything now")))
    story.add(
      .note(
        Note(
          .warning,
          "damcon.yaml:14:7: expected a number of seconds, found `soon`; the fleet before is kept"))
    )
    try Golden.expectAll("help-\(size)") { frame(story, size, $0, keys: [.character("?")]) }
    try Golden.expectAll("log-\(size)") { frame(story, size, $0, keys: [.character("3")]) }
  }

  @Test("What names hold is made visible and shifts nothing, at every size", arguments: sizes)
  func hostile(_ size: Size) throws {
    try Golden.expectAll("hostile-\(size)") { frame(.hostile, size, $0) }
    try Golden.expectAll("hostile-service-\(size)") { frame(.hostile, size, $0, keys: [.enter]) }
  }

  @Test("Charts in braille")
  func braille() throws {
    try Golden.expect(frame(.incident, Size(120, 40), .braille), "fleet-braille-120x40")
    try Golden.expect(
      frame(.incident, Size(120, 40), .braille, keys: [.down, .enter]), "service-braille-120x40")
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
}
