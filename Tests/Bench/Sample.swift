import Foundation
import Glibc

/// The real exposition that every target serves, and where it is from.
struct Sample {
  let bytes: [UInt8]
  let origin: String

  /// The shared dump where there is one, else what a just-started Prometheus says of itself, else
  /// a text of the same shape and size.
  static func load() -> Sample {
    if let shared = getenv("DAMCON_SHARED") {
      let file = String(cString: shared) + "/dumps/prometheus.text.txt"
      if let data = FileManager.default.contents(atPath: file) {
        return Sample(bytes: Array(data), origin: "a real dump of Prometheus 2.42's own metrics")
      }
    }
    if let prometheus = Program.installed("prometheus"), let bytes = fetched(from: prometheus) {
      // A Prometheus that has done nothing yet has less to say than one that has.
      return Sample(
        bytes: bytes.count < 60_000
          ? WidenedExposition(bytes, label: "shard").text(of: 68_000) : bytes,
        origin: "what the Prometheus installed here says of itself, its series repeated to 68 kB")
    }
    return Sample(
      bytes: GeneratedExposition(seed: 1).text(of: 68_000),
      origin: "generated in the shape of a Go program's metrics")
  }

  private static func fetched(from prometheus: String) -> [UInt8]? {
    guard let folder = try? WorkFolder("sample") else { return nil }
    defer { folder.remove() }
    guard let config = try? folder.write("global: {}\n", to: "prometheus.yml") else { return nil }
    let port = FreePort.find()
    guard
      let child = try? Child.start(
        [
          prometheus, "--config.file=\(config)", "--storage.tsdb.path=\(folder.path)/data",
          "--web.listen-address=127.0.0.1:\(port)", "--log.level=error",
        ], in: folder.path)
    else { return nil }
    defer { child.end() }
    var body = ""
    _ = Clock.wait(upTo: 10) {
      body = LoopbackRequest.get("/metrics", port: port).body
      return body.contains("prometheus_build_info")
    }
    return body.isEmpty ? nil : Array(body.utf8)
  }

  /// The same bytes as gzip has them, by the program of that name; nil where it is not installed.
  static func gzipped(_ file: String, in folder: WorkFolder) -> [UInt8]? {
    guard let gzip = Program.installed("gzip") else { return nil }
    let output = folder.open("sample.gz")
    defer { close(output) }
    guard
      let child = try? Child.start([gzip, "-c", file], in: folder.path, output: output),
      child.wait(upTo: 10)
    else { return nil }
    return FileManager.default.contents(atPath: folder.path + "/sample.gz").map { Array($0) }
  }
}
