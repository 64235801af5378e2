import Canonical
import Fleet
import Health
import Incident
import Recording
import Testing

@Suite("What is left out of a recording")
struct RedactorTests {
  @Test("the same thing is the same word everywhere, and nothing else changes")
  func words() {
    var redactor = Redactor(Set(Redactor.Rule.allCases))
    #expect(
      redactor.clean("http://pay-7.shop.internal:8080/ready refused by 10.0.3.7, ask @mira")
        == "http://host-1:8080/ready refused by address-1, ask person-1")
    #expect(redactor.clean("pay-7.shop.internal again, @mira") == "host-1 again, person-1")
    #expect(redactor.clean("10.0.3.8 and 10.0.3.7") == "address-2 and address-1")
    #expect(redactor.clean("http://[2001:db8::7]:80/") == "http://address-3:80/")
    #expect(redactor.clean("Authorization: Bearer-abcdef123") == "Authorization: token-1")
    #expect(redactor.clean("api_key=s3cr3t-9&x=1") == "api_key=token-2&x=1")
    #expect(redactor.clean("trace 4bf92f3577b34da6a3ce929d0e0e4736") == "trace token-3")
    // Where a secret is kept is none itself.
    #expect(redactor.clean("bearer_token: {env: TOKEN}") == "bearer_token: {env: TOKEN}")
    let plain = "p99 1.42.0 over 800 ms at /v1/cart (503), http_requests_total"
    #expect(redactor.clean(plain) == plain)
    #expect(redactor.counts.map(\.count) == [1, 3, 1, 3])
  }

  @Test("a rule that was not asked for finds nothing")
  func onlyAsked() {
    var redactor = Redactor([.addresses])
    #expect(redactor.clean("ada@shop.com at 10.0.0.1") == "ada@shop.com at address-1")
    #expect(redactor.counts.map(\.rule) == [.addresses])
  }

  @Test("responders are known by what they did, also in words that tell of it")
  func people() throws {
    var redactor = Redactor([.names])
    let entry = Entry(
      sequence: 1, instant: Instant(wall: 0, offset: 0),
      event: .remark(Remark(by: "ada", text: "adapter by ada")))
    redactor.learn(entry)
    #expect(
      try redactor.redacted(entry).event
        == .remark(Remark(by: "person-1", text: "adapter by person-1")))
  }

  @Test("a state with other words is a state, and goes on")
  func state() throws {
    let began = Instant(wall: 1_795_000_000_000_000_000, offset: 0)
    let fleet = Fleet(
      name: "shop",
      services: [
        Service(name: "pay", tier: .critical, instances: [Instance(url: "http://pay.internal:80")])
      ])
    var state = State(began: began)
    state.apply(Entry(sequence: 1, instant: began, event: .fleet(fleet)))
    var redactor = Redactor(Set(Redactor.Rule.allCases))
    var redacted = try redactor.redacted(state)
    #expect(redacted.present.services[0].definition.instances[0].url == "http://host-1:80")
    redacted.apply(
      Entry(
        sequence: 2, instant: began,
        event: .probe(
          target: Target(service: "pay", instance: "http://host-1:80"),
          Probe(
            kind: .liveness, path: "/", duration: 0.1,
            answer: .fault(Fault(.refused, "refused"))))))
    #expect(redacted.present.services[0].instances[0].fault?.kind == .refused)
  }
}

@Suite("Bytes made smaller")
struct ZstdTests {
  @Test("what is packed comes back, alone and from what it is alike")
  func roundTrip() {
    let base = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    var changed = base
    for place in stride(from: 0, to: base.count, by: 5000) { changed[place] &+= 1 }
    #expect(Zstd.unpack(Zstd.pack(changed)) == changed)
    let patch = Zstd.pack(changed, from: base)
    #expect(patch.count < 2000)
    #expect(Zstd.unpack(patch, from: base) == changed)
    #expect(Zstd.unpack(Zstd.pack([])) == [])
  }

  @Test("bytes that are damaged, of another base or too many are refused")
  func hostile() {
    let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 % 251) }
    let packed = Zstd.pack(bytes)
    for place in packed.indices {
      var bad = packed
      bad[place] ^= 0x10
      let read = Zstd.unpack(bad)
      #expect(read == nil || read == bytes)
      #expect(Zstd.unpack(Array(packed[..<place])) == nil)
    }
    #expect(Zstd.unpack(packed, limit: 4999) == nil)
    let base = (0..<5000).map { UInt8(truncatingIfNeeded: $0 % 249) }
    let patch = Zstd.pack(Array(base[100...]), from: base)
    #expect(patch.count < 100)
    #expect(Zstd.unpack(patch, from: bytes) == nil)
  }
}
