import Connect
import Crypto
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Cash on delivery, for programs: a carrier's list sent in, what was taken, what differs and is settled.
struct RemittanceRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.post("channels/:id/remittances", use: take)
        api.get("remittances", use: list)
        api.get("remittances/differences", use: differences)
        api.post("remittances/differences/:id/settle", use: settle)
    }

    struct View: Encodable {
        var id: String, carrierChannel: ChannelID, fileName: String, by: String, at: Timestamp, lines: Int, differences: Int, amountMinor: Int64, feeMinor: Int64, currency: String, isWhole: Bool
        init(_ one: Remittance) {
            id = "\(one.id)"; carrierChannel = one.channel; fileName = one.fileName; by = one.actor; at = one.at; lines = one.parcels; differences = one.differences
            amountMinor = one.amountMinor; feeMinor = one.feeMinor; currency = one.currency; isWhole = one.isWhole
        }
    }

    struct LineView: Encodable {
        var id: String, remittance: String, row: Int, trackingNumber: String, order: OrderID?, outcome: RemittanceOutcome, amountMinor: Int64, feeMinor: Int64, expectedMinor: Int64?, currency: String, paidAt: Timestamp?
        init(_ line: RemittanceLine) {
            id = "\(line.id)"; remittance = "\(line.remittance)"; row = line.row; trackingNumber = line.number; order = line.order; outcome = line.outcome
            amountMinor = line.amountMinor; feeMinor = line.feeMinor; expectedMinor = line.expectedMinor; currency = line.currency; paidAt = line.paidAt
        }
    }

    @Sendable private func take(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.filesWrite), files = ImportRoutes(hub: hub)
        let channel = try hub.channels.channel(named: try APIRead.part(context, what: "channel")), name = try files.fileName(request)
        guard channel.kind == .courier else { throw APIProblem(.unprocessableContent, "no_courier", "\(channel.name) is no carrier. A remittance is the list of a carrier.") }
        try files.checkType(request)
        guard !APIRead.isDeclaredLarger(request, than: ImportRoutes.maximumFileBytes) else { throw ImportRoutes.tooLarge }
        let importer = try FileImporter(hub: hub), place = try ImportRoutes.enter(importer)
        defer { hub.imports.leave(place) }
        importer.store.sweep()
        let path = try importer.store.folder() + "/upload-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }      // scrap; what stays behind is swept
        let digest = try await files.keep(request, at: path)
        return try await context.once(request, in: hub, digest: Array(digest), unless: {}) {
            let taken = try await hub.shipping.remittances.take(path, fileName: name, from: channel.id, zone: TimeZone(identifier: caller.zone) ?? .gmt, by: caller.name)
            try await hub.audit.record(AuditChange(caller.actor, "remittance.take", "channel:\(channel.id)", after: ["parcels": "\(taken.parcels)", "differences": "\(taken.differences)"]))
            return try APIWrite.json(View(taken), status: .created)
        }
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        return try APIWrite.json(APIWrite.Page(data: try await hub.shipping.remittances.recent().map(View.init), nextCursor: nil))
    }

    @Sendable private func differences(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        return try APIWrite.json(APIWrite.Page(data: try await hub.shipping.remittances.differences().map(LineView.init), nextCursor: nil))
    }

    struct Settling: Decodable { var note: String? }

    @Sendable private func settle(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try ShippingRoutes.id(context, "difference"), body = try await APIRead.body(Settling.self, request)
        if let note = body.note, !(1...Self.longestNote).contains(note.count) { throw APIRead.invalid("note", "1 to \(Self.longestNote) characters") }
        guard try await hub.shipping.remittances.settle(id, note: body.note, by: caller.name) else { throw APIProblem.notFound("open difference") }
        try await hub.audit.record(AuditChange(caller.actor, "remittance.settle", "remittance:\(id)", note: body.note))
        return Response(status: .noContent)
    }
    private static let longestNote = 500
}
