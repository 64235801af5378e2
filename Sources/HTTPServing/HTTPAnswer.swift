/// What is sent back.
package struct HTTPAnswer: Sendable, Hashable {
  package var status: Int
  package var contentType: String
  /// Besides the type and the length, which are written by themselves.
  package var headers: HTTPFields
  package var body: [UInt8]

  package init(
    status: Int, contentType: String, headers: HTTPFields = HTTPFields(), body: [UInt8]
  ) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
  }

  /// A sentence for whoever reads it with curl.
  package static func text(
    _ status: Int, _ sentence: String, headers: HTTPFields = HTTPFields()
  ) -> HTTPAnswer {
    HTTPAnswer(
      status: status, contentType: "text/plain; charset=utf-8", headers: headers,
      body: Array((sentence + "\n").utf8))
  }

  package static func json(
    _ status: Int, _ text: String, headers: HTTPFields = HTTPFields()
  ) -> HTTPAnswer {
    HTTPAnswer(
      status: status, contentType: "application/json", headers: headers, body: Array(text.utf8))
  }

  /// That another method is for that path.
  package static func wrongMethod(allowed: String) -> HTTPAnswer {
    text(405, "this takes \(allowed)", headers: HTTPFields([("allow", allowed)]))
  }

  package static let nothingThere = text(404, "there is nothing of that name here")
}
