import Connect
import Domain
import Foundation
import Testing

@testable import LazadaConnector

/// Every row of platforms/lazada.md §5's table.
@Suite struct MappingTests {
    @Test func `the order of the dossier is read whole`() throws {
        let order = try Sample.snapshot()
        #expect(order.externalID == "th:100190009:700000000000001" && order.externalNumber == "700000000000001")
        #expect(order.placedAt.description == "2025-10-21T04:38:00Z")
        #expect(order.revision == Revision(updatedAt: try #require(Timestamp(rfc3339: "2025-10-21T04:40:05Z")), counter: 0, wasRead: true))
        #expect(order.buyer == Buyer(name: "ธ****", phone: "66******21"))
        #expect(order.shipTo == Address(name: "ธ****", phone: "66******21", line1: "9*********", district: "จตุจักร", province: "กรุงเทพมหานคร", postcode: "10900", countryCode: "TH"))
        #expect(order.billTo == Address(name: "ธ****", phone: "66******21", line1: "9*********", postcode: "10900", countryCode: "TH"))
        #expect(order.currency == .thb)
        #expect(order.totals == Totals(items: 39_950, discount: 2_000, shipping: 3_800, tax: 0, taxIncluded: true, grand: 41_750))
        #expect(order.totals.mismatch(in: order.currency) == nil)
        #expect(order.payment == Payment(method: "MIXEDCARD", state: .paid))
        #expect(order.shipping == Shipping(methodCode: "standard", methodTitle: "Dropshipping", shipBy: Timestamp(rfc3339: "2025-10-23T16:59:59Z")))
        #expect(order.lines == [OrderLine(
            externalLineID: "700000000000002", sku: "TS-01-BK-M", title: "เสื้อยืดคอกลม", variant: "Color Family:ดำ, Size:M", quantity: 2, unitPrice: 19_975, discount: 2_000, lineTotal: 37_950,
            externalProductID: "3300000001", externalVariantID: "13300000001")])
        #expect(order.attributes["line.700000000000002.items"] == "700000000000002,700000000000003")
        #expect(order.platformStatus == "pending" && order.standing == .open && order.fulfilment == .unfulfilled && order.tags.isEmpty && order.note == nil)
        #expect(order.flags.map(\.code) == ["masked"])
        #expect(order.attributes["masked"] == "name,phone,line1")
    }

    @Test func `text or number, every field means the same`() throws {
        func texts(_ text: String) throws -> [String: String?] {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            var changes: [String: String?] = [:]
            for (key, value) in object {
                guard let number = value as? NSNumber else { continue }
                changes[key] = "\"\(number)\""
            }
            return changes
        }
        let asTexts = try Sample.snapshot(try texts(Sample.order), items: [try texts(Sample.item).merging(["order_item_id": #""700000000000002""#]) { $1 }, try texts(Sample.item).merging(["order_item_id": #""700000000000003""#]) { $1 }])
        #expect(asTexts == (try Sample.snapshot()))
        let asNumbers = try Sample.snapshot(["price": "399.5", "order_number": "700000000000001", "voucher": "20"],
                                            items: [["sku_id": "13300000001", "product_id": "3300000001", "is_fbl": "false", "tax_amount": "0"], ["sku_id": "13300000001", "product_id": "3300000001", "is_digital": #""0""#]])
        #expect(asNumbers == (try Sample.snapshot()))
    }

    @Test func `numbers past 53 bits are kept to the last digit`() throws {
        let order = try Sample.snapshot(["order_id": "9007199254740993", "order_number": #""9007199254740993""#], items: [["order_item_id": "9223372036854775807"]])
        #expect(order.externalID == "th:100190009:9007199254740993")
        #expect(order.lines.map(\.externalLineID) == ["9223372036854775807"])
    }

    // MARK: totals

    @Test func `what was cancelled since is taken out of items and voucher, and the rest adds up`() throws {
        let order = try Sample.snapshot(items: [["status": #""canceled""#], [:]])
        #expect(order.totals == Totals(items: 19_975, discount: 1_000, shipping: 3_800, taxIncluded: true, grand: 22_775))
        #expect(order.lines.map(\.quantity) == [1] && order.lines.map(\.externalLineID) == ["700000000000003"])
        #expect(order.attributes["cancelled.items"] == "700000000000002")
        #expect(order.flags.contains { $0.code == "partly_cancelled" })
    }

    @Test func `a platform that has already taken it out is not charged twice`() throws {
        let order = try Sample.snapshot(["price": #""199.75""#, "voucher": "10.00"], items: [["status": #""canceled""#], [:]])
        #expect(order.totals == Totals(items: 19_975, discount: 1_000, shipping: 3_800, taxIncluded: true, grand: 22_775))
    }

    @Test func `a wholly cancelled order is shown as it was placed, and refunded whole`() throws {
        let order = try Sample.snapshot(items: [["status": #""canceled""#], ["status": #""canceled""#]])
        #expect(order.totals == Totals(items: 39_950, discount: 2_000, shipping: 3_800, taxIncluded: true, grand: 41_750, refunded: 41_750))
        #expect(order.lines.map(\.quantity) == [2] && order.standing == .cancelled)
    }

    @Test func `a returned unit counts as refunded for what was paid for it`() throws {
        let order = try Sample.snapshot(items: [["status": #""delivered""#], ["status": #""returned""#]])
        #expect(order.totals.grand == 41_750 && order.totals.refunded == 18_975)
        #expect(order.lines.map(\.quantity) == [1, 1])
    }

    @Test func `a total that is not the sum of its parts keeps the platform's number, to be raised`() throws {
        let order = try Sample.snapshot(["price": #""400.50""#])
        #expect(order.totals.items == 39_950 && order.totals.grand == 41_850)
        #expect(order.totals.mismatch(in: order.currency)?.code == "totals_mismatch")
    }

    @Test func `cash on delivery collects the grand total`() throws {
        let order = try Sample.snapshot(["payment_method": #""cod""#])
        #expect(order.payment == Payment(method: "cod", state: .unpaid, isCashOnDelivery: true, codAmount: 41_750))
        #expect(try Sample.snapshot(["payment_method": #""COD_LIKE""#]).payment.isCashOnDelivery == false)
    }

    @Test(arguments: [("VND", "399000", Int64(399_000)), ("IDR", "399000.00", 39_900_000), ("JPY", "399.00", 399), ("KWD", "399.500", 399_500)])
    func `each currency has its own decimals`(currency: String, price: String, expected: Int64) throws {
        let order = try Sample.snapshot(["price": "\"\(price)\"", "shipping_fee": "0", "voucher": "0"], items: [["currency": "\"\(currency)\"", "item_price": price, "paid_price": price]])
        #expect(order.currency.code == currency && order.totals.grand == expected && order.totals.mismatch(in: order.currency) == nil)
    }

    @Test func `tax is told and not added`() throws {
        let order = try Sample.snapshot(items: [["tax_amount": "12.41"], ["tax_amount": #""12.41""#]])
        #expect(order.totals.tax == 2_482 && order.totals.taxIncluded && order.totals.grand == 41_750 && order.lines.map(\.tax) == [2_482])
    }

    // MARK: addresses

    private static func address(_ changes: [String: String], country: String = "th") throws -> Address? {
        let text = "{\(changes.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ","))}"
        return AddressReading(market: try #require(Market(rawValue: country))).address(try JSONDecoder().decode(WireAddress.self, from: Data(text.utf8)))
    }

    @Test(arguments: [
        ("กรุงเทพมหานคร/ Bangkok", "กรุงเทพมหานคร"), ("Bangkok / กรุงเทพมหานคร", "กรุงเทพมหานคร"), ("Bangkok", "Bangkok"), ("กรุงเทพมหานคร", "กรุงเทพมหานคร"), ("Bangkok/ Phra Nakhon", "Bangkok/ Phra Nakhon"),
        ("จตุจักร/", "จตุจักร"), ("เมือง/ตลาด", "เมือง/ตลาด"),
    ]) func `of a name in two languages the Thai half is kept`(text: String, expected: String) throws {
        #expect(try Self.address(["address3": text])?.province == expected)
        #expect(try Self.address(["address4": text])?.district == expected)
    }

    @Test func `the third level stands in its misspelt field, else in the fifth unless that is a postcode`() throws {
        #expect(try Self.address(["addressDsitrict": "ลาดยาว/ Lat Yao", "address5": "10900"])?.subdistrict == "ลาดยาว")
        #expect(try Self.address(["address5": "ลาดยาว/ Lat Yao", "post_code": "10900"])?.subdistrict == "ลาดยาว")
        let fifth = try Self.address(["address1": "8/15", "address5": "10900"])
        #expect(fifth?.subdistrict == nil && fifth?.postcode == "10900")
        #expect(try Self.address(["address5": "10900", "post_code": "10110"])?.postcode == "10110")
    }

    @Test func `elsewhere the city is kept and no half is taken`() throws {
        let address = try Self.address(["address1": "1 Road", "address3": "Selangor/ KL", "city": "Petaling Jaya", "country": "Malaysia"], country: "my")
        #expect(address?.city == "Petaling Jaya" && address?.province == "Selangor/ KL" && address?.countryCode == "MY")
        #expect(try Self.address(["address1": "1 Road"], country: "sg")?.countryCode == "SG")
        #expect(try Self.address(["country": "Thailand"]) == nil)
    }

    @Test func `name and phone come from where they are`() throws {
        #expect(try Self.address(["first_name": " มาลี ", "last_name": "ตัวอย่าง", "phone": "", "phone2": "0861112233"]) == Address(name: "มาลี ตัวอย่าง", phone: "0861112233", countryCode: "TH"))
    }

    @Test(arguments: [("name", "ธ****", true), ("phone", "66*1", true), ("line1", "9*********", true), ("line1", "99/1 ซอย ล*", true), ("line1", "5*star condo", false), ("line1", "99/1", false)])
    func `stars of a mask are told from a buyer's own`(field: String, text: String, expected: Bool) {
        var address = Address()
        switch field {
        case "name": address.name = text
        case "phone": address.phone = text
        default: address.line1 = text
        }
        #expect(AddressReading.maskedFields(address) == (expected ? [field] : []))
    }

    // MARK: tags, notes

    @Test func `each kind of order has its tag`() throws {
        func tags(_ item: [String: String?], _ order: [String: String?] = [:]) throws -> [String] { try Sample.snapshot(order, items: [item]).tags }
        #expect(try tags(["is_fbl": "1"]) == ["fbl"])
        #expect(try tags(["is_digital": #""1""#]) == ["digital"])
        #expect(try tags(["delivery_option_sof": "true"]) == ["dbs"])
        #expect(try tags(["order_type": #""PreSale""#]) == ["preorder"])
        #expect(try tags(["order_flag": #""GUARANTEE""#]) == ["guarantee"])
        #expect(try tags([:], ["gift_option": "true"]) == ["gift"])
        #expect(try tags([:], ["gift_message": #""สุขสันต์วันเกิด""#]) == ["gift"])
    }

    @Test func `digital goods and goods in Lazada's warehouse are not ours to ship`() throws {
        let fbl = try Sample.snapshot(items: [["is_fbl": "1"], [:]])
        #expect(fbl.lines.map(\.requiresShipping) == [false, true])
        #expect(fbl.flags.contains { $0.code == "fulfilled_by_lazada" && $0.message.contains("part") })
        let digital = try Sample.snapshot(items: [["is_digital": "1"], ["is_digital": "1"]])
        #expect(digital.lines.map(\.requiresShipping) == [false] && digital.flags.contains { $0.code == "digital_goods" })
    }

    @Test func `notes, tax papers and odd numbers are kept`() throws {
        let order = try Sample.snapshot([
            "buyer_note": #""โทรก่อนส่ง""#, "remarks": #""fragile""#, "tax_code": #""0105500000000""#, "branch_number": #""00001""#, "order_number": #""700000000000009""#,
            "extra_attributes": #""{\"TaxInvoiceRequested\":true}""#, "voucher_code": #""NEW50""#,
        ])
        #expect(order.note == "โทรก่อนส่ง" && order.externalNumber == "700000000000009" && order.attributes["order.id"] == "700000000000001")
        #expect(order.attributes["tax.code"] == "0105500000000" && order.attributes["tax.branch"] == "00001" && order.attributes["taxInvoiceRequested"] == "true" && order.attributes["voucher.code"] == "NEW50")
        #expect(try Sample.snapshot(["remarks": #""fragile""#]).note == "fragile")
    }

    @Test func `the latest time of change of order and items is the order's`() throws {
        let order = try Sample.snapshot(items: [[:], ["updated_at": #""2025-10-21 12:00:00 +0700""#]])
        #expect(order.revision.updatedAt.description == "2025-10-21T05:00:00Z")
    }

    @Test(arguments: [("3300000001_TH-13300000001", "3300000001", "13300000001"), ("OLD-SKU", nil, nil), ("A_TH-1", nil, nil), ("330_TH", nil, nil), ("", nil, nil)] as [(String, String?, String?)])
    func `product numbers are read out of the shop's SKU where they stand nowhere else`(shopSKU: String, product: String?, variant: String?) throws {
        let line = try #require(try Sample.snapshot(items: [["product_id": #""""#, "sku_id": nil, "shop_sku": "\"\(shopSKU)\""]]).lines.first)
        #expect(line.externalProductID == product && line.externalVariantID == variant)
    }

    // MARK: folding

    @Test func `units of another price, discount, SKU or fate have lines of their own`() throws {
        let order = try Sample.snapshot(items: [[:], ["paid_price": "179.75"], ["sku": #""OTHER""#], [:], ["status": #""returned""#], ["status": #""packed""#]])
        #expect(order.lines.map(\.externalLineID) == ["700000000000002", "700000000000003", "700000000000004", "700000000000006"])
        #expect(order.lines.map(\.quantity) == [3, 1, 1, 1])
        #expect(order.attributes["line.700000000000002.items"] == "700000000000002,700000000000005,700000000000007")
        #expect(order.lines.allSatisfy { $0.unitPrice * Int64($0.quantity) - $0.discount == $0.lineTotal })
    }

    @Test func `the lowest number stands for the line, whatever order the units come in`() throws {
        let numbers = ["999", "1000", "70"]
        let order = try Sample.snapshot(items: numbers.map { ["order_item_id": $0] })
        #expect(order.lines.map(\.externalLineID) == ["70"] && order.attributes["line.70.items"] == "70,999,1000")
    }

    @Test func `two units of one number are not understood`() {
        #expect(throws: ConnectorError.notUnderstood(field: "items.order_item_id", found: "5 twice")) { try Sample.snapshot(items: [["order_item_id": "5"], ["order_item_id": "5"]]) }
    }

    // MARK: hostile

    @Test(arguments: [
        ["order_id": nil], ["order_id": "0"], ["order_id": "-1"], ["order_id": #""7e3""#], ["order_id": #""1:2""#], ["order_id": "[]"], ["price": "{}"], ["price": "[1]"], ["price": "true"], ["price": #""12,50""#],
        ["voucher": #""x""#], ["shipping_fee": "1e300"], ["price": #""99999999999999999999""#], ["updated_at": #""yesterday""#, "created_at": "null"],
    ] as [[String: String?]]) func `an order that cannot be told is not understood, and never crashes`(_ changes: [String: String?]) throws {
        let isTimeless = changes.keys.contains("updated_at")
        let item: [String: String?] = isTimeless ? ["updated_at": "null"] : [:]
        #expect(throws: ConnectorError.self) { try Sample.snapshot(changes, items: [item]) }
    }

    @Test(arguments: [["order_item_id": nil], ["order_item_id": "{}"], ["item_price": "null", "paid_price": "null"], ["item_price": #""abc""#], ["paid_price": "[]"], ["currency": #""BAHT""#], ["tax_amount": "{}"]] as [[String: String?]])
    func `an item that cannot be told is not understood, and never left out`(_ changes: [String: String?]) {
        #expect(throws: ConnectorError.self) { try Sample.snapshot(items: [[:], changes]) }
    }

    @Test(arguments: ["", "{", "[]", "null", #"{"order":{},"items":[]}"#, #"{"order":null,"items":null}"#, #"{"items":[{"order_item_id":1}]}"#, #"{"order":{"order_id":1,"created_at":"x"},"items":[]}"#])
    func `a body that is no order is not understood`(_ body: String) {
        #expect(throws: ConnectorError.self) { try Sample.snapshot(of: Array(body.utf8)) }
    }

    @Test func `odd values where text is expected cost nothing but themselves`() throws {
        let order = try Sample.snapshot(["address_shipping": #""""#, "address_billing": "[]", "customer_first_name": "{}", "statuses": "7", "extra_attributes": "[1]", "buyer_note": #""a\u0000b""#, "gift_option": "{}"],
                                        items: [["status": "null", "sla_time_stamp": "{}", "name": "12", "variation": "[]"]])
        #expect(order.shipTo == nil && order.billTo == nil && order.note == "ab" && order.lines.map(\.title) == ["12"] && order.standing == .onHold)
    }

    @Test func `sums that leave the range are not understood`() {
        let huge = (0..<4).map { _ in ["item_price": "999999999999999999", "paid_price": "1"] as [String: String?] }
        #expect(throws: ConnectorError.self) { try Sample.snapshot(items: huge) }
    }
}
