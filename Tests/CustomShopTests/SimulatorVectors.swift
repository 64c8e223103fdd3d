import CustomShopSimulator
import Foundation
import Testing

/// The vectors of platforms/companion-webhook.md §12. Bodies are single lines without a final newline.
struct SimulatorVector: Sendable, CustomTestStringConvertible {
    var name: String, secret: String, id: String, timestamp: Int, body: Data, signature: String
    var testDescription: String { name }

    static let secret = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
    static let oldSecret = "whsec_ZWZnaGlqa2xtbm9wcXJzdHV2d3h5ent8fX5/gIGCg4Q="

    static let w1 = SimulatorVector(
        name: "W1", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330,
        body: Data(#"{"test": 2432232314}"#.utf8), signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    static let w2 = SimulatorVector(
        name: "W2 thin, Magento", secret: secret, id: "msg_01KJP8W3ZC5V7T9R1Q3N5M7K9H", timestamp: 1_772_424_911,
        body: Data((#"{"type":"order.changed","timestamp":"2026-03-02T04:15:09.120Z","specVersion":"1","sequence":18234,"#
            + #""source":{"platform":"magento2","platformVersion":"2.4.7-p3","moduleVersion":"1.0.0","shop":"th_main","baseURL":"https://shop.example/"},"#
            + #""data":{"id":"10421","number":"000010421","updatedAt":"2026-03-02T04:15:08Z","status":"processing","cause":"order.saved"}}"#).utf8),
        signature: "v1,lRbItBiq2YMZpONMqPYaHpsdng77MUPS+wVgiy3Tq7E=")
    static let w3 = SimulatorVector(
        name: "W3 thin, PrestaShop", secret: secret, id: "msg_01KJP8YQ4A6B8C0D2E4F6G8H0J", timestamp: 1_772_425_001,
        body: Data((#"{"type":"order.changed","timestamp":"2026-03-02T04:16:40.000Z","specVersion":"1","sequence":912,"#
            + #""source":{"platform":"prestashop","platformVersion":"8.1.7","moduleVersion":"1.0.0","shop":"1","baseURL":"https://boutique.example/th/"},"#
            + #""data":{"id":"5127","number":"XKBQWMZRT","updatedAt":"2026-03-02T04:16:39Z","status":"4","cause":"order.status"}}"#).utf8),
        signature: "v1,vsrjle+L8uN4jLyizIRB4I13Gz3z2R29Mzh3Efcsx8M=")
    static let w4 = SimulatorVector(
        name: "W4 full, Thai", secret: secret, id: "msg_01KJP95F7N9P1R3T5V7X9Z1B3D", timestamp: 1_772_425_201, body: Data(w4Text.utf8),
        signature: "v1,Eta97R+st/kG7oP0YxCBLuK5zcBbxgi1i8iueGuAf9I=")
    static let w4Escaped = SimulatorVector(
        name: "W4 full, escaped", secret: secret, id: w4.id, timestamp: w4.timestamp, body: Data(escaped(w4Text).utf8),
        signature: "v1,nFG5V1XlSJURmmntH5Me1I5B3UXhr7ukVzy/c6bNU5Q=")
    static let w5Old = SimulatorVector(
        name: "W5 old secret", secret: oldSecret, id: w2.id, timestamp: w2.timestamp, body: w2.body,
        signature: "v1,dUq0v0k48i+662ico/4QuTYojPMv0gwCmz8diGgWBAw=")
    static let w6 = SimulatorVector(
        name: "W6 callback", secret: "whsec_ycrLzM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLj5OXm5+g=", id: "msg_01KJPSE2G4J6M8P0R2T4V6X8Z0", timestamp: 1_772_442_131,
        body: Data((#"{"type":"order.shipped","timestamp":"2026-03-02T09:02:11Z","specVersion":"1","sequence":41,"source":{"platform":"crossdock"},"#
            + #""data":{"externalID":"A-2026-000123","shipment":{"id":"shp_7Q2","carrier":"thailandpost","trackingNumber":"EX123456789TH","trackingURL":null,"#
            + #""shippedAt":"2026-03-02T09:00:00Z","lines":[{"externalLineID":"1","quantity":2},{"externalLineID":"2","quantity":1}]}}}"#).utf8),
        signature: "v1,WlQNwUVmmIfI95eDjB4mxN6IaK1TzfgSzQltd4Z3xD4=")

    static let all = [w1, w2, w3, w4, w4Escaped, w5Old, w6]

    var headers: [String: String] { ["webhook-id": id, "webhook-timestamp": "\(timestamp)", "webhook-signature": signature] }
    var clock: Date { Date(timeIntervalSince1970: Double(timestamp)) }

    private static func escaped(_ text: String) -> String {
        text.utf16.map { unit in
            unit < 128 ? String(UnicodeScalar(UInt8(unit))) : "\\u" + String(repeating: "0", count: 4 - String(unit, radix: 16).count) + String(unit, radix: 16)
        }.joined()
    }

    private static let w4Text = #"{"type":"order.upserted","timestamp":"2026-03-02T04:20:00Z","specVersion":"1","sequence":77,"#
        + #""source":{"platform":"custom","platformVersion":null,"moduleVersion":null,"shop":"main","baseURL":"https://myshop.example/"},"#
        + #""data":{"order":{"externalID":"A-2026-000123","externalNumber":"A-2026-000123","revision":3,"placedAt":"2026-03-02T03:58:12Z","#
        + #""updatedAt":"2026-03-02T04:20:00Z","state":"open","platformStatus":"รอจัดส่ง","fulfilment":"unfulfilled","#
        + #""buyer":{"name":"สมชาย ใจดี","email":"somchai@example.com","phone":"+66812345678"},"#
        + #""shipTo":{"name":"สมชาย ใจดี","company":null,"phone":"+66812345678","line1":"99/1 หมู่ 4","line2":"ซอยตัวอย่าง 7","subdistrict":"บางรัก","#
        + #""district":"บางรัก","city":null,"province":"กรุงเทพมหานคร","postcode":"10500","countryCode":"TH"},"billTo":null,"currency":"THB","#
        + #""totals":{"items":70800,"shipping":5000,"discount":6800,"tax":4514,"grand":69000,"taxIncluded":true},"#
        + #""payment":{"method":"cod","state":"unpaid","isCashOnDelivery":true,"codAmount":69000},"#
        + #""shipping":{"methodCode":"standard","methodTitle":"ส่งธรรมดา","requestedCarrier":"thailandpost","shipBy":null},"#
        + #""lines":[{"externalLineID":"1","sku":"TEA-100-GRN","title":"ชาเขียว 100 ก.","variant":null,"quantity":2,"unitPrice":12900,"discount":1800,"tax":1570,"#
        + #""lineTotal":24000,"requiresShipping":true,"weightGrams":120,"externalProductID":"P-88","externalVariantID":null},"#
        + #"{"externalLineID":"2","sku":"CUP-CEL","title":"ถ้วยศิลาดล","variant":"เขียว","quantity":1,"unitPrice":45000,"discount":0,"tax":2944,"#
        + #""lineTotal":45000,"requiresShipping":true,"weightGrams":310,"externalProductID":"P-91","externalVariantID":"V-3"}],"note":"โทรก่อนส่ง","tags":["line-oa"]}}}"#
}
