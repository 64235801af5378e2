import Exposition
import Health
import NIOCore

/// What makes an answer to the metrics question none.
extension Fault {
  static func ofMetrics(_ response: Response) -> Fault? {
    switch response.status {
    case 200..<300: break
    case 401, 403:
      return Fault(
        .misconfigured,
        "\(Wording.status(response.status)): credentials are missing or not accepted")
    default: return Fault(.httpStatus, Wording.status(response.status))
    }
    let form = response.body.withUnsafeReadableBytes {
      BodyForm($0, contentType: response.contentType)
    }
    switch form {
    case .html: return Fault(.payload, "HTML instead of metrics")
    case .json: return Fault(.payload, "JSON instead of metrics")
    case .protobuf: return Fault(.payload, "protobuf instead of text, which was asked for")
    case .other: return nil
    }
  }

  /// An exposition without one good line is none.
  static func ofUnreadable(_ extraction: Extraction) -> Fault? {
    guard extraction.violationCount > 0, extraction.violationCount >= extraction.sampleCount,
      extraction.readings.isEmpty
    else { return nil }
    let first = extraction.violations.first.map { "; line \($0.line): \($0.reason)" } ?? ""
    return Fault(.payload, "no line of it reads as metrics\(first)")
  }
}
