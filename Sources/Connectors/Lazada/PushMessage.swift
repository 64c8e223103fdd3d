import Connect
import Domain
import Foundation

/// One message of the push mechanism (platforms/lazada.md §3.2): thin, one for each order item; ids are texts in some types and numbers in others.
struct PushMessage: Decodable, Sendable, Equatable {
    var type: String?, sellerID: String?, site: String?
    var orderID: String?, lineID: String?, orderStatus: String?
    var reverseOrderID: String?, reverseLineID: String?, reverseStatus: String?
    var packageID: String?, packageStatus: String?
    /// As it was written: the receipt key is made of it.
    var changedAt: String?

    private enum Key: String, CodingKey { case message_type, seller_id, site, data }
    private enum DataKey: String, CodingKey {
        case trade_order_id, trade_order_line_id, order_status, reverse_order_id, reverse_order_line_id, reverse_status, fulfillment_package_id, status, status_update_time
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        type = box.text(.message_type)
        sellerID = box.text(.seller_id).flatMap { $0.lowercased() == "null" ? nil : $0 }
        site = box.text(.site)
        guard let data = box.object(.data, DataKey.self) else { return }
        orderID = data.identifier(.trade_order_id)
        lineID = data.identifier(.trade_order_line_id)
        orderStatus = data.text(.order_status)
        reverseOrderID = data.identifier(.reverse_order_id)
        reverseLineID = data.identifier(.reverse_order_line_id)
        reverseStatus = data.text(.reverse_status)
        packageID = data.text(.fulfillment_package_id)
        packageStatus = data.text(.status)
        changedAt = data.text(.status_update_time)
    }

    static let orderStatus = "0", tokenAlert = "8", reverseOrder = "10", package = "14"
    /// Products, stock, categories, the seller's standing: nothing of an order (§3.2).
    static let aboutOther: Set<String> = ["1", "3", "4", "5", "6", "12", "13"]

    /// The sample that the console's Verify button sends: it is acknowledged and changes nothing (§3.1).
    var isConsoleSample: Bool { type == Self.orderStatus && sellerID == "9999" }

    /// `th:100190009`; nil where it names no seller.
    func account(in market: Market) -> String? {
        guard let sellerID, LazadaSettings.isSellerID(sellerID) else { return nil }
        let country = site.flatMap { Market(site: $0) } ?? market
        return "\(country.rawValue):\(sellerID)"
    }

    /// What makes two deliveries the same fact: the platform numbers none (§3.4). nil where the message names nothing that could tell two facts apart.
    var identity: String? {
        let subjects = [orderID, lineID, reverseOrderID, reverseLineID, packageID]
        let states = [orderStatus, reverseStatus, packageStatus, changedAt]
        guard subjects.contains(where: { $0 != nil }), states.contains(where: { $0 != nil }) else { return nil }
        return ([type, sellerID] + subjects + states).map { $0?.cut(100) ?? "" }.joined(separator: "|")
    }
}
