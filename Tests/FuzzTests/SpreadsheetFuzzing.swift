import Connect
import Domain
import Foundation
import SpreadsheetConnector

enum SpreadsheetFuzzing {
    static let settings = ["currency": "THB", "country": "TH", "timeZone": "Asia/Bangkok"]

    /// An order as the importer puts it into the journal.
    static func sample() throws -> String {
        let order = OrderSnapshot(
            externalID: "A-1", externalNumber: "A-1", placedAt: FuzzBench.now, revision: Revision(updatedAt: FuzzBench.now, counter: 3), buyer: Buyer(name: "สมชาย", phone: "081"),
            shipTo: Address(name: "สมชาย", line1: "99/1", province: "กรุงเทพมหานคร", postcode: "10500", countryCode: "TH"), currency: .thb,
            totals: Totals(items: 300, discount: 50, shipping: 40, fees: 5, tax: 7, taxIncluded: false, grand: 302, refunded: 1),
            payment: Payment(method: "cod", state: .unpaid, isCashOnDelivery: true, codAmount: 302), shipping: Shipping(methodCode: "EMS", shipBy: FuzzBench.now),
            lines: [OrderLine(externalLineID: "1", sku: "MUG", title: "Mug", quantity: 2, unitPrice: 100, discount: 50, lineTotal: 150, weightGrams: 300),
                    OrderLine(externalLineID: "2", title: "Tea", quantity: 1, unitPrice: 100, lineTotal: 100)],
            note: "โทร", tags: ["vip"], platformStatus: "file", flags: [Flag(code: "a", message: "b")], attributes: ["k": "v"])
        return String(decoding: try JSONEncoder.crossdock.encode(order), as: UTF8.self)
    }

    static func target() throws -> FuzzTarget {
        let bodies = try JSONMutator([sample()], maximumBytes: SpreadsheetConnector.descriptor.maximumBodyBytes)
        return FuzzTarget(name: "spreadsheet") { random in
            let delivery = FuzzBench.delivery(bodies.body(&random), topic: "api.order", origin: .api)
            return {
                do throws(ConnectorError) {
                    return FuzzBench.verdict(try SpreadsheetConnector(FuzzBench.context(settings)), delivery)
                } catch { return FuzzVerdict(complaints: ["no connector: \(error)"]) }
            }
        }
    }
}
