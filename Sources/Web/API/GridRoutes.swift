import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// The grid's rows: a list of all that match, as it is at one moment, and rows of it by their ids.
struct GridRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("order-grid", use: grid)
        api.get("order-grid/rows", use: rows)
        api.get("order-grid/choices", use: choices)
    }

    /// `ids=true` answers the ids of the whole list too: what is scrolled through, selected and previewed is then one and the same.
    @Sendable private func grid(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead)
        let reading = try await GridReading.read(request, hub: hub, holder: caller.holderID), limit = try APIRead.limit(request)
        let offset = try offset(request), withIDs = try APIRead.flag(request, "ids") ?? false
        let index = try await hub.ledger.gridIndex(reading.resolved(context.clock(hub)), sort: reading.sort, limit: withIDs ? Ledger.maximumListed : offset + limit)
        let rows = try await hub.ledger.gridRows(Array(index.ids.dropFirst(offset).prefix(limit)))
        let isMasked = !context.maySeeBuyers
        Self.note(rows, readBy: caller, in: hub)
        return try APIWrite.json { json in
            json.name("data")
            json.array { json in
                for row in rows { row.told(context.said).write(to: &json, isMasked: isMasked) }
            }
            json.name("total")
            json.object { json in
                json.field("count", index.total.count)
                json.field("isExact", index.total.isExact)
            }
            json.field("isSorted", index.isSorted)
            json.field("longest", Ledger.maximumListed)
            if withIDs {
                json.name("ids")
                json.array { json in for id in index.ids { json.string(id.description) } }
            }
        }
    }

    /// Whoever sees buyers in a list leaves the line that the API's list of orders leaves: one in ten minutes, however far they scroll.
    static func note(_ rows: [GridRow], readBy caller: Caller, in hub: Hub) {
        guard !rows.isEmpty, caller.may(.buyersRead) else { return }
        hub.readings.note(caller.actor, "orders.read", "orders")
    }

    private func offset(_ request: Request) throws -> Int {
        guard let text = try request.query["offset"] else { return 0 }
        guard let value = APIRead.whole(text).map(Int.init), (0...Ledger.maximumListed).contains(value) else { throw APIRead.invalid("offset", "a whole number from 0 to \(Ledger.maximumListed)") }
        return value
    }

    @Sendable private func rows(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead)
        let ids = try Self.ids(try request.query["ids"] ?? "", maximum: Ledger.maximumGridRows)
        let rows = try await hub.ledger.gridRows(ids, withCause: try APIRead.flag(request, "cause") ?? false), isMasked = !context.maySeeBuyers
        Self.note(rows, readBy: caller, in: hub)
        return try APIWrite.json { json in
            json.name("data")
            json.array { json in for row in rows { row.told(context.said).write(to: &json, isMasked: isMasked) } }
        }
    }

    static func ids(_ text: String, maximum: Int) throws -> [OrderID] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard (1...maximum).contains(parts.count) else { throw APIRead.invalid("ids", "1 to \(maximum) ids, separated by commas") }
        return try parts.map { part in
            guard let number = APIRead.whole(String(part)), number > 0 else { throw APIRead.invalid("ids", "ids, separated by commas") }
            return OrderID(number)
        }
    }

    struct Choices: Encodable { var tags: [String], couriers: [String], reasons: [String], channels: [Named] }
    struct Named: Encodable { var id: ChannelID, name: String }

    @Sendable private func choices(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        let found = try await hub.ledger.gridChoices(), surroundings = hub.channels.directory.surroundings
        let channels = surroundings.channels.values.filter { $0.state != .removed && ($0.kind == .shop || $0.kind == .file) }.sorted { $0.name < $1.name }
        let couriers = Set(surroundings.couriers.map(\.name)).union(found.couriers).sorted()
        return try APIWrite.json(Choices(tags: found.tags, couriers: couriers, reasons: found.reasons, channels: channels.map { Named(id: $0.id, name: $0.name) }))
    }
}

extension GridRow {
    /// With its reason in the reader's words.
    fileprivate func told(_ said: (String) -> String) -> GridRow {
        var row = self
        row.reason = reason.map(said)
        return row
    }
}
