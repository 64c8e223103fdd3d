import Domain

/// The words of an item's status and what this side makes of them (lazada.md §5.1).
enum ItemStatus {
    static let unpaid = "unpaid", pending = "pending", packed = "packed", repacked = "repacked", readyToShip = "ready_to_ship", shipped = "shipped"
    static let delivered = "delivered", failed = "failed", canceled = "canceled", returned = "returned"

    /// What `status` of `/orders/get` may say (lazada.md §4.1).
    static let filters: Set<String> = [
        "unpaid", "pending", "topack", "packed", "toship", "ready_to_ship", "shipping", "shipped", "delivered", "failed", "failed_delivery", "canceled", "returned",
        "lost", "lost_by_3pl", "damaged_by_3pl", "shipped_back", "shipped_back_success", "shipped_back_failed", "package_scrapped",
    ]

    /// The newer words and the ones this side keeps.
    private static let newer = ["topack": "pending", "toship": "ready_to_ship", "shipping": "shipped", "failed_delivery": "failed", "lost": "lost_by_3pl"]
    private static let newerOf = ["pending": "topack", "ready_to_ship": "toship", "shipped": "shipping", "failed": "failed_delivery"]

    static func classic(_ word: String) -> String { newer[word] ?? word }
    static func newer(_ word: String) -> String { newerOf[word] ?? word }

    /// nil for `INFO_ST_*` and words that are not known: the axis stays.
    static func fulfilment(_ word: String) -> Fulfilment? {
        switch classic(word) {
        case "unpaid", "pending", "repacked": .unfulfilled
        case "packed": .packed
        case "ready_to_ship", "ready_to_ship_pending": .readyToShip
        case "shipped": .inTransit
        case "delivered", "confirmed": .delivered
        case "failed", "shipped_back_failed": .deliveryFailed
        case "shipped_back": .returning
        case "shipped_back_success", "returned": .returned
        case "lost_by_3pl", "damaged", "damaged_by_3pl", "package_scrapped": .lost
        default: nil
        }
    }

    static func mayBePacked(_ word: String) -> Bool { [pending, repacked].contains(word) }
    /// Only unpaid and pending to ready_to_ship (lazada.md §6 no. 7).
    static func mayBeCancelled(_ word: String) -> Bool { [unpaid, pending, packed, repacked, readyToShip].contains(word) }

    /// Where an item's unit stands in the stock: withheld while unpaid, occupied until it leaves (lazada.md §7).
    enum Holding { case withheld, occupied, none }
    static func holding(_ word: String) -> Holding {
        switch word {
        case unpaid: .withheld
        case pending, packed, repacked, readyToShip, "ready_to_ship_pending": .occupied
        default: .none
        }
    }
}
