import Foundation
import Simulator

/// The scenarios that are shipped, found from this file.
enum Samples {
  static var folder: String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "samples/scenarios").path()
  }

  static let library = ScenarioLibrary(folders: [folder])
  static let names = ["bad-rollout", "calm", "dependency-outage", "pricing-timeout"]

  /// The main incident, small enough for a test: the same shape, a quarter of the traffic.
  static let small = """
    name: small
    seed: 7
    backends:
      - {name: postgres, latency: {p50: 120ms, p99: 190ms}}
    services:
      - name: pricing
        language: rust
        tier: critical
        versions:
          - {name: 2.3.0, build: 9e1d0c4}
          - {name: 2.2.9, build: 51f7ab2, queries: 0.1}
        instances:
          - {version: 2.3.0, weight: 0.45}
          - {version: 2.3.0, weight: 0.45}
          - {version: 2.2.9, track: canary, weight: 0.1}
        workers: 2
        max_concurrency: 64
        deadline: 2s
        warmup: 4s
        endpoints:
          - {path: /price, latency: {p50: 8ms, p99: 20ms}, calls: [postgres]}
        needs:
          - {backend: postgres, timeout: 2s, breaker: {counts: hard}, fallback: {name: last-known, mode: stale}}
      - name: cart
        language: go
        tier: critical
        versions: [{name: 1.9.3, build: 77c1e02}]
        endpoints: [{path: /cart, latency: {p50: 5ms, p99: 18ms}, calls: [pricing]}]
        needs:
          - service: pricing
            path: /price
            timeout: 600ms
            breaker: {open_for: 4s}
            fallback: {name: cached-prices, mode: cache, tolerance: 15m}
        flags: [{name: new-cart, on: true, exposure: 0.25}]
      - name: search
        language: rust
        versions: [{name: 0.8.1, build: c2290fd}]
        endpoints: [{path: /search, latency: {p50: 9ms, p99: 40ms}, calls: [pricing]}]
        needs:
          - service: pricing
            path: /price
            required: false
            timeout: 800ms
            retries: 6
            breaker: {counts: unreachable}
            fallback: {name: unpriced, mode: reduced}
    clients:
      - {name: web-search, service: search, path: /search, rate: 11}
      - {name: web-cart, service: cart, path: /cart, rate: 4}
    timeline:
      - {at: 2s, for: 7s, fault: latency, backend: postgres, factor: 10}
    """
}
