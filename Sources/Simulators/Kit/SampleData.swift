/// A buyer with a whole address.
package struct SampleBuyer: Sendable, Equatable {
    package var firstName: String
    package var lastName: String
    /// As that country writes it.
    package var fullName: String
    /// E.164.
    package var phone: String
    package var email: String
    package var line1: String
    /// Often nil.
    package var line2: String?
    package var place: SamplePlace
}

package struct SampleLine: Sendable, Equatable {
    package var product: SampleProduct
    package var quantity: Int
    /// `priceMinor × quantity`, without discount.
    package var amountMinor: Int64 { product.priceMinor * Int64(quantity) }
}

/// What a buyer puts in the basket: 1 to 5 different goods, a delivery price, now and then a discount.
package struct SampleBasket: Sendable, Equatable {
    package var country: SampleCountry
    package var buyer: SampleBuyer
    package var lines: [SampleLine]
    /// For the whole order, never more than the goods.
    package var discountMinor: Int64
    package var shippingMinor: Int64
    package var isCashOnDelivery: Bool
    /// Often nil.
    package var note: String?

    package var itemsMinor: Int64 { lines.reduce(0) { $0 + $1.amountMinor } }
    /// `items - discount + shipping`, taxes included.
    package var grandMinor: Int64 { itemsMinor - discountMinor + shippingMinor }
}

/// Seeded, invented people and baskets at real places.
package enum SampleData {
    /// - Parameter oddShare: how many of the goods and names are of the kind that breaks careless code (0...1).
    package static func basket(in country: SampleCountry, oddShare: Double = 0.05, using generator: inout SeededGenerator) -> SampleBasket {
        let catalogue = SampleProduct.catalogue(in: country)
        let (ordinary, odd) = (Array(catalogue.prefix(SampleProduct.ordinaryCount)), Array(catalogue.dropFirst(SampleProduct.ordinaryCount)))
        var lines: [SampleLine] = []
        for _ in 0..<Int.random(in: 1...5, using: &generator) {
            guard let product = (generator.chance(oddShare) ? odd : ordinary).randomElement(using: &generator),
                  !lines.contains(where: { $0.product.sku == product.sku }) else { continue }
            lines.append(SampleLine(product: product, quantity: Int.random(in: 1...3, using: &generator)))
        }
        let items = lines.reduce(0) { $0 + $1.amountMinor }
        let step: Int64 = country.currencyDecimals == 0 ? 10 : 100
        let discount = generator.chance(0.25) ? items / 10 / step * step : 0
        let shipping = generator.chance(0.3) ? 0 : step * Int64(Int.random(in: 3...9, using: &generator)) * (country == .spain ? 1 : 10)
        return SampleBasket(
            country: country, buyer: buyer(in: country, oddShare: oddShare, using: &generator), lines: lines, discountMinor: discount,
            shippingMinor: shipping,
            isCashOnDelivery: generator.chance(country == .thailand ? 0.35 : 0.03) && items - discount + shipping > 0,
            note: generator.chance(0.15) ? generator.pick(notes[country.language] ?? [], or: "") : nil)
    }

    package static func buyer(in country: SampleCountry, oddShare: Double = 0.05, using generator: inout SeededGenerator) -> SampleBuyer {
        var first = generator.pick(firstNames[country.language] ?? [], or: "Alex")
        let last = generator.pick(lastNames[country.language] ?? [], or: "Doe")
        if generator.chance(oddShare) { first = generator.pick(oddNames, or: first) }
        let number = Int.random(in: 10_000_000...99_999_999, using: &generator)
        let place = generator.pick(SamplePlace.all(in: country), or: .silom)
        let house = Int.random(in: 1...320, using: &generator)
        let (line1, line2) = street(in: country, house: house, using: &generator)
        return SampleBuyer(
            firstName: first, lastName: last, fullName: "\(first) \(last)", phone: phone(in: country, number: number),
            email: "buyer\(number)@example.com", line1: line1, line2: line2, place: place)
    }

    private static func phone(in country: SampleCountry, number: Int) -> String {
        switch country {
        case .thailand: "+668\(number)"
        case .chile: "+569\(number)"
        case .spain: "+346\(number)"
        case .unitedKingdom: "+4477\(number)"
        }
    }

    private static func street(in country: SampleCountry, house: Int, using generator: inout SeededGenerator) -> (String, String?) {
        switch country {
        case .thailand:
            ("\(house)/\(Int.random(in: 1...99, using: &generator)) หมู่ \(Int.random(in: 1...12, using: &generator))",
             generator.chance(0.5) ? "ซอยตัวอย่าง \(Int.random(in: 1...40, using: &generator))" : nil)
        case .chile: ("Avenida Ejemplo \(house * 10)", generator.chance(0.4) ? "Depto. \(Int.random(in: 11...1204, using: &generator))" : nil)
        case .spain: ("Calle de Ejemplo, \(house)", generator.chance(0.4) ? "\(Int.random(in: 1...7, using: &generator))º izquierda" : nil)
        case .unitedKingdom: ("\(house) Example Road", generator.chance(0.3) ? "Flat \(Int.random(in: 1...30, using: &generator))" : nil)
        }
    }

    private static let firstNames = [
        "th": ["สมชาย", "สมหญิง", "มาลี", "ณัฐพงศ์", "กิตติ", "วราภรณ์", "ปิยะดา", "ธนากร", "อรุณี", "ศิริชัย"],
        "es": ["María José", "Iñaki", "Lucía", "José", "Catalina", "Ángel", "Begoña", "Martín", "Ximena", "Sebastián"],
        "en": ["Olivia", "Noah", "Amelia", "George", "Isla", "Harry", "Siân", "Zoë", "Ruaridh", "Priya"],
    ]
    private static let lastNames = [
        "th": ["ใจดี", "มีสุข", "ศรีสวัสดิ์", "ทองดี", "วงศ์ใหญ่", "บุญมาก", "แก้วมณี", "รัตนกุล"],
        "es": ["González Muñoz", "Núñez", "García de la Vega", "Peña", "Rojas Díaz", "Ibáñez", "Contreras", "Sepúlveda"],
        "en": ["Smith", "O'Connor", "Patel", "Jones-Williams", "Taylor", "McDonald", "Brown", "Evans"],
    ]
    private static let oddNames = [
        "🦊", "<i>Ana</i>", "Robert'); DROP TABLE orders;--", "مريم", "X", "=1+1", "กำ้ำ", "Jose\u{301}", String(repeating: "ยาว", count: 40),
    ]
    private static let notes = [
        "th": ["โทรก่อนส่ง", "ฝากไว้ที่ป้อมยาม", "ห่อของขวัญด้วยค่ะ 🎀", "ส่งหลัง 17:00 น."],
        "es": ["Llamar antes de entregar", "Dejar en conserjería", "Es un regalo 🎁", "Timbre averiado, usar la puerta de atrás"],
        "en": ["Leave with a neighbour", "Please ring twice", "It's a gift 🎁", "Beware of the dog & cat"],
    ]
}
