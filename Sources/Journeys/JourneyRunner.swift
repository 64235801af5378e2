package import AsyncHTTPClient

/// Walks journeys as a user would.
package struct JourneyRunner {
  private let client: HTTPClient
  package init(client: HTTPClient) { self.client = client }
}
