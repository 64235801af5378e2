import Canonical
import Testing
