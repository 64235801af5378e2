import Fleet
import Simulator
import Testing

/// A scenario file is read whole or refused with a sentence that says where and what to do.
@Suite struct ScenarioTests {
  @Test(arguments: Samples.names) func shippedScenariosAreRead(name: String) throws {
    let scenario = try Samples.library.scenario(name)
    #expect(scenario.name == name)
    #expect(scenario.services.count >= 8)
    let languages = scenario.services.map(\.language)
    #expect(languages.contains(.go) && languages.contains(.rust))
    #expect((scenario.incidentOffset == nil) == (name == "calm"))
  }

  @Test func theLibraryKnowsAllNamesAndNoMore() {
    #expect(Samples.library.names() == Samples.names)
  }

  @Test(arguments: [
    ("pricing-timout", "no scenario \"pricing-timout\"; did you mean \"pricing-timeout\"?"),
    (
      "x",
      "no scenario \"x\"; there is bad-rollout, calm, dependency-outage, pricing-timeout"
    ),
    ("/nowhere/x.yaml", "cannot read the scenario /nowhere/x.yaml"),
  ]) func whatIsNotThereIsNamed(wanted: String, sentence: String) {
    #expect { try Samples.library.scenario(wanted) } throws: { "\($0)" == sentence }
  }

  @Test func anEmptyLibrarySaysWhereItLooked() {
    let library = ScenarioLibrary(folders: ["/nowhere/a", "/nowhere/b"])
    #expect { try library.scenario("calm") } throws: {
      "\($0)"
        == "no scenario \"calm\": no scenarios are installed; looked in /nowhere/a, /nowhere/b"
    }
  }

  @Test func theStandardFoldersBeginBesideTheProgram() {
    let folders = ScenarioLibrary.standard(executable: "/opt/x/bin/damcon", directory: "/tmp/w")
      .folders
    #expect(folders.first == "/opt/x/share/damcon/samples/scenarios")
    #expect(folders.contains("/opt/x/samples/scenarios"))
    #expect(folders.last == "/tmp/samples/scenarios")
  }

  @Test(arguments: [
    (
      "tier: critical", "tier: critcal",
      "f.yaml:8:11: services[0].tier: unknown \"critcal\"; did you mean \"critical\"?"
    ),
    (
      "workers: 2", "workers: many",
      "f.yaml:16:14: services[0].workers must be a whole number"
    ),
    (
      "workers: 2", "workers: 0",
      "f.yaml:16:14: services[0].workers must be from 1 to 10000, not 0"
    ),
    (
      "deadline: 2s", "deadline: 2",
      "f.yaml:18:15: services[0].deadline must be a duration such as 250ms, 20s or 15m"
    ),
    (
      "warmup: 4s", "warm_up: 4s",
      "f.yaml:19:5: services[0]: unknown \"warm_up\"; did you mean \"warmup\"?"
    ),
    (
      "calls: [postgres]", "calls: [postgre]",
      "f.yaml:21:9: services[0].endpoints[0]: unknown \"postgre\"; did you mean \"postgres\"?"
    ),
    (
      "service: search, path: /search", "service: serch, path: /search",
      "f.yaml:49:33: clients[0].service: unknown \"serch\"; did you mean \"search\"?"
    ),
    (
      "service: search, path: /search", "service: search, path: /find",
      "f.yaml:49:47: clients[0].path: search has no GET /find; it has GET /search"
    ),
    (
      "fault: latency", "fault: lateness",
      "f.yaml:52:30: timeline[0].fault: unknown \"lateness\"; expected latency, errors, panic, hang, "
        + "workers, restart, warmup, deploy, flag, clock-skew"
    ),
    ("seed: 7", "seed: 7\nseed: 8", "f.yaml:2:1: the same key twice: seed"),
    ("seed: 7", "seed: -7", "f.yaml:2:7: seed must be from 0 to 9223372036854775807, not -7"),
  ]) func mistakesAreNamedWithTheirPlace(right: String, wrong: String, sentence: String) {
    let yaml = Samples.small.replacing(right, with: wrong)
    #expect { try Scenario(yaml: yaml, file: "f.yaml") } throws: { error in
      if "\(error)" != sentence { Issue.record("\(error)") }
      return error is ScenarioError
    }
  }

  @Test(arguments: ["", "a: [", "- 1", "name: x", "\t", "{}", "services: []\nname: x", "a: &b *b"])
  func whatIsNoScenarioIsRefused(yaml: String) {
    #expect(throws: ScenarioError.self) { try Scenario(yaml: yaml, file: "f.yaml") }
  }
}
