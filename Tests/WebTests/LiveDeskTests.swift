import Domain
import Hub
import Logging
import NIOCore
import Synchronization
import Testing
@testable import Web

/// The one reader of the change feed behind every open console.
struct LiveDeskTests {
    /// A change feed whose database fails when it is told to.
    private final class Feed: Sendable {
        private struct Down: Error {}
        private struct State { var failures = 0, readings = 0, events: [(event: EventID, order: OrderID)] = [] }
        private let state = Mutex(State())
        private let signal = FeedSignal(), beacon = Beacon()
        /// How many streams of changes end at once, before the lasting one.
        private let shortReadings: Int

        init(failures: Int = 0, shortReadings: Int = 0) {
            self.shortReadings = shortReadings
            fail(failures)
        }

        func fail(_ times: Int) { state.withLock { $0.failures = times } }

        func happen(_ event: Int64, to order: Int64) {
            state.withLock { $0.events.append((event: EventID(event), order: OrderID(order))) }
            signal.changed()
        }

        private func answer() throws -> [(event: EventID, order: OrderID)] {
            try state.withLock { state in
                guard state.failures == 0 else {
                    state.failures -= 1
                    throw Down()
                }
                return state.events
            }
        }

        private func changes() -> AsyncStream<Void> {
            let isShort = state.withLock { state in
                state.readings += 1
                return state.readings <= shortReadings
            }
            return isShort ? AsyncStream { $0.finish() } : signal.follow()
        }

        var source: LiveDesk.Source {
            LiveDesk.Source(
                lastEvent: { try self.answer().last?.event ?? EventID(0) },
                events: { cursor, limit in Array(try self.answer().filter { $0.event > cursor }.prefix(limit)) },
                changes: { self.changes() }, signs: { self.beacon.follow() })
        }
    }

    private static func desk(_ feed: Feed) -> LiveDesk {
        LiveDesk(feed.source, pause: .milliseconds(1), logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The next message that holds `words`; false: the stream ended before.
    private static func hears(_ words: String, _ messages: AsyncStream<ByteBuffer>) async -> Bool {
        for await message in messages where String(buffer: message).contains(words) { return true }
        return false
    }

    private static let look = "\"more\":true"

    @Test(.timeLimit(.minutes(1)))
    func `live changes go on after the database has failed, and pages are told to look for themselves`() async {
        let feed = Feed(failures: 3), desk = Self.desk(feed)
        let messages = desk.follow()
        let isBegun = await Self.hears(Self.look, messages)
        feed.fail(3)
        feed.happen(1, to: 42)
        let isToldToLook = await Self.hears(Self.look, messages), isTold = await Self.hears("\"42\"", messages)
        #expect(isBegun && isToldToLook && isTold)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a reading that ended while a console is open is begun anew`() async {
        let feed = Feed(shortReadings: 2), desk = Self.desk(feed)
        let messages = desk.follow()
        let isSecond = await Self.hears(Self.look, messages), isThird = await Self.hears(Self.look, messages)
        feed.happen(1, to: 42)
        let isTold = await Self.hears("\"42\"", messages)
        #expect(isSecond && isThird && isTold)
    }
}
