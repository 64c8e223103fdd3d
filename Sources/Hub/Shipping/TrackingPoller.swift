import Connect
import Database
package import Domain
package import Logging

/// Asks carriers that are asked where parcels are: in batches, each parcel at its carrier's pace, until it has arrived, come back or is lost.
package final class TrackingPoller: Sendable {
    private let ledger: Ledger
    private let directory: ChannelDirectory
    private let intake: Intake
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let signal = Signal()

    static let idle = Duration.seconds(15), failurePause = Duration.seconds(60)
    /// A parcel that nothing was heard of for so long is asked for once a day only.
    static let staleAfter = Duration.seconds(30 * 86_400), staleInterval = Duration.seconds(86_400)
    /// Then it is asked for no more.
    static let givenUpAfter = Duration.seconds(90 * 86_400)

    package init(ledger: Ledger, directory: ChannelDirectory, intake: Intake, now: @escaping @Sendable () -> Timestamp, logger: Logger) {
        self.ledger = ledger; self.directory = directory; self.intake = intake; self.now = now; self.logger = logger
    }

    package func wake() { signal.wake() }

    /// Runs until cancelled.
    package func run() async {
        while !Task.isCancelled {
            var isBusy = false
            for channel in directory.surroundings.channels.values.filter({ $0.state == .active && $0.abilities.contains(.tracks) }).sorted(by: { $0.id < $1.id }) {
                do { isBusy = try await pass(channel) || isBusy } catch is CancellationError { return } catch {
                    logger.error("parcels could not be asked for", metadata: ["channel.id": "\(channel.id)", "error": "\((error as? any HubError)?.code ?? "\(type(of: error))")"])
                }
            }
            if !isBusy { await signal.wait(atMost: Self.idle) }
        }
    }

    /// One batch of a channel's due parcels. What the carrier answers enters through the journal.
    ///
    /// - Returns: whether a whole batch was due.
    @discardableResult
    package func pass(_ channel: Channel) async throws -> Bool {
        guard let connector = directory.connector(of: channel.id) as? any TracksShipments else { return false }
        let time = now(), batch = connector.trackingBatch
        let due = try await ledger.database.read { tx in
            try tx.rows("""
                SELECT id, tracking_number, last_event_at, created_at FROM parcels WHERE channel_id = \(channel.id.value) AND track_at IS NOT NULL AND track_at <= \(time.milliseconds) ORDER BY track_at LIMIT \(batch)
                """) { (id: try $0.int64(0), number: try $0.text(1), heard: max(try $0.int64(2), try $0.int64(3))) }
        }
        guard !due.isEmpty else { return false }
        do {
            for body in try await connector.track(due.map(\.number)) {
                try await intake.take(channel: channel.id, origin: .poll, topic: body.topic, key: body.receiptKey ?? "track:\(StableHash.of(body.body))", body: body.body, askedAt: time)
            }
        } catch let error as ConnectorError {
            // Asked again later, all of them; nothing of it is lost by waiting.
            let pause = if case .throttled(let until) = error { max(until - time, Self.failurePause) } else { Self.failurePause }
            try await postpone(due.map(\.id)) { _ in time + pause }
            throw error
        }
        let interval = connector.trackingInterval
        let heard = Dictionary(uniqueKeysWithValues: due.map { ($0.id, Timestamp(milliseconds: $0.heard)) })
        try await postpone(due.map(\.id)) { id in
            let silence = time - (heard[id] ?? time)
            return silence > Self.givenUpAfter ? nil : time + (silence > Self.staleAfter ? max(interval, Self.staleInterval) : interval)
        }
        return due.count == batch
    }

    private func postpone(_ parcels: [Int64], _ when: (Int64) -> Timestamp?) async throws {
        let times = parcels.map { ($0, when($0)?.milliseconds) }
        try await ledger.database.write { tx in
            for (id, time) in times { try tx.run("UPDATE parcels SET track_at = \(time) WHERE id = \(id) AND track_at IS NOT NULL") }
        }
    }
}
