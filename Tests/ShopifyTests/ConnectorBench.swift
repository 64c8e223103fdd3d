import Connect
import Domain
import Foundation
import HTTPTypes
import Logging
@testable import ShopifyConnector
import Synchronization

/// A platform that answers from a script and remembers what it was asked.
final class ScriptedPlatform: Sendable {
    private let state = Mutex<(requests: [PlatformRequest], answers: [PlatformAnswer])>(([], []))

    init(_ answers: [PlatformAnswer] = []) { state.withLock { $0.answers = answers } }

    var requests: [PlatformRequest] { state.withLock { $0.requests } }
    func add(_ answer: PlatformAnswer) { state.withLock { $0.answers.append(answer) } }

    var http: ChannelHTTP {
        ChannelHTTP { request throws(ConnectorError) in
            let answer = self.state.withLock { state -> PlatformAnswer? in
                state.requests.append(request)
                return state.answers.isEmpty ? nil : state.answers.removeFirst()
            }
            guard let answer else { throw .unreachable(reason: "the script has ended") }
            return answer
        }
    }

    /// The GraphQL bodies asked, in order.
    var calls: [[String: Any]] {
        requests.filter { $0.url.hasSuffix("/graphql.json") }.map { (try? JSONSerialization.jsonObject(with: Data($0.body)) as? [String: Any]) ?? [:] }
    }
    func variables(_ index: Int) -> [String: Any] {
        let calls = calls
        return index < calls.count ? calls[index]["variables"] as? [String: Any] ?? [:] : [:]
    }
    /// The operations' names, in order.
    var operations: [String] {
        calls.map { call in
            let words = (call["query"] as? String ?? "").split { !$0.isLetter && !$0.isNumber }
            return words.count > 1 ? String(words[1]) : ""
        }
    }
}

enum Bench {
    static let now = Timestamp(seconds: 1_795_225_000)   // 2026-11-21T01:36:40Z, the timestamp of the dossier's call-back vector
    static let secret = "hush-shopify-secret-01"
    static let shop = "crossdock-test.myshopify.com"

    static let staticToken = ["shop": shop, "clientSecret": secret, "accessToken": "token-1", "grant": "static"]

    static func connector(_ platform: ScriptedPlatform = ScriptedPlatform(), _ settings: [String: String] = staticToken, now: @escaping @Sendable () -> Timestamp = { Bench.now },
                          hookURL: String? = nil) throws -> ShopifyConnector {
        try ShopifyConnector(context(platform.http, settings, now: now, hookURL: hookURL), pause: { _ in })
    }

    static func context(_ http: ChannelHTTP, _ settings: [String: String], now: @escaping @Sendable () -> Timestamp = { Bench.now }, hookURL: String? = nil,
                        credentials: CredentialSource = .none) -> ChannelContext {
        ChannelContext(channel: ChannelID(7), name: "test shop", settings: ChannelSettings(settings), http: http, now: now,
                       logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), hookURL: hookURL, credentials: credentials)
    }

    static func answer(_ json: String, status: Int = 200, _ headers: HTTPFields = [.contentType: "application/json"]) -> PlatformAnswer {
        PlatformAnswer(status: status, headers: headers, body: Array(json.utf8))
    }

    static func data(_ json: String) -> PlatformAnswer { answer(#"{"data":\#(json)}"#) }

    static func delivery(_ topic: String, _ body: [UInt8], origin: DeliveryOrigin = .webhook, headers: [String: String] = [:]) -> StoredDelivery {
        StoredDelivery(id: DeliveryID(1), channel: ChannelID(7), origin: origin, topic: topic, headers: headers, body: body, receivedAt: now)
    }

    static func order(_ body: [UInt8]) throws -> OrderSnapshot? { try order("orders/updated", body) }

    /// The order that `body` is read as under `topic`.
    static func order(_ topic: String, _ body: [UInt8], _ settings: [String: String] = staticToken) throws -> OrderSnapshot? {
        guard case .order(let order)? = try connector(ScriptedPlatform(), settings).interpret(delivery(topic, body)).first else { return nil }
        return order
    }
}

/// Order bodies made from one small invented order by changing what a test is about.
enum OrderBody {
    static let webhook = ##"""
        {"id":6100000000001,"admin_graphql_api_id":"gid:\/\/shopify\/Order\/6100000000001","cancel_reason":null,"cancelled_at":null,"closed_at":null,"confirmed":true,
         "contact_email":"malee@example.com","created_at":"2026-11-06T10:12:40+07:00","currency":"THB","current_total_discounts":"100.00","current_total_price":"1340.00",
         "current_total_tax":"87.66","current_total_duties_set":null,"discount_codes":[{"code":"WELCOME","amount":"100.00","type":"fixed_amount"}],"duties_included":false,
         "email":"malee@example.com","financial_status":"pending","fulfillment_status":null,"name":"#1001","note":"ring twice",
         "note_attributes":[{"name":"delivery_slot","value":"evening"}],"order_number":1001,"payment_gateway_names":["Cash on Delivery (COD)"],"phone":null,
         "presentment_currency":"THB","processed_at":"2026-11-06T10:12:38+07:00","source_name":"web","tags":"vip, gift","taxes_included":true,"test":false,
         "total_discounts":"100.00","total_line_items_price":"1390.00","total_outstanding":"1340.00","total_price":"1340.00",
         "total_price_set":{"shop_money":{"amount":"1340.00","currency_code":"THB"},"presentment_money":{"amount":"1340.00","currency_code":"THB"}},
         "total_shipping_price_set":{"shop_money":{"amount":"50.00","currency_code":"THB"},"presentment_money":{"amount":"50.00","currency_code":"THB"}},
         "total_tax":"87.66","total_tip_received":"0.00","updated_at":"2026-11-06T10:12:44+07:00",
         "billing_address":{"first_name":"มาลี","address1":"8/15 ซอยตัวอย่าง 3","phone":"0861112233","city":"เขตบางรัก","zip":"10500","province":"Bangkok","last_name":"ตัวอย่าง",
           "address2":"แขวงบางรัก","company":null,"latitude":13.72,"longitude":100.52,"name":"มาลี ตัวอย่าง","country_code":"TH","province_code":"TH-10"},
         "customer":{"id":7100000000001,"first_name":"มาลี","last_name":"ตัวอย่าง","email":"malee@example.com","phone":null},
         "fulfillments":[],
         "line_items":[{"id":14100000000001,"current_quantity":2,"fulfillment_status":null,"gift_card":false,"grams":225,"name":"Canvas bag - Blue / L","price":"695.00",
           "product_id":8100000000001,"properties":[{"name":"Engraving","value":"ML"},{"name":"_internal","value":"x"}],"quantity":2,"requires_shipping":true,"sku":"BAG-BL-L",
           "title":"Canvas bag","total_discount":"0.00","variant_id":44100000000001,"variant_title":"Blue / L",
           "tax_lines":[{"price":"84.39","rate":0.07,"title":"VAT"}],"discount_allocations":[{"amount":"100.00","discount_application_index":0}]}],
         "refunds":[],
         "shipping_address":{"first_name":"มาลี","address1":"8/15 ซอยตัวอย่าง 3","city":"เขตบางรัก","zip":"10500","province":"Bangkok","country_code":"TH","province_code":"TH-10",
           "phone":"0861112233","name":"มาลี ตัวอย่าง","last_name":"ตัวอย่าง"},
         "shipping_lines":[{"id":5100000000001,"carrier_identifier":null,"code":"EMS","discounted_price":"50.00","is_removed":false,"price":"50.00",
           "requested_fulfillment_service_id":null,"title":"EMS","tax_lines":[],"discount_allocations":[]}],"returns":[]}
        """##

    /// The same order as GraphQL gives it: one decimal in amounts, text ids, UTC times.
    static let node = ##"""
        {"id":"gid://shopify/Order/6100000000001","legacyResourceId":"6100000000001","name":"#1001","createdAt":"2026-11-06T03:12:40Z","processedAt":"2026-11-06T03:12:38Z",
         "updatedAt":"2026-11-06T03:12:44Z","cancelledAt":null,"cancelReason":null,"closedAt":null,"test":false,"confirmed":true,"edited":false,"tags":["vip","gift"],
         "note":"ring twice","customAttributes":[{"key":"delivery_slot","value":"evening"}],"email":"malee@example.com","phone":null,
         "customer":{"firstName":"มาลี","lastName":"ตัวอย่าง","email":"malee@example.com","phone":null},"currencyCode":"THB","presentmentCurrencyCode":"THB",
         "taxesIncluded":true,"dutiesIncluded":false,"displayFinancialStatus":"PENDING","displayFulfillmentStatus":"UNFULFILLED","returnStatus":"NO_RETURN",
         "paymentGatewayNames":["Cash on Delivery (COD)"],"sourceName":"web","discountCodes":["WELCOME"],"poNumber":null,
         "totalPriceSet":{"shopMoney":{"amount":"1340.0","currencyCode":"THB"},"presentmentMoney":{"amount":"1340.0","currencyCode":"THB"}},
         "currentTotalPriceSet":{"shopMoney":{"amount":"1340.0","currencyCode":"THB"}},"totalDiscountsSet":{"shopMoney":{"amount":"100.0","currencyCode":"THB"}},
         "currentTotalDiscountsSet":{"shopMoney":{"amount":"100.0","currencyCode":"THB"}},"totalTaxSet":{"shopMoney":{"amount":"87.66","currencyCode":"THB"}},
         "currentTotalTaxSet":{"shopMoney":{"amount":"87.66","currencyCode":"THB"}},"totalShippingPriceSet":{"shopMoney":{"amount":"50.0","currencyCode":"THB"}},
         "totalTipReceivedSet":{"shopMoney":{"amount":"0.0","currencyCode":"THB"}},"originalTotalDutiesSet":null,"currentTotalDutiesSet":null,
         "originalTotalAdditionalFeesSet":null,"currentTotalAdditionalFeesSet":null,
         "totalOutstandingSet":{"shopMoney":{"amount":"1340.0","currencyCode":"THB"}},"totalRefundedSet":{"shopMoney":{"amount":"0.0","currencyCode":"THB"}},
         "billingAddress":{"name":"มาลี ตัวอย่าง","firstName":"มาลี","lastName":"ตัวอย่าง","company":null,"address1":"8/15 ซอยตัวอย่าง 3","address2":"แขวงบางรัก","city":"เขตบางรัก",
           "province":"Bangkok","provinceCode":"TH-10","zip":"10500","countryCodeV2":"TH","phone":"0861112233"},
         "shippingAddress":{"name":"มาลี ตัวอย่าง","firstName":"มาลี","lastName":"ตัวอย่าง","company":null,"address1":"8/15 ซอยตัวอย่าง 3","address2":null,"city":"เขตบางรัก",
           "province":"Bangkok","provinceCode":"TH-10","zip":"10500","countryCodeV2":"TH","phone":"0861112233"},
         "shippingLines":{"nodes":[{"title":"EMS","code":"EMS","carrierIdentifier":null,"isRemoved":false,"originalPriceSet":{"shopMoney":{"amount":"50.0"}},
           "discountedPriceSet":{"shopMoney":{"amount":"50.0"}}}]},
         "lineItems":{"pageInfo":{"hasNextPage":false,"endCursor":"c1"},"nodes":[{"id":"gid://shopify/LineItem/14100000000001","sku":"BAG-BL-L","title":"Canvas bag",
           "variantTitle":"Blue / L","quantity":2,"currentQuantity":2,"requiresShipping":true,"originalUnitPriceSet":{"shopMoney":{"amount":"695.0"}},
           "discountAllocations":[{"allocatedAmountSet":{"shopMoney":{"amount":"100.0"}}}],"taxLines":[{"priceSet":{"shopMoney":{"amount":"84.39"}}}],
           "customAttributes":[{"key":"Engraving","value":"ML"}],"product":{"id":"gid://shopify/Product/8100000000001"},"variant":{"id":"gid://shopify/ProductVariant/44100000000001"}}]},
         "fulfillmentOrders":{"nodes":[{"id":"gid://shopify/FulfillmentOrder/7200000000001","status":"OPEN","fulfillBy":"2026-11-08T17:00:00Z"}]},
         "fulfillments":[],"refunds":[]}
        """##

    static func changed(_ change: (inout [String: Any]) -> Void = { _ in }) throws -> [UInt8] { try changed(webhook, change) }

    static func changed(_ base: String, _ change: (inout [String: Any]) -> Void = { _ in }) throws -> [UInt8] {
        var object = try JSONSerialization.jsonObject(with: Data(base.utf8)) as? [String: Any] ?? [:]
        change(&object)
        return Array(try JSONSerialization.data(withJSONObject: object))
    }

    static func set(_ amount: String, _ currency: String = "THB") -> [String: Any] {
        ["shop_money": ["amount": amount, "currency_code": currency], "presentment_money": ["amount": amount, "currency_code": currency]]
    }

    static func line(_ id: Int64, price: String, quantity: Int, current: Int? = nil, allocations: [String] = [], taxes: [String] = []) -> [String: Any] {
        ["id": id, "title": "Line \(id)", "sku": "SKU-\(id)", "price": price, "quantity": quantity, "current_quantity": current ?? quantity, "requires_shipping": true, "grams": 100,
         "discount_allocations": allocations.map { ["amount": $0] }, "tax_lines": taxes.map { ["price": $0] }]
    }
}
