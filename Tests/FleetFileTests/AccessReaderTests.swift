import Fleet
import FleetFile
import Testing
import YAMLText

/// Who may do what is read whole, or said to be wrong where it stands.
@Suite("Access of a fleet file")
struct AccessReaderTests {
  private static let head = "version: 1\nservices: [{name: a, instances: ['http://a']}]\n"

  private func read(_ text: String) throws -> FleetFile.Reading {
    try FleetFile.parse(Self.head + text, path: "f.yaml")
  }

  private func problems(_ text: String) -> [String] {
    FleetText.problems(Self.head + text, path: "f.yaml")
  }

  @Test("names and groups are given roles, and the highest counts")
  func roles() throws {
    let reading = try read(
      """
      access:
        responder: {users: [ana, bo], groups: oncall}
        approver: [ines, "@leads", ana]
        commander: marc
      """)
    #expect(reading.warnings == [])
    let access = try #require(reading.fleet.access)
    #expect(access.usual == .viewer)
    #expect(access.role(of: "bo", groups: [], uid: 1000) == .responder)
    #expect(access.role(of: "ana", groups: [], uid: 1001) == .approver)
    #expect(access.role(of: "eve", groups: ["oncall"], uid: 1002) == .responder)
    #expect(access.role(of: "eve", groups: ["oncall", "leads"], uid: 1002) == .approver)
    #expect(access.role(of: "marc", groups: [], uid: 1003) == .commander)
    #expect(access.role(of: "eve", groups: ["users"], uid: 1002) == .viewer)
    // A group of that name is no user of it.
    #expect(access.role(of: "leads", groups: [], uid: 1004) == .viewer)
  }

  @Test("a file that says nothing of it gives nobody a role")
  func absent() throws {
    #expect(try read("").fleet.access == nil)
    #expect(try read("access: {default: responder}").fleet.access == Access(usual: .responder))
  }

  @Test("root and nobody never count as approvers, and the file is told")
  func never() throws {
    #expect(!Access.countsAsApprover(uid: 0) && !Access.countsAsApprover(uid: 65_534))
    #expect(Access.countsAsApprover(uid: 1000))
    let reading = try read("access: {approver: [root, ines], responder: [root]}")
    #expect(
      reading.warnings.map(\.description) == [
        "f.yaml:3:20: access.approver: root never counts as an approver: anybody may be behind that name"
      ])
    let access = Access(grants: [.init(.commander, users: ["nobody"])])
    #expect(access.role(of: "nobody", groups: [], uid: Access.nobody) == .viewer)
  }

  @Test(
    "each mistake has a sentence at its place",
    arguments: [
      (
        "access: all",
        "f.yaml:3:9: access: expected a mapping with default, responder, approver or commander, found 'all'"
      ),
      (
        "access: {default: commander}",
        "f.yaml:3:19: access.default: everybody is a viewer or a responder; approvers and commanders "
          + "are named"
      ),
      (
        "access: {default: veiwer}",
        "f.yaml:3:19: unknown role 'veiwer'; expected viewer, responder, approver or commander; did "
          + "you mean 'viewer'?"
      ),
      (
        "access: {aprover: [ines]}",
        "f.yaml:3:10: unknown key 'aprover' in access; did you mean 'approver'?"
      ),
      (
        "access: {approver: {user: ines}}",
        "f.yaml:3:21: unknown key 'user' in approver; did you mean 'users'?"
      ),
      (
        "access: {approver: [\"in es\"]}",
        "f.yaml:3:21: access.approver[0]: expected a name of the operating system, found 'in es'"
      ),
      ("access: {approver: []}", "f.yaml:3:20: access.approver: name somebody"),
    ])
  func mistakes(_ text: String, _ problem: String) {
    #expect(problems(text) == [problem])
  }
}
