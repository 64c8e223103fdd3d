import Foundation

/// One `<Sku>` of a price or stock payload, its members by name.
struct SkuWish: Sendable {
    var members: [String: String]
    /// Sum over `MultiWarehouseInventories`; nil without any.
    var warehouseQuantity: String?
}

/// `payload=` of the price and stock calls, as XML or as JSON (lazada.md §7).
enum SkuPayload {
    static func read(_ payload: String) -> [SkuWish]? {
        payload.drop(while: \.isWhitespace).first == "{" ? fromJSON(payload) : fromXML(payload)
    }

    private static func fromJSON(_ payload: String) -> [SkuWish]? {
        guard let skus = LazadaJSON(parsing: payload)?["Request"]?["Product"]?["Skus"]?["Sku"]?.items else { return nil }
        return skus.map { sku in
            let stocks = sku["MultiWarehouseInventories"]?["MultiWarehouseInventory"]?.items ?? []
            return SkuWish(members: sku.members?.compactMapValues(\.looseText) ?? [:], warehouseQuantity: sum(stocks.map { $0["Quantity"]?.looseText }))
        }
    }

    private static func sum(_ quantities: [String?]) -> String? {
        quantities.isEmpty ? nil : "\(quantities.reduce(0) { $0 + ($1.flatMap { Int($0) } ?? -1_000_000) })"
    }

    // MARK: The reference's one form of XML

    /// Recognises the form that the reference prints, `Request/Product/Skus/Sku` with plain text members, and refuses every other document:
    /// attributes, comments, a bare ampersand, text beside members.
    private static func fromXML(_ payload: String) -> [SkuWish]? {
        let frame = /\s*(?:<\?xml[^<>]*\?>)?\s*<Request>\s*<Product>\s*<Skus>(.*)<\/Skus>\s*<\/Product>\s*<\/Request>\s*/.dotMatchesNewlines()
        guard let inside = payload.wholeMatch(of: frame)?.output.1 else { return nil }
        let sku = /<Sku>(.*?)<\/Sku>/.dotMatchesNewlines()
        guard inside.replacing(sku, with: "").allSatisfy(\.isWhitespace) else { return nil }
        let wishes = inside.matches(of: sku).compactMap { wish(of: $0.output.1) }
        return wishes.count == inside.matches(of: sku).count && !wishes.isEmpty ? wishes : nil
    }

    private static func wish(of text: Substring) -> SkuWish? {
        let stocks = /<MultiWarehouseInventories>(.*?)<\/MultiWarehouseInventories>/.dotMatchesNewlines()
        let stock = /<MultiWarehouseInventory>\s*<WarehouseCode>([^<>]*)<\/WarehouseCode>\s*<Quantity>([^<>]*)<\/Quantity>\s*<\/MultiWarehouseInventory>/
        let member = /<([A-Za-z]+)>([^<>]*)<\/([A-Za-z]+)>/
        let quantities = text.firstMatch(of: stocks)?.output.1.matches(of: stock).map { String($0.output.2) } ?? []
        let plain = text.replacing(stocks, with: "")
        guard plain.replacing(member, with: "").allSatisfy(\.isWhitespace) else { return nil }
        var members: [String: String] = [:]
        for found in plain.matches(of: member) {
            guard found.output.1 == found.output.3, let value = unescaped(found.output.2) else { return nil }
            members[String(found.output.1)] = value
        }
        return SkuWish(members: members, warehouseQuantity: sum(quantities))
    }

    /// nil where an ampersand begins none of the five names.
    private static func unescaped(_ text: Substring) -> String? {
        let names = /&(amp|lt|gt|quot|apos);/
        guard !text.replacing(names, with: "").contains("&") else { return nil }
        let characters = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
        return String(text.replacing(names) { characters[String($0.output.1)] ?? "" })
    }
}
