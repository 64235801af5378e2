import Recording
import Testing
