import Canvas
import Console
import Fleet
import Health
import Incident
import Testing

@Suite("Copying")
struct CopyTests {
  private func pressed(_ keys: [Key], over story: Story = .incident)
    -> (console: ConsoleState, effects: [Effect])
  {
    var console = ConsoleState(size: Size(120, 40))
    var effects: [Effect] = []
    for key in keys { effects += console.reduce(.key(key), over: story.state) }
    return (console, effects)
  }

  @Test("y and n send the name of the service under the cursor, and say that it was sent")
  func name() {
    let (console, effects) = pressed([.character("y"), .character("n")])
    #expect(effects == [.copy("checkout")])
    #expect(console.message?.text == "sent to the terminal: checkout")
    #expect(console.copyOffer == nil)
  }

  @Test("a URL is sent whole, of the worst instance first")
  func url() throws {
    let story = Story.incident
    let (console, _) = pressed([.character("y")], over: story)
    let urls = try #require(console.copyOffer).choices.filter { $0.what == "URL" }
    let service = try #require(
      story.state.present.services.first { $0.definition.name == "checkout" })
    #expect(Set(urls.map(\.text)) == Set(service.instances.map(\.definition.url)))
    let worst = service.instances.max { $0.health.state.severity < $1.health.state.severity }
    #expect(urls.first?.text == worst?.definition.url)
    let (_, effects) = pressed([.enter, .character("y"), .character("1")], over: story)
    #expect(effects == [.copy(urls[0].text)])
  }

  @Test("what can be copied stands in the last line")
  func shown() {
    let story = Story.incident
    let (console, _) = pressed([.character("y")], over: story)
    let line = render(story.state, console).line(39)
    #expect(line.hasPrefix("copy  n name checkout  m why "))
  }

  @Test("Esc leaves without a word, another key says that nothing was copied, Ctrl-C still quits")
  func leaving() {
    #expect(pressed([.character("y"), .escape]).console.message == nil)
    let other = pressed([.character("y"), .character("z")])
    #expect(other.effects == [] && other.console.message?.text == "nothing was copied")
    #expect(pressed([.character("y"), .control("c")]).effects == [.quit])
  }

  @Test("a message from a service cannot press Enter in the shell it is pasted into")
  func hostile() throws {
    var story = Story.calm
    var report = HealthReport(dialect: .damcon, status: .fail)
    report.message = "a\u{1b}[2J\u{8}\u{7f} rm -rf x\u{9b}2J"
    story.probe("users", "http://10.0.0.7:8087", .liveness, report)
    story.pass(1)
    let (console, _) = pressed([.character("y")], over: story)
    let texts = try #require(console.copyOffer).choices.map(\.text)
    #expect(texts.contains { $0.contains("rm -rf x") }, "\(texts)")
    #expect(
      texts.allSatisfy {
        $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
      })
  }
}
