import Database
import Domain
import Hub
import HTTPTypes
import Hummingbird
import NIOCore

/// The Prometheus page. Ages and depths are asked of the database when it is scraped.
struct MetricsRoutes {
    let hub: Hub

    func add(to group: RouterGroup<AppContext>) {
        group.get("metrics") { _, context -> Response in
            _ = try context.require(.metrics)
            return Response(status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"], body: .init(byteBuffer: ByteBuffer(string: try await page())))
        }
    }

    private func page() async throws -> String {
        var lines: [String] = [], seen: Set<String> = []
        for (series, count) in hub.counters.snapshot.sorted(by: { ($0.key.name, $0.key.value) < ($1.key.name, $1.key.value) }) {
            if seen.insert(series.name).inserted { lines.append("# TYPE \(series.name) counter") }
            lines.append(series.label.isEmpty ? "\(series.name) \(count)" : "\(series.name){\(series.label)=\"\(series.value)\"} \(count)")
        }
        func gauge(_ name: String, _ value: some Numeric) { lines += ["# TYPE \(name) gauge", "\(name) \(value)"] }
        let overview = try await hub.overview(), now = hub.now()
        gauge("crossdock_deliveries_pending", overview.pendingDeliveries)
        gauge("crossdock_jobs_ready", overview.destinations.map(\.ready).reduce(0, +))
        gauge("crossdock_jobs_waiting", overview.destinations.map(\.waiting).reduce(0, +))
        gauge("crossdock_dead_letters_open", overview.destinations.map(\.dead).reduce(0, +))
        gauge("crossdock_problems_open", overview.problems.count)
        let oldest = overview.destinations.compactMap(\.oldestDue).min()
        gauge("crossdock_oldest_ready_job_seconds", oldest.map { max(0, (now - $0).inSeconds) } ?? 0)
        let ledger = hub.ledgerDatabase.statistics, journal = hub.journalDatabase.statistics
        gauge("crossdock_ledger_wal_bytes", ledger.walBytes)
        gauge("crossdock_journal_wal_bytes", journal.walBytes)
        gauge("crossdock_ledger_pending_writes", ledger.pendingWrites)
        return lines.joined(separator: "\n") + "\n"
    }
}
