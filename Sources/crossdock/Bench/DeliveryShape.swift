import Crypto
import Domain
import Foundation
import NIOCore

/// Signed Shopify-shaped deliveries of about 6 kB, each with an order of its own: one body whose id is overwritten in place.
struct DeliveryShape: Sendable {
    static let secret = "bench-client-secret", shop = "crossdock-bench.myshopify.com", firstID: Int64 = 6_100_000_000_000
    let body: [UInt8]
    private let idOffset: Int
    private let key = SymmetricKey(data: Data(Self.secret.utf8))

    init() {
        let now = Timestamp.now.description
        let line = { (n: Int) in
            """
            {"id":\(14_100_000_000_000 + n),"admin_graphql_api_id":"gid:\\/\\/shopify\\/LineItem\\/\(14_100_000_000_000 + n)","current_quantity":2,"fulfillable_quantity":2,"fulfillment_service":"manual","fulfillment_status":null,"gift_card":false,"grams":225,"name":"Canvas bag - Blue \\/ L","price":"100.00","price_set":{"shop_money":{"amount":"100.00","currency_code":"THB"},"presentment_money":{"amount":"100.00","currency_code":"THB"}},"product_exists":true,"product_id":8100000000001,"properties":[{"name":"Engraving","value":"ML"}],"quantity":2,"requires_shipping":true,"sku":"BAG-\(n % 7)","taxable":true,"title":"Canvas bag","total_discount":"0.00","variant_id":44100000000001,"variant_inventory_management":"shopify","variant_title":"Blue \\/ L","vendor":"House","tax_lines":[{"price":"13.08","rate":0.07,"title":"VAT"}],"duties":[],"discount_allocations":[]}
            """
        }
        let money = { (amount: String) in #"{"shop_money":{"amount":"\#(amount)","currency_code":"THB"},"presentment_money":{"amount":"\#(amount)","currency_code":"THB"}}"# }
        let address = #"{"first_name":"มาลี","address1":"8\/15 ซอยตัวอย่าง 3","phone":"0861112233","city":"เขตบางรัก","zip":"10500","province":"Bangkok","country":"Thailand","last_name":"ตัวอย่าง","address2":"แขวงบางรัก","company":null,"latitude":13.72,"longitude":100.52,"name":"มาลี ตัวอย่าง","country_code":"TH","province_code":"TH-10"}"#
        let text = """
            {"id":\(Self.firstID),"admin_graphql_api_id":"gid:\\/\\/shopify\\/Order\\/1","app_id":580111,"browser_ip":"203.0.113.9","buyer_accepts_marketing":false,"cancel_reason":null,"cancelled_at":null,"closed_at":null,"confirmed":true,"contact_email":"malee@example.com","created_at":"\(now)","currency":"THB","current_subtotal_price":"600.00","current_total_discounts":"0.00","current_total_price":"650.00","current_total_tax":"39.25","discount_codes":[],"duties_included":false,"email":"malee@example.com","financial_status":"pending","fulfillment_status":null,"name":"#1001","note":"ring twice","note_attributes":[{"name":"delivery_slot","value":"evening"}],"number":1,"order_number":1001,"payment_gateway_names":["Cash on Delivery (COD)"],"phone":null,"presentment_currency":"THB","processed_at":"\(now)","source_name":"web","subtotal_price":"600.00","tags":"vip, gift","tax_lines":[{"price":"39.25","rate":0.07,"title":"VAT"}],"taxes_included":true,"test":false,"total_discounts":"0.00","total_line_items_price":"600.00","total_outstanding":"650.00","total_price":"650.00","total_shipping_price_set":\(money("50.00")),"current_shipping_price_set":\(money("50.00")),"total_tax":"39.25","total_tip_received":"0.00","total_weight":450,"updated_at":"\(now)","billing_address":\(address),"customer":{"id":7100000000001,"first_name":"มาลี","last_name":"ตัวอย่าง","email":"malee@example.com","phone":null},"discount_applications":[],"fulfillments":[],"line_items":[\((1...3).map(line).joined(separator: ","))],"refunds":[],"shipping_address":\(address),"shipping_lines":[{"id":5100000000001,"code":"EMS","discounted_price":"50.00","price":"50.00","source":"shopify","title":"EMS","tax_lines":[],"discount_allocations":[]}]}
            """
        body = Array(text.utf8)
        idOffset = Array(#"{"id":"#.utf8).count
    }

    /// The body of order number `index`, in place of the template's id.
    func body(of index: Int) -> [UInt8] {
        var bytes = body
        write(index, into: &bytes, at: idOffset)
        return bytes
    }

    private func write(_ index: Int, into bytes: inout [UInt8], at offset: Int) {
        var value = Self.firstID + Int64(index), position = offset + 12
        while position >= offset { bytes[position] = UInt8(48 + value % 10); value /= 10; position -= 1 }
    }

    /// Signatures made before the clock runs: a platform signs on its own machine.
    func signatures(of range: Range<Int>) -> [String] {
        range.map { Data(HMAC<SHA256>.authenticationCode(for: body(of: $0), using: key)).base64EncodedString() }
    }

    /// The whole HTTP request on the wire.
    func request(of index: Int, path: String, signature: String? = nil) -> ByteBuffer {
        let signature = signature ?? signatures(of: index..<index + 1)[0]
        var buffer = ByteBufferAllocator().buffer(capacity: body.count + 512)
        buffer.writeString("POST \(path) HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\nx-shopify-topic: orders/create\r\nx-shopify-shop-domain: \(Self.shop)\r\nx-shopify-webhook-id: bench-\(index)\r\nx-shopify-hmac-sha256: \(signature)\r\ncontent-length: \(body.count)\r\n\r\n")
        let start = buffer.writerIndex
        buffer.writeBytes(body)
        var digits = Self.firstID + Int64(index), position = start + idOffset + 12
        while position >= start + idOffset { buffer.setInteger(UInt8(48 + digits % 10), at: position); digits /= 10; position -= 1 }
        return buffer
    }
}
