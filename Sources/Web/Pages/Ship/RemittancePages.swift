import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Cash on delivery: a carrier's list sent in, what differs, what is late.
struct RemittancePages {
    static let path = "/ship/cod"

    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("ship/cod", use: console.page { try await show($0) })
        pages.post("ship/cod", use: console.page(take))
        pages.post("ship/cod/:id/settle", use: console.page(settle))
    }

    struct Taken: Sendable { var fileName: String, carrier: String, at: PageTime, actor: String, parcels: String, differences: String, hasDifferences: Bool, amount: String, fee: String }
    struct Difference: Sendable {
        var id: String, number: String
        var order: String?
        var outcome: StateWord, amount: String
        var expected: String?
        var row: String
        var paidAt: PageTime?
    }
    struct Page: Sendable {
        var tabs: [ShipTabs.Tab], carriers: [ShipPages.Choice], hasCarriers: Bool, mayTake: Bool
        var fault: String?
        var differences: [Difference], hasDifferences: Bool, late: [ParcelCard], hasLate: Bool, taken: [Taken], hasTaken: Bool
    }

    /// - Parameter chosen: the carrier that stays chosen when its file could not be taken.
    private func show(_ visit: Visit, fault: String? = nil, chosen: ChannelID? = nil, status: HTTPResponse.Status = .ok) async throws -> Response {
        try visit.require(.ordersRead)
        let desk = visit.hub.shipping.remittances, words = visit.words, channels = visit.hub.channels.directory.surroundings.channels
        let carriers = channels.values.filter { $0.kind == .courier && $0.state != .removed }.sorted { $0.name < $1.name }
        func money(_ minor: Int64, _ code: String) -> String { Currency(code).map { PageWords.money(minor, $0) } ?? "\(minor)" }
        let differences = try await desk.differences(), late = try await desk.late(), taken = try await desk.recent()
        let content = Page(
            tabs: try await ShipTabs.of(.cod, visit), carriers: carriers.map { ShipPages.Choice(value: "\($0.id)", name: $0.name, isChosen: $0.id == chosen) }, hasCarriers: !carriers.isEmpty,
            mayTake: visit.caller.may(.filesWrite), fault: fault,
            differences: differences.map { line in
                let tone: Tone = line.outcome == .differs || line.outcome == .unknown ? .bad : .warn
                return Difference(id: "\(line.id)", number: line.number, order: line.order.map { "\($0)" }, outcome: StateWord(word: words("ship.remitted.\(line.outcome.rawValue)"), tone: tone.rawValue),
                                  amount: money(line.amountMinor, line.currency), expected: line.expectedMinor.map { money($0, line.currency) }, row: "\(line.row)", paidAt: line.paidAt.map(visit.time))
            },
            hasDifferences: !differences.isEmpty, late: late.map { ParcelCard($0, visit: visit) }, hasLate: !late.isEmpty,
            taken: taken.map {
                Taken(fileName: $0.fileName, carrier: channels[$0.channel]?.name ?? "", at: visit.time($0.at), actor: $0.actor, parcels: "\($0.parcels)", differences: "\($0.differences)", hasDifferences: $0.differences > 0,
                      amount: money($0.amountMinor, $0.currency), fee: money($0.feeMinor, $0.currency))
            }, hasTaken: !taken.isEmpty)
        return try visit.page("ship-cod", title: words("ship.tabs.cod"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"], status: status)
    }

    @Sendable private func take(_ visit: Visit) async throws -> Response {
        try visit.require(.filesWrite)
        var chosen: ChannelID?
        do {
            guard let upload = try await FilesUpload(visit: visit).take() else { return try await show(visit, fault: visit.words("ship.noFile"), status: .unprocessableContent) }
            chosen = upload.channel
            defer { try? FileManager.default.removeItem(atPath: upload.path) }      // scrap; what stays behind is swept
            let taken = try await visit.hub.shipping.remittances.take(upload.path, fileName: upload.fileName, from: upload.channel, zone: visit.clock.zone, by: visit.caller.name)
            try await visit.hub.audit.record(AuditChange(visit.caller.actor, "remittance.take", "channel:\(upload.channel)", after: ["parcels": "\(taken.parcels)", "differences": "\(taken.differences)"]))
            return visit.redirect(Self.path, notice: visit.words.counted("ship.remittanceTaken", taken.parcels, ["differences": "\(taken.differences)"]), tone: taken.differences == 0 ? .good : .warn)
        } catch let fault as RemittanceFault { return try await show(visit, fault: visit.words.said(fault.sentence), chosen: chosen, status: .unprocessableContent) }
    }

    @Sendable private func settle(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form()
        guard let id = APIRead.whole(try APIRead.part(visit.context, what: "line")) else { throw APIProblem.notFound("line") }
        let isSettled = try await visit.hub.shipping.remittances.settle(id, note: form.text("note"), by: visit.caller.name)
        if isSettled { try await visit.hub.audit.record(AuditChange(visit.caller.actor, "remittance.settle", "remittance:\(id)", note: form.text("note"))) }
        return visit.redirect(Self.path, notice: visit.words(isSettled ? "ship.settled" : "ship.settledBefore"), tone: isSettled ? .good : .warn)
    }
}
