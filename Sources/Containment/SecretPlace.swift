/// Where a secret is: in a file, in the environment, or what a command prints.
public enum SecretPlace: Sendable, Hashable, Codable, CustomStringConvertible {
  case file(String)
  case environment(String)
  case command([String])

  /// The place, never the secret.
  public var description: String {
    switch self {
    case .file(let path): "from the file \(path)"
    case .environment(let name): "from the environment, \(name)"
    case .command(let arguments): "from the command \(arguments.first ?? "")"
    }
  }
}
