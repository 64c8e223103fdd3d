import Documents
import Domain
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// The packing table and the ramp, for programs and for the pages' own scripts: parcels, labels, manifests, what needs a person.
struct ShippingRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("parcels", use: parcels)
        api.get("parcels/find", use: find)
        api.get("parcels/exceptions", use: exceptions)
        api.post("parcels/:id/goods-back", use: goodsBack)
        api.post("parcels/:id/pack", use: pack)
        api.post("parcels/:id/unpack", use: unpack)
        api.get("manifests", use: manifests)
        api.post("manifests", use: open)
        api.get("manifests/:id", use: manifest)
        api.post("manifests/:id/scan", use: scan)
        api.post("manifests/:id/close", use: close)
        api.post("manifests/:id/reopen", use: reopen)
        api.post("manifests/:id/take-out", use: takeOut)
        api.post("manifests/:id/hand-over", use: handOver)
        PaperRoutes(hub: hub).add(to: api)
        ConsolidationRoutes(hub: hub).add(to: api)
    }

    // MARK: parcels

    struct ParcelView: Encodable {
        struct Content: Encodable {
            var sku: String?
            var title: String, quantity: Int
        }
        var id: String, order: OrderID, number: String, channel: String, carrier: String, carrierChannel: ChannelID, ref: String, ofParcels: Int
        var trackingNumber: String?
        var weightGrams: Int
        var codMinor: Int64?
        var currency: String, state: StoredParcel.State, status: Fulfilment
        var shipBy: Timestamp?, packedAt: Timestamp?, packedBy: String?, handedAt: Timestamp?
        var hindrance: String?
        var contents: [Content]
        var measureMillimetres: Pack.Measure?
        var preset: String?
    }

    func view(_ line: ParcelLine) -> ParcelView {
        let parcel = line.parcel
        let contents = line.contents.map { ParcelView.Content(sku: $0.sku ?? line.bought($0)?.sku, title: line.title(of: $0), quantity: $0.quantity) }
        return ParcelView(
            id: "\(parcel.id)", order: line.order.id, number: line.order.snapshot.externalNumber, channel: hub.channels.directory.channel(line.order.channel)?.name ?? "", carrier: line.carrier,
            carrierChannel: parcel.channel, ref: parcel.ref, ofParcels: parcel.ofParcels, trackingNumber: parcel.trackingNumber, weightGrams: parcel.weightGrams, codMinor: parcel.codMinor,
            currency: parcel.currency, state: parcel.state, status: parcel.status, shipBy: line.order.shipBy, packedAt: parcel.packedAt, packedBy: parcel.packedBy, handedAt: parcel.handedAt,
            hindrance: line.hindrance, contents: contents, measureMillimetres: line.measure.map { Pack.Measure(length: $0.length, width: $0.width, height: $0.height) }, preset: line.preset)
    }

    @Sendable private func parcels(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        let states: [StoredParcel.State] = [.toPack, .packed], text = try request.query["state"] ?? StoredParcel.State.toPack.rawValue
        guard let state = states.first(where: { $0.rawValue == text }) else { throw APIRead.invalid("state", states.map(\.rawValue).joined(separator: ", ")) }
        let carrier = try request.query["carrier"].map { try hub.channels.channel(named: $0).id }
        let cursor: OrderID? = try APIRead.identifier(request, "cursor"), limit = try APIRead.limit(request)
        let lines = try await hub.shipping.packing.parcels(in: state, of: carrier, after: cursor?.value, limit: limit)
        return try APIWrite.json(APIWrite.Page(data: lines.map(view), nextCursor: lines.count == limit ? lines.last.map { "\($0.parcel.id)" } : nil))
    }

    @Sendable private func find(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        guard let code = try request.query["code"], !code.isEmpty else { throw APIRead.invalid("code", "a number that was scanned") }
        return try APIWrite.json(view(try await hub.shipping.packing.find(code)))
    }

    struct Pack: Decodable {
        struct Measure: Codable { var length: Int, width: Int, height: Int }
        var weightGrams: Int?, measureMillimetres: Measure?, preset: String?

        var weighing: Weighing { Weighing(grams: weightGrams, measure: measureMillimetres.map { ParcelMeasure(length: $0.length, width: $0.width, height: $0.height) }, preset: preset) }
    }

    @Sendable private func pack(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try Self.id(context, "parcel"), body = try await APIRead.body(Pack.self, request)
        return try APIWrite.json(view(try await hub.shipping.packing.pack(id, body.weighing, by: caller.name)))
    }

    @Sendable private func unpack(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try Self.id(context, "parcel")
        try await hub.shipping.packing.unpack(id, by: caller.name)
        return try APIWrite.json(view(try await hub.shipping.packing.parcel(id)))
    }

    /// The goods of a parcel that must not leave, or came back, are on the shelf again.
    @Sendable private func goodsBack(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try Self.id(context, "parcel")
        try await hub.shipping.exceptions.goodsAreBack(id, by: caller.name)
        return try APIWrite.json(view(try await hub.shipping.packing.parcel(id)))
    }

    static func id(_ context: AppContext, _ what: String) throws -> Int64 {
        guard let id = APIRead.whole(try APIRead.part(context, what: what)), id > 0 else { throw APIProblem.notFound(what) }
        return id
    }

    struct ExceptionView: Encodable { var kind: ShippingException.Kind, since: Timestamp, parcel: ParcelView }

    @Sendable private func exceptions(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        let all = try await hub.shipping.exceptions.list()
        return try APIWrite.json(APIWrite.Page(data: all.map { ExceptionView(kind: $0.kind, since: $0.since, parcel: view($0.line)) }, nextCursor: nil))
    }

    // MARK: manifests

    struct ManifestView: Encodable {
        var id: String, number: String, carrier: String, carrierChannel: ChannelID, state: ManifestState
        var cutoffAt: Timestamp?
        var openedBy: String, openedAt: Timestamp
        var closedBy: String?, closedAt: Timestamp?
        var handedBy: String?, handedTo: String?, handedAt: Timestamp?
        var parcels: Int, missing: Int, extra: Int, prints: Int
    }

    private func view(_ manifest: Manifest) -> ManifestView {
        ManifestView(id: "\(manifest.id)", number: manifest.number, carrier: hub.channels.directory.channel(manifest.channel)?.name ?? "", carrierChannel: manifest.channel, state: manifest.state,
                     cutoffAt: manifest.cutoffAt, openedBy: manifest.openedBy, openedAt: manifest.openedAt, closedBy: manifest.closedBy, closedAt: manifest.closedAt, handedBy: manifest.handedBy,
                     handedTo: manifest.handedTo, handedAt: manifest.handedAt, parcels: manifest.parcels, missing: manifest.missing, extra: manifest.extra, prints: manifest.prints)
    }

    @Sendable private func manifests(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        return try APIWrite.json(APIWrite.Page(data: try await hub.shipping.manifests.recent().map(view), nextCursor: nil))
    }

    struct Open: Decodable { var carrier: String, cutoffAt: Timestamp? }

    @Sendable private func open(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), body = try await APIRead.body(Open.self, request)
        let carrier = try hub.channels.channel(named: body.carrier)
        let day = WorkspaceClock(zone: caller.zone, language: .en, now: hub.now()).digits(ofDay: hub.now())
        return try APIWrite.json(view(try await hub.shipping.manifests.open(for: carrier.id, day: day, cutoff: body.cutoffAt, by: caller.name)), status: .created)
    }

    struct Contents: Encodable { var manifest: ManifestView, counted: [ParcelView], missing: [ParcelView], extra: [String] }

    @Sendable private func manifest(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        let id = try Self.id(context, "manifest"), contents = try await hub.shipping.manifests.contents(of: id)
        return try APIWrite.json(Contents(manifest: view(try await hub.shipping.manifests.manifest(id)), counted: contents.counted.map(view), missing: contents.missing.map(view), extra: contents.extra))
    }

    struct Scan: Decodable { var code: String }
    struct Scanned: Encodable {
        var outcome: ScanOutcome, number: String
        var reason: String?
        var counted: Int, packed: Int
        var parcel: ParcelView?
    }

    @Sendable private func scan(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try Self.id(context, "manifest"), body = try await APIRead.body(Scan.self, request)
        guard !body.code.isEmpty else { throw APIProblem(.unprocessableContent, "invalid_body", "Nothing was scanned.", pointer: "/code") }
        let scan = try await hub.shipping.manifests.scan(body.code, into: id, by: caller.name)
        return try APIWrite.json(Scanned(outcome: scan.outcome, number: scan.number, reason: scan.reason, counted: scan.counted, packed: scan.packed, parcel: scan.parcel.map(view)))
    }

    @Sendable private func close(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite)
        return try APIWrite.json(view(try await hub.shipping.manifests.close(try Self.id(context, "manifest"), by: caller.name)))
    }

    struct Reopen: Decodable { var reason: String }

    @Sendable private func reopen(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try Self.id(context, "manifest"), body = try await APIRead.body(Reopen.self, request)
        return try APIWrite.json(view(try await hub.shipping.manifests.reopen(id, reason: body.reason, by: caller.actor)))
    }

    struct TakenOut: Encodable { var manifest: ManifestView, numbers: [String] }

    /// What must not leave any more is taken out of a closed manifest.
    @Sendable private func takeOut(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try Self.id(context, "manifest"), numbers = try await hub.shipping.manifests.takeOutStopped(id, by: caller.actor)
        return try APIWrite.json(TakenOut(manifest: view(try await hub.shipping.manifests.manifest(id)), numbers: numbers))
    }

    struct HandOver: Decodable { var to: String? }

    @Sendable private func handOver(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try Self.id(context, "manifest"), body = try await APIRead.body(HandOver.self, request)
        return try APIWrite.json(view(try await hub.shipping.manifests.handOver(id, to: body.to, by: caller.name)))
    }
}
