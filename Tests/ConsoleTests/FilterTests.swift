import Console
import Fleet
import Incident
import Testing

@Suite("Filter")
struct FilterTests {
  private static let present = Story.incident.state.present

  private func names(_ text: String) throws -> [String] {
    let filter = try Filter(text)
    return FilterTests.present.services.filter(filter.admits).map(\.definition.name)
  }

  @Test(
    "Terms that stand beside each other must all hold",
    arguments: [
      ("", 8), ("cart", 1), ("CART", 1), ("team:", 0), ("owner:payments", 2),
      ("state:bad", 4), ("!state:bad", 4), ("!!state:bad", 4), ("state:un", 1), ("state:stale", 1),
      ("tier:crit", 4), ("tier:crit !state:bad", 1), ("lang:go", 5), ("lang:rust state:healthy", 1),
      ("/^c/", 4), ("!/^c/", 4), ("/^(cart|users)$/", 2), ("/^ca/ state:healthy", 1),
      ("/pool sat/", 1), ("\"pool sat\"", 1),
    ])
  func grammar(_ text: String, _ count: Int) throws {
    let found = try names(text)
    #expect(found.count == count, "\(text): \(found)")
  }

  @Test(
    "What cannot be read says what was expected",
    arguments: [
      ("state:purple", "states: bad healthy"), ("tier:gold", "critical important optional"),
      ("lang:cobol", "go rust other"), ("/(/", "`(` without `)`"), ("/[a/", "`[` without `]`"),
      ("/*a/", "nothing before `*`"), ("!", "needs a term"),
    ])
  func problems(_ text: String, _ words: String) {
    #expect {
      _ = try Filter(text)
    } throws: { error in
      (error as? Filter.Problem)?.sentence.contains(words) == true
    }
  }

  @Test(
    "Patterns match as patterns do",
    arguments: [
      ("a.c", "xabcx", true), ("^a.c$", "xabcx", false), ("a+b?c*", "aa", true), ("a|b", "b", true),
      ("^(ab)+$", "ababab", true), ("^(ab)+$", "aba", false), ("[^a-c]", "abc", false),
      ("\\d\\d", "v12", true), ("\\.", "ab", false),
      ("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false),
      ("", "anything", true), ("ABC", "xabcx", true), ("()", "", true), ("[]]", "]", true),
    ])
  func patterns(_ pattern: String, _ text: String, _ isFound: Bool) throws {
    #expect(try Pattern(pattern).isFound(in: text) == isFound)
  }

  @Test("No pattern is slow: the time is bounded by pattern times text")
  func linear() throws {
    let pattern = try Pattern(
      String(repeating: "(a?)", count: 15) + String(repeating: "a", count: 15))
    let text = String(repeating: "a", count: 14) + String(repeating: "b", count: 5000)
    #expect(!pattern.isFound(in: text))
  }
}
