package import Domain
import Synchronization

/// How the watched folder of a channel stands, from memory.
package struct WatchedStanding: Sendable, Equatable {
    package var lookedAt: Timestamp
    /// Files that lie there and are not whole yet, or wait for others of their batch.
    package var waiting = 0
    package var lastFile: String?, lastFileAt: Timestamp?
    /// Of the last file.
    package var rows = 0, orders = 0, rejected = 0
    /// What a person has to see to; nil: nothing.
    package var problem: String?
    package init(lookedAt: Timestamp) { self.lookedAt = lookedAt }
}

/// The standings of all watched folders, and the bell that makes the hub look now.
package final class WatchedBook: Sendable {
    let signal = Signal()
    private let standings = Mutex<[ChannelID: WatchedStanding]>([:])
    package init() {}

    /// Looks now at what lies in the folders.
    package func wake() { signal.wake() }
    /// nil: the channel's folder was not looked at since the start.
    package func standing(of channel: ChannelID) -> WatchedStanding? { standings.withLock { $0[channel] } }

    func note(_ channel: ChannelID, at time: Timestamp, _ change: (inout WatchedStanding) -> Void) {
        standings.withLock { standings in
            var standing = standings[channel] ?? WatchedStanding(lookedAt: time)
            standing.lookedAt = time
            change(&standing)
            standings[channel] = standing
        }
    }
}
