import Fleet

/// A runbook with every key and every section, for its author to fill in.
struct RunbookSkeleton {
  var id: String
  /// nil: it is for any service until the author says which.
  var service: String?
  /// Who keeps the service.
  var owner: Owner?
  /// `2026-11-22`
  var today: String

  var text: String { "---\n\(head)---\n\(sections)" }

  private var title: String {
    let words = id.split(whereSeparator: { "-_".contains($0) }).joined(separator: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  private var head: String {
    """
    id: \(id)
    title: \(title)
    \(service.map { "services: [\(quoted($0))]" } ?? "# services: [pricing]")
    # language: rust
    # tier: critical
    \(ownerLine)
    impact: what users notice, in a line
    # What tells that it is this and nothing else; `damcon runbook match` tries it on a recording.
    match: {all: [error_ratio > 5% for 1m, p99_ms > 2s for 1m]}
    # Figures that are out of bounds when it is this.
    indicators:
      - {name: errors, signal: error_ratio, above: 5%}
      - {name: p99, signal: p99_ms, above: 2s}
    # What proves that it is over.
    verification: {all: [error_ratio < 1%, p99_ms < 500ms, readiness is pass], for: 5m}
    \(escalation)
    triage: {within: 10m, decide: contain it or roll back, otherwise: roll back}
    criteria:
      incident: error_ratio > 5% for 5m
      customers: error_ratio > 10% for 10m
      review: error_ratio > 5% for 10m
    slos: []
    links: []
    tags: []
    reviewed: \(today)
    # actions:
    #   cap-concurrency:
    #     kind: cap-concurrency
    #     risk: low
    #     parameters: {limit: {type: integer, min: 1, max: 512, default: 32, unit: requests}}
    #     http: {url: "{instance}/admin/limits", body: {max_concurrency: "{limit}"}}
    #     read: {url: "{instance}/admin/limits", pointer: /max_concurrency, expect: "{limit}"}
    #     revert: {body: {max_concurrency: "{captured}"}}
    #     verification: {conditions: [p99_ms < 500ms], window: 60s, within: 5m}

    """
  }

  private var ownerLine: String {
    guard let owner, owner.team != nil || owner.primary != nil else {
      return "# owner: {team: pricing-team, primary: \"@mira\", channel: \"#pricing\"}"
    }
    let parts = [
      ("team", owner.team), ("primary", owner.primary), ("secondary", owner.secondary),
      ("channel", owner.channel),
    ].compactMap { key, value in value.map { "\(key): \(quoted($0))" } }
    return "owner: {\(parts.joined(separator: ", "))}"
  }

  private var escalation: String {
    guard let second = owner?.secondary ?? owner?.primary else {
      return "# escalation:\n#   - {after: 15m, to: \"@jon\", channel: \"#pricing\"}"
    }
    let channel = owner?.channel.map { ", channel: \(quoted($0))" } ?? ""
    return "escalation:\n  - {after: 15m, to: \(quoted(second))\(channel)}"
  }

  private func quoted(_ text: String) -> String {
    let bare = text.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) }
    if bare, text.first?.isLetter == true, !["true", "false", "null", "yes", "no"].contains(text) {
      return text
    }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private var sections: String {
    """
    # \(title)

    ## Meaning

    What is wrong, in two sentences, and why it happens.

    ## Impact

    What users notice, and what goes on working.

    ## Indicators

    p99 {{ signal p99_ms }}, errors {{ signal error_ratio }}, {{ signal rate }} requests a second.

    ## Diagnosis

    1. Look where it began: press `o`.
    2. Look what changed before it: press `c`.
    3. Look at the runtime.
       - **Go:** goroutines {{ signal go_goroutines }}; take a profile of them.

         ```sh
         curl -s "$URL/debug/pprof/goroutine?debug=1" | head -40
         ```

       - **Rust:** workers busy {{ signal tokio_busy_ratio }}; look for what blocks them.

    ## Containment

    1. Do what stops the harm first, and is easiest to take back.
    2. Decide: is it contained, or is the release to be rolled back?

    ## Remediation

    1. Mend the cause.

    ## Rollback

    1. Take back each step of the containment, the last one first.

    ## Verification

    It is over when all of verification above has held for its time.

    ## Escalation

    Who is called, after how long, and what to tell them.

    ## Review

    1. Write down what happened, and what this runbook lacked.

    """
  }
}
