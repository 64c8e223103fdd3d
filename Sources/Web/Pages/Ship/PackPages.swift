import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Packing by scan: what is in the box, how heavy and how large it is, next.
struct PackPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("ship/pack", use: console.page(pack))
        pages.post("ship/pack/:id", use: console.page(packed))
    }

    struct Pack: Sendable {
        var tabs: [ShipTabs.Tab]
        var parcel: Scanned?
        var mayPack: Bool
    }
    /// What stands in the middle of the packing page after a scan.
    struct Scanned: Sendable {
        var card: ParcelCard?, fault: String?, done: String?
        var sound: String, mayPack: Bool
        /// The other boxes of the same order.
        var others: [Other] = []
        var hasOthers = false
    }
    struct Other: Sendable { var box: String, tracking: String, state: StateWord, path: String, isThis: Bool }

    @Sendable private func pack(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let code = try visit.request.query["code"]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        var scanned: Scanned?
        if !code.isEmpty {
            do {
                let line = try await visit.hub.shipping.packing.find(code)
                scanned = try await self.scanned(line, visit)
            } catch let fault as ShippingFault {
                scanned = Scanned(card: nil, fault: "\(code.prefix(60)): \(ShipPages.sentence(fault, visit.words))", done: nil, sound: "bad", mayPack: false)
            }
        }
        if visit.isFragment { return try visit.fragment("ship-parcel", scanned ?? Scanned(card: nil, fault: nil, done: nil, sound: "", mayPack: false)) }
        let content = Pack(tabs: try await ShipTabs.of(.pack, visit), parcel: scanned, mayPack: visit.caller.may(.ordersWrite))
        return try visit.page("ship-pack", title: visit.words("ship.tabs.pack"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    private func scanned(_ line: ParcelLine, _ visit: Visit, fault: String? = nil, done: String? = nil, sound: String? = nil) async throws -> Scanned {
        let manifest = try await visit.hub.shipping.packing.manifest(of: line), papers = visit.hub.shipping.papers
        let card = ParcelCard(line, visit: visit, shelves: papers.shelves(of: line), presets: papers.presets(of: line), manifest: manifest)
        let stop = card.hindrance.map { visit.words(card.isUndecided ? "ship.mustWait" : "ship.mustNotLeave", ["reason": $0]) }
        var scanned = Scanned(card: card, fault: fault ?? stop, done: done, sound: sound ?? (stop == nil ? "good" : "bad"), mayPack: visit.caller.may(.ordersWrite))
        guard line.parcel.ofParcels > 1 else { return scanned }
        scanned.others = try await visit.hub.shipping.packing.parcels(of: line.order.id).filter { $0.parcel.shipment == line.parcel.shipment }.map { other in
            let card = ParcelCard(other, visit: visit)
            return Other(box: card.box ?? "", tracking: card.tracking ?? "", state: card.stateWord, path: "/ship/pack?code=\(ChannelContent.escaped(card.tracking ?? ""))", isThis: other.parcel.id == line.parcel.id)
        }
        scanned.hasOthers = scanned.others.count > 1
        return scanned
    }

    @Sendable private func packed(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), words = visit.words
        guard let id = APIRead.whole(try APIRead.part(visit.context, what: "parcel")) else { throw APIProblem.notFound("parcel") }
        var scanned: Scanned
        do {
            let line = form["undo"] == nil ? try await visit.hub.shipping.packing.pack(id, try Self.weighing(form), by: visit.caller.name) : try await undo(id, visit)
            let done = words(form["undo"] == nil ? "ship.packed" : "ship.unpacked", ["number": line.order.snapshot.externalNumber, "tracking": line.parcel.trackingNumber ?? ""])
            scanned = try await self.scanned(line, visit, done: done, sound: "done")
        } catch let fault as ShippingFault {
            let sentence = ShipPages.sentence(fault, words)
            // Shown without its parcel where there is none.
            if let line = try? await visit.hub.shipping.packing.parcel(id) { scanned = try await self.scanned(line, visit, fault: sentence, sound: "bad") } else {
                scanned = Scanned(card: nil, fault: sentence, done: nil, sound: "bad", mayPack: true)
            }
        }
        if visit.isFragment { return try visit.fragment("ship-parcel", scanned) }
        return visit.redirect("/ship/pack", notice: scanned.fault ?? scanned.done, tone: scanned.fault == nil ? .good : .bad)
    }

    private func undo(_ id: Int64, _ visit: Visit) async throws -> ParcelLine {
        try await visit.hub.shipping.packing.unpack(id, by: visit.caller.name)
        return try await visit.hub.shipping.packing.parcel(id)
    }

    /// What a packer typed, or a scale did.
    static func weighing(_ form: PageForm) throws(ShippingFault) -> Weighing {
        var weighing = Weighing(preset: form.text("preset"))
        if let weight = form.text("weight") {
            guard let grams = grams(weight) else { throw .badWeight }
            weighing.grams = grams
        }
        if let size = form.text("size") {
            guard let measure = ParcelMeasure(size) else { throw .badMeasure }
            weighing.measure = measure
        }
        return weighing
    }

    /// `850`, `850 g`, `0.85 kg`, `0,85`: with a decimal sign or `kg` it is kilograms. nil: no weight.
    static func grams(_ text: String) -> Int? {
        let plain = text.lowercased().filter { !$0.isWhitespace }.replacing(",", with: ".")
        let isKilograms = plain.hasSuffix("kg") || plain.contains("."), digits = plain.prefix { $0.isNumber || $0 == "." }
        let unit = plain.dropFirst(digits.count)
        guard ["", "g", "kg"].contains(unit), !digits.isEmpty else { return nil }
        guard isKilograms, unit != "g" else { return Int(digits) }
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = Int(parts[0].isEmpty ? "0" : parts[0]), whole <= 1000 else { return nil }
        let fraction = parts.count > 1 ? String(parts[1].prefix(3)) : ""
        guard let thousandths = Int(fraction.padding(toLength: 3, withPad: "0", startingAt: 0)) else { return nil }
        return whole * 1000 + thousandths
    }
}
