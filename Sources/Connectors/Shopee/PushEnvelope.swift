import Connect
import Crypto
import Domain

/// A push as Shopee writes it: `{"data":{..},"shop_id":1,"code":3,"timestamp":..}` (platforms/shopee.md §3.2). Members that nobody knows are kept and harmless.
struct PushEnvelope: Sendable, Equatable {
    let json: LooseJSON
    let code: Int64?
    let data: LooseJSON
    /// The shop that it speaks of. Consents name it inside `data`, the withdrawal as `shopid`; nil where there are several or none.
    let shopID: String?
    /// `ordersn` in pushes, `order_sn` elsewhere and in one table.
    let orderNumber: String?
    let packageNumber: String?
    let status: String?
    let updatedAt: Timestamp?

    init(_ json: LooseJSON) {
        self.json = json
        data = json["data"]
        code = json["code"].integer
        shopID = (json["shop_id"].identifier ?? data.first("shop_id", "shopid").identifier).map { $0.cut(40) }
        orderNumber = data.first("ordersn", "order_sn").text
        packageNumber = data["package_number"].text
        status = data.first("status", "fulfillment_status").text
        updatedAt = data["update_time"].time
    }

    /// - Returns: nil for what is no JSON object.
    init?(_ body: [UInt8]) {
        guard let json = LooseJSON(body), json.isObject else { return nil }
        self.init(json)
    }

    /// What the console sends when a callback URL is saved, perhaps before any push key exists: no order, and no topic or nothing in it (§3.1).
    var isTest: Bool {
        guard orderNumber == nil else { return false }
        if code == nil || code == 0 { return true }
        if case .object(let members) = data { return members.isEmpty }
        return data.isAbsent
    }

    var topic: String { "push/\(code.map { String($0) } ?? "unnamed")" }

    /// What makes a second push of the same fact harmless (§3.4): the platform's message id, else what the fact consists of; where that says nothing of the moment,
    /// the whole push.
    var receiptKey: String {
        if let id = json["msg_id"].text, id.utf8.count <= 100 { return "push:\(id)" }
        let name = code.map { String($0) } ?? "unnamed"
        guard let orderNumber, let updatedAt else { return "push:\(name):\(Self.digest(json.bytes))" }
        let parts = [name, shopID ?? "", orderNumber, packageNumber ?? "", status ?? "", data["tracking_no"].text ?? "", String(updatedAt.milliseconds / 1000)]
        return "push:\(name):\(Self.digest(Array(parts.joined(separator: "\u{1F}").utf8)))"
    }

    static func digest(_ bytes: [UInt8]) -> String { Hexadecimal.text(SHA256.hash(data: bytes)) }
}
