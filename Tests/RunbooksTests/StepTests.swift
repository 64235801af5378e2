import Conditions
import Fleet
import Markdown
import Runbooks
import Testing

/// Steps are what lists of some sections hold, and each is of one kind.
@Suite struct StepTests {
  private static let text = RunbookText(
    """
    # Pricing times out

    ## Meaning
    - this is no step

    ## Diagnosis
    1. `when: breaker(postgres) is open` Look at the pool: {{ signal saturation }}
    2. Find the stalled tasks
       - **Go:** `kubectl exec deploy/pricing -- curl :6060/debug/pprof/goroutine?debug=2`
       - Rust: read `tokio-console http://127.0.0.1:6669`
    3. ```sh {"name":"pool"}
       psql -c 'select 1'
       ```

    ## Mitigation
    - [Cap concurrency](action:cap-concurrency) at 32
    - Decide: roll back, or wait for postgres

    ## Verification
    - `p99_ms < 800ms`
    - `readiness is pass`
    - somebody looks at it
    """)

  @Test func sectionsAreKnownByWhatOthersCallThem() {
    #expect(Self.text.title == "Pricing times out")
    #expect(
      Self.text.sections.map(\.kind) == [.meaning, .diagnosis, .containment, .verification])
    #expect(Self.text.section(.meaning)?.steps.isEmpty == true)
  }

  @Test func stepsAreOfTheirKind() {
    #expect(
      Self.text.steps.map(\.id) == [
        "diagnosis.1", "diagnosis.2", "diagnosis.3", "containment.1", "containment.2",
      ])
    #expect(
      Self.text.steps.map(\.kind) == [
        .judgement(isDecision: false), .command, .command, .automatable(action: "cap-concurrency"),
        .judgement(isDecision: true),
      ])
    #expect(Self.text.step("diagnosis.3")?.words == "pool")
  }

  @Test func aPreconditionIsTakenOffTheWords() throws {
    let step = try #require(Self.text.step("diagnosis.1"))
    #expect(step.precondition == (try Condition("breaker(postgres) is open")))
    #expect(step.words == "Look at the pool: {{ signal saturation }}")
  }

  @Test func theVariantThatFitsComesFirst() throws {
    let step = try #require(Self.text.step("diagnosis.2"))
    #expect(step.variants(for: .rust).map(\.language) == [.rust, .go])
    #expect(step.variants(for: .go).map(\.language) == [.go, .rust])
    #expect(step.commands(for: .rust).first?.text == "tokio-console http://127.0.0.1:6669")
    #expect(step.commands(for: .go).first?.text.hasPrefix("kubectl exec") == true)
  }

  @Test func verificationIsReadOfItsList() throws {
    #expect(
      Self.text.verification == [
        try Condition("p99_ms < 800ms"), try Condition("readiness is pass"),
      ])
  }

  @Test func aPreconditionThatIsNoneIsTold() {
    let text = RunbookText("## Diagnosis\n\n- `when: p99_ms >` Look")
    #expect(text.flaws.map(\.line) == [3])
    #expect(text.steps.count == 1)
  }

  @Test func valuesOfTheMomentAreCutOutOfTheText() throws {
    let pieces = LiveValue.pieces(
      of: "now {{ signal p99_ms service }} of {{ signal rate pricing }}; {{ x }}")
    #expect(
      pieces == [
        .text("now "), .value(LiveValue(reference: try Reference("p99_ms"))), .text(" of "),
        .value(LiveValue(reference: try Reference("pricing.rate"))), .text("; {{ x }}"),
      ])
    guard case .flaw(_, let reason)? = LiveValue.pieces(of: "{{ signal }}").first else {
      Issue.record("nothing is asked for, and nothing was said of it")
      return
    }
    #expect(reason.contains("{{ signal p99_ms }}"))
  }

  @Test func linksOfHugoLeadWhereTheyMean() {
    let text = RunbookText("See [other]({{< ref \"./KubePodCrashLooping.md\" >}}).")
    #expect(text.markdown.links.map(\.destination) == ["./KubePodCrashLooping.md"])
  }
}
