package import Containment

extension ActionAnswer {
  private static let opening = "nothing was sent: "

  /// Not done, because no byte has left.
  package static func unsent(_ reason: String) -> ActionAnswer { .failed(opening + reason) }

  /// The target never heard of it: there is nothing there to take back.
  package var isUnsent: Bool {
    if case .failed(let reason) = self { reason.hasPrefix(ActionAnswer.opening) } else { false }
  }
}
