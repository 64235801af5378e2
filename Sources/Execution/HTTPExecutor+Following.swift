import Containment

extension HTTPExecutor {
  /// Seconds between two looks are never fewer.
  private static let shortest = 0.05

  /// Asks after what a request has begun until it is done, has failed, or nobody waits any longer.
  ///
  /// - Parameter answer: the first one, which says that it was begun.
  func follow(
    _ follow: PlannedRequest.Follow, of request: PlannedRequest, from answer: Exchange.Answer,
    _ patience: Patience
  ) async -> ActionAnswer {
    let begun = "HTTP \(answer.status)"
    let look: PlannedRequest
    do throws(ReadingError) { look = try self.look(follow, of: request, from: answer) } catch {
      return .unknown("\(begun), but it cannot be followed: \(error.reason)")
    }
    /// What it was at the last look, or why that is not known.
    var last = "nothing was seen of it"
    while !patience.isOver {
      let (outcome, mask) = await exchange(
        look, key: nil, timeout: patience.left, limit: HTTPExecutor.longestReading,
        began: { nil })
      switch seen(outcome, follow, mask) {
      case .failure(let error): if !patience.isOver { last = error.reason }
      case .success(let found):
        let words = AnswerText.shown(found, mask)
        if follow.done.contains(found) { return .applied("\(begun), then \(words)") }
        if follow.failed.contains(found) { return .failed("\(begun), then \(words)") }
        last = "it says \(words)"
      }
      let pause = min(max(follow.every, HTTPExecutor.shortest), patience.left)
      do { try await Task.sleep(for: .seconds(pause)) } catch {
        return .unknown("\(begun), but following it was called off")
      }
    }
    return .unknown("\(begun), but it did not end in \(patience.words): \(last)")
  }

  /// What is asked again and again: at the same host with the same headers, at another one with none, since
  /// secrets are for whom they are declared.
  private func look(
    _ follow: PlannedRequest.Follow, of request: PlannedRequest, from answer: Exchange.Answer
  ) throws(ReadingError) -> PlannedRequest {
    var url = follow.url
    if let pointer = follow.answer {
      guard !answer.isCut else { throw ReadingError(reason: "its answer is too long") }
      let value = try ScalarPointer(pointer).scalar(in: answer.body).words
      guard !value.isEmpty, value != ".", value != ".." else {
        throw ReadingError(reason: "what it says at \(pointer) can be no part of an address")
      }
      url = url.replacing(
        PlannedRequest.Follow.place, with: OrderRendering.escaped(value))
    }
    guard let first = TargetAddress(request.url), let next = TargetAddress(url) else {
      throw ReadingError(reason: "its address is none")
    }
    var look = PlannedRequest(method: "GET", url: url)
    if first.isSecure == next.isSecure, first.authority == next.authority {
      look.headers = request.headers.filter { $0.name.lowercased() != "content-type" }
    }
    return look
  }

  private func seen(
    _ outcome: Exchange.Outcome, _ follow: PlannedRequest.Follow, _ mask: SecretMask
  ) -> Result<String, ReadingError> {
    switch outcome {
    case .unsent(let reason), .lost(let reason): return .failure(ReadingError(reason: reason))
    case .answered(let answer):
      guard (200...299).contains(answer.status), !answer.isCut else {
        return .failure(ReadingError(reason: HTTPExecutor.words(answer, mask)))
      }
      do throws(ReadingError) {
        return .success(try ScalarPointer(follow.pointer).scalar(in: answer.body).words)
      } catch {
        return .failure(ReadingError(reason: mask.masked(error.reason)))
      }
    }
  }
}
