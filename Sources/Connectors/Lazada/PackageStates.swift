import Domain

/// What a package's status word says (platforms/lazada.md §5.3).
struct PackageMeaning: Sendable, Equatable {
    /// nil: it says nothing of where the goods are.
    var fulfilment: Fulfilment?
    /// What a person should know of.
    var trouble: String?
    /// It is no parcel any more.
    var isVoid: Bool
    init(_ fulfilment: Fulfilment?, trouble: String? = nil, isVoid: Bool = false) { self.fulfilment = fulfilment; self.trouble = trouble; self.isVoid = isVoid }
}

enum PackageStates {
    /// Most words carry the prefix `INFO_ST_` or `INFO_ST_DOMESTIC_`; they are known without it.
    static let table: [String: PackageMeaning] = [
        "READY_TO_SHIP": PackageMeaning(.readyToShip), "READY_TO_SHIP_PENDING": PackageMeaning(.readyToShip), "TRANSIT_TO_SHIP": PackageMeaning(.readyToShip),
        "CB_PICKUP_SUCCESS": PackageMeaning(.pickedUp), "CB_UPLIFTED": PackageMeaning(.inTransit), "REDELIVERY": PackageMeaning(.inTransit),
        "OUT_FOR_DELIVERY": PackageMeaning(.outForDelivery), "DRIVER_ASSIGNED": PackageMeaning(.outForDelivery),
        "DELIVERED": PackageMeaning(.delivered),
        "1ST_ATTEMPT_FAILED": PackageMeaning(.deliveryFailed), "REATTEMPTS_FAILED": PackageMeaning(.deliveryFailed),
        "DELIVERY_FAILED": PackageMeaning(.deliveryFailed), "DELIVER_FAILED": PackageMeaning(.deliveryFailed),
        "RETURN_AT_TRANSIT_HUB": PackageMeaning(.returning), "ON_THE_WAY_BACK_TO_SHIPPER": PackageMeaning(.returning),
        "BACK_TO_SHIPPER": PackageMeaning(.returned), "WAREHOUSE_RETURNED": PackageMeaning(.returned),
        "LOST_BY_3PL": PackageMeaning(.lost), "DAMAGE_BY_3PL": PackageMeaning(.lost), "DAMAGED_BY_3PL": PackageMeaning(.lost), "PACKAGE_SCRAPPED": PackageMeaning(.lost),
        "CANCELLED": PackageMeaning(nil, trouble: cancelled, isVoid: true), "CANCELED": PackageMeaning(nil, trouble: cancelled, isVoid: true),
        "PACKAGE_INTERCEPTED": PackageMeaning(nil, trouble: "Lazada stopped this package on its way. Look it up in the seller centre."),
    ]

    private static let cancelled = "Lazada cancelled this package. Look the order up before it is packed again."
    private static let notPickedUp = "Lazada's courier came and could not take this package."

    /// nil: a word nobody has explained to us.
    static func meaning(of word: String) -> PackageMeaning? {
        let bare = bare(word)
        if let known = table[bare] { return known }
        if bare.hasSuffix("PICKUP_SIGN_IN_SUCCESS") { return PackageMeaning(.pickedUp) }
        if bare.hasSuffix("PICKUP_SIGN_IN_FAILURE") { return PackageMeaning(.readyToShip, trouble: notPickedUp) }
        // A way back that is not in the table may be any of three states.
        if bare.contains("RETURN") || bare.contains("BACK") { return nil }
        if bare.hasPrefix("CB_CUSTOMS") { return PackageMeaning(.inTransit) }
        if bare.hasSuffix("_HUB") || bare.hasSuffix("_SORT_CENTER") || bare.contains("_STATION") { return PackageMeaning(.inTransit) }
        return nil
    }

    private static func bare(_ word: String) -> String {
        var bare = word.uppercased()[...]
        for prefix in ["INFO_ST_", "DOMESTIC_"] where bare.hasPrefix(prefix) { bare = bare.dropFirst(prefix.count) }
        return String(bare)
    }
}
