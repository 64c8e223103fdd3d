import Connect
import Domain

/// The ways in which a package may be handed over, as `logistics/get_shipping_parameter` tells them (platforms/shopee.md §6).
struct ShippingParameter: Sendable, Equatable {
    struct Slot: Sendable, Equatable { var id: String, title: String, isRecommended: Bool }
    struct PickupAddress: Sendable, Equatable {
        var id: String, title: String, isUsual: Bool
        /// nil: the platform tells no slots.
        var slots: [Slot]?
    }
    struct Branch: Sendable, Equatable { var id: String, title: String }

    /// What each open way needs; nil: the way is closed. `[]` means open, and nothing is needed.
    var pickup: Set<String>?, dropoff: Set<String>?, nonIntegrated: Set<String>?
    var addresses: [PickupAddress]
    var branches: [Branch]
    var slugs: [Branch]

    init(_ response: LooseJSON) {
        let needed = response["info_needed"]
        func needs(_ way: String) -> Set<String>? { needed[way].isList ? Set(needed[way].list.compactMap(\.text)) : nil }
        pickup = needs("pickup")
        dropoff = needs("dropoff")
        nonIntegrated = needs("non_integrated")
        addresses = response["pickup"]["address_list"].list.compactMap { entry in
            guard let id = entry["address_id"].identifier else { return nil }
            let words = ["address", "town", "district", "city", "state", "zipcode"].compactMap { entry[$0].text }
            let flags = entry["address_flag"].list.compactMap { $0.text?.lowercased() }
            let slots = entry["time_slot_list"].isList ? entry["time_slot_list"].list.compactMap(Self.slot) : nil
            return PickupAddress(id: id, title: words.joined(separator: " "), isUsual: flags.contains("pickup_address") || flags.contains("default_address"), slots: slots)
        }
        branches = response["dropoff"]["branch_list"].list.compactMap { entry in
            entry["branch_id"].identifier.map { Branch(id: $0, title: ["address", "district", "city", "state", "zipcode"].compactMap { entry[$0].text }.joined(separator: " ")) }
        }
        slugs = response["dropoff"]["slug_list"].list.compactMap { entry in
            entry["slug"].identifier.map { Branch(id: Self.slugPrefix + $0, title: entry["slug_name"].text ?? $0) }
        }
    }

    /// How a slug is told from a branch in a handover.
    static let slugPrefix = "slug:"

    private static func slot(_ entry: LooseJSON) -> Slot? {
        guard let id = entry["pickup_time_id"].identifier else { return nil }
        let day = entry["date"].time.map { String("\($0)".prefix(10)) } ?? entry["date"].text
        let title = [day, entry["time_text"].text].compactMap(\.self).joined(separator: " ")
        return Slot(id: id, title: title, isRecommended: entry["flags"].list.contains { $0.text?.lowercased() == "recommended" })
    }

    /// Only the seller's own carrier can take it.
    var isNonIntegratedOnly: Bool { nonIntegrated != nil && pickup == nil && dropoff == nil }

    // MARK: For a person

    var choices: [HandoverChoice] {
        var choices: [HandoverChoice] = []
        if pickup != nil {
            for address in addresses {
                for slot in address.slots ?? [] {
                    choices.append(HandoverChoice(handover: .pickup(addressID: address.id, slotID: slot.id), title: "Pickup \(slot.title), \(address.title)", isRecommended: slot.isRecommended))
                }
                if address.slots?.isEmpty ?? true, pickup?.contains("pickup_time_id") != true {
                    choices.append(HandoverChoice(handover: .pickup(addressID: address.id, slotID: nil), title: "Pickup, \(address.title)", isRecommended: address.isUsual))
                }
            }
            if addresses.isEmpty { choices.append(HandoverChoice(handover: .pickup(addressID: nil, slotID: nil), title: "Pickup")) }
        }
        if dropoff != nil {
            choices += (branches + slugs).map { HandoverChoice(handover: .dropOff(branchID: $0.id), title: "Drop-off, \($0.title)") }
            if branches.isEmpty, slugs.isEmpty { choices.append(HandoverChoice(handover: .dropOff(branchID: nil), title: "Drop-off")) }
        }
        if nonIntegrated != nil { choices.append(HandoverChoice(handover: .ownCarrier(trackingNumber: ""), title: "With a carrier of your own, under its number")) }
        return choices
    }

    // MARK: The request

    /// The one way that is sent, with what it needs.
    enum Way: Sendable, Equatable {
        case pickup(addressID: String?, slotID: String?, trackingNumber: String?)
        case dropoff(branchID: String?, slug: String?, senderName: String?, trackingNumber: String?)
        case nonIntegrated(trackingNumber: String)

        func write(to json: inout JSONText) {
            switch self {
            case .pickup(let addressID, let slotID, let number):
                json.name("pickup")
                json.object { json in
                    if let addressID { json.number("address_id", addressID) }
                    json.field("pickup_time_id", slotID)
                    json.field("tracking_number", number)
                }
            case .dropoff(let branchID, let slug, let senderName, let number):
                json.name("dropoff")
                json.object { json in
                    if let branchID { json.number("branch_id", branchID) }
                    json.field("slug", slug)
                    json.field("sender_real_name", senderName)
                    json.field("tracking_number", number)
                }
            case .nonIntegrated(let number):
                json.name("non_integrated")
                json.object { $0.field("tracking_number", number) }
            }
        }
    }

    /// - Throws: `.refused` where the way is closed or lacks what it needs: the platform's answer would be no clearer.
    func way(for handover: Handover, preferring preference: ShopeeSettings.Handover, senderName: String?) throws(ConnectorError) -> Way {
        switch handover {
        case .usual:
            let prefersDropoff = preference == .dropoff || pickup == nil
            if prefersDropoff, dropoff != nil { return try dropoffWay(branchID: nil, senderName: senderName, trackingNumber: nil) }
            if pickup != nil { return try pickupWay(addressID: nil, slotID: nil, trackingNumber: nil) }
            throw nonIntegrated == nil ? Self.refused("no_way", "Shopee offers no way to hand the package over yet")
                : Self.refused("tracking_number_missing", "the package goes with a carrier of your own: arrange it with its tracking number")
        case .pickup(let addressID, let slotID):
            guard pickup != nil else { throw Self.refused("way_closed", "Shopee does not offer a pickup for this package") }
            return try pickupWay(addressID: addressID, slotID: slotID, trackingNumber: nil)
        case .dropOff(let branchID):
            guard dropoff != nil else { throw Self.refused("way_closed", "Shopee does not offer a drop-off for this package") }
            return try dropoffWay(branchID: branchID, senderName: senderName, trackingNumber: nil)
        case .ownCarrier(let number):
            guard !number.isEmpty else { throw Self.refused("tracking_number_missing", "a carrier of your own needs its tracking number") }
            if nonIntegrated != nil { return .nonIntegrated(trackingNumber: number) }
            // Some couriers of the platform take numbers of the seller's own range.
            if dropoff?.contains(Self.numberNeed) == true { return try dropoffWay(branchID: nil, senderName: senderName, trackingNumber: number) }
            if pickup?.contains(Self.numberNeed) == true { return try pickupWay(addressID: nil, slotID: nil, trackingNumber: number) }
            throw Self.refused("way_closed", "the package goes with a courier of Shopee's, which gives the number itself")
        }
    }

    /// `info_needed` calls it so; in the request it is `tracking_number` (§9).
    private static let numberNeed = "tracking_no"

    private func pickupWay(addressID: String?, slotID: String?, trackingNumber: String?) throws(ConnectorError) -> Way {
        let needs = pickup ?? []
        if needs.contains(Self.numberNeed), trackingNumber == nil { throw Self.refused("tracking_number_missing", "this pickup needs a tracking number") }
        // Nothing needed is `{}`: what was not asked for is not sent.
        guard needs.contains("address_id") || needs.contains("pickup_time_id") || addressID != nil else { return .pickup(addressID: nil, slotID: nil, trackingNumber: trackingNumber) }
        let found: PickupAddress?
        if let addressID { found = addresses.first { $0.id == addressID } ?? PickupAddress(id: addressID, title: "", isUsual: false, slots: nil) } else {
            found = addresses.first { $0.slots?.contains(where: \.isRecommended) == true } ?? addresses.first(where: \.isUsual) ?? addresses.first
        }
        guard let address = found else { throw Self.refused("no_pickup_address", "Shopee knows no pickup address of the shop; add one in the seller centre") }
        let slot = slotID ?? (address.slots?.first(where: \.isRecommended) ?? address.slots?.first)?.id
        if needs.contains("pickup_time_id"), slot == nil { throw Self.refused("no_pickup_slot", "Shopee offers no pickup time for this package at the moment") }
        return .pickup(addressID: address.id, slotID: slot, trackingNumber: trackingNumber)
    }

    private func dropoffWay(branchID: String?, senderName: String?, trackingNumber: String?) throws(ConnectorError) -> Way {
        let needs = dropoff ?? []
        if needs.contains(Self.numberNeed), trackingNumber == nil { throw Self.refused("tracking_number_missing", "this drop-off needs a tracking number") }
        if needs.contains("sender_real_name"), senderName == nil { throw .misconfigured(setting: "senderName", problem: "is not set, and this drop-off needs it") }
        let chosen = branchID ?? (needs.contains("branch_id") ? branches.first?.id : nil) ?? (needs.contains("slug") ? slugs.first?.id : nil)
        if needs.contains("branch_id") || needs.contains("slug"), chosen == nil { throw Self.refused("no_branch", "Shopee offers no branch to drop this package off at") }
        let slug = chosen.flatMap { $0.hasPrefix(Self.slugPrefix) ? String($0.dropFirst(Self.slugPrefix.count)) : nil }
        return .dropoff(branchID: slug == nil ? chosen : nil, slug: slug, senderName: needs.contains("sender_real_name") ? senderName : nil, trackingNumber: trackingNumber)
    }

    private static func refused(_ code: String, _ message: String) -> ConnectorError { .refused(platformCode: code, platformMessage: message) }
}
