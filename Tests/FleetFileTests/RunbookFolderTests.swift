import FleetFile
import Foundation
import Markdown
import Runbooks
import Testing

/// The runbooks of the prometheus-operator, as everybody has them: they work as they are.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["DAMCON_SHARED"] != nil))
struct SharedRunbooksTests {
  private static let folder =
    (ProcessInfo.processInfo.environment["DAMCON_SHARED"] ?? "")
    + "/runbooks-prometheus-operator/content/runbooks"

  /// Every file that a plain walk over the folder finds, but for indexes.
  private static func expected() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
      var isFolder: ObjCBool = false
      FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
      return !isFolder.boolValue && !name.hasSuffix("_index.md")
    }.sorted()
  }

  @Test func theCollectionLoadsWhole() throws {
    let found = RunbookFolder(Self.folder)
    #expect(found.problems == [])
    #expect(found.files.map(\.runbook.path) == (try Self.expected()))
    #expect(found.files.flatMap(\.problems) == [])
    #expect(found.files.flatMap(\.warnings) == [])
  }

  /// Each second-level heading of the file is a section of the runbook, in its order.
  @Test func sectionsAreThoseOfTheFile() throws {
    for file in RunbookFolder(Self.folder).files {
      let headings = file.runbook.text.markdown.headings.filter { $0.level == 2 }.map(\.words)
      let sections = file.runbook.text.sections.map(\.title)
      #expect(headings.allSatisfy(sections.contains), "\(file.path)")
      for section in file.runbook.text.sections where section.title == "Mitigation" {
        #expect(section.kind == .containment, "\(file.path)")
      }
      let says = headings.contains("Meaning")
      #expect((file.runbook.text.section(.meaning) != nil) == says, "\(file.path)")
    }
  }

  /// A complaint is true: a dead link leads to no file, and there is no other kind but that nobody keeps it.
  @Test func complaintsAreTrue() throws {
    let files = RunbookFolder(Self.folder).files
    let findings = RunbookLint.findings(files, fleet: nil, actions: [], today: 20_779)
    let kinds = Set(findings.map(\.rule))
    #expect(kinds.isSubset(of: [.noOwner, .deadLink, .deadAnchor]), "\(kinds)")
    #expect(
      findings.filter { $0.rule != .noOwner }.map {
        String($0.description.dropFirst(Self.folder.count + 1))
      } == [
        "node/NodeClockNotSynchronising.md:22:40: the link './NodeClockSkewDetected.md' leads to no "
          + "file [dead-link]",
        "node/NodeFilesystemAlmostOutOfSpace.md:27:48: the link './NodeFilesystemFilesFillingUp.md' "
          + "leads to no file; did you mean 'NodeFilesystemSpaceFillingUp.md'? [dead-link]",
      ])
    #expect(findings.filter { $0.rule == .noOwner }.count == files.count)
  }

  @Test func anAddressOfTheSiteNamesItsRunbook() throws {
    let library = RunbookLibrary(RunbookFolder(Self.folder).runbooks)
    let address =
      "https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubepodcrashlooping/"
    let named = library.runbooks.filter { $0.card.isNamed(byAddress: address) }
    #expect(named.map(\.card.id) == ["KubePodCrashLooping"])
    #expect(
      library.search("crash looping").prefix(2).map(\.card.id) == [
        "AlertmanagerClusterCrashlooping", "KubePodCrashLooping",
      ])
    #expect(library.search("CrashLoop kubectl").contains { $0.card.id == "KubePodCrashLooping" })
    #expect(library.search("no such words anywhere").isEmpty)
  }
}
