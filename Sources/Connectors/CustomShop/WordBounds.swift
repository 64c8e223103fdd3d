/// The lengths that the contract's schema gives texts (platforms/companion-webhook.md §9), in Unicode scalars, and no NUL in any of them.
enum WordBounds {
    static let name = 1...255, note = 0...2_000, title = 1...500, sku = 0...64, postcode = 0...16, short = 1...64, any = 0...255, tags = 50

    /// The first text that breaks its bound.
    static func complaint(of order: PushedOrder) -> (pointer: String, sentence: String)? {
        var bounds = Bounds()
        bounds.look(order.externalNumber, short, "/externalNumber")
        bounds.look(order.platformStatus, any, "/platformStatus")
        bounds.look(order.buyer.name, any, "/buyer/name")
        bounds.look(order.buyer.email, any, "/buyer/email")
        bounds.look(order.buyer.phone, any, "/buyer/phone")
        bounds.look(order.shipTo, "/shipTo")
        if let billTo = order.billTo { bounds.look(billTo, "/billTo") }
        bounds.look(order.payment.method, short, "/payment/method")
        bounds.look(order.shipping?.methodCode, any, "/shipping/methodCode")
        bounds.look(order.shipping?.methodTitle, any, "/shipping/methodTitle")
        bounds.look(order.shipping?.requestedCarrier, any, "/shipping/requestedCarrier")
        bounds.look(order.note, note, "/note")
        let tags = order.tags ?? []
        if tags.count > Self.tags { return ("/tags", "At most \(Self.tags) tags.") }
        for (index, tag) in tags.enumerated() { bounds.look(tag, short, "/tags/\(index)") }
        for (index, line) in order.lines.enumerated() where bounds.broken == nil { bounds.look(line, "/lines/\(index)") }
        return bounds.broken
    }

    private struct Bounds {
        var broken: (pointer: String, sentence: String)?

        mutating func look(_ text: String?, _ bounds: ClosedRange<Int>, _ pointer: String) {
            guard broken == nil, let text else { return }
            // No text has more scalars than bytes.
            let bytes = text.utf8.count
            let fits = bounds.contains(bytes) || (bytes > bounds.upperBound && bytes <= 4 * bounds.upperBound && bounds.contains(text.unicodeScalars.count))
            if !fits { broken = (pointer, "\(bounds.lowerBound) to \(bounds.upperBound) characters.") } else if text.utf8.contains(0) { broken = (pointer, "A NUL is no character of a text.") }
        }

        mutating func look(_ place: PushedOrder.Place, _ pointer: String) {
            look(place.name, name, pointer + "/name")
            look(place.line1, name, pointer + "/line1")
            look(place.postcode, postcode, pointer + "/postcode")
            look(place.countryCode, 2...2, pointer + "/countryCode")
            let others = [("company", place.company), ("phone", place.phone), ("line2", place.line2), ("subdistrict", place.subdistrict), ("district", place.district), ("city", place.city), ("province", place.province)]
            for (key, text) in others { look(text, any, "\(pointer)/\(key)") }
        }

        mutating func look(_ line: PushedOrder.Line, _ pointer: String) {
            look(line.externalLineID, short, pointer + "/externalLineID")
            look(line.sku, sku, pointer + "/sku")
            look(line.title, title, pointer + "/title")
            look(line.variant, any, pointer + "/variant")
            look(line.externalProductID, any, pointer + "/externalProductID")
            look(line.externalVariantID, any, pointer + "/externalVariantID")
        }
    }
}
