import Documents
import Domain
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// Paper for the packing table: labels as PDF or for a label printer, packing slips, the pick list; of chosen parcels, or of everything that the board lists.
struct PrintPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.post("ship/print", use: console.page(print))
        pages.get("ship/pick-list", use: console.page(pickList))
    }

    enum What: String, CaseIterable { case labels, slips, pick }
    /// `zpl203`: for a printer of 203 dots an inch.
    static let formats = ["pdf", "zpl203", "zpl300"]

    static func format(_ name: String) -> LabelDesk.Format? {
        switch name {
        case "pdf": .pdf
        case "zpl203": .zpl(dotsPerMillimetre: DotsPerMillimetre.dpi203)
        case "zpl300": .zpl(dotsPerMillimetre: DotsPerMillimetre.dpi300)
        default: nil
        }
    }

    @Sendable private func print(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let form = try await visit.form(), what = form["what"].flatMap(What.init) ?? .labels
        if what != .pick {
            try visit.require(.ordersWrite)
            try visit.require(.buyersRead)
        }
        let ids = try await chosen(form, visit)
        guard ids.count <= PaperDesk.maximumParcels else { return refusal(visit.words("ship.tooManyPapers", ["count": "\(PaperDesk.maximumParcels)"]), visit) }
        let desk = visit.hub.shipping, found = try await desk.packing.lines(ids), lines = form["order"] == "list" ? found : desk.papers.inPickOrder(found)
        guard !lines.isEmpty else { return refusal(visit.words("ship.nothingPrinted"), visit) }
        do {
            switch what {
            case .labels: return try await labels(lines, form, visit)
            case .slips:
                let slips = desk.papers.slips(of: lines.filter { $0.hindrance == nil }, date: visit.clock.day(visit.now)), words = PaperWords.of(visit.words.language)
                guard !slips.isEmpty else { return refusal(visit.words("ship.nothingPrinted"), visit) }
                visit.hub.readings.note(visit.caller.actor, "label.read", "parcels:\(slips.count)")
                return ShipPages.pdf(try await LabelDesk.drawn { try PackingSlipPDF.render(slips, words: words) }.bytes, name: "packing-slips")
            case .pick: return try await pick(lines, visit)
            }
        } catch let fault as ShippingFault { return refusal(ShipPages.sentence(fault, visit.words), visit) } catch let fault as PaperError { return refusal(visit.words.said(fault.sentence), visit) }
    }

    /// The ticked ones; all that the board's own filter finds, where the form says so.
    private func chosen(_ form: PageForm, _ visit: Visit) async throws -> [Int64] {
        if form["which"] == "all" { return try await visit.hub.shipping.packing.ids(ParcelChoice(form: form, visit).filter, limit: PaperDesk.maximumParcels + 1) }
        return form.all("parcel").compactMap { APIRead.whole($0) }
    }

    private func refusal(_ sentence: String, _ visit: Visit) -> Response { visit.redirect("/ship", notice: sentence, tone: .bad) }

    private func labels(_ lines: [ParcelLine], _ form: PageForm, _ visit: Visit) async throws -> Response {
        guard let size = PaperSize(name: form["size"] ?? "100x150", startCell: form["cell"].flatMap { Int($0) } ?? 1), let format = Self.format(form["format"] ?? "pdf") else { throw APIProblem.notFound("paper size") }
        let words = PaperWords.of(visit.words.language), clock = visit.clock
        let batch = try await visit.hub.shipping.labels.print(.init(parcels: lines.map(\.parcel.id), size: size, words: words, actor: visit.caller.name, reason: form.text("reason"), format: format) { clock.day($0) })
        visit.hub.readings.note(visit.caller.actor, "label.read", "parcels:\(batch.labels)")
        guard !batch.bytes.isEmpty else { return refusal(batch.refused.first.map { "\($0.number ?? ""): \(visit.words.said($0.sentence))" } ?? visit.words("ship.nothingPrinted"), visit) }
        var response = Response(status: .ok, headers: PaperRoutes.headers(batch, format), body: .init(byteBuffer: ByteBuffer(bytes: batch.bytes)))
        // The paper opens beside the page; what is not on it is told by the page that is looked at next.
        if let first = batch.refused.first {
            let text = visit.words.counted("ship.notPrinted", batch.refused.count, ["number": first.number ?? "", "reason": visit.words.said(first.sentence)])
            response.headers[.setCookie] = NoticeCookie.set(Frame.Notice(text: text, tone: Tone.warn.rawValue))
        }
        return response
    }

    private func pick(_ lines: [ParcelLine], _ visit: Visit) async throws -> Response {
        let list = visit.hub.shipping.papers.pickList(of: lines.filter { $0.hindrance == nil }, number: "P-\(visit.clock.digits(ofDay: visit.now))", date: visit.time(visit.now).full), words = PaperWords.of(visit.words.language)
        guard !list.lines.isEmpty else { return refusal(visit.words("ship.nothingToPack"), visit) }
        return ShipPages.pdf(try await LabelDesk.drawn { try PickListPDF.render(list, words: words) }.bytes, name: "pick-list")
    }

    /// One walk for everything that is to be packed.
    @Sendable private func pickList(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let filter = ParcelChoice(query: try visit.request.query, visit).filter
        let lines = try await visit.hub.shipping.packing.list(filter, limit: PaperDesk.maximumParcels)
        guard !lines.isEmpty else { return visit.redirect("/ship", notice: visit.words("ship.nothingToPack"), tone: .warn) }
        return try await pick(lines, visit)
    }

    static func paper(_ bytes: [UInt8], type: String, name: String) -> Response {
        Response(status: .ok, headers: [.contentType: type, .cacheControl: "no-store", .contentDisposition: "inline; filename=\"\(name)\"", .contentSecurityPolicy: "sandbox", .xContentTypeOptions: "nosniff"],
                 body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
