/// What a column of an order file can mean. One row is one line of an order; rows with one order number belong together.
package enum OrderColumn: String, CaseIterable, Codable, Hashable, Sendable {
    case orderNumber, externalLineID, placedAt
    case buyerName, buyerEmail, buyerPhone
    case shipToName
    /// Written after `shipToName` where a file keeps the two apart.
    case shipToSurname
    case shipToCompany, shipToPhone, shipToLine1, shipToLine2
    /// Thai tambon or khwaeng.
    case shipToSubdistrict
    /// Thai amphoe or khet, Chilean comuna.
    case shipToDistrict
    case shipToCity
    /// Thai changwat, Chilean region, state.
    case shipToProvince
    case shipToPostcode, shipToCountry
    case sku, title, variant, quantity, unitPrice, lineDiscount, lineTotal
    case weightGrams, weightKilograms
    case shippingFee, orderDiscount, tax, grandTotal, currency
    case paymentMethod, paymentState, codAmount
    case shippingMethod, courier, shipBy
    case note, tags
    case billToName, billToCompany, billToTaxID, billToPhone
    case billToLine1, billToLine2, billToCity, billToProvince, billToPostcode, billToCountry

    /// The header in our templates.
    package func title(in language: HeaderLanguage) -> String { language.titles[self] ?? rawValue }
}

/// The languages of headers that we know.
package enum HeaderLanguage: String, CaseIterable, Codable, Hashable, Sendable {
    case english = "en"
    case spanish = "es"
    case thai = "th"

    /// Every column's own header: the first of its exact synonyms.
    var titles: [OrderColumn: String] {
        synonyms.reduce(into: [:]) { titles, entry in titles[entry.column] = entry.exact.first.map(String.init) }
    }

    var synonyms: [ColumnSynonyms] {
        switch self {
        case .english: ColumnSynonyms.english
        case .spanish: ColumnSynonyms.spanish
        case .thai: ColumnSynonyms.thai
        }
    }
}

/// How headers call one column. Written with `|` between the words; letters' case, accents, spaces and punctuation do not matter.
struct ColumnSynonyms: Sendable {
    let column: OrderColumn
    /// Means this column and nothing else. The first one is the header in our templates.
    let exact: [Substring]
    /// Mostly means this column.
    let likely: [Substring]
    /// May mean this column when nothing better does.
    let guess: [Substring]

    init(_ column: OrderColumn, _ exact: String, likely: String = "", guess: String = "") {
        self.column = column
        self.exact = exact.split(separator: "|")
        self.likely = likely.split(separator: "|")
        self.guess = guess.split(separator: "|")
    }
}
