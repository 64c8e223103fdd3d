package import Domain
import Database

/// One row of the grid: what a person sees of an order at a glance, and what can be edited there, by the names of `OrderField`.
package struct GridRow: Sendable {
    package var order: StoredOrder
    /// Until when it must leave; nil: it has not to leave, or nobody promised when.
    package var due: Timestamp?
    /// Why it is held or kept out.
    package var reason: String?
    package var courier: String?
    package var tracking: String?
    package var channelName: String, platform: PlatformName
    /// Who or what changed it last, where that is asked for.
    package var cause: Cause?

    static let maximumLines = 50

    /// - Parameter isMasked: buyer data is left out for those who need not see it.
    package func write(to json: inout JSONText, isMasked: Bool) {
        json.object { json in
            writeHead(to: &json, isMasked: isMasked)
            writeBuyer(to: &json, isMasked: isMasked)
            writeMoney(to: &json)
            json.name("lines")
            json.array { json in for line in order.snapshot.lines.prefix(Self.maximumLines) { write(line, to: &json) } }
            if let cause {
                json.name("cause")
                cause.write(to: &json)
            }
            json.name("flags")
            json.array { json in for flag in order.snapshot.flags { flag.shown(isMasked: isMasked).write(to: &json) } }
            json.name("edited")
            json.object { json in
                for edit in order.edits {
                    json.name(data: edit.field)
                    json.string(isMasked && Self.isPersonal(edit.field) ? Self.mask(edit.platformValue) ?? "" : edit.platformValue ?? "")
                }
            }
        }
    }

    private func writeHead(to json: inout JSONText, isMasked: Bool) {
        json.field("id", order.id.description)
        json.field("revision", order.version)
        json.field("channel", channelName)
        json.field("channelID", order.channel.description)
        json.field("platform", platform)
        json.field("number", order.snapshot.externalNumber)
        json.field("placedAt", order.snapshot.placedAt.description)
        json.field("updatedAt", order.updatedAt.description)
        json.field("workflow", order.workflow.rawValue)
        json.field("fulfilment", order.fulfilment.rawValue)
        json.field("payment", order.paymentState.rawValue)
        json.present("dueAt", due?.description)
        json.present("reason", reason)
        json.present("courier", courier)
        json.present("shipping.requestedCarrier", order.snapshot.shipping.requestedCarrier)
        json.present("shipping.methodTitle", order.snapshot.shipping.methodTitle)
        json.present("tracking", tracking)
        json.present("note", isMasked ? Self.mask(order.snapshot.note) : order.snapshot.note)
        json.field("tags", OrderTags.text(order.snapshot.tags))
    }

    private func writeBuyer(to json: inout JSONText, isMasked: Bool) {
        for field in Self.personFields {
            let value = OrderField.value(of: field, in: order.snapshot)
            json.name(data: field)
            if let value = isMasked && Self.isPersonal(field) ? Self.mask(value) : value { json.string(value) } else { json.null() }
        }
    }

    private func writeMoney(to json: inout JSONText) {
        let snapshot = order.snapshot
        json.field("currency", snapshot.currency.code)
        json.field("total", Money(minor: snapshot.totals.grand, snapshot.currency).plain)
        json.field("totals.shipping", Money(minor: snapshot.totals.shipping, snapshot.currency).plain)
        json.field("totals.discount", Money(minor: snapshot.totals.discount, snapshot.currency).plain)
        json.field("isCashOnDelivery", snapshot.payment.isCashOnDelivery)
        json.present("payment.codAmount", snapshot.payment.codAmount.map { Money(minor: $0, snapshot.currency).plain })
        json.present("payment.method", snapshot.payment.method)
    }

    private func write(_ line: OrderLine, to json: inout JSONText) {
        json.object { json in
            json.field("id", line.externalLineID)
            json.present("sku", line.sku)
            json.field("title", line.title)
            json.present("variant", line.variant)
            json.field("quantity", line.quantity)
            json.field("unitPrice", Money(minor: line.unitPrice, order.snapshot.currency).plain)
            json.field("lineTotal", Money(minor: line.lineTotal, order.snapshot.currency).plain)
        }
    }

    static let personFields = ["buyer.name", "buyer.email", "buyer.phone"]
        + ["name", "company", "phone", "line1", "line2", "subdistrict", "district", "city", "province", "postcode", "countryCode"].map { "shipTo." + $0 }
    private static let personal: Set<String> = ["buyer.name", "buyer.email", "buyer.phone", "shipTo.name", "shipTo.company", "shipTo.phone", "shipTo.line1", "shipTo.line2", "note"]

    /// Fields that tell who the buyer is, or are the buyer's own words: those without `buyers:read` see dots.
    package static func isPersonal(_ field: String) -> Bool { personal.contains(field) }
    package static func mask(_ text: String?) -> String? { text?.first.map { "\($0)•••" } }
}

extension Ledger {
    package static let maximumGridRows = 200

    /// Rows in the order of `ids`; an id that is unknown is left out.
    package func gridRows(_ ids: [OrderID], withCause: Bool = false) async throws -> [GridRow] {
        let surroundings = channels.surroundings
        return try await database.read { tx in
            let orders = try Self.load(ids, in: tx), list = ids.map(\.value)
            guard !orders.isEmpty else { return [] }
            func texts(_ sql: SQL) throws -> [Int64: String] {
                Dictionary(try tx.rows(sql) { (try $0.int64(0), try $0.text(1)) }, uniquingKeysWith: { $1 })
            }
            let reasons = try texts("SELECT order_id, reason FROM order_reasons WHERE order_id IN (\(list: list))")
            let tracking = try texts("SELECT order_id, tracking_number FROM shipments WHERE order_id IN (\(list: list)) AND is_void = 0 AND tracking_number IS NOT NULL")
            return try orders.map { order in
                let channel = surroundings.channels[order.channel], id = order.id.value
                return GridRow(order: order, due: order.shipBy, reason: reasons[id], courier: surroundings.courier(of: order)?.name, tracking: tracking[id],
                               channelName: channel?.name ?? "\(order.channel)", platform: channel?.platform ?? "",
                               cause: withCause ? try Self.lastCause(of: order.id, in: tx) : nil)
            }
        }
    }

    /// The last of an order's causes that is not the hub's own schedule.
    private static func lastCause(of order: OrderID, in tx: any Transaction) throws -> Cause? {
        try tx.rows("SELECT cause FROM events WHERE order_id = \(order.value) ORDER BY id DESC LIMIT 4") { try OrderRows.decode(Cause.self, $0.text(0), column: "cause") }.first { $0.kind != .schedule }
    }
}
