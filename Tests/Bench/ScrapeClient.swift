import Foundation

/// A program that scrapes, and how it is told to.
struct ScrapeClient {
  let name: String
  let executable: String
  /// The command line, after writing what it reads into the folder.
  let arguments: (ScrapeTask, WorkFolder) throws(BenchError) -> [String]
  /// What it prints at its end is an answer about the fleet.
  var answers = false

  /// The programs that are there, Damcon first, and a line for each that is not.
  static func find(_ options: Options) -> (present: [ScrapeClient], absent: [String]) {
    var present: [ScrapeClient] = []
    var absent: [String] = []
    if let damcon = options.damcon {
      present.append(.damcon(damcon))
    } else {
      absent.append("no damcon beside damcon-bench: build it, or name it with --damcon")
    }
    if let vmagent = Program.installed("vmagent") {
      present.append(.vmagent(vmagent))
    } else {
      absent.append("vmagent is not installed (apt install victoria-metrics): skipped")
    }
    if let prometheus = Program.installed("prometheus") {
      present.append(.prometheus(prometheus))
    } else {
      absent.append("prometheus is not installed (apt install prometheus): skipped")
    }
    return (present, absent)
  }

  private static func damcon(_ path: String) -> ScrapeClient {
    ScrapeClient(
      name: "damcon", executable: path,
      arguments: { task, folder throws(BenchError) in
        let file = try folder.write(FleetText.fleet(task.targets, health: false), to: "damcon.yaml")
        return [
          path, "snapshot", "--config", file, "--for", "\(Int(task.seconds))s", "--format", "json",
        ]
      }, answers: true)
  }

  private static func vmagent(_ path: String) -> ScrapeClient {
    ScrapeClient(
      name: "vmagent", executable: path,
      arguments: { task, folder throws(BenchError) in
        let file = try folder.write(prometheusConfig(task.targets), to: "scrape.yml")
        return [
          path, "-promscrape.config=\(file)", "-httpListenAddr=127.0.0.1:\(FreePort.find())",
          "-remoteWrite.url=http://127.0.0.1:\(task.sink)/api/v1/write",
          "-remoteWrite.tmpDataPath=\(folder.path)/queue", "-loggerLevel=WARN",
        ]
      })
  }

  private static func prometheus(_ path: String) -> ScrapeClient {
    ScrapeClient(
      name: "prometheus", executable: path,
      arguments: { task, folder throws(BenchError) in
        let file = try folder.write(prometheusConfig(task.targets), to: "prometheus.yml")
        return [
          path, "--config.file=\(file)", "--storage.tsdb.path=\(folder.path)/data",
          "--web.listen-address=127.0.0.1:\(FreePort.find())", "--log.level=warn",
        ]
      })
  }

  /// Both peers read the same file.
  private static func prometheusConfig(_ targets: [UInt16]) -> String {
    let addresses = targets.map { "'127.0.0.1:\($0)'" }.joined(separator: ", ")
    return """
      global:
        scrape_interval: 1s
        scrape_timeout: 1s
      scrape_configs:
        - job_name: bench
          static_configs:
            - targets: [\(addresses)]

      """
  }
}

/// What a client is asked to do.
struct ScrapeTask {
  var targets: [UInt16]
  /// Where remote-writing agents push to.
  var sink: UInt16
  /// How long a client that ends by itself must go on.
  var seconds: Double
}

/// Fleet files for the measurements.
enum FleetText {
  /// One service for each port, polled every second.
  static func fleet(_ ports: [UInt16], health: Bool) -> String {
    var text = """
      version: 1
      fleet: bench
      poll: {interval: 1s, timeout: 1s}
      defaults:
        metrics: /metrics
        health: \(health ? "{liveness: /healthz, readiness: /ready}" : "none")
      services:

      """
    for (index, port) in ports.enumerated() {
      let digits = String(index)
      let number = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      text += "  - {name: service-\(number), instances: [\"http://127.0.0.1:\(port)\"]}\n"
    }
    return text
  }
}
