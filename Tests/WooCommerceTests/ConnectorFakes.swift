import Connect
import Domain
import Foundation
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import WooCommerceConnector

/// A shop that answers from a closure and remembers what it was asked.
final class FakeShop: Sendable {
    private let asked = Mutex<[PlatformRequest]>([])
    private let kept = Mutex<[String: String]>([:])
    let answer: @Sendable (PlatformRequest) -> PlatformAnswer

    init(_ answer: @escaping @Sendable (PlatformRequest) -> PlatformAnswer) { self.answer = answer }

    var requests: [PlatformRequest] { asked.withLock { $0 } }
    /// What the connector saved of its settings.
    var saved: [String: String] { kept.withLock { $0 } }

    static let now = Timestamp(seconds: 1_794_000_000)

    func context(_ settings: [String: String] = [:], hookURL: String? = nil) -> ChannelContext {
        let http = ChannelHTTP { (request) async throws(ConnectorError) -> PlatformAnswer in
            self.asked.withLock { $0.append(request) }
            return self.answer(request)
        }
        return ChannelContext(
            channel: ChannelID(1), name: "shop", settings: ChannelSettings(Self.settings.merging(settings) { $1 }), http: http, now: { Self.now },
            logger: Logger(label: "test"), hookURL: hookURL, save: { changed in self.kept.withLock { $0.merge(changed) { $1 } } })
    }

    func connector(_ settings: [String: String] = [:], hookURL: String? = nil) throws -> WooCommerceConnector {
        try WooCommerceConnector(context(settings, hookURL: hookURL))
    }

    /// The key pair of the dossier's vector (platforms/woocommerce.md §2.3).
    static let settings = [
        "url": "https://shop.example", "consumerKey": "ck_00112233445566778899aabbccddeeff00112233",
        "consumerSecret": "cs_ffeeddccbbaa99887766554433221100ffeeddcc", "webhookSecret": "hub-secret-1",
    ]
}

extension PlatformAnswer {
    static func json(_ text: String, status: Int = 200, headers: HTTPFields = [:]) -> PlatformAnswer {
        PlatformAnswer(status: status, headers: headers, body: Array(text.utf8))
    }
    static func error(_ status: Int, _ code: String, _ message: String = "words", data: String? = nil) -> PlatformAnswer {
        json(#"{"code":"\#(code)","message":"\#(message)","data":\#(data ?? #"{"status":\#(status)}"#)}"#, status: status)
    }
    static func page(_ status: Int) -> PlatformAnswer { json("<html><body>Access denied</body></html>", status: status) }
}

extension PlatformRequest {
    var path: String { String(url.prefix { $0 != "?" }) }
    var query: [String: String] {
        Dictionary((URLComponents(string: url)?.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 }
    }
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// The order of platforms/woocommerce.md §4.4, with changes.
enum SampleOrder {
    static let text = #"""
        {"id":9301,"parent_id":0,"status":"processing","currency":"THB","version":"10.0.2","prices_include_tax":false,
         "date_created":"2026-11-06T10:12:40","date_modified":"2026-11-06T10:12:44",
         "discount_total":"100.00","discount_tax":"7.00","shipping_total":"60.00","shipping_tax":"4.20","cart_tax":"63.00","total":"1027.20","total_tax":"67.20",
         "customer_id":0,"order_key":"wc_order_Ab3dEf6hIj9kL",
         "billing":{"first_name":"มาลี","last_name":"ตัวอย่าง","company":"","address_1":"8/15 ซอยตัวอย่าง 3","address_2":"แขวงบางรัก","city":"เขตบางรัก","state":"TH-10","postcode":"10500","country":"TH","email":"malee@example.com","phone":"0861112233"},
         "shipping":{"first_name":"มาลี","last_name":"ตัวอย่าง","company":"","address_1":"8/15 ซอยตัวอย่าง 3","address_2":"แขวงบางรัก","city":"เขตบางรัก","state":"TH-10","postcode":"10500","country":"TH","phone":""},
         "payment_method":"cod","payment_method_title":"Cash on delivery","transaction_id":"","customer_ip_address":"203.0.113.9","customer_user_agent":"Mozilla/5.0","created_via":"checkout","customer_note":"leave at the guard house",
         "date_completed":null,"date_paid":null,"cart_hash":"0f343b0931126a20f133d67c2b018a3b","number":"9301",
         "meta_data":[{"id":88121,"key":"_billing_tax_id","value":"0105500000000"},{"id":88122,"key":"gift","value":{"wrap":true}}],
         "line_items":[{"id":501,"name":"Canvas bag - Blue, L","product_id":77,"variation_id":81,"quantity":2,"tax_class":"","subtotal":"1000.00","subtotal_tax":"70.00","total":"900.00","total_tax":"63.00",
           "taxes":[{"id":3,"total":"63.00","subtotal":"70.00"}],
           "meta_data":[{"id":9001,"key":"pa_colour","value":"blue","display_key":"Colour","display_value":"Blue"},{"id":9004,"key":"_reduced_stock","value":"2","display_key":"_reduced_stock","display_value":"2"}],
           "sku":"BAG-BL-L","price":450,"image":{"id":"312","src":"https://shop.example/wp-content/uploads/bag.jpg"},"parent_name":"Canvas bag"}],
         "tax_lines":[{"id":504,"rate_code":"TH-VAT-1","rate_id":3,"label":"VAT","compound":false,"tax_total":"63.00","shipping_tax_total":"4.20","rate_percent":7,"meta_data":[]}],
         "shipping_lines":[{"id":502,"method_title":"EMS","method_id":"flat_rate","instance_id":"4","total":"60.00","total_tax":"4.20","taxes":[{"id":3,"total":"4.20","subtotal":""}],"tax_status":"taxable","meta_data":[{"id":9010,"key":"Items","value":"Canvas bag &times; 2","display_key":"Items","display_value":"Canvas bag &times; 2"}]}],
         "fee_lines":[{"id":503,"name":"COD fee","tax_class":"","tax_status":"none","amount":"","total":"0.00","total_tax":"0.00","taxes":[],"meta_data":[]}],
         "coupon_lines":[{"id":505,"code":"welcome","discount":"100.00","discount_tax":"7.00","meta_data":[{"id":9020,"key":"coupon_info","value":"[41,\"welcome\",\"fixed_cart\",100]","display_key":"coupon_info","display_value":"…"}],"discount_type":"fixed_cart","nominal_amount":100,"free_shipping":false}],
         "refunds":[{"id":9310,"reason":"damaged","total":"-50.00"}],
         "payment_url":"https:\/\/shop.example\/checkout\/order-pay\/9301\/","is_editable":false,"needs_payment":false,"needs_processing":true,
         "date_created_gmt":"2026-11-06T03:12:40","date_modified_gmt":"2026-11-06T03:12:44","date_completed_gmt":null,"date_paid_gmt":null,"currency_symbol":"฿",
         "_links":{"self":[{"href":"https:\/\/shop.example\/wp-json\/wc\/v3\/orders\/9301"}]}}
        """#

    /// The sample with these members replaced by JSON texts; `nil` takes a member away.
    static func body(_ changes: [String: String?] = [:], line: [String: String?] = [:]) throws -> [UInt8] {
        var order = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        try apply(changes, to: &order)
        if !line.isEmpty, var lines = order["line_items"] as? [[String: Any]] {
            try apply(line, to: &lines[0])
            order["line_items"] = lines
        }
        return [UInt8](try JSONSerialization.data(withJSONObject: order))
    }

    private static func apply(_ changes: [String: String?], to object: inout [String: Any]) throws {
        for (key, value) in changes {
            object[key] = try value.map { try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed) }
        }
    }

    static func delivery(_ body: [UInt8], topic: String = "order.updated", origin: DeliveryOrigin = .webhook) -> StoredDelivery {
        StoredDelivery(id: DeliveryID(1), channel: ChannelID(1), origin: origin, topic: topic, body: body, receivedAt: FakeShop.now,
                       askedAt: origin == .webhook ? nil : FakeShop.now)
    }

    /// The snapshot the connector makes of the changed sample.
    static func snapshot(
        _ changes: [String: String?] = [:], line: [String: String?] = [:], settings: [String: String] = [:], origin: DeliveryOrigin = .webhook
    ) throws -> OrderSnapshot {
        let connector = try FakeShop { _ in .page(500) }.connector(settings)
        let interpretations = try connector.interpret(delivery(try body(changes, line: line), origin: origin))
        guard case .order(let snapshot)? = interpretations.first, interpretations.count == 1 else {
            throw ConnectorError.notUnderstood(field: "interpretation", found: "\(interpretations)")
        }
        return snapshot
    }
}
