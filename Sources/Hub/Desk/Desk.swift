import Database
import Logging

/// People's work on many orders: saved views, bulk actions, edits in the grid.
package struct Desk: Sendable {
    package let views: ViewStore
    package let bulk: BulkDesk
    package let edits: EditDesk
    package let exports: BulkExport
    package let worker: BulkWorker

    init(ledger: Ledger, beacon: Beacon, folder: String, logger: Logger) {
        let signal = Signal()
        views = ViewStore(ledger: ledger)
        bulk = BulkDesk(ledger: ledger, beacon: beacon) { signal.wake() }
        edits = EditDesk(ledger: ledger)
        exports = BulkExport(ledger: ledger, folder: folder)
        worker = BulkWorker(ledger: ledger, beacon: beacon, signal: signal, exports: exports, logger: logger)
    }
}
