import Fleet
import FleetFile
import Foundation
import Testing

@Suite("A fleet file's text as it is kept")
struct KeepingTests {
  private func kept(_ text: String) throws -> FleetFile.KeptText? {
    let text = "version: 1\n" + text
    return FleetFile.keepable(
      try FleetFile.parse(text, path: "damcon.yaml"), path: "damcon.yaml")
  }

  @Test("Without a secret it is what was read, to the letter; references stay as they are")
  func plain() throws {
    let text = """
      # who to ask: ops
      services:
        - name: token-service
          instances: [http://a:80]
          bearer_token: {env: TOKEN}
          headers: {X-Api-Key: {file: key.txt}}

      """
    let kept = try #require(try kept(text))
    #expect(kept.text == "version: 1\n" + text)
    #expect(kept.masked == 0)
  }

  @Test("Every secret that is written in it is masked, however it is written, and nothing else is")
  func masks() throws {
    let text = """
      x-shared: &shared {X-Tenant: hunter1}
      defaults:
        bearer_token: hunter2-plain # the old one
      services:
        - name: shop   # not hunter, shop
          instances: ["http://a:80"]
          bearer_token: 'it''s hunter3'
          headers: {X-A: "hunter4 \\" \\x41", X-B: hunter5}
        - name: other
          instances: [http://b:80]
          headers:
            <<: *shared
            Cookie: !!str &c hunter6
            X-C: *c
            X-D: >-
              hunter7
              hunter7

            X-E: {env: E}
      journeys:
        - name: buy
          service: shop
          steps:
            - post: /login
              body: '{"password": "hunter8"}'
              expect: {status: 200, body: {contains: [welcome]}}
      actions:
        restart: {kind: restart, http: {url: "{instance}/r", headers: {X-A: hunter9}}}
        drain:
          kind: drain
          parameters: {token: {type: flag}}
          http:
            url: "{instance}/d/{token}"
            headers: {X-Y: {command: [show, y]}}
            body:
              secret: |
                hunter0

                hunter0
              run: drain
      fleet: ends
      """
    let kept = try #require(try kept(text))
    #expect(!kept.text.contains(/hunter[0-9]/))
    #expect(kept.masked == 10)
    for stays in [
      "# the old one", "- name: shop   # not hunter, shop", "X-C: *c", "X-E: {env: E}",
      "{contains: [welcome]}", "kind: restart, http", "        run: drain", "[show, y]",
      "fleet: ends",
      "expect: {status: 200",
      "Cookie: !!str &c \"<masked>\"", "headers: {X-A: \"<masked>\"}}}",
    ] {
      #expect(kept.text.contains(stays), "\(stays)")
    }
    let again = try FleetFile.parse(kept.text, path: "damcon.yaml").fleet
    #expect(again.name == "ends")
    #expect(again.services[0].instances[0].credentials.headers.count == 3)
  }

  @Test("Where a secret cannot be told from the rest, nothing is kept")
  func unsure() throws {
    // Folded over two lines without quotes: where it ends depends on what follows.
    let text = """
      services:
        - name: a
          instances: [http://a:80]
          bearer_token: hunter2
            goes on
      """
    #expect(try kept(text) == nil)
  }

  @Test("The sample is kept whole but for what its headers say")
  func sample() throws {
    let path = samples.appending(path: "damcon.yaml").path
    let reading = try FleetFile.load(path: path)
    let kept = try #require(FleetFile.keepable(reading, path: path))
    let lines = reading.text.split(separator: "\n", omittingEmptySubsequences: false)
    let keptLines = kept.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(zip(lines, keptLines).count { $0 != $1 } == kept.masked)
    #expect(lines.count == keptLines.count)
    let again = try FleetFile.parse(kept.text, path: path).fleet
    #expect(again.services.map(\.instances.count) == reading.fleet.services.map(\.instances.count))
  }
}
