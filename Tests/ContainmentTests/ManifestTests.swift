import Conditions
import Containment
import Testing

/// What a release needs, as far as anybody knows whether it is so.
@Suite("A release manifest") struct ManifestTests {
  private struct Ground: ReleaseGround {
    var environment: String? = "production"
    var apis: [String: [String]] = [:]
    var fact = Fact.unknown

    func offers(of service: String) -> [String]? { apis[service] }
    func facts(of service: String?) -> Same { Same(fact: fact) }
  }

  private struct Same: Facts {
    var fact: Fact
    func fact(_: Reference) -> Fact { fact }
  }

  private static func manifest() throws -> ReleaseManifest {
    var manifest = ReleaseManifest(release: "2026-11-22")
    var checkout = ReleaseManifest.Artifact(service: "checkout", version: "1.41")
    checkout.reads = [.init(store: "orders", schemas: [6...7])]
    checkout.environments = ["production", "staging"]
    var cart = ReleaseManifest.Artifact(service: "cart", version: "2.0")
    cart.needs = [.init(service: "pricing", api: "v2")]
    cart.settings = [.init(name: "new-cart", condition: try Condition("flag(new-cart) is off"))]
    manifest.artifacts = [checkout, cart]
    manifest.stores = [.init(name: "orders", schema: .fixed(7))]
    return manifest
  }

  @Test("what is right says so")
  func right() throws {
    let ground = Ground(apis: ["pricing": ["v1", "v2"]], fact: .word("off"))
    #expect(
      try Self.manifest().requirements(on: ground) == [
        Requirement("checkout 1.41 is for production", .yes),
        Requirement("checkout 1.41 reads schema 7 of orders", .yes),
        Requirement("cart 2.0 needs API v2 of pricing, which offers it", .yes),
        Requirement("cart 2.0 needs new-cart: flag(new-cart) is off", .yes),
      ])
  }

  @Test("what is wrong says what is wrong")
  func wrong() throws {
    var manifest = try Self.manifest()
    manifest.stores[0].migration = .init(to: 8, isReversible: false)
    let ground = Ground(environment: "test", apis: ["pricing": ["v1"]], fact: .word("on"))
    #expect(
      manifest.requirements(on: ground) == [
        Requirement("checkout 1.41 is for production, staging, and not for test", .no),
        Requirement("checkout 1.41 reads schema 7 of orders", .yes),
        Requirement("checkout 1.41 cannot read schema 8 of orders", .no),
        Requirement("cart 2.0 needs API v2 of pricing, which offers v1", .no),
        Requirement(
          "cart 2.0 needs new-cart: flag(new-cart) is off, which does not hold", .no),
      ])
  }

  @Test("what nobody knows is not taken for granted")
  func unknown() throws {
    var manifest = try Self.manifest()
    manifest.stores[0].schema = .signal(try Reference("checkout.orders_schema"))
    let found = manifest.requirements(on: Ground(environment: nil))
    #expect(found.count == 4)
    #expect(found.allSatisfy { $0.truth == .unknown })
    #expect(found[1].words == "nobody knows which schema orders has now")
    manifest.stores = []
    #expect(
      manifest.requirements(on: Ground())[1].words == "nothing says which schema orders has")
  }

  @Test("what an artifact of the same release offers counts")
  func offered() throws {
    var manifest = try Self.manifest()
    var pricing = ReleaseManifest.Artifact(service: "pricing", version: "3.0")
    pricing.offers = ["v2"]
    manifest.artifacts.append(pricing)
    let found = manifest.requirements(on: Ground(apis: ["pricing": ["v1"]], fact: .word("off")))
    #expect(found.allSatisfy { $0.truth == .yes })
  }
}
