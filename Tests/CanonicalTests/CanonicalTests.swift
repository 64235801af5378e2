import Testing

@testable import Canonical
