package import Fleet
package import YAMLText

extension FleetFile {
  /// The fleet of `damcon watch http://a:8080 b:9090`: each address a service of its own, named by
  /// host and port, and everything about it found out by asking.
  ///
  /// An address may end in a well-known route (`http://a:8080/metrics`), which is then asked as it is.
  package static func fromURLs(_ urls: [String]) throws(FileProblems) -> Fleet {
    var fleet = Fleet(name: "watch")
    var problems: [Problem] = []
    for text in urls {
      do throws(Address.Mistake) {
        var instance = Instance(url: "")
        let address = try Address(base(of: text, into: &instance), assuming: "http")
        instance.url = address.url
        if let index = fleet.services.firstIndex(where: { $0.name == address.label }) {
          if fleet.services[index].instances.contains(where: { $0.url == address.url }) {
            // Several routes of one process: one instance.
            merge(instance, into: &fleet.services[index].instances, url: address.url)
          } else {
            fleet.services.append(Service(name: address.url, instances: [instance]))
          }
        } else {
          fleet.services.append(Service(name: address.label, instances: [instance]))
        }
      } catch {
        problems.append(Problem(file: nil, "'\(shown(text))': \(error.text)"))
      }
    }
    if urls.isEmpty { problems.append(Problem(file: nil, "no address to watch is given")) }
    guard problems.isEmpty else { throw FileProblems(problems) }
    return fleet
  }

  /// Without what may be a password.
  private static func shown(_ text: String) -> String {
    guard let at = text.lastIndex(of: "@") else { return text }
    let scheme =
      text.hasPrefix("https://") ? "https://" : text.hasPrefix("http://") ? "http://" : ""
    return "\(scheme)***\(text[at...])"
  }

  private static func base(of text: String, into instance: inout Instance) -> String {
    var text = text.trimmed
    while text.hasSuffix("/") { text.removeLast() }
    let routes: [(WritableKeyPath<Instance, Instance.Endpoint>, [String])] = [
      (\.metrics, ["/metrics"]),
      (\.liveness, ["/-/healthy", "/healthz", "/health", "/livez"]),
      (\.readiness, ["/-/ready", "/readyz", "/ready", "/readiness"]),
    ]
    for (part, paths) in routes {
      for path in paths where text.hasSuffix(path) && !text.hasPrefix("unix:") {
        instance[keyPath: part] = .path(path)
        return String(text.dropLast(path.count))
      }
    }
    return text
  }

  private static func merge(_ new: Instance, into instances: inout [Instance], url: String) {
    guard let index = instances.firstIndex(where: { $0.url == url }) else { return }
    for part in [\Instance.metrics, \.liveness, \.readiness] where new[keyPath: part] != .discover {
      instances[index][keyPath: part] = new[keyPath: part]
    }
  }
}
