/// What orders two snapshots of one order: the platform's updated time, then its own counter (0 where it has none).
///
/// The content digest is not part of the order of things; it only tells an equal snapshot from a different one of the same age.
package struct Revision: Sendable, Hashable, Codable {
    package var updatedAt: Timestamp
    /// A counter or finer clock of the platform that breaks ties within `updatedAt` (custom shops' `revision`, Shopify's triggered-at in nanoseconds).
    package var counter: Int64
    /// True when the snapshot was read from the platform by us (a fetch, a poll), not pushed.
    package var wasRead: Bool

    package init(updatedAt: Timestamp, counter: Int64 = 0, wasRead: Bool = false) { self.updatedAt = updatedAt; self.counter = counter; self.wasRead = wasRead }
}
