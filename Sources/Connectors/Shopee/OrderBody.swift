import Connect
import Domain

/// What enters intake for an order that we read: the platform's order, and beside it what its lines and returns need.
///
/// `{"order":{…},"escrow":{…},"escrowProblem":"code","returns":[…],"returnsProblem":"code"}`; only `order` is always there.
struct OrderBody: Sendable {
    let order: PlatformOrder
    /// `order_income` of the escrow details.
    let escrow: LooseJSON
    let escrowProblem: String?
    let returns: [LooseJSON]
    let returnsProblem: String?

    init(_ json: LooseJSON) {
        order = PlatformOrder(json["order"])
        escrow = json["escrow"]
        escrowProblem = json["escrowProblem"].text
        returns = json["returns"].list
        returnsProblem = json["returnsProblem"].text
    }

    static func bytes(order: LooseJSON, escrow: LooseJSON?, escrowProblem: String?, returns: [LooseJSON]?, returnsProblem: String?) -> [UInt8] {
        var members = ["order": order]
        members["escrow"] = escrow
        members["escrowProblem"] = escrowProblem.map { .text($0) }
        members["returns"] = returns.map { .list($0) }
        members["returnsProblem"] = returnsProblem.map { .text($0) }
        return LooseJSON.object(members).bytes
    }
}

/// An order as `order/get_order_detail` tells it (platforms/shopee.md §4.2), as far as acting on it needs.
struct PlatformOrder: Sendable, Equatable {
    let json: LooseJSON
    let number: String?
    let status: String?
    let region: String?
    let packages: [PlatformPackage]
    let lines: [PlatformLine]

    init(_ json: LooseJSON) {
        self.json = json
        number = json["order_sn"].text
        status = json["order_status"].text
        region = json["region"].text?.uppercased()
        packages = json["package_list"].list.filter(\.isObject).map(PlatformPackage.init)
        lines = PlatformLine.all(of: json["item_list"].list)
    }

    var word: OrderWord? { status.flatMap { OrderWord(rawValue: $0.uppercased()) } }
    var updatedAt: Timestamp? { json["update_time"].time ?? json["create_time"].time }
    var isPaid: Bool { json["pay_time"].time != nil }
    var isCashOnDelivery: Bool { json["cod"].flag ?? false }
    /// A package number may be sent only where the order really is split (§6).
    var isSplit: Bool { packages.count > 1 || json["split_up"].flag == true }
    /// The stock lies at the platform already: nobody arranges a shipment for it (§4.3).
    var isAdvance: Bool { json["advance_package"].flag == true || !json["booking_sn"].isAbsent }
    var isFulfilledByPlatform: Bool { json["fulfillment_flag"].text?.lowercased() == "fulfilled_by_shopee" }
    var pickedUpAt: Timestamp? { json["pickup_done_time"].time }
}

struct PlatformPackage: Sendable, Equatable {
    let number: String?
    let status: String
    let channelID: String?
    let carrier: String?
    let items: [LooseJSON]

    init(_ json: LooseJSON) {
        number = json["package_number"].text
        status = json.first("logistics_status", "fulfillment_status").text ?? ""
        channelID = json["logistics_channel_id"].identifier
        carrier = json["shipping_carrier"].text
        items = json["item_list"].list
    }

    var word: PackageWord? { PackageWord(platform: status) }
}

/// One position of the order, with the id that names it for ever.
struct PlatformLine: Sendable, Equatable {
    let json: LooseJSON
    let id: String
    let itemID: String?
    /// nil: the item has no variants.
    let modelID: String?

    /// `item_id` and `model_id` together are not unique in an order (§4.2), and `line_item_id` may be the item's own number: it counts only where it names one line.
    static func all(of items: [LooseJSON]) -> [PlatformLine] {
        let items = items.filter(\.isObject)
        let lineIDs = Dictionary(items.compactMap { $0["line_item_id"].identifier }.map { ($0, 1) }, uniquingKeysWith: +)
        var ordinals: [String: Int] = [:]
        return items.map { item in
            let composite = key(of: item)
            ordinals[composite, default: 0] += 1
            let lineID = item["line_item_id"].identifier.flatMap { lineIDs[$0] == 1 ? $0 : nil }
            return PlatformLine(json: item, id: lineID ?? "\(composite):\(ordinals[composite] ?? 1)", itemID: item["item_id"].identifier, modelID: item["model_id"].identifier)
        }
    }

    /// What packages name a line by.
    static func key(of item: LooseJSON) -> String {
        "\(item["order_item_id"].identifier ?? item["item_id"].identifier ?? "0"):\(item["model_id"].text ?? "0"):\(item["promotion_group_id"].text ?? "0")"
    }

    /// Price by price the same goods.
    var goods: String { "\(itemID ?? "0"):\(modelID ?? "0")" }
    var purchased: LooseJSON { json["model_quantity_purchased"] }
    /// Set since orders can be cancelled in part; where it is absent everything is still wanted.
    var active: LooseJSON { json["active_qty"] }
}
