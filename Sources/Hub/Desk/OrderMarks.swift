import Domain
import Database

/// What the grid filters by beside an order's own columns: one row for each tag, for a courier that was chosen for it, and for
/// cash on delivery. Written with the order; few orders have more than one or two.
struct OrderMark: Equatable, Sendable {
    enum Kind: String, Sendable { case tag, courier, cod }
    var kind: Kind, value: String, at: Int64

    static let maximumTags = 20

    /// Each once; so few that a list is quicker than a set.
    static func of(_ order: StoredOrder) -> [OrderMark] {
        let snapshot = order.snapshot, placed = snapshot.placedAt.milliseconds
        var marks: [OrderMark] = []
        for tag in snapshot.tags.prefix(maximumTags) {
            let mark = OrderMark(kind: .tag, value: String(OrderTags.fold(tag).prefix(100)), at: placed)
            if !marks.contains(mark) { marks.append(mark) }
        }
        if let courier = order.chosenCourier ?? order.decision?.courier { marks.append(OrderMark(kind: .courier, value: courier, at: placed)) }
        if snapshot.payment.isCashOnDelivery { marks.append(OrderMark(kind: .cod, value: "", at: placed)) }
        return marks
    }

    func row(of order: OrderID) -> [SQLValue] { [.text(kind.rawValue), .text(value), .integer(at), .integer(order.value)] }
    static let columns = ["kind", "value", "at", "order_id"]
}

extension LedgerTransaction {
    /// A new order's marks, written with those of the others by `flush`.
    func addMarks(of order: StoredOrder) {
        gather(OrderMark.of(order).map { $0.row(of: order.id) })
    }

    func changeMarks(from old: StoredOrder, to new: StoredOrder) throws {
        let before = OrderMark.of(old), after = OrderMark.of(new)
        guard before != after else { return }
        for mark in before where !after.contains(mark) {
            try tx.run("DELETE FROM order_marks WHERE kind = \(mark.kind.rawValue) AND value = \(mark.value) AND at = \(mark.at) AND order_id = \(new.id.value)")
        }
        let rows = after.filter { !before.contains($0) }.map { $0.row(of: new.id) }
        if !rows.isEmpty { _ = try tx.insertMany(into: "order_marks", columns: OrderMark.columns, rows: rows, onConflictDoNothing: true) }
    }

    /// Why an order is held or kept out, as long as it is.
    func noteReason(of order: StoredOrder, was old: Workflow, cause: Cause, note: String?) throws {
        let standing: Set<Workflow> = [.awaitingConfirmation, .excluded]
        guard standing.contains(order.workflow) else {
            if standing.contains(old) { try tx.run("DELETE FROM order_reasons WHERE order_id = \(order.id.value)") }
            return
        }
        let fallback = cause.kind == .delivery ? "The platform holds it." : cause.subject
        let reason = String((note ?? (cause.kind == .rule ? order.decision?.reason : nil) ?? fallback).prefix(Self.maximumReason))
        try tx.run("""
            INSERT INTO order_reasons (order_id, reason, cause, at) VALUES (\(order.id.value), \(reason), \(OrderRows.text(of: cause)), \(now.milliseconds))
            ON CONFLICT (order_id) DO UPDATE SET reason = excluded.reason, cause = excluded.cause, at = excluded.at
            """)
    }
    private static var maximumReason: Int { 200 }
}

/// Gives orders that are older than the marks theirs, a batch at a time.
struct MarkBackfill: Sendable {
    static let batch = 500
    let ledger: Ledger

    /// - Returns: false when nothing is left to do.
    func step() async throws -> Bool {
        guard let (position, last) = try await ledger.database.read({ tx in
            try tx.first("SELECT position, detail FROM cursors WHERE channel_id = 0 AND name = 'marks'") { (try $0.int64(0), Int64(try $0.optionalText(1) ?? "") ?? 0) }
        }), position < last else { return false }
        try await ledger.write { transaction in
            let orders = try transaction.tx.rows("""
                SELECT \(raw: OrderRows.columns) FROM orders WHERE id > \(position) AND id <= \(last) ORDER BY id LIMIT \(Self.batch)
                """, OrderRows.read)
            let rows = orders.flatMap { order in OrderMark.of(order).map { $0.row(of: order.id) } }
            if !rows.isEmpty { _ = try transaction.tx.insertMany(into: "order_marks", columns: OrderMark.columns, rows: rows, onConflictDoNothing: true) }
            for order in orders where order.workflow == .excluded || order.workflow == .awaitingConfirmation {
                let reason = String((order.decision?.reason ?? order.decision?.rule ?? "").prefix(200))
                guard !reason.isEmpty else { continue }
                let cause = OrderRows.text(of: Cause(.rule, order.decision?.rule ?? "channel default"))
                try transaction.tx.run("INSERT INTO order_reasons (order_id, reason, cause, at) VALUES (\(order.id.value), \(reason), \(cause), \(order.updatedAt.milliseconds)) ON CONFLICT (order_id) DO NOTHING")
            }
            try transaction.tx.run("UPDATE cursors SET position = \(orders.last?.id.value ?? last) WHERE channel_id = 0 AND name = 'marks'")
        }
        return true
    }
}
