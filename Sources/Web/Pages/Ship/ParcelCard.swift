import Domain
import Hub

/// A parcel as the packing table sees it.
struct ParcelCard: Sendable {
    struct Content: Sendable { var sku: String, title: String, quantity: String, isMany: Bool }

    var id: String, order: String, number: String, channel: String, carrier: String
    var tracking: String?, box: String?, weight: String?
    var weightGrams: String
    var cod: String?
    var place: String
    var shipBy: PageTime?
    var isLate: Bool, stateWord: StateWord, isToPack: Bool, isPacked: Bool, isGone: Bool
    var hindrance: String?
    var contents: [Content]
    var note: String?, packedAt: PageTime?, packedBy: String?

    init(_ line: ParcelLine, visit: Visit) {
        let parcel = line.parcel, words = visit.words, snapshot = line.order.snapshot, lines = Dictionary(snapshot.lines.map { ($0.externalLineID, $0) }, uniquingKeysWith: { first, _ in first })
        id = "\(parcel.id)"
        order = "\(line.order.id)"
        number = snapshot.externalNumber
        channel = visit.hub.channels.directory.channel(line.order.channel)?.name ?? ""
        carrier = line.carrier
        tracking = parcel.trackingNumber
        box = parcel.ofParcels > 1 ? words("ship.box", ["n": parcel.ref, "m": "\(parcel.ofParcels)"]) : nil
        weight = parcel.weightGrams > 1 ? Self.kilograms(parcel.weightGrams) : nil
        weightGrams = parcel.weightGrams > 1 ? "\(parcel.weightGrams)" : ""
        cod = parcel.codMinor.flatMap { minor in minor > 0 ? Currency(parcel.currency).map { PageWords.money(minor, $0) } : nil }
        place = [snapshot.shipTo?.district, snapshot.shipTo?.province, parcel.postcode].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " · ")
        shipBy = line.order.shipBy.map(visit.time)
        isLate = line.order.shipBy.map { $0 < visit.now } ?? false
        hindrance = line.hindrance.map { words.has("ship.hindrances.\(Self.key($0))") ? words("ship.hindrances.\(Self.key($0))") : $0 }
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
            let bought = lines[content.externalLineID]
            return Content(sku: content.sku ?? bought?.sku ?? "", title: [bought?.title, bought?.variant].compactMap(\.self).joined(separator: " · "), quantity: "\(content.quantity)", isMany: content.quantity > 1)
        }
        note = snapshot.note
        packedAt = parcel.packedAt.map(visit.time)
        packedBy = parcel.packedBy
    }

    /// `0.85 kg`.
    static func kilograms(_ grams: Int) -> String {
        let hundredths = (grams + 5) / 10
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) kg"
    }

    private static func key(_ sentence: String) -> String { sentence.split(separator: " ").last.map(String.init) ?? "" }
}
