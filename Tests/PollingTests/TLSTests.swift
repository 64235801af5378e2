import Fleet
import Health
import Incident
import NIOCore
import NIOSSL
import Polling
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct TLSTests {
  /// A file that is gone when the test is over.
  final class TemporaryFile {
    let path = "/tmp/damcon-\(UInt64.random(in: 0 ... .max)).pem"
    init(_ text: String) { write(text) }
    deinit { unlink(path) }

    func write(_ text: String) {
      guard let file = fopen(path, "w") else { return }
      fputs(text, file)
      fclose(file)
    }
  }

  private let authority = TemporaryFile(Certificates.authority)

  private func secure(_ server: TestServer, host: String = "127.0.0.1", _ tls: Credentials.TLS)
    -> Instance
  {
    scraped(
      "https://\(host):\(server.port)", credentials: Credentials(tls: tls))
  }

  private func expectScraped(
    _ instance: Instance, location: SourceLocation = #_sourceLocation
  ) async throws {
    try await polling([instance]) { recorder, _ in
      try await recorder.wait("it is scraped", location: location) {
        $0.scrapes(of: instance.url).count >= 3
      }
      #expect(recorder.faults(of: instance.url) == [], sourceLocation: location)
    }
  }

  private func expectFault(
    _ instance: Instance, _ kind: Fault.Kind = .tls, saying words: String,
    location: SourceLocation = #_sourceLocation
  ) async throws {
    try await polling([instance]) { recorder, _ in
      try await recorder.wait("it is refused", location: location) {
        $0.faults(of: instance.url).count >= 2
      }
      for fault in recorder.faults(of: instance.url) {
        #expect(fault.kind == kind, "\(fault)", sourceLocation: location)
        #expect(fault.detail.contains(words), "\(fault)", sourceLocation: location)
      }
    }
  }

  @Test func anOwnAuthorityIsTrustedByAddressAndByName() async throws {
    let server = try await TestServer(tls: .server()) { _ in answer(metricsBody) }
    let tls = Credentials.TLS(authorityFile: authority.path)
    try await expectScraped(secure(server, tls))
    try await expectScraped(secure(server, host: "localhost", tls))
    await server.close()
  }

  @Test func anExpiredCertificateIsSaidToBe() async throws {
    let expired = try TLSConfiguration.server(
      certificate: Certificates.expiredCertificate, key: Certificates.expiredKey)
    let server = try await TestServer(tls: expired) { _ in answer(metricsBody) }
    try await expectFault(
      secure(server, Credentials.TLS(authorityFile: authority.path)), saying: "certificate expired")
    await server.close()
  }

  @Test func anUnknownAuthorityIsSaidToBe() async throws {
    let server = try await TestServer(tls: .server()) { _ in answer(metricsBody) }
    let other = TemporaryFile(Certificates.otherAuthority)
    try await expectFault(
      secure(server, Credentials.TLS(authorityFile: other.path)),
      saying: "authority that is not trusted")
    await server.close()
  }

  @Test func aCertificateForAnotherNameNeedsThatNameGiven() async throws {
    let misnamed = try TLSConfiguration.server(
      certificate: Certificates.misnamedCertificate, key: Certificates.misnamedKey)
    let server = try await TestServer(tls: misnamed) { _ in answer(metricsBody) }
    var tls = Credentials.TLS(authorityFile: authority.path)
    try await expectFault(
      secure(server, host: "localhost", tls), saying: "another name than localhost")
    tls.serverName = "elsewhere.example"
    try await expectScraped(secure(server, tls))
    await server.close()
  }

  @Test func aClientCertificateIsShownWhereItIsAskedFor() async throws {
    let server = try await TestServer(tls: .server(asksForClient: true)) { _ in answer(metricsBody)
    }
    var tls = Credentials.TLS(authorityFile: authority.path)
    try await expectFault(secure(server, tls), saying: "client certificate")
    let certificate = TemporaryFile(Certificates.clientCertificate)
    let key = TemporaryFile(Certificates.clientKey)
    tls.certificateFile = certificate.path
    tls.keyFile = key.path
    try await expectScraped(secure(server, tls))
    await server.close()
  }

  @Test func aRotatedAuthorityIsReadAtTheNextConnection() async throws {
    let server = try await TestServer(tls: .server()) { _ in answer(metricsBody) }
    let rotated = TemporaryFile(Certificates.otherAuthority)
    let instance = secure(server, Credentials.TLS(authorityFile: rotated.path))
    try await polling([instance]) { recorder, _ in
      try await recorder.wait("it is refused") { !$0.faults(of: instance.url).isEmpty }
      rotated.write(Certificates.authority + "\n")
      try await recorder.wait("it is trusted") {
        if case .extracted? = $0.scrapes(of: instance.url).last?.outcome { true } else { false }
      }
    }
    await server.close()
  }

  @Test func missingFilesAreNamed() async throws {
    let server = try await TestServer(tls: .server()) { _ in answer(metricsBody) }
    try await expectFault(
      secure(server, Credentials.TLS(authorityFile: "/nowhere/ca.pem")), .misconfigured,
      saying: "certificate authority /nowhere/ca.pem: No such file")
    let noKey = TemporaryFile("this is no key")
    let tls = Credentials.TLS(
      authorityFile: authority.path, certificateFile: authority.path, keyFile: noKey.path)
    try await expectFault(secure(server, tls), .misconfigured, saying: "client key \(noKey.path)")
    await server.close()
  }

  @Test func aPortThatSpeaksNoTLSIsSaidToBe() async throws {
    let server = try await TestServer { _ in answer(metricsBody) }
    let speaking = try await TestServer { _ in [.hang] }
    // The hello does not end as a request does, so the plain server says nothing by itself.
    try await expectFault(
      scraped("https://127.0.0.1:\(speaking.port)", timeout: 2), .timeout,
      saying: "no TLS handshake in 2.0 s")
    await server.close()
    await speaking.close()
  }
}
