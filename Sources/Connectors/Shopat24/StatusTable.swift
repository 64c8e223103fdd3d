import Domain

/// What a status word says (shopat24.md §5.1): `workflow/fulfilment/payment/tag`, of which all but the first may be left out.
struct StatusMeaning: Sendable, Equatable, Decodable {
    enum Stage: String, Sendable, CaseIterable { case new, held, approved, queued, processed, attention, cancelled }
    enum Money: String, Sendable, CaseIterable {
        case same, paid, unpaid
        /// Refunded if it was paid, else voided.
        case refunded
    }
    var stage: Stage
    /// nil: unchanged.
    var fulfilment: Fulfilment?
    var money: Money
    var tag: String?

    /// For a word that nobody has explained: held for a person, since neither shipping it nor dropping it would be more than a guess.
    static let unknown = StatusMeaning(stage: .held)

    private init(stage: Stage) { self.stage = stage; money = .same }

    init?(_ text: String) {
        let words = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...4).contains(words.count), let stage = Stage(rawValue: words[0]) else { return nil }
        self.stage = stage
        let goods = words.count > 1 ? words[1] : "unchanged"
        if goods == "unchanged" { fulfilment = nil } else {
            guard let named = Fulfilment(rawValue: goods) else { return nil }
            fulfilment = named
        }
        guard let money = Money(rawValue: words.count > 2 ? words[2] : "same") else { return nil }
        self.money = money
        tag = words.count > 3 && !words[3].isEmpty ? words[3] : nil
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        guard let meaning = StatusMeaning(try box.decode(String.self)) else { throw DecodingError.dataCorruptedError(in: box, debugDescription: "not workflow/fulfilment/payment/tag") }
        self = meaning
    }

    /// The workflow's word as the platform's standing; the ledger turns it back into a move. Nothing is to be shipped of what is lost or comes back, and a person is told by a flag.
    var standing: OrderSnapshot.Standing {
        switch stage {
        case .new, .approved, .queued: .open
        case .held: .onHold
        case .processed, .attention: .closed
        case .cancelled: .cancelled
        }
    }
}

/// What a store has keyed of one invoice (§4A.4).
enum InvoiceType: String, Sendable, Equatable, Decodable, CaseIterable { case received, handedOver }

/// The status words of a channel and its stores. A word that is not here is unknown, never guessed.
struct StatusTable: Sendable {
    private let words: [String: StatusMeaning], types: [String: InvoiceType]

    init(_ profile: Profile) {
        words = Dictionary(profile.statusMap.map { (CleanText.key($0.key), $0.value) }) { first, _ in first }
        types = Dictionary(profile.invoiceTypes.map { (CleanText.key($0.key), $0.value) }) { first, _ in first }
    }

    func meaning(of status: String) -> StatusMeaning? { words[CleanText.key(status)] }
    func type(of word: String) -> InvoiceType? { types[CleanText.key(word)] }

    /// The first word, in the order of the alphabet, that says this; nil: the profile has none.
    func word(for type: InvoiceType) -> String? { types.filter { $0.value == type }.keys.sorted().first }

    static let readyToCollect = "ready-to-collect"

    /// What the invoices say together; nil: no store has keyed anything yet.
    static func fulfilment(of invoices: [InvoiceType?]) -> (fulfilment: Fulfilment, tag: String?)? {
        let handedOver = invoices.count { $0 == .handedOver }, received = invoices.count { $0 == .received }
        if handedOver == 0, received == 0 { return nil }
        if handedOver == invoices.count { return (.delivered, nil) }
        if handedOver > 0 { return (.outForDelivery, nil) }
        return received == invoices.count ? (.outForDelivery, readyToCollect) : (.inTransit, nil)
    }

    /// Where the goods are by the order's word and by the store's keys: the further of both on the way there (§5.1, forward order); what comes back or is lost is the order's word alone.
    static func furthest(_ meaning: StatusMeaning, _ stores: Fulfilment?) -> Fulfilment {
        let word = meaning.fulfilment ?? .unfulfilled
        guard let stores, meaning.stage != .cancelled, ![.returning, .returned, .lost].contains(word) else { return word }
        return stores.rank > word.rank ? stores : word
    }
}
