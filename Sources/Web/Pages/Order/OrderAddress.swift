import Domain
import Hub

/// Who and where: what stands on the label beside what the platform said, with people's edits marked.
struct OrderAddress {
    let page: OrderPage
    /// In the order of an envelope.
    static let fields = ["shipTo.name", "shipTo.company", "shipTo.phone", "shipTo.line1", "shipTo.line2", "shipTo.subdistrict", "shipTo.district", "shipTo.city",
                         "shipTo.province", "shipTo.provinceCode", "shipTo.postcode", "shipTo.countryCode"]
    static let buyerFields = ["buyer.name", "buyer.email", "buyer.phone"]

    private var order: StoredOrder { page.order }
    private var source: OrderSnapshot { order.source ?? order.snapshot }

    var rows: [OrderView.AddressRow] { (Self.buyerFields + Self.fields).compactMap(row) }

    private func row(_ field: String) -> OrderView.AddressRow? {
        let here = OrderField.value(of: field, in: order.snapshot) ?? "", mark = page.mark(field)
        // The platform's own word, where normalising changed it.
        let said = source.attributes["raw.\(field)"] ?? OrderField.value(of: field, in: source) ?? ""
        guard !here.isEmpty || !said.isEmpty || !mark.isEmpty else { return nil }
        return OrderView.AddressRow(field: field, label: OrderWords(page.words).field(field), here: here, platformSays: said == here ? "" : said.isEmpty ? page.words("order.nothing") : said,
                                    normal: normal(field, here), edit: mark)
    }

    /// How the number is dialled from abroad; other parts are normalised in their place.
    private func normal(_ field: String, _ here: String) -> [String] {
        guard field.hasSuffix(".phone"), !here.isEmpty, let country = order.snapshot.shipTo?.countryCode, let number = AddressNormaliser.phoneE164(here, country: country), number != here else { return [] }
        return [number]
    }

    /// The billing address, where it is another one.
    var billing: [OrderView.Fact] {
        guard let bill = order.snapshot.billTo, bill != order.snapshot.shipTo else { return [] }
        let parts: [(String, String?)] = [
            ("shipTo.name", bill.name), ("shipTo.company", bill.company), ("shipTo.phone", bill.phone),
            ("shipTo.line1", [bill.line1, bill.line2, bill.subdistrict, bill.district, bill.city, bill.province, bill.postcode, bill.countryCode].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")),
        ]
        return parts.compactMap { field, value in value.flatMap { $0.isEmpty ? nil : .init(name: OrderWords(page.words).field(field), value: $0, edit: []) } }
    }
}
