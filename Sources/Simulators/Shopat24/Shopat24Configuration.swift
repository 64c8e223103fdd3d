package import Foundation
package import SimulatorKit

/// How this channel behaves. The defaults are the dossier's default example (shopat24.md §4B, §6) and its default file names (§4A).
package struct Shopat24Configuration: Sendable {
    /// How a list is cut into pages (shopat24.md §4B).
    package enum Paging: Sendable, Equatable {
        case page(first: Int)
        case offset
        /// `nextCursor` beside the items, absent on the last page.
        case cursor
        /// `Link: <…>; rel="next"` (RFC 8288).
        case link
        case none
    }

    /// How a moment is written in a query.
    package enum TimeFormat: Sendable, Equatable {
        case iso, epochSeconds, epochMilliseconds
        /// Read in Bangkok, for example `yyyyMMddHHmmss`.
        case pattern(String)
    }

    /// What the channel does with a wish to cancel (shopat24.md §6.3).
    package enum CancelDecision: Sendable, Equatable {
        case granted
        /// Taken; a person decides later (`grantCancel`, `refuseCancel`).
        case reviewed
        /// 4002.
        case refused
    }

    /// What the channel's next answers to the hub's files are (shopat24.md §11).
    package enum AckMode: Sendable, Equatable {
        /// Every row with what became of it.
        case truthful
        /// The first so many rows are refused and have no effect.
        case refusing(rows: Int)
        /// The answer ends after so many rows; all had their effect.
        case cutAfter(rows: Int)
        /// Applied, never answered.
        case missing
        /// Applied, answered only by `releaseLateAcks`.
        case late
        /// Applied, and answered under a name the hub never used.
        case unknownName
    }

    /// 0 lets the system choose.
    package var port = 0
    /// The hub's name of this connection: the first half of every external ID (shopat24.md §5).
    package var connection = "store-01"

    // MARK: Files

    /// The hub's `incoming/`, into which the channel writes; nil: no files.
    package var incomingFolder: URL?
    /// The hub's `outgoing/`, which the channel reads.
    package var outgoingFolder: URL?
    /// Where answers go; nil: `incomingFolder`.
    package var ackFolder: URL?
    /// How vendor order files look unless a call says otherwise.
    package var fileStyle = OrderFileStyle()
    /// A sibling `NAME.ok` after each file (shopat24.md §2.1).
    package var writesOKFiles = true
    /// So many changed orders make a file; `idle` writes what is left over.
    package var ordersPerFile = 1
    /// Longer files are split into `_2`, `_3` (shopat24.md §4A.2).
    package var maximumRowsPerFile = 500_000
    /// How often `outgoingFolder` is looked at; nil: only when told to.
    package var outgoingPause: Duration?

    // MARK: REST

    package var auth = Shopat24Auth.none
    package var paging = Paging.page(first: 1)
    package var timeFormat = TimeFormat.iso
    /// Neither `totalPages` nor `totalElements`, so that only a short page tells the end.
    package var hidesTotals = false
    package var maximumWindowDays = 31
    package var maximumPageSize = 200
    package var requestsPerSecond = 5
    /// Whether a 429 says how long to wait.
    package var sendsRetryAfter = true
    /// Refusals as 200 with `success:false` instead of 404, 409 and 422.
    package var refusesWithStatus200 = false
    package var cancelDecision = CancelDecision.granted
    /// Beside the dossier's members, each invoice shows what the store keyed.
    package var showsInvoiceTypes = false

    // MARK: Webhooks

    package var webhook: Shopat24Webhook?

    // MARK: The channel's life

    /// After the hub shipped, the next step of the walk comes after this pause; nil: only when told to.
    package var walkPause: Duration?
    /// Of the parcels that wait in a store, this share is never fetched.
    package var notCollectedShare = 0.1
    package var storeShare = 0.5
    /// Orders that are handed over before they are paid.
    package var unpaidShare = 0.03
    /// Share of goods and names that break careless code (0...1).
    package var oddShare = 0.05
    /// Multiplies retry pauses and `walkPause`.
    package var timeScale: Double = 1
    package var concurrency = 4
    /// Orders kept in memory; the oldest make room.
    package var maximumOrders = 50_000
    package var seed: UInt64 = 1
    package var faults = FaultPlan(level: .none, seed: 1)
    package var now: @Sendable () -> Date = { Date() }

    package init() {}
}
