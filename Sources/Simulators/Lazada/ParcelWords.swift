/// How a parcel's journey goes, in the words that push 14 says (lazada.md §5.3).
package enum LazadaParcelLife: String, Sendable, CaseIterable {
    case delivered, pickupFailed, redelivered, returned, backFailed, lost, damaged, scrapped, intercepted, crossBorder

    private static let pickup = "INFO_ST_DOMESTIC_PICKUP_SIGN_IN_SUCCESS", sort = "INFO_ST_DOMESTIC_ARRIVED_AT_SORT_CENTER"
    private static let hub = "INFO_ST_DOMESTIC_ARRIVED_AT_TRANSIT_HUB", station = "INFO_ST_DOMESTIC_LM_STATION_INBOUND"
    private static let out = "INFO_ST_DOMESTIC_OUT_FOR_DELIVERY", arrived = "INFO_ST_DOMESTIC_DELIVERED"
    private static let missed = "INFO_ST_DOMESTIC_1ST_ATTEMPT_FAILED", again = "INFO_ST_DOMESTIC_REDELIVERY"
    private static let gaveUp = "INFO_ST_DOMESTIC_REATTEMPTS_FAILED", wayBack = "INFO_ST_DOMESTIC_ON_THE_WAY_BACK_TO_SHIPPER"
    private static let backHub = "INFO_ST_DOMESTIC_RETURN_AT_TRANSIT_HUB", back = "INFO_ST_DOMESTIC_BACK_TO_SHIPPER"

    /// After `READY_TO_SHIP`.
    package var words: [String] {
        switch self {
        case .delivered: [Self.pickup, Self.sort, Self.hub, Self.station, "INFO_ST_DRIVER_ASSIGNED", Self.out, Self.arrived]
        case .pickupFailed: ["INFO_ST_DOMESTIC_PICKUP_SIGN_IN_FAILURE", Self.pickup, Self.sort, Self.out, Self.arrived]
        case .redelivered: [Self.pickup, Self.sort, Self.out, Self.missed, Self.again, Self.out, Self.arrived]
        case .returned: [Self.pickup, Self.sort, Self.out, Self.missed, Self.again, Self.out, Self.gaveUp, Self.wayBack, Self.backHub, Self.back]
        case .backFailed: [Self.pickup, Self.out, Self.gaveUp, Self.wayBack, "INFO_ST_DOMESTIC_PACKAGE_SCRAPPED"]
        case .lost: [Self.pickup, Self.sort, "INFO_ST_DOMESTIC_LOST_BY_3PL"]
        case .damaged: [Self.pickup, Self.sort, "INFO_ST_DOMESTIC_DAMAGE_BY_3PL"]
        case .scrapped: [Self.pickup, "INFO_ST_DOMESTIC_PACKAGE_SCRAPPED"]
        case .intercepted: [Self.pickup, Self.sort, "INFO_ST_DOMESTIC_PACKAGE_INTERCEPTED"]
        case .crossBorder: ["CB_PICKUP_SUCCESS", "CB_UPLIFTED", "CB_CUSTOMS_CLEARED", Self.hub, Self.out, Self.arrived]
        }
    }
}

/// What a parcel's word does to the items in it.
package enum LazadaParcelWord {
    /// Without `INFO_ST_DOMESTIC_` or `INFO_ST_`.
    static func bare(_ word: String) -> String {
        for prefix in ["INFO_ST_DOMESTIC_", "INFO_ST_"] where word.hasPrefix(prefix) { return String(word.dropFirst(prefix.count)) }
        return word
    }

    /// The status the parcel's items get; nil where they keep theirs.
    package static func itemStatus(_ word: String) -> String? {
        let bare = bare(word)
        switch bare {
        case "OUT_FOR_DELIVERY", "DRIVER_ASSIGNED", "REDELIVERY", "CB_UPLIFTED": return "shipped"
        case "DELIVERED": return "delivered"
        case "1ST_ATTEMPT_FAILED", "REATTEMPTS_FAILED", "DOMESTIC_DELIVERY_FAILED", "DELIVERY_FAILED", "DELIVER_FAILED": return "failed"
        case "RETURN_AT_TRANSIT_HUB", "ON_THE_WAY_BACK_TO_SHIPPER": return "shipped_back"
        case "BACK_TO_SHIPPER", "WAREHOUSE_RETURNED": return "shipped_back_success"
        case "LOST_BY_3PL": return "lost_by_3pl"
        case "DAMAGE_BY_3PL": return "damaged_by_3pl"
        case "PACKAGE_SCRAPPED": return "package_scrapped"
        default: break
        }
        if bare.hasSuffix("PICKUP_SIGN_IN_SUCCESS") || bare == "CB_PICKUP_SUCCESS" { return "shipped" }
        if bare.hasSuffix("_HUB") || bare.hasSuffix("_SORT_CENTER") || bare.contains("_STATION") || bare.hasPrefix("CB_CUSTOMS") { return "shipped" }
        return nil
    }

    /// No further word follows.
    static func isLast(_ word: String) -> Bool {
        ["DELIVERED", "BACK_TO_SHIPPER", "WAREHOUSE_RETURNED", "LOST_BY_3PL", "DAMAGE_BY_3PL", "PACKAGE_SCRAPPED", "PACKAGE_INTERCEPTED", "CANCELLED"].contains(bare(word))
    }
}
