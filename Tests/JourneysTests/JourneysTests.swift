import Journeys
import Testing
