/// A whole request, as whoever answers it sees it: nothing of it has been believed yet.
package struct HTTPRequestSeen: Sendable, Hashable {
  /// As it was sent: `GET`, `POST`; names are told apart by case.
  package var method: String
  /// Up to the question mark, as it was sent: nothing in it is decoded.
  package var path: String
  /// After the question mark; nil where there is none.
  package var query: String?
  package var headers: HTTPFields
  package var body: [UInt8]
  /// The address at the other end, without its port: `10.0.0.7`, `fe80::1`.
  package var peer: String

  package init(
    method: String, path: String, query: String? = nil, headers: HTTPFields = HTTPFields(),
    body: [UInt8] = [], peer: String = ""
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.peer = peer
  }
}

/// The header lines of a message, in the order in which they came.
package struct HTTPFields: Sendable, Hashable {
  package struct Line: Sendable, Hashable {
    package var name: String
    package var value: String
  }

  package private(set) var lines: [Line] = []

  package init(_ lines: [(String, String)] = []) {
    for (name, value) in lines { add(name, value) }
  }

  package mutating func add(_ name: String, _ value: String) {
    lines.append(Line(name: name, value: value))
  }

  /// The value of the first line of that name, in whichever case it is written.
  package subscript(name: String) -> String? { all(name).first }

  /// Every value of that name: where one is expected, more than one is a reason to refuse.
  package func all(_ name: String) -> [String] {
    let wanted = name.lowercased()
    return lines.filter { $0.name.lowercased() == wanted }.map(\.value)
  }
}
