import Connect
import Domain
import Foundation
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorOrderTests {
    /// Every row of platforms/shopee.md §5 on the dossier's own order.
    @Test func `the sample order is read row by row`() throws {
        let order = try SampleOrder.snapshot()
        #expect(order.externalID == "40071188:2510210K7TTH01" && order.externalNumber == "2510210K7TTH01")
        #expect(order.placedAt == Timestamp(seconds: 1_761_021_480))
        #expect(order.revision == Revision(updatedAt: Timestamp(seconds: 1_761_021_605), counter: 0, wasRead: true))
        #expect(order.buyer == Buyer(name: "buyer_th_77", email: nil, phone: "******21"))
        #expect(order.shipTo == Address(name: "ธ******ย", phone: "******21", line1: "99/******", subdistrict: "ลาดยาว", district: "จตุจักร", province: "กรุงเทพมหานคร",
                                        postcode: "10900", countryCode: "TH"))
        #expect(order.billTo == nil && order.currency == .thb)
        #expect(order.totals == Totals(items: 39_950, discount: 2_000, shipping: 3_800, fees: 0, tax: 0, taxIncluded: true, grand: 41_750, refunded: 0))
        #expect(order.totals.rebuiltGrand == order.totals.grand)
        #expect(order.payment == Payment(method: "Online Payment (KBANK)", state: .paid))
        #expect(order.shipping == Shipping(methodCode: "7001", methodTitle: "Standard Delivery", requestedCarrier: "Standard Delivery", shipBy: Timestamp(seconds: 1_761_238_799)))
        #expect(order.lines == [OrderLine(
            externalLineID: "20400051001", sku: "TS-01-BK-M", title: "เสื้อยืดคอกลม", variant: "ดำ,M", quantity: 2, unitPrice: 24_900, discount: 9_850, lineTotal: 39_950,
            weightGrams: 250, externalProductID: "20400051001", externalVariantID: "90011223344")])
        #expect(order.note == "ฝากกันกระแทกด้วยค่ะ" && order.tags.isEmpty)
        #expect(order.platformStatus == "READY_TO_SHIP/LOGISTICS_READY")
        #expect(order.standing == .open && order.fulfilment == .unfulfilled)
        #expect(order.flags.map(\.code) == ["masked"])
        #expect(order.attributes == ["masked": "buyer.phone,shipTo.line1,shipTo.name,shipTo.phone", "buyerID": "770012345", "packages": "OFG251021000000017"])
    }

    @Test func `unmasked buyers have no flag`() throws {
        let order = try SampleOrder.snapshot(["recipient_address": #"{"name":"ธิดา ตัวอย่าง","phone":"66812345621","town":"แขวงลาดยาว","district":"","city":"เขตจตุจักร","state":"กรุงเทพมหานคร","region":"TH","zipcode":"10900","full_address":"99/1 ซอย 5, แขวงลาดยาว, เขตจตุจักร, กรุงเทพมหานคร, 10900"}"#])
        #expect(order.shipTo == Address(name: "ธิดา ตัวอย่าง", phone: "66812345621", line1: "99/1 ซอย 5", subdistrict: "ลาดยาว", district: "จตุจักร", province: "กรุงเทพมหานคร", postcode: "10900", countryCode: "TH"))
        #expect(order.flags.isEmpty && order.attributes["masked"] == nil)
    }

    @Test(arguments: [
        ("9 ถนนพหลโยธิน ตำบลในเมือง อำเภอเมืองขอนแก่น จังหวัดขอนแก่น 40000", "9 ถนนพหลโยธิน"), ("9 ถนนพหลโยธิน 40000 จังหวัดขอนแก่น", "9 ถนนพหลโยธิน"),
        ("9 หมู่บ้านอำเภอเมืองขอนแก่น", "9 หมู่บ้านอำเภอเมืองขอนแก่น"), ("ตำบลในเมือง อำเภอเมืองขอนแก่น", "ตำบลในเมือง อำเภอเมืองขอนแก่น"), ("9 ถนนกลาง อำเภออื่น 40000", "9 ถนนกลาง อำเภออื่น"),
    ])
    func `the address keeps what has no place of its own`(full: String, line1: String) throws {
        let order = try SampleOrder.snapshot(["recipient_address": #"{"name":"ก","phone":"1","town":"","district":"ตำบลในเมือง","city":"อำเภอเมืองขอนแก่น","state":"จังหวัดขอนแก่น","region":"TH","zipcode":"40000","full_address":"\#(full)"}"#])
        #expect(order.shipTo?.line1 == line1)
        #expect(order.shipTo?.province == "ขอนแก่น" && order.shipTo?.district == "เมืองขอนแก่น" && order.shipTo?.subdistrict == "ในเมือง")
    }

    @Test func `outside Thailand the city is a city`() throws {
        let order = try SampleOrder.snapshot(["region": "\"MY\"", "currency": "\"MYR\"", "recipient_address": #"{"name":"A","phone":"1","town":"T","district":"D","city":"Kajang","state":"Selangor","region":"MY","zipcode":"43000","full_address":"1, Jalan Satu, 43000, Kajang, Selangor"}"#])
        #expect(order.shipTo == Address(name: "A", phone: "1", line1: "1, Jalan Satu", subdistrict: "T", district: "D", city: "Kajang", province: "Selangor", postcode: "43000", countryCode: "MY"))
    }

    @Test(arguments: [#"{}"#, "null", "\"\"", "[]", "7", #"{"name":"","phone":null,"region":"TH","full_address":""}"#])
    func `an address that says nothing is none`(text: String) throws {
        let order = try SampleOrder.snapshot(["recipient_address": text])
        #expect(order.shipTo == nil && order.buyer.phone == nil && order.flags.isEmpty)
    }

    @Test func `cash on delivery is what the courier collects`() throws {
        let order = try SampleOrder.snapshot(["cod": "true", "pay_time": "null", "payment_method": "\"Cash on Delivery\""])
        #expect(order.payment == Payment(method: "Cash on Delivery", state: .unpaid, isCashOnDelivery: true, codAmount: 41_750))
    }

    @Test(arguments: [
        (["split_up": "true"], [:], ["split"]), ([:], ["is_prescription_item": "true"], ["prescription"]), (["advance_package": "true"], [:], ["advance"]),
        (["booking_sn": "\"BK1\""], [:], ["advance"]), (["fulfillment_flag": "\"fulfilled_by_shopee\""], [:], ["fulfilled-by-shopee"]),
        (["fulfillment_flag": "\"fulfilled_by_cb_seller\""], [:], []),
    ] as [([String: String], [String: String], [String])])
    func `tags tell what is special about an order`(changes: [String: String], line: [String: String], tags: [String]) throws {
        #expect(try SampleOrder.snapshot(changes, line: line).tags == tags)
    }

    @Test(arguments: [(["fulfillment_flag": "\"fulfilled_by_shopee\""], "fulfilled_by_shopee"), (["advance_package": "true"], "advance_package")])
    func `stock that lies at the platform asks no courier of ours`(changes: [String: String], flag: String) throws {
        let order = try SampleOrder.snapshot(changes)
        #expect(order.lines.allSatisfy { !$0.requiresShipping } && order.flags.contains { $0.code == flag })
    }

    @Test func `the seller's note, the reasons and what is waited for are kept apart`() throws {
        let order = try SampleOrder.snapshot(["note": "\"call first\"", "cancel_by": "\"buyer\"", "cancel_reason": "\"BACKUP_UNPAID\"", "buyer_cancel_reason": "\"changed mind\"",
                                              "pending_terms": #"["SYSTEM_PENDING","KYC_PENDING"]"#, "pending_description": #"["checks run"]"#])
        #expect(order.attributes["sellerNote"] == "call first" && order.attributes["cancelBy"] == "buyer" && order.attributes["cancelReason"] == "BACKUP_UNPAID")
        #expect(order.attributes["buyerCancelReason"] == "changed mind" && order.attributes["pendingDescription"] == "checks run")
        #expect(order.platformStatus == "READY_TO_SHIP/LOGISTICS_READY/SYSTEM_PENDING/KYC_PENDING/BACKUP_UNPAID")
    }

    // MARK: Lines

    private func lines(_ items: String) throws -> [OrderLine] { try SampleOrder.snapshot(["item_list": "[\(items)]"]).lines }
    private func item(_ members: String) -> String { #"{"item_id":5,"model_id":6,"item_name":"x","model_quantity_purchased":1,"model_original_price":10,"model_discounted_price":10,\#(members)}"# }

    @Test func `a line id of the platform counts where it names one line`() throws {
        #expect(try lines("\(item(#""line_item_id":71,"order_item_id":5,"promotion_group_id":0"#)),\(item(#""line_item_id":72,"order_item_id":5,"promotion_group_id":0"#))").map(\.externalLineID) == ["71", "72"])
    }

    @Test func `the same goods twice are two lines`() throws {
        let twice = item(#""order_item_id":5,"promotion_group_id":3"#)
        #expect(try lines("\(twice),\(twice)").map(\.externalLineID) == ["5:6:3:1", "5:6:3:2"])
        let same = item(#""line_item_id":71,"promotion_group_id":0"#)
        #expect(try lines("\(same),\(same)").map(\.externalLineID) == ["5:6:0:1", "5:6:0:2"])
    }

    @Test func `an item without variants has none`() throws {
        let line = try #require(try SampleOrder.snapshot(line: ["model_id": "0", "model_name": "\"\"", "model_sku": "\"\""]).lines.first)
        #expect(line.externalVariantID == nil && line.variant == nil && line.sku == "TS-01")
        #expect(try SampleOrder.snapshot(line: ["model_sku": "null", "item_sku": nil]).lines.first?.sku == nil)
    }

    @Test(arguments: [("0.25", 250), ("\"0.25\"", 250), ("1", 1_000), ("0.0004", nil), ("0.0005", 1), ("1.2345", 1_235), ("0", nil), ("null", nil), ("\"\"", nil), ("-1", nil), ("true", nil), ("1e30", nil)] as [(String, Int?)])
    func `weights are kilograms`(text: String, grams: Int?) throws {
        #expect(try SampleOrder.snapshot(line: ["weight": text]).lines.first?.weightGrams == grams)
    }

    @Test func `what was cancelled in part is not wanted any more`() throws {
        let kept = item(#""line_item_id":71,"active_qty":1"#), gone = item(#""line_item_id":72,"active_qty":0"#)
        let order = try SampleOrder.snapshot(["item_list": "[\(kept),\(gone)]", "total_amount": "48"])
        #expect(order.lines.map(\.externalLineID) == ["71"] && order.totals.items == 1_000 && order.totals.rebuiltGrand == 4_800)
    }

    @Test func `of an order that was cancelled whole, what was bought is shown`() throws {
        let order = try SampleOrder.snapshot(["order_status": "\"CANCELLED\""], line: ["active_qty": "0"])
        #expect(order.lines.first?.quantity == 2)
    }

    @Test(arguments: [("null", 2), ("\"\"", 2), (nil, 2), ("1", 1), ("\"1\"", 1), ("1.0", 1)] as [(String?, Int)])
    func `where no active quantity is told, everything is wanted`(text: String?, quantity: Int) throws {
        #expect(try SampleOrder.snapshot(line: ["active_qty": text]).lines.first?.quantity == quantity)
    }
}
