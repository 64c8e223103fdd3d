import Connect
import Domain

/// The platform has one item a unit; ours are lines with quantities. Units of one SKU, price, discount and status family are folded into one line, and unfolded again when
/// something is done with them (platforms/lazada.md §5: "the console may group the display").
enum LineFolding {
    private struct Likeness: Hashable {
        var family: ItemMeaning.Family, sku: String?, name: String?, variation: String?, skuID: String?, productID: String?
        var price: Int64, paid: Int64, tax: Int64, isDigital: Bool, isFulfilledByLazada: Bool
    }

    /// The units of each line, by ascending number; the lines by their first unit.
    ///
    /// - Throws: `.notUnderstood` for two units of one number: nothing could tell them apart later.
    static func folds(_ items: [ItemReading]) throws(ConnectorError) -> [[ItemReading]] {
        var folds: [Likeness: [ItemReading]] = [:], seen: Set<String> = []
        for reading in items.sorted(by: { isBefore($0.item.id, $1.item.id) }) {
            let item = reading.item
            guard seen.insert(item.id).inserted else { throw .notUnderstood(field: "items.order_item_id", found: "\(item.id) twice") }
            let likeness = Likeness(family: reading.meaning.family, sku: item.sku, name: item.name, variation: item.variation, skuID: item.skuID, productID: item.productID,
                                    price: reading.price, paid: reading.paid, tax: reading.tax, isDigital: item.isDigital,
                                    isFulfilledByLazada: item.isFulfilledByLazada)
            folds[likeness, default: []].append(reading)
        }
        return folds.values.sorted { isBefore($0[0].item.id, $1[0].item.id) }
    }

    /// One line of one fold: the number of its first unit stands for it.
    static func line(_ fold: [ItemReading]) throws(ConnectorError) -> OrderLine {
        let first = fold[0], item = first.item
        let lineTotal = try AmountReader.sum(fold.map(\.paid), "items.paid_price"), full = try AmountReader.sum(fold.map(\.price), "items.item_price")
        let ids = productIDs(of: item)
        return OrderLine(
            externalLineID: item.id, sku: item.sku?.trimmedOrNil, title: item.name?.trimmedOrNil ?? "", variant: item.variation?.trimmedOrNil, quantity: fold.count,
            unitPrice: first.price, discount: full - lineTotal, tax: try AmountReader.sum(fold.map(\.tax), "items.tax_amount"), lineTotal: lineTotal,
            requiresShipping: item.isOursToShip, externalProductID: ids.product, externalVariantID: ids.variant)
    }

    /// `shop_sku` is `ITEM_XX-SKU`; older ones have no such form (§5).
    static func productIDs(of item: WireItem) -> (product: String?, variant: String?) {
        var ids = (product: item.productID?.trimmedOrNil, variant: item.skuID?.trimmedOrNil)
        guard ids.product == nil || ids.variant == nil, let shopSKU = item.shopSKU else { return ids }
        let halves = shopSKU.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, PlatformID.isNumber(String(halves[0])), let last = halves[1].split(separator: "-", omittingEmptySubsequences: false).last,
              halves[1].contains("-"), PlatformID.isNumber(String(last)) else { return ids }
        ids.product = ids.product ?? String(halves[0])
        ids.variant = ids.variant ?? String(last)
        return ids
    }

    /// By number: of two texts of digits the shorter is the smaller.
    static func isBefore(_ a: String, _ b: String) -> Bool { a.utf8.count != b.utf8.count ? a.utf8.count < b.utf8.count : a < b }

    /// Where a snapshot keeps a line's units.
    static func unitsKey(_ externalLineID: String) -> String { "line.\(externalLineID).items" }
}

/// From order lines back to the platform's units.
enum UnitChoice {
    /// The units of a line that the platform still has, by ascending number. What the snapshot kept tells which; without it, the first unit alone stands for the line.
    static func units(of line: OrderLine, in snapshot: OrderSnapshot, among items: [WireItem]) -> [WireItem] {
        let known = snapshot.attributes[LineFolding.unitsKey(line.externalLineID)].map { Set($0.split(separator: ",").map(String.init)) } ?? [line.externalLineID]
        return items.filter { known.contains($0.id) }.sorted { LineFolding.isBefore($0.id, $1.id) }
    }

    /// What is still to be packed so that as many units of each line are packed as the order says (a person may have taken some out) or `wanted` asks for.
    ///
    /// - Parameter wanted: quantities by line, where one shipment holds only a part; nil: whole lines.
    static func toPack(_ snapshot: OrderSnapshot, _ items: [WireItem], wanted: [String: Int]? = nil) -> [WireItem] {
        var chosen: [WireItem] = []
        for line in snapshot.lines {
            let units = units(of: line, in: snapshot, among: items).filter { $0.isOursToShip && ItemStates.meaning(of: $0.status).family == .live }
            let packable = units.filter { ItemStates.packable.contains($0.status.lowercased()) }
            let target = wanted.map { min($0[line.externalLineID] ?? 0, line.quantity) } ?? line.quantity
            chosen += packable.prefix(max(0, target - (units.count - packable.count)))
        }
        return chosen
    }

    /// The units as contents of a package, line by line.
    static func contents(_ units: [WireItem], of snapshot: OrderSnapshot) -> [Parcel.Content] {
        let ids = Set(units.map(\.id))
        var contents: [Parcel.Content] = []
        for line in snapshot.lines {
            let count = self.units(of: line, in: snapshot, among: units).count { ids.contains($0.id) }
            if count > 0 { contents.append(Parcel.Content(externalLineID: line.externalLineID, sku: line.sku, quantity: count)) }
        }
        return contents
    }
}
