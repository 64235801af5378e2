import Fleet
import YAMLText
import Yams

/// How an instance is asked, as laid down by the file, then its defaults, the service and the
/// instance itself: each says only what differs.
struct Asking {
  var poll = PollPolicy()
  var liveness = Instance.Endpoint.discover
  var readiness = Instance.Endpoint.discover
  var metrics = Instance.Endpoint.discover
  var credentials = Credentials()
  var limits = Limits()

  func instance(_ url: String) -> Instance {
    Instance(
      url: url, liveness: liveness, readiness: readiness, metrics: metrics, polling: poll,
      credentials: credentials, limits: limits)
  }

  /// Takes over what `section` says; the folder is what its paths are relative to.
  mutating func take(_ section: YAMLSection, folder: String) {
    if let value = section["poll"] { takePoll(value) }
    if let value = section["health"] { takeHealth(value) }
    if let value = section["metrics"] { metrics = value.endpoint("/metrics") ?? metrics }
    if let value = section["limits"] { takeLimits(value) }
    if let value = section["tls"] { takeTLS(value, folder: folder) }
    if let value = section["headers"]?.section(keys: nil) {
      for member in value.members { takeHeader(member.key, member.mark, member.value, folder) }
    }
    if let value = section["bearer_token"],
      let secret = value.secret(prefix: "Bearer ", folder: folder)
    {
      set("Authorization", secret)
      if case .literal = secret {
        value.log.warn(
          "\(value.name): a token is written in the file; {env: NAME} or {file: PATH} keeps it out",
          at: value.mark)
      }
    }
  }

  private mutating func takePoll(_ value: YAMLValue) {
    guard let section = value.section("poll", keys: Keys.poll) else { return }
    if let value = section["interval"] {
      poll.interval = value.duration(0.1...3600, such: "5s") ?? poll.interval
    }
    if let value = section["timeout"] {
      poll.timeout = value.duration(0.01...300, such: "2s") ?? poll.timeout
    }
    if let value = section["liveness_timeout"] {
      poll.livenessTimeout = value.duration(0.01...300, such: "1s") ?? poll.livenessTimeout
    }
    if let value = section["readiness_timeout"] {
      poll.readinessTimeout = value.duration(0.01...300, such: "1s") ?? poll.readinessTimeout
    }
    if let value = section["readiness_grace"] {
      poll.readinessGrace = value.duration(0...3600, such: "10s") ?? poll.readinessGrace
    }
    let longest = max(poll.timeout, poll.livenessTimeout ?? 0, poll.readinessTimeout ?? 0)
    if longest > poll.interval {
      section.log.warn(
        "\(value.name): a timeout of \(Quantity.text(longest)) is longer than the interval of "
          + "\(Quantity.text(poll.interval)); slow targets are asked less often",
        at: section.mark)
    }
  }

  private mutating func takeHealth(_ value: YAMLValue) {
    if value.scalar != nil {
      guard let endpoint = value.endpoint("/healthz") else { return }
      (liveness, readiness) = (endpoint, endpoint)
      return
    }
    guard let section = value.section("health", keys: Keys.health) else { return }
    if let value = section["liveness"] { liveness = value.endpoint("/healthz") ?? liveness }
    if let value = section["readiness"] { readiness = value.endpoint("/ready") ?? readiness }
  }

  private mutating func takeLimits(_ value: YAMLValue) {
    guard let section = value.section("limits", keys: Keys.limits) else { return }
    if let value = section["body"] {
      limits.bodyBytes = value.size(1024...(1 << 30)) ?? limits.bodyBytes
    }
    if let value = section["series"] {
      limits.series = value.integer(1...10_000_000) ?? limits.series
    }
    if let value = section["redirects"] {
      limits.redirects = value.integer(0...20) ?? limits.redirects
    }
  }

  private mutating func takeTLS(_ value: YAMLValue, folder: String) {
    guard let section = value.section("tls", keys: Keys.tls) else { return }
    func path(_ key: String) -> String? {
      section[key]?.text("the path of a PEM file").map { resolve($0, in: folder) }
    }
    var tls = credentials.tls
    tls.authorityFile = path("ca") ?? tls.authorityFile
    tls.certificateFile = path("cert") ?? tls.certificateFile
    tls.keyFile = path("key") ?? tls.keyFile
    tls.serverName = section["server_name"]?.text("a host name") ?? tls.serverName
    credentials.tls = tls
    if (tls.certificateFile == nil) != (tls.keyFile == nil) {
      let missing = tls.keyFile == nil ? "key" : "cert"
      section.log.error(
        "\(value.name): a client certificate needs both cert and key; '\(missing)' is missing",
        at: section.mark)
    }
  }

  // MARK: Headers

  private mutating func takeHeader(
    _ name: String, _ mark: Mark?, _ value: YAMLValue, _ folder: String
  ) {
    guard HeaderName.isToken(name) else {
      value.log.error("'\(name)' is no header name", at: mark)
      return
    }
    if HeaderName.isOurs(name) {
      value.log.error("the header '\(name)' is set by Damcon itself", at: mark)
      return
    }
    guard let secret = value.secret(prefix: "", folder: folder) else { return }
    set(name, secret)
    if case .literal = secret, HeaderName.isSecret(name) {
      value.log.warn(
        "\(value.name): a secret is written in the file; {env: NAME} or {file: PATH} keeps it out",
        at: value.mark)
    }
  }

  private mutating func set(_ name: String, _ secret: Credentials.Secret) {
    credentials.headers.removeAll { $0.name.lowercased() == name.lowercased() }
    credentials.headers.append(.init(name: name, value: secret))
  }
}

/// `path` as seen from where the fleet file lies.
func resolve(_ path: String, in folder: String) -> String {
  if path.hasPrefix("/") || folder.isEmpty { return path }
  return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
}

func isEnvironmentName(_ text: String) -> Bool {
  text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
}

extension YAMLValue {
  /// A path, a whole URL, `none` or `discover`.
  func endpoint(_ example: String) -> Instance.Endpoint? {
    let what = "a path such as \(example), a URL, none or discover"
    guard let text = scalar?.trimmed, !text.isEmpty else {
      expected(what)
      return nil
    }
    switch text {
    case "none", "false", "off": return Instance.Endpoint.none
    case "discover", "true", "auto": return .discover
    default: break
    }
    // Never shown: it may hold a password.
    if text.contains("@"), !text.hasPrefix("/") {
      log.error("\(name): expected \(what), with no user or password", at: mark)
      return nil
    }
    if text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) {
      expected(what)
      return nil
    }
    if text.hasPrefix("/") { return .path(text) }
    if text.hasPrefix("http://") || text.hasPrefix("https://") {
      let base = text.prefix { $0 != "?" }
      do {
        _ = try Address(String(base))
        return .path(text)
      } catch {
        log.error("\(name): \(error.text)", at: mark)
        return nil
      }
    }
    let near = NearestWord.to(text, among: ["none", "discover"]) ?? "/\(text)"
    expected(what, "; did you mean '\(near)'?")
    return nil
  }

  /// A text as it stands, `{env: NAME}` or `{file: PATH}`. Never says what the text was.
  func secret(prefix: String, folder: String) -> Credentials.Secret? {
    if case .mapping = node {
      let before = log.problems.count
      guard let section = section(keys: Keys.secret), log.problems.count == before else {
        return nil
      }
      switch (section["env"], section["file"]) {
      case (let env?, nil):
        guard let variable = env.text("the name of an environment variable") else { return nil }
        guard isEnvironmentName(variable) else {
          env.log.error("\(env.name): expected the name of an environment variable", at: env.mark)
          return nil
        }
        return .environment(name: variable, prefix: prefix)
      case (nil, let file?):
        guard let path = file.text("the path of a file") else { return nil }
        return .file(path: resolve(path, in: folder), prefix: prefix)
      default:
        log.error("\(name): expected either env or file", at: mark)
        return nil
      }
    }
    guard let scalar, !isNull else {
      log.error("\(name): expected text, {env: NAME} or {file: PATH}", at: mark)
      return nil
    }
    if scalar.hasPrefix("${"), scalar.hasSuffix("}") {
      let variable = scalar.dropFirst(2).dropLast()
      log.error(
        "\(name): variables are not put in; did you mean {env: \(variable)}?", at: mark)
      return nil
    }
    if scalar.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F })
    {
      log.error("\(name): a header's value has no line breaks or control characters", at: mark)
      return nil
    }
    return .literal(prefix + scalar)
  }
}
