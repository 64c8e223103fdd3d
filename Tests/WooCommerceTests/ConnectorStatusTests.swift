import Connect
import Domain
import Testing

@testable import WooCommerceConnector

/// The status table of platforms/woocommerce.md §5, row by row.
@Suite struct ConnectorStatusTests {
    @Test(arguments: [
        ("checkout-draft", OrderSnapshot.Standing.draft, Fulfilment.unfulfilled, PaymentState.unpaid), ("auto-draft", .draft, .unfulfilled, .unpaid),
        ("new", .draft, .unfulfilled, .unpaid), ("pending", .open, .unfulfilled, .unpaid), ("on-hold", .onHold, .unfulfilled, .unpaid),
        ("processing", .open, .unfulfilled, .unpaid), ("cancelled", .cancelled, .unfulfilled, .voided), ("failed", .open, .unfulfilled, .unpaid),
        ("trash", .cancelled, .unfulfilled, .voided), ("refunded", .cancelled, .unfulfilled, .refunded), ("completed", .closed, .inTransit, .unpaid),
    ])
    func `each status of an order that was never paid has its meaning`(status: String, standing: OrderSnapshot.Standing, fulfilment: Fulfilment, payment: PaymentState) throws {
        let snapshot = try SampleOrder.snapshot(["status": "\"\(status)\"", "refunds": "[]"])
        #expect(snapshot.standing == standing)
        #expect(snapshot.fulfilment == fulfilment)
        #expect(snapshot.payment.state == payment)
        #expect(snapshot.platformStatus == status)
    }

    @Test(arguments: [
        ("processing", PaymentState.paid), ("completed", .paid), ("cancelled", .paid), ("on-hold", .paid), ("refunded", .refunded), ("trash", .paid),
    ])
    func `the date of payment makes an order paid`(status: String, payment: PaymentState) throws {
        let snapshot = try SampleOrder.snapshot(["status": "\"\(status)\"", "refunds": "[]", "date_paid_gmt": #""2026-11-06T03:13:00""#])
        #expect(snapshot.payment.state == payment)
    }

    @Test(arguments: [
        (#"[]"#, PaymentState.paid), (#"[{"id":1,"total":"-50.00"}]"#, .partiallyRefunded), (#"[{"id":1,"total":"-50.00"},{"id":2,"total":"-977.20"}]"#, .refunded),
        (#"[{"id":1,"total":"-2000.00"}]"#, .refunded),
    ])
    func `refunds move a paid order`(refunds: String, payment: PaymentState) throws {
        #expect(try SampleOrder.snapshot(["refunds": refunds, "date_paid_gmt": #""2026-11-06T03:13:00""#]).payment.state == payment)
    }

    @Test func `completed means delivered where the operator says so`() throws {
        #expect(try SampleOrder.snapshot(["status": #""completed""#], settings: ["completedMeans": "delivered"]).fulfilment == .delivered)
    }

    @Test func `a refund after the sale leaves the goods where they were`() throws {
        let snapshot = try SampleOrder.snapshot(["status": #""refunded""#, "date_completed_gmt": #""2026-11-07T00:00:00""#])
        #expect(snapshot.fulfilment == .inTransit)
        #expect(snapshot.standing == .cancelled)
    }

    @Test func `a status nobody has seen is kept, held and raised`() throws {
        let snapshot = try SampleOrder.snapshot(["status": #""awaiting-moon""#])
        #expect(snapshot.platformStatus == "awaiting-moon")
        #expect(snapshot.standing == .onHold)
        #expect(snapshot.flags.map(\.code) == ["unknown_status"])
    }

    @Test func `a failed payment is raised`() throws {
        #expect(try SampleOrder.snapshot(["status": #""failed""#]).flags.map(\.code) == ["payment_failed"])
    }

    @Test(arguments: [
        ("packed", OrderSnapshot.Standing.open, Fulfilment.packed), ("shipped", .closed, .inTransit), ("phone-check", .onHold, .unfulfilled), ("pos-open", .draft, .unfulfilled),
        ("on-hold", .open, .unfulfilled), ("lost-parcel", .closed, .lost),
    ])
    func `a custom status follows the channel's map, and a core one may be mapped too`(status: String, standing: OrderSnapshot.Standing, fulfilment: Fulfilment) throws {
        let map = "packed=new/packed, wc-shipped = processed/inTransit ,phone-check=awaitingConfirmation,pos-open=draft,on-hold=approved,lost-parcel=processed/lost"
        let snapshot = try SampleOrder.snapshot(["status": "\"\(status)\""], settings: ["statusMap": map])
        #expect(snapshot.standing == standing)
        #expect(snapshot.fulfilment == fulfilment)
        #expect(snapshot.flags.isEmpty)
    }

    @Test(arguments: [
        ("cod", true), ("COD", true), ("wc_smart_cod", true), ("codpro", true), ("pickup-cash", true), ("bacs", false), ("promptpay_qrcode", false), ("barcode", false),
        ("codeless", false), ("stripe", false),
    ])
    func `cash on delivery is told by the method's id`(method: String, isCash: Bool) throws {
        let payment = try SampleOrder.snapshot(["payment_method": "\"\(method)\""], settings: ["codMethods": "pickup-cash"]).payment
        #expect(payment.isCashOnDelivery == isCash)
        #expect(payment.codAmount == (isCash ? 97_720 : nil))
        #expect(payment.method == method)
    }

    @Test func `cash that was collected is not collected again`() throws {
        let payment = try SampleOrder.snapshot(["status": #""completed""#, "date_paid_gmt": #""2026-11-08T00:00:00""#]).payment
        #expect(payment.isCashOnDelivery)
        #expect(payment.codAmount == nil)
    }

    @Test func `refunds beyond the total leave nothing to collect`() throws {
        #expect(try SampleOrder.snapshot(["refunds": #"[{"id":1,"total":"-5000.00"}]"#]).payment.codAmount == 0)
    }

    @Test(arguments: [("processing", PaymentState.paid), ("completed", .paid), ("pending", .unpaid), ("on-hold", .unpaid), ("cancelled", .voided)])
    func `an order that costs nothing waits for no money once the shop works on it`(status: String, state: PaymentState) throws {
        let payment = try SampleOrder.snapshot(["status": "\"\(status)\"", "total": #""0.00""#, "refunds": "[]", "payment_method": #""omise""#]).payment
        #expect(payment == Payment(method: "omise", state: state))
    }

    @Test func `an order without a method is not cash on delivery`() throws {
        let payment = try SampleOrder.snapshot(["payment_method": #""""#]).payment
        #expect(payment == Payment(method: nil, state: .unpaid))
    }
}
