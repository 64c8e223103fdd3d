import Connect
import Domain

/// What one item's status word says (platforms/lazada.md §5.1).
struct ItemMeaning: Sendable, Equatable {
    enum Money: Sendable, Equatable {
        case unpaid
        /// Paid, or not yet where the courier collects it.
        case usual
        case paid
        /// Refunded if it was paid, else voided.
        case undone
        case refunded
    }
    /// Items of one family may stand in one order line.
    enum Family: Int, Sendable { case live, returned, lost, cancelled }

    var standing: OrderSnapshot.Standing
    var fulfilment: Fulfilment
    var money: Money
    var family: Family
    /// What a person should know of.
    var attention: Flag?

    init(_ standing: OrderSnapshot.Standing, _ fulfilment: Fulfilment, _ money: Money = .usual, _ family: Family = .live, attention: Flag? = nil) {
        self.standing = standing; self.fulfilment = fulfilment; self.money = money; self.family = family; self.attention = attention
    }
}

/// The platform's item words as data. `processed` of the dossier is `closed`: nothing is left for the seller to decide.
enum ItemStates {
    static let table: [String: ItemMeaning] = {
        let failed = Flag(code: "delivery_failed", message: "Lazada's courier could not deliver an item of this order. It may try again or bring it back.")
        let notBack = Flag(code: "return_failed", message: "An item of this order could not be brought back. Ask Lazada where it is.")
        let lost = Flag(code: "goods_lost", message: "Lazada's courier lost an item of this order. Claim it in the seller centre.")
        let damaged = Flag(code: "goods_damaged", message: "An item of this order was damaged or scrapped on its way. Claim it in the seller centre.")
        let repack = ItemMeaning(.open, .unfulfilled)
        let ready = ItemMeaning(.closed, .readyToShip), moving = ItemMeaning(.closed, .inTransit)
        let cancelled = ItemMeaning(.cancelled, .unfulfilled, .undone, .cancelled)
        return [
            "unpaid": ItemMeaning(.onHold, .unfulfilled, .unpaid),
            "pending": ItemMeaning(.open, .unfulfilled), "topack": ItemMeaning(.open, .unfulfilled), "repacked": repack,
            "packed": ItemMeaning(.closed, .packed),
            "ready_to_ship": ready, "toship": ready, "ready_to_ship_pending": ready,
            "shipped": moving, "shipping": moving,
            "delivered": ItemMeaning(.closed, .delivered, .paid), "confirmed": ItemMeaning(.closed, .delivered, .paid),
            "failed": ItemMeaning(.closed, .deliveryFailed, attention: failed), "failed_delivery": ItemMeaning(.closed, .deliveryFailed, attention: failed),
            "shipped_back": ItemMeaning(.closed, .returning),
            "shipped_back_success": ItemMeaning(.closed, .returned, .undone, .returned),
            "shipped_back_failed": ItemMeaning(.closed, .deliveryFailed, attention: notBack),
            "returned": ItemMeaning(.closed, .returned, .refunded, .returned),
            "canceled": cancelled, "cancelled": cancelled,
            "lost": ItemMeaning(.closed, .lost, .usual, .lost, attention: lost), "lost_by_3pl": ItemMeaning(.closed, .lost, .usual, .lost, attention: lost),
            "damaged": ItemMeaning(.closed, .lost, .usual, .lost, attention: damaged), "damaged_by_3pl": ItemMeaning(.closed, .lost, .usual, .lost, attention: damaged),
            "package_scrapped": ItemMeaning(.closed, .lost, .usual, .lost, attention: damaged),
        ]
    }()

    /// Words of a package that stand in an item's place say where the goods are; any other word is held for a person, never guessed.
    static func meaning(of word: String) -> ItemMeaning {
        if let known = table[word.lowercased()] { return known }
        if word.uppercased().hasPrefix("INFO_ST_"), let fulfilment = PackageStates.meaning(of: word)?.fulfilment {
            return ItemMeaning(.closed, fulfilment, .usual, fulfilment == .lost ? .lost : .live, attention: unknown(word))
        }
        return ItemMeaning(.onHold, .unfulfilled, .usual, .live, attention: unknown(word))
    }

    private static func unknown(_ word: String) -> Flag {
        Flag(code: "unknown_status", message: "Lazada's item status \"\(word.cut(60))\" is not one of its documented words. It is kept as it came.")
    }

    /// Still to be packed.
    static let packable: Set<String> = ["pending", "topack", "repacked"]
    /// Packed, and the courier not told yet.
    static let packed: Set<String> = ["packed"]
    /// A seller may cancel from pending to ready_to_ship (§6.7).
    static let cancellable: Set<String> = ["unpaid", "pending", "topack", "repacked", "packed", "ready_to_ship", "toship", "ready_to_ship_pending"]
}

/// Words of reverse orders, in an item's `return_status` and in pushes (§3.2, §5.2).
enum ReverseStates {
    enum Meaning: Sendable, Equatable {
        /// The buyer asks, the seller decides.
        case cancelRequested
        case returning, returned, refunded
        /// It says nothing of goods or money by itself.
        case nothing
    }

    static let table: [String: Meaning] = [
        "CANCEL_INIT": .cancelRequested, "CANCEL_SUCCESS": .nothing, "CANCEL_REFUND_ISSUED": .refunded,
        "RTM_INIT": .returning, "RTM_CANCELED": .nothing, "RTM_SHIPPING_BACK": .returning, "RTM_RECEIVE_ITEM": .returned,
        "RTW_INIT": .returning, "RTW_CANCELED": .nothing, "RTW_SHIPPING_BACK": .returning, "RTW_REJECT": .nothing, "RTW_REFUND_PENDING": .returning,
        "REFUND_INIT": .nothing, "REFUND_PENDING": .nothing, "REFUND_SUCCESS": .refunded, "REFUND_REJECTED": .nothing,
    ]

    static func meaning(of word: String) -> Meaning? { table[word.uppercased()] }
}
