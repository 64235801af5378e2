/// What came of an intent at once, for who asked; all that comes later is in the state.
package struct IntentOutcome: Sendable, Hashable, Codable {
  /// Why nothing came of it; nil where something did, or may yet.
  package var refusal: String?
  /// The plan that was made.
  package var run: String?
  /// What whoever confirms that plan should know; of what was tried out, what each target says.
  package var warnings: [String]

  package init(refusal: String? = nil, run: String? = nil, warnings: [String] = []) {
    self.refusal = refusal
    self.run = run
    self.warnings = warnings
  }

  package static let taken = IntentOutcome()
}
