import Domain
package import Connect
package import Logging
import Foundation

/// Turns journalled deliveries into order changes, in the order of the journal, and moves its cursor only in the transaction that applied them.
///
/// One delivery that cannot be read, or that the ledger refuses, becomes a problem for a person and stands in nobody's way.
package final class Interpreter: Sendable {
    static let batch = 512
    /// While a burst comes in: small steps, and a rest after each.
    static let batchInBurst = 32
    static let idleWait = Duration.seconds(1)
    static let faultWait = Duration.milliseconds(500)

    private let journal: Journal
    private let ledger: Ledger
    private let channels: ChannelDirectory
    private let signal: Signal
    private let logger: Logger

    package init(journal: Journal, ledger: Ledger, channels: ChannelDirectory, signal: Signal, logger: Logger) {
        self.journal = journal; self.ledger = ledger; self.channels = channels; self.signal = signal; self.logger = logger
    }

    /// One delivery as the ledger takes it.
    package struct Prepared: Sendable {
        package var delivery: StoredDelivery
        package var key: ReceiptKey
        package var bodyDigest: UInt64
        package var meanings: Result<[Meaning], ConnectorError>
    }
    package enum Meaning: Sendable {
        case order(PreparedOrder)
        case other(Interpretation)
    }

    /// Runs until cancelled.
    package func run() async {
        var cursor: DeliveryID?
        var ahead: [Prepared] = []
        while !Task.isCancelled {
            do {
                if cursor == nil { cursor = try await ledger.journalCursor() }
                guard let position = cursor else { continue }
                let begin = ContinuousClock.now
                let current = ahead.isEmpty ? try await prepare(after: position) : ahead
                ahead = []
                guard let last = current.last?.delivery.id else {
                    await signal.wait(atMost: Self.idleWait)
                    continue
                }
                // The next batch is read and parsed while this one is written.
                async let following = prepare(after: last)
                try await ledger.apply(current, cursor: last)
                cursor = last
                ahead = try await following
                let rest = journal.load.rest(after: ContinuousClock.now - begin)
                if rest > .zero { try await Task.sleep(for: rest) }
            } catch is CancellationError { return } catch {
                logger.error("interpretation paused", metadata: ["error": "\(error)"])
                cursor = nil
                ahead = []
                await signal.wait(atMost: Self.faultWait)
            }
        }
    }

    private func prepare(after position: DeliveryID) async throws -> [Prepared] {
        let kept = try await journal.read(after: position, limit: journal.load.isBurst ? Self.batchInBurst : Self.batch)
        guard kept.count > 16 else { return kept.map(prepare) }
        let half = kept.count / 2
        async let first = parsed(kept[..<half])
        async let second = parsed(kept[half...])
        return await first + second
    }

    private func parsed(_ kept: ArraySlice<Journal.Kept>) async -> [Prepared] { kept.map(prepare) }

    /// Pure: platform words to our words.
    package func prepare(_ kept: Journal.Kept) -> Prepared {
        let delivery = kept.delivery
        var prepared = Prepared(delivery: delivery, key: kept.key, bodyDigest: StableHash.of(delivery.body), meanings: .success([]))
        if let complaint = kept.complaint {
            prepared.meanings = .failure(.refused(platformCode: "breaks_contract", platformMessage: complaint))
            return prepared
        }
        do {
            guard let connector = channels.connector(of: delivery.channel) as? any InterpretsDeliveries else {
                throw ConnectorError.refused(platformCode: "no_interpreter", platformMessage: "the channel takes no deliveries")
            }
            let numbers = channels.descriptor(of: delivery.channel)?.regionNumbers ?? .cut
            prepared.meanings = .success(try connector.interpret(delivery).map { meaning in
                if case .order(let snapshot) = meaning { .order(PreparedOrder(snapshot, numbers: numbers)) } else { .other(meaning) }
            })
        } catch let error as ConnectorError {
            prepared.meanings = .failure(error)
        } catch {
            prepared.meanings = .failure(.notUnderstood(field: "body", found: "something that could not be stored"))
        }
        return prepared
    }
}
