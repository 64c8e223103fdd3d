import Connect
import Domain
import Hub

/// A parcel as the packing table sees it.
struct ParcelCard: Sendable {
    struct Content: Sendable {
        var sku: String, title: String, quantity: String, isMany: Bool
        /// What a list calls it: goods without an SKU go by their title.
        var name: String
        var shelf: String?
    }
    struct Preset: Sendable { var name: String, size: String, tare: String, isChosen: Bool }

    var id: String, order: String, number: String, channel: String, carrier: String
    var tracking: String?, box: String?, weight: String?
    var weightGrams: String
    var cod: String?
    var place: String
    var shipBy: PageTime?
    var isLate: Bool, stateWord: StateWord, isToPack: Bool, isPacked: Bool, isGone: Bool
    var hindrance: String?
    /// Somebody still has to say whether it goes.
    var isUndecided: Bool
    var contents: [Content]
    var note: String?, packedAt: PageTime?, packedBy: String?
    var size: String?
    var presets: [Preset], hasPresets: Bool
    /// The manifest that it is listed in, and whether that is closed.
    var manifest: String?, manifestNumber: String?
    var isFrozen: Bool

    /// - Parameters:
    ///   - shelves, presets, manifest: for the packing card; lists need none.
    init(_ line: ParcelLine, visit: Visit, shelves: Shelves = Shelves(""), presets boxes: ParcelPresets? = nil, manifest its: Manifest? = nil) {
        let parcel = line.parcel, words = visit.words, snapshot = line.order.snapshot
        id = "\(parcel.id)"
        order = "\(line.order.id)"
        number = ([snapshot.externalNumber] + line.companions.map(\.snapshot.externalNumber)).joined(separator: " + ")
        channel = visit.hub.channels.directory.channel(line.order.channel)?.name ?? ""
        carrier = Self.carrier(of: line, visit)
        tracking = parcel.trackingNumber
        box = parcel.ofParcels > 1 ? words("ship.box", ["n": parcel.ref, "m": "\(parcel.ofParcels)"]) : nil
        weight = parcel.weightGrams > 1 ? Self.kilograms(parcel.weightGrams) : nil
        weightGrams = parcel.weightGrams > 1 ? "\(parcel.weightGrams)" : ""
        cod = parcel.codMinor.flatMap { minor in minor > 0 ? Currency(parcel.currency).map { PageWords.money(minor, $0) } : nil }
        place = [snapshot.shipTo?.district, snapshot.shipTo?.province, parcel.postcode].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " · ")
        shipBy = line.order.shipBy.map(visit.time)
        isLate = line.order.shipBy.map { $0 < visit.now } ?? false
        hindrance = line.hindrance.map { Self.inWords($0, words) }
        isUndecided = line.hindrance != nil && (line.order.workflow == .awaitingConfirmation || line.order.workflow != .cancelled && line.order.workflow != .excluded && line.order.cancellationWish != nil)
        let tone: Tone = switch parcel.state {
        case _ where line.hindrance != nil: .bad
        case .toPack: .going
        case .packed, .handedOver: .good
        case .void: .off
        }
        stateWord = StateWord(word: words("ship.states.\(parcel.state.rawValue)"), tone: tone.rawValue)
        isToPack = parcel.state == .toPack && hindrance == nil
        isPacked = parcel.state == .packed && hindrance == nil
        isGone = parcel.state == .handedOver
        contents = line.contents.map { content in
            let sku = line.sku(of: content), title = line.title(of: content), known = content.sku ?? line.bought(content)?.sku
            return Content(sku: sku, title: title, quantity: "\(content.quantity)", isMany: content.quantity > 1, name: known ?? String(title.prefix(Self.shownTitle)), shelf: shelves[sku])
        }
        note = visit.caller.may(.buyersRead) ? snapshot.note : GridRow.mask(snapshot.note)
        packedAt = parcel.packedAt.map(visit.time)
        packedBy = parcel.packedBy
        size = line.measure.map { "\($0.length) × \($0.width) × \($0.height) mm" + (line.preset.map { " · \($0)" } ?? "") }
        presets = (boxes?.presets ?? []).map { Preset(name: $0.name, size: $0.measure.text, tare: "\($0.tareGrams)", isChosen: $0.name == line.preset) }
        hasPresets = !presets.isEmpty
        manifest = its.map { "\($0.id)" }
        manifestNumber = its?.number
        isFrozen = its.map { $0.state != .open } ?? false
    }

    private static let shownTitle = 40

    /// The name that people here gave the carrier; of a marketplace's own the marketplace's word.
    static func carrier(of line: ParcelLine, _ visit: Visit) -> String {
        guard let channel = visit.hub.channels.directory.channel(line.parcel.channel), channel.kind == .courier else { return line.carrier }
        return channel.name
    }

    /// `0.85 kg`.
    static func kilograms(_ grams: Int) -> String {
        let hundredths = (grams + 5) / 10
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) kg"
    }

    /// The ledger's words in the page's language; what a person wrote after them stays.
    static func inWords(_ hindrance: String, _ words: Words) -> String {
        for (start, name) in sentences {
            guard hindrance.hasPrefix(start) else { continue }
            return words("ship.hindrances.\(name)") + hindrance.dropFirst(start.count)
        }
        return hindrance
    }
    private static let sentences = [
        ("the order was cancelled at the shop", "cancelledAtShop"), ("the order was cancelled", "cancelled"), ("the order was excluded", "excluded"), ("the order is held", "held"),
        ("the buyer asks to cancel it, and nobody has answered yet", "wish"), ("its booking was cancelled", "booking"),
    ]
}
