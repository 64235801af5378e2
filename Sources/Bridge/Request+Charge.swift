extension Request {
  /// What a request takes off what one user may ask.
  enum Charge: Sendable, Hashable {
    case none
    /// One of those by which somebody acts.
    case request
    /// So much of what is looked up; more where much is gathered for the answer.
    case question(Double)
  }

  var charge: Charge {
    switch self {
    // Nobody is told to wait a moment with that.
    case .halt: .none
    case .plan, .status(_?), .tryOut, .confirm, .approve, .reject, .cancel, .takeBack, .recover,
      .reconcile, .lift, .attach:
      .request
    case .list(nil), .status(nil): .question(20)
    case .list(_?): .question(1)
    case .archive(let question): .question(question.cost)
    }
  }
}

extension ArchiveQuestion {
  fileprivate var cost: Double {
    switch self {
    case .span, .sequence: 1
    case .keyframe, .keyframeAt, .batches, .keyframeBody, .blob, .milestones, .pulses: 10
    }
  }
}
