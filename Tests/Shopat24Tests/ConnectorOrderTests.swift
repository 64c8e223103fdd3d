import Connect
import Domain
import Testing
@testable import Shopat24Connector

/// The order of shopat24.md §4B in our words (§5).
@Suite struct ConnectorOrderTests {
    @Test func `the sample is read whole`() throws {
        let order = try Sample.snapshot()
        #expect(order.externalID == "store-01:250000000123")
        #expect(order.externalNumber == "250000000123")
        #expect(order.placedAt.description == "2025-10-21T04:38:00Z")
        #expect(order.revision == Revision(updatedAt: Timestamp(seconds: Sample.seconds + 5), counter: 0, wasRead: true))
        #expect(order.buyer == Buyer(name: "สมหญิง ใจดี", phone: "0812345678"))
        #expect(order.totals == Totals(items: 39_950, discount: 2_000, shipping: 0, tax: 0, taxIncluded: true, grand: 37_950))
        #expect(order.currency == .thb)
        #expect(order.payment == Payment(method: "COUNTER", state: .paid))
        #expect(order.lines == [OrderLine(externalLineID: "9900000456-1", sku: "TS-01-BK-M", title: "เสื้อยืดคอกลม ดำ M", quantity: 2, unitPrice: 19_975, discount: 2_000, lineTotal: 37_950,
                                          requiresShipping: false, externalProductID: "885000000017")])
        #expect(order.tags == ["invoice:9900000456", "store-pickup"])
        #expect(order.attributes == ["storeCode": "01234", "storeName": "สาขาตัวอย่าง", "shipTo": "S"])
        #expect(order.flags.isEmpty)
        #expect(order.note == nil)
    }

    @Test func `a store's order goes to the store, and asks for no courier of ours`() throws {
        let order = try Sample.snapshot()
        #expect(order.shipTo == Address(name: "สมหญิง ใจดี", company: "7-Eleven สาขาตัวอย่าง", phone: "0812345678", line1: "01234 สาขาตัวอย่าง", countryCode: "TH"))
        #expect(order.shipping.methodCode == "store-pickup")
        #expect(!order.lines.contains { $0.requiresShipping })
        let nameless = try Sample.snapshot(#"{"storeName":null,"recipient":{"address":null,"postcode":null}}"#)
        #expect(nameless.shipTo?.company == "7-Eleven")
        #expect(nameless.shipTo?.line1 == "01234")
    }

    @Test func `a home order goes to the buyer's address`() throws {
        let order = try Sample.snapshot(#"{"shipTo":"H","recipient":{"phone":812345678,"postcode":10900}}"#)
        #expect(order.shipTo == Address(name: "สมหญิง ใจดี", phone: "0812345678", line1: "99/1 หมู่ 2", subdistrict: "ลาดยาว", district: "จตุจักร", province: "กรุงเทพมหานคร", postcode: "10900", countryCode: "TH"))
        #expect(order.tags == ["invoice:9900000456"])
        #expect(order.lines.allSatisfy { $0.requiresShipping })
        #expect(order.shipping.methodCode == nil)
    }

    @Test(arguments: ["null", "\"X\"", "\"\"", "{}"])
    func `an order whose destination is not known is held, not sent anywhere`(word: String) throws {
        let order = try Sample.snapshot(#"{"shipTo":\#(word)}"#)
        #expect(order.standing == .onHold)
        #expect(order.flags.map(\.code) == ["unknown_destination"])
    }

    @Test func `without a pointer to the destination every order goes home`() throws {
        #expect(try Sample.snapshot(profile: #"{"pointers":{"order":{"shipTo":null}}}"#).shipTo?.postcode == "10900")
    }

    @Test(arguments: [
        // The order's discount holds the lines'.
        (#"{"discount":"20.00","grand":"379.50"}"#, Int64(39_950), Int64(2_000), Int64(37_950), Int64(0), false),
        // It comes on top of them.
        (#"{"discount":"10.00","grand":"369.50"}"#, 39_950, 3_000, 36_950, 0, false),
        // It is not told, or is nothing while the lines have one.
        (#"{"discount":null,"grand":"379.50"}"#, 39_950, 2_000, 37_950, 0, false), (#"{"discount":"0.00","grand":"379.50"}"#, 39_950, 2_000, 37_950, 0, false),
        // Shipping.
        (#"{"shipping":"50.00","grand":"429.50"}"#, 39_950, 2_000, 42_950, 5_000, false),
        // No grand total: it is computed.
        (#"{"grand":null}"#, 39_950, 2_000, 37_950, 0, false),
        // Up to one baht is rounding.
        (#"{"grand":"380.50"}"#, 40_050, 2_000, 38_050, 0, false), (#"{"grand":"378.50"}"#, 39_850, 2_000, 37_850, 0, false),
        // More is not: held, with the numbers as they were told.
        (#"{"grand":"380.51"}"#, 39_950, 2_000, 38_051, 0, true), (#"{"grand":"1,000.00"}"#, 39_950, 2_000, 100_000, 0, true), (#"{"grand":"-5"}"#, 39_950, 2_000, -500, 0, true),
    ])
    func `the totals add up or the order is held`(amount: String, items: Int64, discount: Int64, grand: Int64, shipping: Int64, isHeld: Bool) throws {
        let order = try Sample.snapshot(#"{"amount":\#(amount)}"#)
        #expect(order.totals == Totals(items: items, discount: discount, shipping: shipping, tax: 0, taxIncluded: true, grand: grand))
        #expect(order.standing == (isHeld ? .onHold : .open))
        #expect(order.flags.map(\.code) == (isHeld ? ["sum_differs"] : []))
        #expect((order.totals.rebuiltGrand == grand) != isHeld)
    }

    @Test func `a line's total that is not its own holds the order`() throws {
        let order = try Sample.snapshot(#"{"amount":null,"invoices":[{"invoiceNo":"1","lines":[{"lineNo":1,"sku":"A","qty":2,"unitPrice":"10","total":"25"}]}]}"#)
        #expect(order.flags.map(\.code) == ["sum_differs"])
    }

    @Test(arguments: [
        (#"{"lineNo":3,"sku":"885","vendorSku":"V","qty":"2.0","total":"30.00"}"#, "77-3", "V", 1_500, 2), (#"{"sku":"885","vendorSku":"V","qty":"๒","unitPrice":"฿15"}"#, "77-V", "V", 1_500, 2),
        (#"{"sku":885000000017,"qty":1,"unitPrice":15.5}"#, "77-885000000017", "885000000017", 1_550, 1), (#"{"sku":"'00885","qty":1,"unitPrice":"0"}"#, "77-00885", "00885", 0, 1),
    ])
    func `a line is named by its invoice and its number or SKU`(line: String, id: String, sku: String, price: Int64, quantity: Int) throws {
        let order = try Sample.snapshot(#"{"amount":null,"invoices":[{"invoiceNo":"77","lines":[\#(line)]}]}"#)
        #expect(order.lines.first?.externalLineID == id)
        #expect(order.lines.first?.sku == sku)
        #expect(order.lines.first?.unitPrice == price)
        #expect(order.lines.first?.quantity == quantity)
    }

    @Test func `rows that repeat are one, and invoices are named once`() throws {
        let line = #"{"lineNo":1,"sku":"A","qty":1,"unitPrice":"10"}"#
        let order = try Sample.snapshot(#"{"amount":null,"invoices":[{"invoiceNo":"1","lines":[\#(line)]},{"invoiceNo":"1","lines":[\#(line)]},{"invoiceNo":"2","lines":[\#(line)]}]}"#)
        #expect(order.lines.map(\.externalLineID) == ["1-1", "2-1"])
        #expect(order.tags.filter { $0.hasPrefix("invoice:") } == ["invoice:1", "invoice:2"])
    }

    @Test func `lines may stand in the order itself`() throws {
        let profile = #"{"pointers":{"order":{"invoices":null},"invoice":{"invoiceNo":"/bill","lines":"/rows"},"line":{"quantity":"/n","unitPrice":"/p"}},"values":{"money":"minor"}}"#
        let order = try Sample.snapshot(#"{"bill":"B1","rows":[{"sku":"A","n":3,"p":250}],"amount":{"grand":750,"discount":0,"shipping":0}}"#, profile: profile)
        #expect(order.lines.map(\.externalLineID) == ["B1-A"])
        #expect(order.totals.grand == 750)
    }

    @Test func `another house's names and forms need a profile and no code`() throws {
        let body = #"{"doc":{"id":"A-1","when":"21/10/2568 11:38","changed":1761021605,"state":"ส่งแล้ว","how":"บ้าน","cur":"thb","sum":"๓๐.๐๐ บาท"},"bills":[{"no":"9","items":[{"code":"X","amount":"3","price":"(0)"},{"code":"Y","amount":1,"price":"฿30"}]}]}"#
        let profile = #"""
            {"pointers":{"order":{"orderNo":"/doc/id","orderDate":"/doc/when","updatedAt":"/doc/changed","status":"/doc/state","shipTo":"/doc/how","grand":"/doc/sum","currency":"/doc/cur","invoices":"/bills"},
             "invoice":{"invoiceNo":"/no","lines":"/items"},"line":{"houseCode":"/code","quantity":"/amount","unitPrice":"/price"}},
             "values":{"dates":["dd/MM/yyyy","epochS"],"shipTo":{"บ้าน":"home"}},"statusMap":{"ส่งแล้ว":"processed/inTransit"}}
            """#
        let connector = try FakeChannel().connector(profile: profile)
        guard case .order(let order)? = try connector.interpret(Sample.delivery(Array(body.utf8))).first else { Issue.record("no order"); return }
        #expect(order.externalID == "store-01:A-1")
        #expect(order.placedAt.description == "2025-10-21T04:38:00Z")
        #expect(order.revision.updatedAt == Timestamp(seconds: Sample.seconds + 5))
        #expect(order.totals.grand == 3_000)
        #expect(order.fulfilment == .inTransit)
        #expect(order.lines.map(\.externalLineID) == ["9-X", "9-Y"])
    }

    @Test(arguments: [
        (#"{"orderNo":null}"#, "/orderNo"), (#"{"orderNo":".."}"#, "/orderNo"), (#"{"orderNo":"a b"}"#, "/orderNo"), (#"{"orderNo":[]}"#, "/orderNo"), (#"{"updatedAt":null}"#, "/updatedAt"), (#"{"updatedAt":"10/21/2025"}"#, "/updatedAt"),
        (#"{"orderDate":"21/10/25"}"#, "/orderDate"), (#"{"amount":{"currency":"baht"}}"#, "/amount/currency"), (#"{"amount":{"grand":"1.299,00"}}"#, "grand"), (#"{"amount":{"shipping":{}}}"#, "shipping"), (#"{"invoices":null}"#, "/invoices"),
        (#"{"invoices":{}}"#, "/invoices"), (#"{"invoices":[{"invoiceNo":"1"}]}"#, "/lines"), (#"{"invoices":[{"lines":[{"sku":"A","unitPrice":"1"}]}]}"#, "line 1 /qty"), (#"{"invoices":[{"lines":[{"sku":"A","qty":-1,"unitPrice":"1"}]}]}"#, "line 1 /qty"),
        (#"{"invoices":[{"lines":[{"sku":"A","qty":1.5,"unitPrice":"1"}]}]}"#, "line 1 /qty"), (#"{"invoices":[{"lines":[{"sku":"A","qty":99999999,"unitPrice":"1"}]}]}"#, "line 1 /qty"), (#"{"invoices":[{"lines":[{"sku":"A","qty":1}]}]}"#, "line 1 unit price"),
        (#"{"invoices":[{"lines":[{"qty":1,"unitPrice":"1"}]}]}"#, "line 1"), (#"{"invoices":[{"lines":[{"sku":"A","qty":1,"unitPrice":"1"},{"sku":"A","qty":2,"unitPrice":"1"}]}]}"#, "lines"),
        (#"{"invoices":[{"invoiceNo":"1","type":"คีย์รับ","lines":[]},{"invoiceNo":"1","type":"คีย์จ่าย","lines":[]}]}"#, "invoices"),
    ])
    func `what cannot be read names its place`(changes: String, field: String) {
        let error = #expect(throws: ConnectorError.self) { try Sample.snapshot(changes) }
        guard case .notUnderstood(let named, let found)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(named == field)
        #expect(found.utf8.count < 200)
    }

    @Test func `an order without a date of its own was placed when it changed`() throws {
        #expect(try Sample.snapshot(#"{"orderDate":null}"#).placedAt == Timestamp(seconds: Sample.seconds + 5))
        #expect(try Sample.snapshot(#"{"orderDate":"21/10/2568"}"#).placedAt.description == "2025-10-20T17:00:00Z")
    }

    @Test(arguments: [(DeliveryOrigin.poll, true), (.fetch, true), (.reconciliation, true), (.webhook, false), (.file, false), (.api, false)])
    func `what we asked for ourselves is marked as read`(origin: DeliveryOrigin, wasRead: Bool) throws {
        #expect(try Sample.snapshot(origin: origin).revision.wasRead == wasRead)
    }
}
