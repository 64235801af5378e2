import Fleet
import Health
import Incident
import Telemetry
import Testing

@Suite("Comparison of two instants")
struct ComparisonTests {
  private func calm(_ names: String...) -> Diary {
    var diary = Diary(
      Fleet(
        name: "shop",
        services: names.map {
          Service(
            name: $0, tier: $0 == "cart" ? .critical : .optional,
            instances: [Instance(url: Diary.url($0))])
        }))
    for _ in 0..<10 {
      for name in names { diary.answer(name) { $0.version = "1.0.0" } }
      diary.pass(1)
    }
    return diary
  }

  @Test("An instant compared with itself, or with a quiet one later, differs in nothing")
  func same() {
    var diary = calm("cart", "catalog")
    let before = diary.state.present
    #expect(Comparison(before, before).isEmpty)
    for _ in 0..<20 {
      for name in ["cart", "catalog"] { diary.answer(name) { $0.version = "1.0.0" } }
      diary.pass(1)
    }
    let comparison = Comparison(before, diary.state.present)
    #expect(comparison.isEmpty && comparison.sameServices == 2)
  }

  @Test("What got worse comes first, whatever the order of the arguments; the rest is counted")
  func order() throws {
    var diary = calm("search", "catalog", "cart", "users")
    let before = diary.state.present
    for _ in 0..<20 {
      diary.answer("search") { $0.version = "1.1.0" }
      diary.answer("catalog") {
        $0.version = "1.0.0"
        $0.breakers = [.init(name: "db", state: .open)]
      }
      diary.answer("cart", status: 503) { $0.version = "1.0.0" }
      diary.answer("users") { $0.version = "1.0.0" }
      diary.pass(1)
    }
    let comparison = Comparison(diary.state.present, before)
    #expect(comparison.earlier == before.now && comparison.later == diary.state.present.now)
    #expect(comparison == Comparison(before, diary.state.present))
    #expect(comparison.services.first?.name == "cart")
    #expect(comparison.services.last?.name == "search")
    #expect(comparison.sameServices == 1)
    let cart = try #require(comparison.services.first)
    #expect(cart.state.then == .healthy && cart.state.later?.severity ?? 0 > 0)
    let search = try #require(comparison.services.last)
    #expect(search.aspects == [.versions(.init(["1.0.0"], ["1.1.0"]))])
    #expect(comparison.changes.map(\.service) == ["search"])
    let catalog = try #require(comparison.services.first { $0.name == "catalog" })
    #expect(catalog.aspects.contains(.breaker(name: "db", .init(nil, .open))))
  }

  @Test("A countdown in a reason is no difference; fallbacks and flags are")
  func modes() throws {
    var diary = calm("cart")
    func say(_ seconds: Int, on: Bool) {
      for _ in 0..<seconds {
        diary.answer("cart") {
          $0.version = "1.0.0"
          $0.fallbacks = [.init(name: "cache", active: true, tolerance: 900)]
          $0.flags = [.init(name: "new-cart", on: on)]
        }
        diary.pass(1)
      }
    }
    let calm = diary.state.present
    say(10, on: false)
    let first = diary.state.present
    say(200, on: false)
    #expect(Comparison(first, diary.state.present).isEmpty)
    let aspects = try #require(Comparison(calm, first).services.first).aspects
    #expect(aspects.contains(.fallback(name: "cache", .init(nil, .active))))
    say(5, on: true)
    let later = try #require(Comparison(first, diary.state.present).services.first)
    guard case .flag("new-cart", let pair)? = later.aspects.first else {
      Issue.record("no flag in \(later.aspects)")
      return
    }
    #expect(pair.then?.on == false && pair.later?.on == true)
  }

  @Test("Services that came and went are told, and incidents that were opened")
  func comings() {
    var diary = calm("cart", "search")
    let before = diary.state.present
    diary.add(.fleet(Diary.fleet("cart", "users")))
    diary.add(.incident(.declare(by: "ada", title: "carts are empty")))
    diary.pass(2)
    let comparison = Comparison(before, diary.state.present)
    let gone = comparison.services.first { $0.name == "search" }
    let new = comparison.services.first { $0.name == "users" }
    #expect(gone?.state.later == nil && gone?.state.then == .healthy)
    #expect(new?.state.then == nil && new != nil)
    #expect(comparison.incident?.then == nil)
    #expect(comparison.incident?.later == "carts are empty (ada)")
  }

  @Test("Capabilities are compared by what users can do of them")
  func capabilities() {
    var fleet = Diary.fleet("cart")
    fleet.capabilities = [
      Capability(name: "Buy", tier: .critical, needs: [.init(service: "cart")])
    ]
    var diary = Diary(fleet)
    for _ in 0..<10 {
      diary.answer("cart")
      diary.pass(1)
    }
    let before = diary.state.present
    #expect(Comparison(before, before).sameCapabilities == 1)
    for _ in 0..<30 {
      diary.answer("cart", status: 503)
      diary.pass(1)
    }
    let comparison = Comparison(before, diary.state.present)
    #expect(comparison.capabilities.first?.state.then == .whole)
    #expect(comparison.capabilities.first?.state.later == .lost)
  }
}
