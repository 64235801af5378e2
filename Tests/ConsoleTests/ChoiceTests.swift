import Canvas
import Console
import Incident
import Testing

@Suite("Themes tried on")
struct ThemeChoiceTests {
  private let story = Story.incident

  private func typed(_ text: String, then keys: [Key] = []) -> ConsoleState {
    var console = ConsoleState(
      size: Size(80, 24), theme: "dark", themes: ["dark", "monochrome", "light", "light-blue"])
    for key in [Key.character(":")] + text.map({ .character($0) }) + keys {
      _ = console.reduce(.key(key), over: story.state)
    }
    return console
  }

  @Test("A theme is shown as soon as its name stands there; Esc takes it back, Enter keeps it")
  func preview() {
    #expect(typed("theme ligh").themeShown == "dark")
    let shown = typed("theme light")
    #expect(shown.themeShown == "light" && shown.theme == "dark")
    #expect(render(story.state, shown).line(23).contains("Tab next   Enter keeps   Esc takes back"))
    #expect(typed("theme light", then: [.backspace]).themeShown == "dark")
    let left = typed("theme light", then: [.escape])
    #expect(left.themeShown == "dark" && left.theme == "dark" && left.prompt == nil)
    let kept = typed("theme light", then: [.enter])
    #expect(kept.themeShown == "light" && kept.theme == "light")
  }

  @Test("Tab completes a name, then goes from theme to theme; Shift-Tab goes back")
  func tab() {
    #expect(typed("theme m", then: [.tab]).themeShown == "monochrome")
    #expect(typed("theme ", then: [.tab]).themeShown == "dark")
    #expect(typed("theme ", then: [.tab, .tab, .tab]).themeShown == "light")
    #expect(typed("theme light", then: [.tab, .tab]).themeShown == "dark")
    #expect(typed("theme light", then: [.backTab]).themeShown == "monochrome")
    #expect(typed("theme ", then: [.tab, .tab, .enter]).theme == "monochrome")
    #expect(typed("theme ", then: [.tab, .tab, .escape]).themeShown == "dark")
  }

  @Test("Other lines of the palette try nothing on")
  func others() {
    #expect(typed("service light").themeShown == "dark")
    #expect(typed("theme").themeShown == "dark")
  }

  @Test("An unknown theme says which one may be meant")
  func unknown() {
    let console = typed("theme ligth", then: [.enter])
    #expect(console.theme == "dark")
    #expect(console.message?.text == "no theme `ligth`; did you mean light?")
  }

  @Test("A theme whose file cannot be read is told of, and the one before stays")
  func refused() {
    var trying = typed("theme light")
    trying.keepTheme("dark", because: "light.yaml:3:1: wrong", over: story.state)
    #expect(trying.themeShown == "dark")
    #expect(render(story.state, trying).line(23).contains("light.yaml:3:1: wrong"))
    #expect(trying.reduce(.key(.enter), over: story.state) == [.bell])
    var kept = typed("theme light", then: [.enter])
    kept.keepTheme("dark", because: "light.yaml:3:1: wrong", over: story.state)
    #expect(kept.themeShown == "dark" && kept.message?.text == "light.yaml:3:1: wrong")
  }
}

@Suite("Keys of one's own")
struct OwnKeysTests {
  private let story = Story.incident
  private let keys = KeyMap.standard.rebound([
    KeyMap.Rebinding(.help, [.character("H")]), KeyMap.Rebinding(.filter, [.control("o")]),
    KeyMap.Rebinding(.back, [.character("b"), .escape]), KeyMap.Rebinding(.poll, []),
  ])

  private func pressed(_ pressed: [Key], height: Int = 40) -> ConsoleState {
    var console = ConsoleState(size: Size(120, height), keys: keys)
    for key in pressed { _ = console.reduce(.key(key), over: story.state) }
    return console
  }

  @Test("They do what they are bound to, and the old ones do nothing")
  func work() {
    #expect(pressed([.character("H")]).pane == .help)
    #expect(pressed([.character("?")]).pane == .fleet)
    #expect(pressed([.enter, .character("b")]).pane == .fleet)
  }

  @Test("Hints, help and sentences name them")
  func told() {
    #expect(render(story.state, pressed([])).line(39).contains("H help"))
    let help = render(story.state, pressed([.character("H")], height: 100)).text
    #expect(help.contains("b, Esc") && help.contains("FILTER, after Ctrl-O"))
    #expect(help.contains("no key"))
    #expect(pressed([.character("?")]).message?.text == "? means nothing here; H shows the keys")
    #expect(
      pressed([.enter, .control("o")]).message?.text
        == "filter works on the fleet; press 1 to go there")
    #expect(
      pressed([.character("H"), .enter]).message?.text == "nothing to open in help; b goes back")
  }
}
