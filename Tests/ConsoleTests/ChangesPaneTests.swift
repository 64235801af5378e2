import Canvas
import Conditions
import Console
import Fleet
import Health
import Incident
import Testing

@Suite("The changes pane")
struct ChangesPaneTests {
  /// Pricing gets a canary that fails, with triggers that say so, and a flag is turned.
  private static let rollout: Story = {
    var fleet = Fleet(
      name: "shop",
      services: [
        Service(
          name: "pricing", tier: .critical, language: .rust,
          instances: (7...9).map { Instance(url: "http://10.0.0.\($0):8080") }),
        Service(
          name: "cart", instances: [Instance(url: "http://10.0.0.7:8081")], dependsOn: ["pricing"]),
      ])
    fleet.services[0].release = Release(
      owner: "@mira", gate: 0.25,
      rollback: [condition("error_ratio > 5% for 5m"), condition("p99_ms > 9s for 1m")])
    var story = Story(fleet)
    for step in 0..<36 {
      let isOut = step >= 18
      for host in 7...9 {
        let url = "http://10.0.0.\(host):8080"
        let isCanary = host == 9
        var said = HealthReport(
          dialect: .damcon, status: isOut && isCanary && step > 24 ? .fail : .pass)
        said.version = isOut && isCanary ? "2.3.0" : "2.2.9"
        said.rollout = .init(
          track: isCanary ? "canary" : "stable", weight: isCanary ? 0.1 : 0.9,
          previousVersion: isOut && isCanary ? "2.2.9" : nil)
        said.flags = [.init(name: "new-quotes", on: step >= 12, exposure: 0.25, owner: "@mira")]
        story.probe("pricing", url, .liveness, said)
        story.probe("pricing", url, .readiness, status: said.status == .fail ? 503 : 200, said)
        story.scrape(
          "pricing", url,
          Story.Traffic(
            rate: isCanary ? 10 : 45, errors: isOut && isCanary ? 0.6 : 0.01,
            median: isOut && isCanary ? 0.2 : 0.02))
      }
      var cart = HealthReport(dialect: .damcon, status: .pass)
      cart.version = "1.9.3"
      story.probe("cart", "http://10.0.0.7:8081", .readiness, cart)
      story.pass(5)
    }
    return story
  }()

  private static func condition(_ text: String) -> Condition {
    do { return try Condition(text) } catch { preconditionFailure("\(text): \(error)") }
  }

  @Test("as a picture at every usual size, in colour, mono and ASCII")
  func goldens() throws {
    for size in [Size(80, 24), Size(120, 40), Size(200, 60)] {
      try Golden.expectAll("changes-\(size.width)x\(size.height)") { glyphs in
        var console = ConsoleState(size: size, glyphs: glyphs)
        _ = console.reduce(.key(.character("c")), over: Self.rollout.state)
        return render(Self.rollout.state, console)
      }
    }
  }

  @Test("the charts of a service are marked where its version and its flag changed")
  func marks() {
    var console = ConsoleState(size: Size(160, 50))
    for key in [Key.character(":")]
      + "service pricing".map({ Key.character($0) }) + [.enter]
    {
      _ = console.reduce(.key(key), over: Self.rollout.state)
    }
    let text = render(Self.rollout.state, console).text
    #expect(text.contains("▴v2.3.0"))
    // Two changes under each of three charts; the flag's name has no room beside the version's.
    #expect(text.count { $0 == "▴" } == 6)
  }
}
