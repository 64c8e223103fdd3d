package import Documents
package import Domain

/// The papers of a packing table beside its labels: one walk through the shelves, and what goes into each box.
package struct PaperDesk: Sendable {
    let directory: ChannelDirectory
    package static let maximumParcels = LabelDesk.maximumParcels

    /// One walk for all of them.
    package func pickList(of lines: [ParcelLine], number: String, date: String) -> PickList {
        PickList(number: number, gathering: wants(of: lines).flatMap(\.self), date: date)
    }

    /// The parcels as that walk meets them: those whose goods are taken first come first, so that papers lie in the order in which boxes are filled.
    package func inPickOrder(_ lines: [ParcelLine]) -> [ParcelLine] {
        let wants = wants(of: lines), list = PickList(number: "", gathering: wants.flatMap(\.self))
        let places = Dictionary(list.lines.enumerated().map { index, line in ([line.shelf ?? "", line.sku], index) }, uniquingKeysWith: { first, _ in first })
        let keyed = zip(lines, wants).map { line, wants in (line, wants.map { places[[$0.shelf ?? "", $0.sku]] ?? list.lines.count }.sorted()) }
        return keyed.sorted { one, other in
            if one.1 != other.1 { return one.1.lexicographicallyPrecedes(other.1) }
            return (one.0.order.snapshot.externalNumber, one.0.parcel.id) < (other.0.order.snapshot.externalNumber, other.0.parcel.id)
        }.map(\.0)
    }

    package func slips(of lines: [ParcelLine], date: String) -> [PackingSlip] {
        let surroundings = directory.surroundings
        var shelves: [ChannelID: Shelves] = [:]
        return lines.map { line in
            let known = shelves[line.order.channel] ?? Shelves.of(line.order.channel, in: surroundings)
            shelves[line.order.channel] = known
            let number = ([line.order] + line.companions).map(\.snapshot.externalNumber).joined(separator: " + ")
            return PackingSlip(
                orderNumber: number, shopTitle: surroundings.channels[line.order.channel]?.name ?? "", recipient: LabelText.address(line.order.snapshot.shipTo, fallback: line.order.snapshot.buyer.name),
                lines: line.contents.map { PackingSlip.Line(sku: line.sku(of: $0), title: line.title(of: $0), quantity: $0.quantity, shelf: known[line.sku(of: $0)]) }, date: date, carrierTitle: line.carrier,
                trackingNumber: line.parcel.trackingNumber, parcel: Int(line.parcel.ref) ?? 1, parcelCount: line.parcel.ofParcels, note: line.order.snapshot.note)
        }
    }

    package func shelves(of line: ParcelLine) -> Shelves { Shelves.of(line.order.channel, in: directory.surroundings) }
    package func presets(of line: ParcelLine) -> ParcelPresets { ParcelPresets.of(line.parcel.channel, order: line.order.channel, in: directory.surroundings) }

    private func wants(of lines: [ParcelLine]) -> [[PickList.Want]] {
        let surroundings = directory.surroundings
        var shelves: [ChannelID: Shelves] = [:]
        return lines.map { line in
            let known = shelves[line.order.channel] ?? Shelves.of(line.order.channel, in: surroundings)
            shelves[line.order.channel] = known
            return line.contents.map { content in
                let sku = line.sku(of: content)
                return PickList.Want(shelf: known[sku], sku: sku, title: line.title(of: content), quantity: content.quantity, orderNumber: line.order.snapshot.externalNumber)
            }
        }
    }
}

extension ParcelLine {
    package func sku(of content: Parcel.Content) -> String { content.sku ?? bought(content)?.sku ?? "–" }
    package func title(of content: Parcel.Content) -> String {
        let line = bought(content)
        return [line?.title, line?.variant].compactMap(\.self).joined(separator: " · ")
    }
}
