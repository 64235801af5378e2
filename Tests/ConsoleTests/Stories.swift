import Exposition
import Fleet
import Health
import Incident
import Telemetry

/// The incidents that the goldens show.
extension Story {
  private static func service(
    _ name: String, _ tier: Tier, _ language: Language, team: String, instances: Int = 1,
    port: Int, needs: [String] = [], slos: [SLO] = []
  ) -> Service {
    Service(
      name: name, tier: tier, language: language,
      owner: Owner(team: team, primary: "@ada", channel: "#\(team)"),
      instances: (0..<instances).map { Instance(url: "http://10.0.0.\(7 + $0):\(port)") },
      dependsOn: needs, slos: slos)
  }

  static let shop = Fleet(
    name: "shop-production", environment: Environment(name: "production", color: "red"),
    services: [
      service("cart", .critical, .go, team: "shopping", port: 8081, needs: ["pricing", "users"]),
      service("catalog", .important, .go, team: "shopping", port: 8082),
      service(
        "checkout", .critical, .go, team: "payments", instances: 2, port: 8083,
        needs: ["pricing", "inventory", "ledger"]),
      service("inventory", .important, .rust, team: "stock", port: 8084),
      service("payments", .critical, .go, team: "payments", port: 8085),
      service(
        "pricing", .critical, .rust, team: "pricing-team", instances: 3, port: 8080,
        needs: ["inventory"],
        slos: [SLO(name: "fast", objective: 99, threshold: 0.8, window: 2_592_000)]),
      service("search", .optional, .rust, team: "discovery", port: 8086),
      service("users", .important, .go, team: "identity", port: 8087),
    ])

  private func report(
    _ version: String, _ status: HealthReport.Status = .pass, message: String? = nil
  ) -> HealthReport {
    var report = HealthReport(dialect: .damcon, status: status)
    report.version = version
    report.message = message
    return report
  }

  /// Everything well for `steps` five-second steps.
  private mutating func calm(_ steps: Int) {
    let shape: [(String, Int, Double, Double, String)] = [
      ("cart", 8081, 203, 0.004, "1.9.3"), ("catalog", 8082, 890, 0.002, "3.1.0"),
      ("inventory", 8084, 122, 0.003, "1.1.7"), ("payments", 8085, 38.4, 0.02, "5.0.2"),
      ("search", 8086, 512, 0.009, "0.8.1"), ("users", 8087, 301, 0.002, "2.7.1"),
    ]
    for _ in 0..<steps {
      for (name, port, rate, median, version) in shape {
        let url = "http://10.0.0.7:\(port)"
        probe(name, url, .liveness, report(version))
        probe(name, url, .readiness, report(version))
        scrape(name, url, Traffic(rate: rate, median: median, version: version))
      }
      for host in 7...8 {
        let url = "http://10.0.0.\(host):8083"
        probe("checkout", url, .liveness, report("1.42.0"))
        probe("checkout", url, .readiness, report("1.42.0"))
        scrape("checkout", url, Traffic(rate: 60, median: 0.02))
      }
      for host in 7...9 {
        let url = "http://10.0.0.\(host):8080"
        probe("pricing", url, .liveness, report(host == 9 ? "2.2.9" : "2.3.0"))
        probe("pricing", url, .readiness, report(host == 9 ? "2.2.9" : "2.3.0"))
        scrape("pricing", url, Traffic(rate: 40, median: 0.02))
      }
      pass(5)
    }
  }

  /// Nothing wrong, two minutes watched.
  static let calm: Story = {
    var story = Story(shop)
    for service in shop.services {
      for instance in service.instances { story.routes(service.name, instance.url) }
    }
    story.calm(24)
    return story
  }()

  /// Pricing slows, then fails; checkout follows, cart falls back, search is not heard any more.
  static let incident: Story = {
    var story = calm
    let began = story.unixSeconds - 720
    for step in 0..<18 {
      story.calmOthers(step: step)
      for host in 7...9 {
        let url = "http://10.0.0.\(host):8080"
        var failing = story.report(host == 9 ? "2.2.9" : "2.3.0", .fail, message: "pool saturated")
        failing.hint = "see runbook pricing-timeout"
        failing.checks = [
          .init(
            name: "postgres", status: .fail, required: true, observed: 2, since: began,
            message: "timeout after 2.0 s"),
          .init(name: "rates-api", status: .pass, required: false, observed: 0.014),
        ]
        failing.saturation = [.init(name: "workers", used: 62, limit: 64)]
        failing.breakers = [.init(name: "postgres", state: .open, since: began + 30)]
        if host == 9 {
          failing.rollout = .init(track: "canary", weight: 0.1, previousVersion: "2.2.8")
        }
        story.probe(
          "pricing", url, .liveness, took: 0.004, story.report(host == 9 ? "2.2.9" : "2.3.0"))
        story.probe("pricing", url, .readiness, status: 503, took: 1.2, failing)
        story.scrape(
          "pricing", url,
          Traffic(
            rate: 14, errors: min(0.381, Double(step) * 0.05),
            median: min(0.6, 0.05 * Double(step + 1)), goroutines: nil,
            violations: [
              Violation(line: 14, column: 7, reason: "expected a value, found `NaNs`")
            ], trace: "4bf92f3577b34da6a3ce929d0e0e4736"))
      }
      story.pass(5)
    }
    return story
  }()

  /// The incident, in which cart is well again a moment ago while what it needs is not.
  static let cartIsBack: Story = {
    var story = incident
    let cart = "http://10.0.0.7:8081"
    for _ in 0..<7 {
      story.probe("cart", cart, .liveness, story.report("1.9.3"))
      story.probe("cart", cart, .readiness, story.report("1.9.3"))
      story.scrape("cart", cart, Traffic(rate: 203, median: 0.014, version: "1.9.3"))
      story.pass(5)
    }
    return story
  }()

  private mutating func calmOthers(step: Int) {
    for (name, port, rate, median, version) in [
      ("catalog", 8082, 890.0, 0.002, "3.1.0"), ("inventory", 8084, 122, 0.003, "1.1.7"),
      ("payments", 8085, 38.4, 0.02, "5.0.2"), ("users", 8087, 0, 0.002, "2.7.1"),
    ] {
      let url = "http://10.0.0.7:\(port)"
      probe(name, url, .liveness, report(version))
      probe(name, url, .readiness, report(version))
      scrape(name, url, Traffic(rate: rate, median: median, version: version))
    }
    let cart = "http://10.0.0.7:8081"
    var falling = report("1.9.3", .warn, message: "serving cached prices: pricing timed out")
    falling.fallbacks = [
      .init(
        name: "cached-prices", active: true, since: unixSeconds - 635 - Double(step) * 5,
        reason: "pricing timeout",
        mode: "cache", tolerance: 900, dependency: "pricing",
        userMessage: "prices up to 15 min old")
    ]
    probe("cart", cart, .liveness, report("1.9.3"))
    probe("cart", cart, .readiness, falling)
    scrape("cart", cart, Traffic(rate: 203, errors: 0.0031, median: 0.014, version: "1.9.3"))
    for host in 7...8 {
      let url = "http://10.0.0.\(host):8083"
      if host == 7 {
        probe("checkout", url, .liveness, report("1.42.0"))
        probe(
          "checkout", url, .readiness, status: 503,
          report("1.42.0", .fail, message: "needs pricing"))
        scrape("checkout", url, Traffic(rate: 60, errors: 0.042, median: 0.12))
      } else {
        fault("checkout", url, Fault(.refused, "connection refused"), took: 0.001)
      }
    }
    // Search is silent from here on.
  }

  /// The shop's fallbacks and what its users can do, as a fleet file would name them.
  static let planned: Fleet = {
    var fleet = shop
    var prices = FallbackPlan(name: "cached-prices")
    prices.usersGet = "prices up to 15 minutes old"
    prices.maxAge = 900
    prices.recoveredAfter = 120
    for i in fleet.services.indices where fleet.services[i].name == "cart" {
      fleet.services[i].fallbacks = [prices]
    }
    var buy = Capability(
      name: "Buy", tier: .critical,
      needs: [.init(service: "checkout"), .init(service: "pricing"), .init(service: "payments")])
    buy.usersGet = .init(degraded: "prices may be old", lost: "nobody can pay")
    buy.instead = "orders by telephone, see the status page"
    buy.expectedRecovery = 1800
    var fill = Capability(
      name: "Fill the cart", tier: .critical,
      needs: [.init(service: "cart"), .init(service: "catalog")])
    fill.expectedRecovery = 60
    fleet.capabilities = [
      Capability(name: "Browse", needs: [.init(service: "catalog")]), fill,
      Capability(
        name: "Search", tier: .optional,
        needs: [.init(service: "search", endpoint: "find"), .init(service: "catalog")]),
      buy,
    ]
    return fleet
  }()

  /// The incident in a fleet that says what it means: beside cart's fallback one that recovers, one
  /// beyond its tolerance on one of two instances, and breakers of every kind.
  static let fallingBack: Story = {
    var story = Story(planned)
    for service in planned.services {
      for instance in service.instances { story.routes(service.name, instance.url) }
    }
    story.calm(4)
    for step in 0..<18 {
      story.calmOthers(step: step)
      for host in 7...9 {
        let url = "http://10.0.0.\(host):8080"
        var failing = story.report("2.3.0", .fail, message: "pool saturated")
        failing.breakers = [.init(name: "postgres", state: host == 8 ? .halfOpen : .open)]
        failing.fallbacks = [
          .init(
            name: "list-prices", active: host == 7, reason: "rates-api down", mode: "static",
            tolerance: 60, dependency: "rates-api", userMessage: "no discounts")
        ]
        story.probe("pricing", url, .liveness, story.report("2.3.0"))
        story.probe("pricing", url, .readiness, status: 503, failing)
      }
      var users = story.report("2.7.1")
      users.fallbacks = [
        .init(
          name: "read-only", active: step < 14, reason: "database failed over", mode: "reduced",
          tolerance: 3600, userMessage: "profiles cannot be changed")
      ]
      story.probe("users", "http://10.0.0.7:8087", .readiness, users)
      story.pass(5)
    }
    return story
  }()

  /// Nothing was heard of anything yet.
  static let beginning = Story(shop)

  /// Names that attack a terminal: escapes, bidi, wide, joined and combining characters.
  static let hostile: Story = {
    let names = [
      "esc\u{1b}[31mred", "bidi\u{202e}evil", "\u{6f22}\u{5b57}\u{670d}\u{52a1}",
      "emoji\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{1f3fd}x",
      "e\u{301}\u{302}\u{303}\u{304}\u{305}clair",
      "nul\u{0}cr\rlf\ntab\t", "c1\u{9b}31m",
      "\u{5e9}\u{5dc}\u{5d5}\u{5dd}\u{645}\u{631}\u{62d}\u{628}\u{627}",
      "\u{2764}\u{fe0f}\u{1f44d}\u{1f3fe}1\u{fe0f}\u{20e3}\u{1f1e9}\u{1f1ea}",
      String(repeating: "long", count: 60), "",
    ]
    var story = Story(
      Fleet(
        name: "h\u{1b}]0;x\u{7}ostile",
        services: names.enumerated().map { index, name in
          Service(
            name: name, owner: Owner(team: name),
            instances: [Instance(url: "http://10.0.1.\(index):80")], dependsOn: names)
        }))
    for (index, name) in names.enumerated() {
      let url = "http://10.0.1.\(index):80"
      var said = HealthReport(dialect: .damcon, status: .fail)
      said.message = names[(index + 1) % names.count] + " \u{1b}[2J"
      said.version = names[(index + 2) % names.count]
      said.hint = names[(index + 3) % names.count]
      said.checks = [.init(name: name, status: .fail, message: "\u{202e}\u{1f1e9}\u{1f1ea}")]
      said.fallbacks = [.init(name: name, active: true, since: story.unixSeconds - 60)]
      story.routes(name, url)
      story.probe(name, url, .liveness, status: 503, said)
      story.probe(name, url, .readiness, status: 503, said)
      story.scrape(name, url, Traffic(rate: 10, errors: 0.5, median: 0.1, trace: name))
    }
    story.pass(12)
    return story
  }()

  /// `count` services with traffic and reports, some of them wrong.
  static func large(_ count: Int) -> Story {
    var story = Story(
      Fleet(
        name: "large",
        services: (0..<count).map {
          Service(
            name: "service-\($0)", instances: [Instance(url: "http://10.1.0.1:\($0)")],
            dependsOn: ["service-\(($0 + 1) % count)"])
        }))
    for step in 0..<4 {
      for index in 0..<count {
        let (name, url) = ("service-\(index)", "http://10.1.0.1:\(index)")
        var said = HealthReport(dialect: .damcon, status: index % 7 == 0 ? .warn : .pass)
        said.message = index % 7 == 0 ? "degraded: queue \(index) is long" : nil
        said.checks = [.init(name: "db", status: .pass)]
        said.fallbacks = [
          .init(name: "cache", active: index % 50 == 0, since: story.unixSeconds - 60)
        ]
        said.version = "1.\(step)"
        story.probe(name, url, .liveness, said)
        story.probe(name, url, .readiness, status: index % 11 == 0 ? 503 : 200, said)
        story.scrape(name, url, Traffic(rate: Double(index % 97), errors: 0.01, median: 0.02))
      }
      story.pass(5)
    }
    return story
  }
}
