import Canvas
import Health

/// The line that interrupts every pane while any service runs in a degraded mode.
struct FallbackStrip {
  private let digest: FleetDigest

  init(_ digest: FleetDigest) { self.digest = digest }

  func draw(on canvas: Canvas) {
    let style = Style(.fallbackStrip)
    canvas.fill(nil, style)
    canvas.put(text(narrow: canvas.width < 60), at: Point(canvas.width < 60 ? 0 : 1, 0), style)
  }

  private func text(narrow: Bool) -> String {
    guard let first = digest.mostPressing else { return "" }
    if narrow {
      // The name and the time left matter most where little else fits.
      return "FALLBACK \(first.service)\(FallbackStrip.time(of: first)), \(first.name)"
    }
    let recovering = digest.fallbacks.count(where: \.isRecovering)
    let active = digest.fallbacks.count - recovering
    var text = digest.fallbacks.count == 1 ? "FALLBACK" : "FALLBACKS"
    if active > 0 { text += " \(active) active" }
    if recovering > 0 { text += (active > 0 ? "," : "") + " \(recovering) recovering" }
    if let oldest = digest.oldestFallback { text += ", oldest \(Quantity.duration(oldest))" }
    return text + ": \(first.service) \(first.name)" + FallbackStrip.time(of: first)
  }

  /// To the second only when it counts: a line that changes each second is read each second.
  private static func rest(_ left: Double) -> String {
    left < 120 ? Quantity.countdown(left) : Quantity.duration(left)
  }

  /// `, 3m left of 15m tolerated`
  static func time(of fallback: FleetDigest.ActiveFallback) -> String {
    if let left = fallback.recoversIn { return ", over in \(rest(left)) if it stays out of use" }
    if let breach = fallback.breach { return ", \(breach)" }
    guard let tolerance = fallback.tolerance else { return ", no limit stated" }
    guard let left = fallback.left else {
      return ", \(Quantity.duration(tolerance)) tolerated, since when is not known"
    }
    return left < 0
      ? ", \(Quantity.duration(-left)) over the \(Quantity.duration(tolerance)) tolerated"
      : ", \(rest(left)) left of \(Quantity.duration(tolerance)) tolerated"
  }
}
