package import Database
package import Domain
import Foundation

/// The SQL of orders: one function a question.
package enum OrderRows {
    static let columns = """
        id, channel_id, placed_at, source_updated_at, source_counter, source_was_read, source_digest, source_received_at, workflow, fulfilment, \
        payment_state, version, document, source_document, edits, decision, created_at, updated_at, ship_by
        """

    package static func find(channel: ChannelID, externalID: ExternalID, in tx: any Transaction) throws -> StoredOrder? {
        try tx.first("SELECT \(raw: columns) FROM orders WHERE channel_id = \(channel.value) AND external_id = \(externalID)", read)
    }

    package static func find(_ id: OrderID, in tx: any Transaction) throws -> StoredOrder? {
        try tx.first("SELECT \(raw: columns) FROM orders WHERE id = \(id.value)", read)
    }

    /// - Parameter decision: the order's, encoded.
    static func insert(_ order: StoredOrder, document: String, decision: String?, in tx: any Transaction) throws {
        let edits = try encode(order.edits), revision = order.revision
        try tx.run("""
            INSERT INTO orders (id, channel_id, external_id, external_number, placed_at, source_updated_at, source_counter, source_was_read, source_digest,
                                source_received_at, workflow, fulfilment, payment_state, currency, grand_minor, platform_status, version, flagged,
                                document, source_document, edits, decision, created_at, updated_at, ship_by)
            VALUES (\(order.id.value), \(order.channel.value), \(order.snapshot.externalID), \(order.snapshot.externalNumber), \(order.snapshot.placedAt.milliseconds),
                    \(revision.updatedAt.milliseconds), \(revision.counter), \(revision.wasRead), \(Int64(bitPattern: order.sourceDigest)),
                    \(order.sourceReceivedAt.milliseconds), \(order.workflow.rawValue), \(order.fulfilment.rawValue), \(order.paymentState.rawValue),
                    \(order.snapshot.currency.code), \(order.snapshot.totals.grand), \(order.snapshot.platformStatus), \(order.version), \(!order.snapshot.flags.isEmpty),
                    \(document), \(nil as String?), \(edits), \(decision), \(order.createdAt.milliseconds), \(order.updatedAt.milliseconds),
                    \(order.shipBy?.milliseconds))
            """)
    }

    static func update(_ order: StoredOrder, document: String, sourceDocument: String?, in tx: any Transaction) throws {
        let edits = try encode(order.edits), decision = try order.decision.map(encodeOne), revision = order.revision
        try tx.run("""
            UPDATE orders
               SET external_number = \(order.snapshot.externalNumber), placed_at = \(order.snapshot.placedAt.milliseconds),
                   source_updated_at = \(revision.updatedAt.milliseconds), source_counter = \(revision.counter), source_was_read = \(revision.wasRead),
                   source_digest = \(Int64(bitPattern: order.sourceDigest)), source_received_at = \(order.sourceReceivedAt.milliseconds),
                   workflow = \(order.workflow.rawValue), fulfilment = \(order.fulfilment.rawValue), payment_state = \(order.paymentState.rawValue),
                   currency = \(order.snapshot.currency.code), grand_minor = \(order.snapshot.totals.grand),
                   platform_status = \(order.snapshot.platformStatus), version = \(order.version), flagged = \(!order.snapshot.flags.isEmpty),
                   document = \(document), source_document = \(sourceDocument), edits = \(edits), decision = \(decision),
                   updated_at = \(order.updatedAt.milliseconds), ship_by = \(order.shipBy?.milliseconds)
             WHERE id = \(order.id.value)
            """)
    }

    static func replaceLines(of order: StoredOrder, isNew: Bool, in tx: any Transaction) throws {
        if !isNew { try tx.run("DELETE FROM order_lines WHERE order_id = \(order.id.value)") }
        let rows: [[SQLValue]] = order.snapshot.lines.enumerated().map { position, line in
            [.integer(order.id.value), .integer(Int64(position)), line.sku.map { .text($0) } ?? .null, .text(line.title), .integer(Int64(line.quantity)), .integer(line.lineTotal)]
        }
        _ = try tx.insertMany(into: "order_lines", columns: ["order_id", "position", "sku", "title", "quantity", "line_total_minor"], rows: rows, onConflictDoNothing: false)
    }

    static func read(_ row: Row) throws -> StoredOrder {
        let revision = Revision(updatedAt: Timestamp(milliseconds: try row.int64(3)), counter: try row.int64(4), wasRead: try row.bool(5))
        var snapshot = try decode(OrderSnapshot.self, row.text(12), column: "document")
        var source = try row.optionalText(13).map { try decode(OrderSnapshot.self, $0, column: "source_document") }
        snapshot.revision = revision
        source?.revision = revision
        return StoredOrder(
            id: OrderID(try row.int64(0)), channel: ChannelID(try row.int64(1)), snapshot: snapshot, source: source,
            edits: try row.optionalText(14).map { try decode([EditedField].self, $0, column: "edits") } ?? [],
            decision: try row.optionalText(15).map { try decode(RuleDecision.self, $0, column: "decision") },
            workflow: try word(row.text(8), column: "workflow"), fulfilment: try word(row.text(9), column: "fulfilment"),
            paymentState: try word(row.text(10), column: "payment_state"), version: try row.int(11),
            sourceDigest: UInt64(bitPattern: try row.int64(6)), sourceReceivedAt: Timestamp(milliseconds: try row.int64(7)),
            createdAt: Timestamp(milliseconds: try row.int64(16)), updatedAt: Timestamp(milliseconds: try row.int64(17)),
            shipBy: try row.optionalInt64(18).map { Timestamp(milliseconds: $0) })
    }

    static func word<T: RawRepresentable>(_ text: String, column: String) throws -> T where T.RawValue == String {
        guard let value = T(rawValue: text) else { throw LedgerError.unreadable(column: column) }
        return value
    }

    static func decode<T: Decodable>(_ type: T.Type, _ text: String, column: String) throws -> T {
        do { return try JSONDecoder().decode(type, from: Data(text.utf8)) } catch { throw LedgerError.unreadable(column: column) }
    }
    static func text(of cause: Cause) -> String {
        var json = JSONText(capacity: 256)
        cause.write(to: &json)
        return String(decoding: json.bytes, as: UTF8.self)
    }
    static func encodeOne(_ value: some Encodable) throws -> String { String(decoding: try JSONEncoder.crossdock.encode(value), as: UTF8.self) }
    private static func encode(_ edits: [EditedField]) throws -> String? { edits.isEmpty ? nil : try encodeOne(edits) }
}

package enum LedgerError: HubError, Equatable {
    case unreadable(column: String)
    case unknownOrder
    case versionConflict(current: Int)
    case notAllowed(from: Workflow, cause: WorkflowCause)
    case unknownField(String)
    case refusedValue(field: String, EditRefusal)
    case nothingToDo(String)

    package var code: String {
        switch self {
        case .unreadable: "unreadable"
        case .unknownOrder: "unknown_order"
        case .versionConflict: "version_conflict"
        case .notAllowed: "not_allowed"
        case .unknownField: "unknown_field"
        case .refusedValue(_, let refusal): refusal.code
        case .nothingToDo: "nothing_to_do"
        }
    }
    package var sentence: String {
        switch self {
        case .unreadable(let column): "The stored column \(column) could not be read. Run `crossdock doctor`."
        case .unknownOrder: "There is no order with this id."
        case .versionConflict(let current): "The order changed meanwhile (it is at version \(current) now). Load it again and repeat what is still wanted."
        case .notAllowed(let from, let cause): "An order that is \(from.rawValue) cannot be moved by \(cause.rawValue)."
        case .unknownField(let field): "The field \(field) does not exist or cannot be edited."
        case .refusedValue(let field, let refusal): "\(field): \(refusal.sentence)"
        case .nothingToDo(let why): why
        }
    }
    package var failureClass: FailureClass { .rejected }
}
