/// Which of two snapshots of one order is kept (law 3). Any order of the same deliveries ends in the same state.
package enum SnapshotVerdict: Sendable, Equatable {
    case newer
    /// The same content of the same age.
    case same
    /// The same content of the same age under a later counter: nothing changes but the counter, so that what came between stays older in every order of arrival.
    case sameLater
    case older
    /// Different contents of the same age: only the platform can say which is later, so it is asked.
    case undecided(keepIncoming: Bool)
}

package enum SnapshotLaw {
    /// - Parameters:
    ///   - digest: of the content without its revision.
    ///   - receivedAt: when the stored one was received, and when the incoming one was asked for (a fetch) or received (a push).
    package static func verdict(stored: Revision, storedDigest: UInt64, storedReceivedAt: Timestamp,
                                incoming: Revision, incomingDigest: UInt64, incomingAskedAt: Timestamp?) -> SnapshotVerdict {
        if incoming.updatedAt != stored.updatedAt { return incoming.updatedAt > stored.updatedAt ? .newer : .older }
        if storedDigest == incomingDigest { return incoming.counter > stored.counter && stored.counter != 0 ? .sameLater : .same }
        if incoming.counter != 0, stored.counter != 0, incoming.counter != stored.counter {
            return incoming.counter > stored.counter ? .newer : .older
        }
        // What was read from the platform after the stored one had arrived is later than it, whatever the clock's resolution.
        if incoming.wasRead, let askedAt = incomingAskedAt, askedAt > storedReceivedAt { return .newer }
        return .undecided(keepIncoming: incomingDigest > storedDigest)
    }
}

extension Totals {
    /// The flag for a total that is not the sum of its parts, with both numbers in minor units of `currency`.
    package func mismatch(in currency: Currency) -> Flag? {
        let rebuilt = rebuiltGrand
        guard rebuilt != grand else { return nil }
        let sum = rebuilt.map { Money(minor: $0, currency).description } ?? "a number out of range"
        return Flag(code: "totals_mismatch", message: "The platform's total is \(Money(minor: grand, currency)), its parts add up to \(sum).")
    }
}
