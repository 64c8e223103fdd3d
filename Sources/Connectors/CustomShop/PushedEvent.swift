import Connect
import Domain
import Foundation

/// The envelope and both payloads of the contract (platforms/companion-webhook.md §8, §9).
struct PushedEvent: Decodable {
    struct Source: Decodable { var platform: String }
    struct Content: Decodable {
        var order: PushedOrder?
        var id: String?
        var externalID: String?
        var updatedAt: Timestamp?
        var revision: Int64?
        var reason: String?
    }
    struct Complaint: Equatable { var code: String, sentence: String, pointer: String? }

    var type: String
    var timestamp: Timestamp
    var specVersion: String
    var source: Source
    var data: Content

    /// What breaks the contract beyond JSON types; nil: nothing.
    func complaint(expecting platform: String) -> Complaint? {
        guard specVersion == "1" else { return Complaint(code: "invalid_event", sentence: "specVersion must be \"1\".", pointer: "/specVersion") }
        guard source.platform == platform else { return Complaint(code: "invalid_event", sentence: "source.platform must be \(platform).", pointer: "/source/platform") }
        switch type {
        case "order.upserted":
            guard let order = data.order else { return Complaint(code: "invalid_event", sentence: "The order is missing.", pointer: "/data/order") }
            return order.complaint
        case "order.changed": return Self.idComplaint(data.id, "/data/id")
        case "order.cancelled":
            if let revision = data.revision, !(1...PushedOrder.maximumRevision).contains(revision) {
                return Complaint(code: "invalid_event", sentence: "1 to \(PushedOrder.maximumRevision).", pointer: "/data/revision")
            }
            return Self.idComplaint(data.externalID, "/data/externalID")
        case "product.changed", "stock.changed": return nil
        default: return Complaint(code: "unknown_type", sentence: "This hub does not know the type \(type.cut(60)).", pointer: "/type")
        }
    }
}

extension PushedEvent {
    private static func idComplaint(_ id: String?, _ pointer: String) -> Complaint? {
        guard let id else { return Complaint(code: "invalid_event", sentence: "The id is missing.", pointer: pointer) }
        return PushedOrder.isID(id) ? nil : Complaint(code: "invalid_event", sentence: "1 to 64 visible ASCII characters.", pointer: pointer)
    }
}

struct PushedOrder: Decodable {
    struct Person: Decodable { var name: String; var email: String?; var phone: String? }
    struct Place: Decodable {
        var name: String
        var company: String?
        var phone: String?
        var line1: String
        var line2: String?
        var subdistrict: String?
        var district: String?
        var city: String?
        var province: String?
        var postcode: String?
        var countryCode: String
        var address: Address {
            Address(name: name, company: company, phone: phone, line1: line1, line2: line2, subdistrict: subdistrict, district: district, city: city, province: province,
                    postcode: postcode, countryCode: countryCode)
        }
    }
    struct Sums: Decodable { var items: Int64, shipping: Int64, discount: Int64, tax: Int64, grand: Int64, taxIncluded: Bool }
    struct Money: Decodable { var method: String, state: PaymentState, isCashOnDelivery: Bool; var codAmount: Int64? }
    struct Delivery: Decodable { var methodCode: String?; var methodTitle: String?; var requestedCarrier: String?; var shipBy: Timestamp? }
    struct Line: Decodable {
        var externalLineID: String, sku: String, title: String
        @Placed var quantity: Int
        @Placed var unitPrice: Int64
        @Placed var discount: Int64
        @Placed var lineTotal: Int64
        var variant: String?
        var tax: Int64?
        var requiresShipping: Bool?
        var weightGrams: Int?
        var externalProductID: String?
        var externalVariantID: String?
    }
    enum State: String, Decodable { case open, cancelled, closed }

    var externalID: String, externalNumber: String, revision: Int64, placedAt: Timestamp, updatedAt: Timestamp, state: State, buyer: Person, shipTo: Place
    var billTo: Place?
    var platformStatus: String?
    var fulfilment: Fulfilment?
    var currency: Currency
    var totals: Sums
    var payment: Money
    var shipping: Delivery?
    var lines: [Line]
    var note: String?
    var tags: [String]?

    static let maximumLines = 500, maximumQuantity = 100_000, maximumMoney: Int64 = 999_999_999_999, maximumRevision: Int64 = 9_007_199_254_740_991

    static let maximumGrams = 1_000_000_000

    /// `^[!-~]{1,64}$`
    static func isID(_ text: String) -> Bool { (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 32 && $0 < 127 } }

    /// Schema bounds and the equations of §9, exactly.
    var complaint: PushedEvent.Complaint? {
        func bad(_ pointer: String, _ sentence: String, _ code: String = "invalid_event") -> PushedEvent.Complaint { .init(code: code, sentence: sentence, pointer: "/data/order" + pointer) }
        guard (1...Self.maximumRevision).contains(revision) else { return bad("/revision", "1 to \(Self.maximumRevision).") }
        guard Self.isID(externalID) else { return bad("/externalID", "1 to 64 visible ASCII characters.") }
        guard (1...Self.maximumLines).contains(lines.count) else { return bad("/lines", "1 to \(Self.maximumLines) lines.") }
        guard updatedAt >= placedAt else { return bad("/updatedAt", "updatedAt is before placedAt.") }
        guard Set(lines.map(\.externalLineID)).count == lines.count else { return bad("/lines", "externalLineID occurs twice.") }
        guard !payment.isCashOnDelivery || payment.codAmount != nil else { return bad("/payment/codAmount", "Cash on delivery needs codAmount.") }
        if let wrong = WordBounds.complaint(of: self) { return bad(wrong.pointer, wrong.sentence) }
        for (index, line) in lines.enumerated() {
            guard (0...Self.maximumGrams).contains(line.weightGrams ?? 0) else { return bad("/lines/\(index)/weightGrams", "0 to \(Self.maximumGrams).") }
            guard (1...Self.maximumQuantity).contains(line.quantity) else { return bad("/lines/\(index)/quantity", "1 to \(Self.maximumQuantity).") }
            guard [line.unitPrice, line.discount, line.lineTotal, line.tax ?? 0].allSatisfy({ (0...Self.maximumMoney).contains($0) }) else { return bad("/lines/\(index)", "Money is 0 to \(Self.maximumMoney).") }
            guard line.lineTotal == line.unitPrice * Int64(line.quantity) - line.discount, line.discount <= line.unitPrice * Int64(line.quantity) else {
                return bad("/lines/\(index)/lineTotal", "lineTotal must be unitPrice × quantity − discount.", "totals_mismatch")
            }
        }
        guard [totals.items, totals.shipping, totals.discount, totals.tax, totals.grand].allSatisfy({ (0...Self.maximumMoney).contains($0) }) else { return bad("/totals", "Money is 0 to \(Self.maximumMoney).") }
        guard totals.items == lines.reduce(0, { $0 + $1.unitPrice * Int64($1.quantity) }) else { return bad("/totals/items", "items must be Σ unitPrice × quantity.", "totals_mismatch") }
        guard totals.discount >= lines.reduce(0, { $0 + $1.discount }) else { return bad("/totals/discount", "discount must cover the lines' discounts.", "totals_mismatch") }
        guard totals.grand == totals.items - totals.discount + totals.shipping + (totals.taxIncluded ? 0 : totals.tax) else { return bad("/totals/grand", "grand is not the sum of its parts.", "totals_mismatch") }
        if payment.isCashOnDelivery, let cod = payment.codAmount, cod < 0 || cod > totals.grand { return bad("/payment/codAmount", "codAmount is 0 to grand.") }
        return nil
    }

    func snapshot(wasRead: Bool) -> OrderSnapshot {
        OrderSnapshot(
            externalID: externalID, externalNumber: externalNumber, placedAt: placedAt, revision: Revision(updatedAt: updatedAt, counter: revision, wasRead: wasRead),
            buyer: Buyer(name: buyer.name, email: buyer.email, phone: buyer.phone), shipTo: shipTo.address, billTo: billTo?.address, currency: currency,
            totals: Totals(items: totals.items, discount: totals.discount, shipping: totals.shipping, tax: totals.tax, taxIncluded: totals.taxIncluded, grand: totals.grand),
            payment: Payment(method: payment.method, state: payment.state, isCashOnDelivery: payment.isCashOnDelivery, codAmount: payment.isCashOnDelivery ? payment.codAmount : nil),
            shipping: Shipping(methodCode: shipping?.methodCode, methodTitle: shipping?.methodTitle, requestedCarrier: shipping?.requestedCarrier, shipBy: shipping?.shipBy),
            lines: lines.map { line in
                OrderLine(externalLineID: line.externalLineID, sku: line.sku, title: line.title, variant: line.variant, quantity: line.quantity, unitPrice: line.unitPrice,
                          discount: line.discount, tax: line.tax ?? 0, lineTotal: line.lineTotal, requiresShipping: line.requiresShipping ?? true, weightGrams: line.weightGrams,
                          externalProductID: line.externalProductID, externalVariantID: line.externalVariantID)
            },
            note: note, tags: tags ?? [], platformStatus: platformStatus ?? state.rawValue,
            standing: state == .cancelled ? .cancelled : state == .closed ? .closed : .open, fulfilment: fulfilment ?? .unfulfilled)
    }
}

/// A number whose place is told when it does not fit (the decoder's own error for 1.5 in an integer's place has none).
@propertyWrapper struct Placed<Value: Decodable>: Decodable {
    var wrappedValue: Value
    init(from decoder: any Decoder) throws {
        do { wrappedValue = try decoder.singleValueContainer().decode(Value.self) } catch {
            throw DecodingError.typeMismatch(Value.self, .init(codingPath: decoder.codingPath, debugDescription: "not a number that fits"))
        }
    }
}
