import Fleet
import Health
import Incident
import Testing

@Suite("Files in force and bodies of answers")
struct DocumentTests {
  private static let fleet = Shop.fleet()

  private func document(_ kind: Document.Kind, _ name: String, _ byte: UInt8) -> Document {
    Document(kind: kind, name: name, hash: [UInt8](repeating: byte, count: 32), size: 7)
  }

  @Test("what is in force is what the last entry says, in one order, until another run begins")
  func inForce() {
    var diary = Diary(Self.fleet)
    #expect(diary.state.present.documents.isEmpty)
    let fleet = document(.fleetFile, "damcon.yaml", 1)
    let books = [document(.runbook, "b.md", 2), document(.runbook, "a.md", 3)]
    diary.add(.documents([books[0], fleet, books[1]]))
    #expect(diary.state.present.documents == [fleet, books[1], books[0]])
    diary.add(.documents([document(.fleetFile, "damcon.yaml", 4)]))
    #expect(diary.state.present.documents.map(\.hash.first) == [4])
    diary.add(.began)
    #expect(diary.state.present.documents.isEmpty)
  }

  @Test("a body does to the state what a moment does in which nothing happens")
  func body() throws {
    var one = Diary(Self.fleet)
    var other = one
    let target = Target(
      service: Self.fleet.services[0].name, instance: Self.fleet.services[0].instances[0].url)
    one.add(.body(target: target, AnswerBody(.metrics, hash: [UInt8](repeating: 9, count: 32))))
    other.add(.tick)
    #expect(try one.state.canonicalBytes() == other.state.canonicalBytes())
    #expect(one.milestones == other.milestones)
  }

  @Test("neither is a responder's: nobody waits for the disk because of them")
  func ordinary() {
    let target = Target(service: "a", instance: "b")
    #expect(!Event.documents([]).isAudited)
    #expect(!Event.body(target: target, AnswerBody(.metrics, hash: [])).isAudited)
  }
}
