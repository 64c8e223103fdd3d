import Documents
import Domain
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// The packing table's papers, for programs: labels, packing slips, pick lists, a manifest to sign.
struct PaperRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.post("parcels/labels", use: labels)
        api.post("parcels/slips", use: slips)
        api.post("parcels/pick-list", use: pickList)
        api.post("manifests/:id/paper", use: manifest)
    }

    /// Which parcels: named ones, or all that stand somewhere.
    struct Chosen: Decodable {
        struct All: Decodable {
            var state: StoredParcel.State?, carrier: String?, dueBefore: Timestamp?, search: String?
        }
        enum Order: String, Decodable { case given, pick }
        var parcels: [String]?, all: All?
        /// As they were named, or as a pick list meets them.
        var order: Order?
    }
    struct Labels: Decodable {
        struct Wanted: Decodable { var size: String?, format: LabelFormat?, dpi: Int?, startCell: Int?, reason: String? }
        var wanted: Wanted, chosen: Chosen
        init(from decoder: any Decoder) throws { (wanted, chosen) = (try Wanted(from: decoder), try Chosen(from: decoder)) }
    }
    enum LabelFormat: String, Decodable { case pdf, zpl }
    static let inchMillimetres = 25.4, resolutions = [203, 300, 600]

    private func lines(_ chosen: Chosen) async throws -> [ParcelLine] {
        let desk = hub.shipping, ids: [Int64]
        switch (chosen.parcels, chosen.all) {
        case (let named?, nil):
            ids = try named.map { text in
                guard let id = APIRead.whole(text) else { throw APIProblem(.unprocessableContent, "invalid_body", "A parcel is named by its id.", pointer: "/parcels") }
                return id
            }
            guard !ids.isEmpty else { throw APIProblem(.unprocessableContent, "invalid_body", "Name at least one parcel.", pointer: "/parcels") }
        case (nil, let all?):
            let states: [StoredParcel.State] = [.toPack, .packed], state = all.state ?? .toPack
            guard states.contains(state) else { throw APIProblem(.unprocessableContent, "invalid_body", "The state is toPack or packed.", pointer: "/all/state") }
            let filter = ParcelFilter(state, channel: try all.carrier.map { try hub.channels.channel(named: $0).id }, dueBefore: all.dueBefore, text: all.search)
            ids = try await desk.packing.ids(filter, limit: PaperDesk.maximumParcels + 1)
        default: throw APIProblem(.unprocessableContent, "invalid_body", "Name either parcels or all.", pointer: "/parcels")
        }
        guard ids.count <= PaperDesk.maximumParcels else { throw ShippingFault.tooMany(PaperDesk.maximumParcels) }
        let found = try await desk.packing.lines(ids)
        guard found.count == ids.count || chosen.parcels == nil else { throw ShippingFault.unknownParcel }
        guard !found.isEmpty else { throw PaperError.nothingToPrint }
        return chosen.order == .pick ? desk.papers.inPickOrder(found) : found
    }

    private func clock(_ caller: Caller) -> WorkspaceClock { WorkspaceClock(zone: caller.zone, language: caller.language ?? .en, now: hub.now()) }

    /// The labels of parcels as one file. What could not be printed is told in the headers, with its number.
    @Sendable private func labels(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite)
        _ = try context.require(.buyersRead)
        let body = try await APIRead.body(Labels.self, request), wanted = body.wanted
        guard let size = PaperSize(name: wanted.size ?? "100x150", startCell: wanted.startCell ?? 1) else { throw APIProblem(.unprocessableContent, "invalid_body", "The size is one of \(PaperSize.names.joined(separator: ", ")).", pointer: "/size") }
        let dpi = wanted.dpi ?? Self.resolutions[0]
        guard Self.resolutions.contains(dpi) else { throw APIProblem(.unprocessableContent, "invalid_body", "A label printer has 203, 300 or 600 dots an inch.", pointer: "/dpi") }
        // 203 dpi is sold for 8 dots a millimetre.
        let format: LabelDesk.Format = wanted.format == .zpl ? .zpl(dotsPerMillimetre: dpi == 203 ? DotsPerMillimetre.dpi203 : Double(dpi) / Self.inchMillimetres) : .pdf
        let clock = clock(caller), lines = try await lines(body.chosen)
        let batch = try await hub.shipping.labels.print(.init(parcels: lines.map(\.parcel.id), size: size, words: .of(clock.language), actor: caller.name, reason: wanted.reason, format: format) { clock.day($0) })
        hub.readings.note(caller.actor, "label.read", "parcels:\(batch.labels)")
        guard !batch.bytes.isEmpty else {
            throw APIProblem(.unprocessableContent, "no_label", batch.refused.first.map { "\($0.number ?? ""): \($0.sentence)" } ?? "Nothing could be printed.")
        }
        return Response(status: .ok, headers: Self.headers(batch, format), body: .init(byteBuffer: ByteBuffer(bytes: batch.bytes)))
    }

    static func headers(_ batch: LabelBatch, _ format: LabelDesk.Format) -> HTTPFields {
        let place = format == .pdf ? "inline" : "attachment"
        return [.contentType: format.contentType, .cacheControl: "no-store", .contentDisposition: "\(place); filename=\"labels.\(format.name)\"", .contentSecurityPolicy: "sandbox", .xContentTypeOptions: "nosniff",
                .init("X-Labels")!: "\(batch.labels)", .init("X-Labels-Refused")!: batch.refused.compactMap(\.number).joined(separator: " ")]        // literals: valid names
    }

    /// What goes into each box, without prices.
    @Sendable private func slips(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite)
        _ = try context.require(.buyersRead)
        let lines = try await lines(try await APIRead.body(Chosen.self, request)).filter { $0.hindrance == nil }, clock = clock(caller), words = PaperWords.of(clock.language)
        let slips = hub.shipping.papers.slips(of: lines, date: clock.day(hub.now()))
        hub.readings.note(caller.actor, "label.read", "parcels:\(slips.count)")
        return ShipPages.pdf(try await LabelDesk.drawn { try PackingSlipPDF.render(slips, words: words) }.bytes, name: "packing-slips")
    }

    /// One walk through the shelves.
    @Sendable private func pickList(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead), clock = clock(caller)
        let lines = try await lines(try await APIRead.body(Chosen.self, request)).filter { $0.hindrance == nil }, words = PaperWords.of(clock.language)
        let list = hub.shipping.papers.pickList(of: lines, number: "P-\(clock.digits(ofDay: hub.now()))", date: clock.time(hub.now()).full)
        guard !list.lines.isEmpty else { throw PaperError.nothingToPrint }
        return ShipPages.pdf(try await LabelDesk.drawn { try PickListPDF.render(list, words: words) }.bytes, name: "pick-list")
    }

    /// The paper to sign: counted as a print, and marked as a reprint after the first.
    @Sendable private func manifest(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead), clock = clock(caller)
        let manifest = try await hub.shipping.manifests.manifest(try ShippingRoutes.id(context, "manifest"))
        guard let bytes = try await paper(of: manifest, words: nil, clock: clock, by: caller.name) else { throw PaperError.nothingToPrint }
        return ShipPages.pdf(bytes, name: manifest.number)
    }

    /// - Parameter words: the page's, for the state's word; nil: the model's own.
    /// - Returns: nil where nothing is listed.
    func paper(of manifest: Manifest, words: Words?, clock: WorkspaceClock, by actor: String) async throws -> [UInt8]? {
        let contents = try await hub.shipping.manifests.contents(of: manifest.id)
        guard !contents.counted.isEmpty else { return nil }
        // A list that can still change is a draft: it counts as no print.
        let print = manifest.state == .open ? 0 : try await hub.shipping.manifests.printed(manifest.id)
        let time = clock.time(hub.now()).full
        let paper = ManifestPaper(
            number: manifest.number, carrierTitle: hub.channels.directory.channel(manifest.channel)?.name ?? "", cutOff: manifest.cutoffAt.map { clock.time($0).full },
            state: words?("ship.manifestStates.\(manifest.state.rawValue)") ?? manifest.state.rawValue,
            parcels: contents.counted.map { line in
                ManifestPaper.Parcel(trackingNumber: line.parcel.trackingNumber ?? "–", orderNumbers: ([line.order] + line.companions).map(\.snapshot.externalNumber), postcode: line.parcel.postcode,
                                     weightGrams: line.parcel.weightGrams > 1 ? line.parcel.weightGrams : nil,
                                     codAmount: line.parcel.codMinor.flatMap { minor in minor > 0 ? Currency(line.parcel.currency).map { Money(minor: minor, $0) } : nil })
            },
            missing: contents.missing.compactMap(\.parcel.trackingNumber), extra: contents.extra, printedAt: time, printedBy: actor,
            reprint: print > 1 ? ManifestPaper.Reprint(number: print - 1, printedAt: time, printedBy: actor) : nil)
        let paperWords = PaperWords.of(clock.language)
        return try await LabelDesk.drawn { try ManifestPDF.render(paper, words: paperWords) }.bytes
    }
}
