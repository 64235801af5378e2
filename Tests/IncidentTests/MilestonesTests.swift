import Fleet
import Health
import Incident
import Telemetry
import Testing

@Suite("Milestones")
struct MilestonesTests {
  @Test("A run begins with one, and a service that comes to be watched in health is no news")
  func beginning() {
    var diary = Diary(Diary.fleet("cart"))
    for _ in 0..<30 {
      diary.answer("cart")
      diary.pass(1)
    }
    #expect(diary.kinds == [.began])
    #expect(diary.milestones[0].sequence == 1)
    #expect(diary.state.present.service(named: "cart")?.verdict.state != .unknown)
  }

  @Test("A service that gets worse and better is told with its entry, its states and the cause")
  func health() throws {
    var diary = Diary(Diary.fleet("cart"))
    for _ in 0..<5 {
      diary.answer("cart")
      diary.pass(1)
    }
    for _ in 0..<20 {
      diary.answer("cart", status: 503) { $0.message = "pool saturated" }
      diary.pass(1)
    }
    let worse = try #require(diary.milestones.first { $0.kind == .worse })
    #expect(worse.service == "cart" && worse.words.contains(" → "))
    #expect(worse.words.contains(": "))
    let entry = try #require(diary.entries.first { $0.sequence == worse.sequence })
    #expect(entry.instant == worse.instant)
    for _ in 0..<40 {
      diary.answer("cart")
      diary.pass(1)
    }
    #expect(diary.milestones.last?.kind == .better)
    #expect(diary.milestones.last?.words.hasSuffix("healthy") == true)
    let told = diary.milestones.count { $0.kind == .worse || $0.kind == .better }
    let changes = diary.state.present.changes.count {
      !($0.from == .unknown && $0.to == .healthy)
    }
    #expect(told == changes, "each change once")
  }

  @Test("More changes than the log keeps are each told once")
  func bounded() {
    var diary = Diary(Diary.fleet("cart"))
    for _ in 0..<Present.changeLimit {
      for status in [200, 503] {
        for _ in 0..<12 {
          diary.answer("cart", status: status)
          diary.pass(2)
        }
      }
    }
    #expect(diary.state.present.changes.count == Present.changeLimit)
    let told = diary.milestones.filter { $0.kind == .worse || $0.kind == .better }
    #expect(told.count > Present.changeLimit)
    for (one, next) in zip(told, told.dropFirst()) {
      #expect(one.sequence < next.sequence || one.words != next.words)
    }
    #expect(
      Array(told.suffix(100).map(\.instant)) == diary.state.present.changes.suffix(100).map(\.at))
  }

  @Test("A fallback is told when it comes into use and when it is out of it, not while it recovers")
  func fallbacks() {
    var diary = Diary(Diary.fleet("cart", "catalog"))
    func say(_ active: Bool, _ seconds: Int) {
      for _ in 0..<seconds {
        diary.answer("cart") {
          $0.fallbacks = [
            .init(name: "cached-prices", active: active, reason: "pricing timeout")
          ]
        }
        diary.answer("catalog")
        diary.pass(1)
      }
    }
    say(true, 5)
    #expect(diary.kinds.contains(.fallback))
    #expect(
      diary.milestones.first { $0.kind == .fallback }?.words == "cached-prices: pricing timeout")
    say(false, 5)
    #expect(!diary.kinds.contains(.fallbackOver), "it may come back yet")
    say(true, 5)
    #expect(diary.kinds.count { $0 == .fallback } == 1, "one that comes back is the same use of it")
    say(false, 400)
    #expect(diary.kinds.count { $0 == .fallbackOver } == 1)
  }

  @Test("A fallback that ends by time alone is told though no entry speaks of its service")
  func fallbackByTime() {
    var diary = Diary(Diary.fleet("cart"))
    diary.answer("cart") { $0.fallbacks = [.init(name: "cache", active: true)] }
    diary.pass(1)
    diary.answer("cart") { $0.fallbacks = [.init(name: "cache", active: false)] }
    diary.pass(400)
    #expect(diary.kinds.contains(.fallback) && diary.kinds.contains(.fallbackOver))
  }

  @Test("Versions, flags and a fleet file that is read again are told; what was before is not")
  func changes() {
    var diary = Diary(Diary.fleet("cart"))
    diary.answer("cart") {
      $0.version = "1.0.0"
      $0.flags = [.init(name: "new-cart", on: false)]
    }
    diary.pass(5)
    #expect(!diary.kinds.contains(.change))
    diary.answer("cart") {
      $0.version = "1.1.0"
      $0.flags = [.init(name: "new-cart", on: true)]
    }
    diary.pass(5)
    let words = diary.milestones.filter { $0.kind == .change }.map(\.words)
    #expect(words.contains("1.0.0 → 1.1.0"))
    #expect(words.contains("flag new-cart on"))
    diary.add(.fleet(Diary.fleet("cart", "catalog")))
    #expect(diary.milestones.last?.words == "fleet file read again")
    #expect(diary.milestones.last?.service == nil)
  }

  @Test("An objective that begins to fire, and ceases to, is told with what burns")
  func alerts() throws {
    var shop = Shop(Shop.fleet(Shop.availability))
    var finder = Milestones()
    var found: [Milestone] = []
    func look() {
      found += finder.take(
        Entry(
          sequence: shop.present.sequence, instant: shop.present.now,
          event: .scrape(
            target: shop.target(), Scrape(duration: 0, outcome: .fault(Fault(.timeout, ""))))),
        after: shop.state)
    }
    for minute in 0..<240 {
      shop.pass(60)
      shop.scrape(ok: 100, bad: minute < 90 ? 30 : 0)
      look()
    }
    let alert = try #require(found.first { $0.kind == .alert })
    #expect(alert.service == "cart" && alert.words.hasPrefix("availability: page: burning "))
    #expect(found.contains { $0.kind == .incident && $0.words.contains("cart availability") })
    let over = found.filter { $0.kind == .alertOver }
    #expect(!over.isEmpty)
    #expect(
      found.count { $0.kind == .alert || $0.kind == .alertOver }
        == shop.present.alertChanges.count)
    let burn = try #require(finder.pulse(of: shop.present).burn)
    #expect(burn == 0, "nothing has been bad for hours")
  }

  @Test("An incident is told when it opens and when it is resolved")
  func incidents() {
    var diary = Diary(Diary.fleet("cart"))
    diary.add(.incident(.declare(by: "ada", title: "carts are empty")))
    diary.add(.incident(.declare(by: "bob", title: "again")))
    diary.pass(3)
    diary.add(.incident(.resolve(by: "ada", reason: nil)))
    diary.pass(3)
    diary.add(.incident(.declare(by: "ada", title: "carts are full")))
    #expect(diary.kinds == [.began, .incident, .incidentOver, .incident])
    #expect(diary.milestones[1].words == "incident opened: carts are empty (ada)")
    #expect(diary.milestones[2].words == "resolved by ada")
  }

  @Test("What Damcon notes of itself is no milestone")
  func notes() {
    var diary = Diary(Diary.fleet("cart"))
    diary.add(.note(Note(.info, "ada asked: poll everything now")))
    diary.add(.note(Note(.warning, "the disk is full")))
    #expect(diary.kinds == [.began])
  }

  @Test("A second run begins anew and tells what happens in it again")
  func runs() {
    var diary = Diary(Diary.fleet("cart"))
    for run in 0..<2 {
      if run > 0 {
        diary.add(.began)
        diary.add(.fleet(Diary.fleet("cart")))
      }
      diary.answer("cart") { $0.fallbacks = [.init(name: "cache", active: true)] }
      diary.pass(2)
    }
    #expect(diary.kinds.count { $0 == .began } == 2)
    #expect(diary.kinds.count { $0 == .fallback } == 2)
  }

  @Test("What is found does not depend on where one stopped in between")
  func batches() throws {
    var diary = Diary(Diary.fleet("cart", "catalog"))
    for step in 0..<120 {
      diary.answer("cart", status: step % 40 < 20 ? 200 : 503) {
        $0.fallbacks = [.init(name: "cache", active: step % 30 < 10)]
        $0.version = step < 60 ? "1" : "2"
      }
      if step % 3 == 0 { diary.answer("catalog") }
      diary.pass(1)
    }
    #expect(diary.milestones.count > 4)
    // The state and the finder are put away and taken up again, as a file's reader does.
    var state = State(began: diary.entries[0].instant)
    var finder = Milestones()
    var found: [Milestone] = []
    for (index, entry) in diary.entries.enumerated() {
      state.apply(entry)
      found += finder.take(entry, after: state)
      if index % 37 == 0 { state = try State(canonicalBytes: try state.canonicalBytes()) }
    }
    #expect(found == diary.milestones)
  }

  @Test("A pulse tells the worst state, and no burn where no objective tells one")
  func pulse() {
    var diary = Diary(Diary.fleet("cart", "catalog"))
    for _ in 0..<20 {
      diary.answer("cart", status: 503)
      diary.answer("catalog")
      diary.pass(1)
    }
    let pulse = Milestones().pulse(of: diary.state.present)
    #expect(pulse.burn == nil && pulse.instant == diary.state.present.now)
    #expect(pulse.worst == diary.state.present.services.map(\.verdict.state).max())
    #expect(Milestones().pulse(of: Diary(Fleet(name: "none")).state.present).worst == .unknown)
  }
}
