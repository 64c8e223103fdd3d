import Connect
package import Domain
import Foundation

extension PushedOrder {
    private static let maximumMinor: Int64 = 1_000_000_000_000_000
    static let maximumLines = OrderAssembly.maximumLines, maximumQuantity = OrderAssembly.maximumQuantity

    /// The snapshot, with what was left out worked out; nothing contradictory is mended.
    func snapshot(now: Timestamp) throws(PushFault) -> OrderSnapshot {
        guard let id = externalID ?? externalNumber, !id.isEmpty else { throw fault("/externalID", "missing", "The order needs an externalID.") }
        guard id.count <= OrderAssembly.maximumNumberCharacters * 2 else { throw fault("/externalID", "too_long", "The externalID is longer than \(OrderAssembly.maximumNumberCharacters * 2) characters.") }
        guard !lines.isEmpty else { throw fault("/lines", "missing", "The order needs at least one line.") }
        guard lines.count <= Self.maximumLines else { throw fault("/lines", "too_many", "An order has at most \(Self.maximumLines) lines.") }
        guard let line1 = shipTo.line1, !line1.isEmpty else { throw fault("/shipTo/line1", "missing", "The address needs a first line.") }
        guard shipTo.name?.isEmpty == false || shipTo.company?.isEmpty == false || buyer?.name?.isEmpty == false else { throw fault("/shipTo/name", "missing", "The order needs a recipient.") }
        guard let country = shipTo.countryCode, country.count == 2 else { throw fault("/shipTo/countryCode", "missing", "The address needs a country of two letters.") }
        var address = shipTo
        if address.name == nil, address.company == nil { address.name = buyer?.name }
        let (lines, gross, discounts) = try checkedLines()
        let totals = try checkedTotals(gross: gross, discounts: discounts)
        let isCOD = payment?.isCashOnDelivery ?? (payment?.codAmount != nil)
        if let amount = payment?.codAmount, amount < 0 || amount > Self.maximumMinor { throw fault("/payment/codAmount", "out_of_range", "The amount to collect cannot be that.") }
        return OrderSnapshot(
            externalID: id, externalNumber: externalNumber ?? id, placedAt: placedAt ?? now, revision: revision ?? Revision(updatedAt: sourceUpdatedAt ?? now),
            buyer: buyer ?? Buyer(name: shipTo.name, phone: shipTo.phone), shipTo: address, billTo: billTo, currency: currency, totals: totals,
            payment: Payment(method: payment?.method, state: payment?.state ?? paymentState ?? .unpaid, isCashOnDelivery: isCOD, codAmount: isCOD ? payment?.codAmount ?? totals.grand : nil),
            shipping: shipping ?? Shipping(), lines: lines, note: note, tags: tags ?? [], platformStatus: platformStatus ?? "api", standing: standing ?? .open,
            fulfilment: fulfilment ?? .unfulfilled, attributes: attributes ?? [:])
    }

    private func checkedLines() throws(PushFault) -> ([OrderLine], Int64, Int64) {
        var result: [OrderLine] = [], names: Set<String> = [], gross: Int64 = 0, discounts: Int64 = 0
        for (index, line) in lines.enumerated() {
            let at = "/lines/\(index)"
            guard let title = line.title ?? line.sku, !title.isEmpty else { throw fault(at + "/title", "missing", "The line needs a title or a SKU.") }
            guard (1...Self.maximumQuantity).contains(line.quantity) else { throw fault(at + "/quantity", "out_of_range", "The quantity must be from 1 to \(Self.maximumQuantity).") }
            guard let unit = line.unitPrice else { throw fault(at + "/unitPrice", "missing", "The line needs a unit price in minor units.") }
            let discount = line.discount ?? 0
            guard unit >= 0, unit <= Self.maximumMinor / Int64(line.quantity), discount >= 0, discount <= Self.maximumMinor else { throw fault(at + "/unitPrice", "out_of_range", "Price or discount cannot be that.") }
            let total = unit * Int64(line.quantity) - discount
            if let given = line.lineTotal, given != total { throw fault(at + "/lineTotal", "does_not_add_up", "The line's total is \(given); price times quantity less discount is \(total).") }
            let id = line.externalLineID ?? "\(index + 1)"
            guard names.insert(id).inserted else { throw fault(at + "/externalLineID", "repeated", "Two lines have this id.") }
            result.append(OrderLine(externalLineID: id, sku: line.sku, title: title, variant: line.variant, quantity: line.quantity, unitPrice: unit, discount: discount, tax: line.tax ?? 0,
                                    lineTotal: total, requiresShipping: line.requiresShipping ?? true, weightGrams: line.weightGrams, externalProductID: line.externalProductID, externalVariantID: line.externalVariantID))
            gross += total + discount
            discounts += discount
        }
        return (result, gross, discounts)
    }

    private func checkedTotals(gross: Int64, discounts: Int64) throws(PushFault) -> Totals {
        let given = totals
        for (name, value) in [("items", given?.items), ("discount", given?.discount), ("shipping", given?.shipping), ("fees", given?.fees), ("tax", given?.tax), ("grand", given?.grand), ("refunded", given?.refunded)] {
            if let value, value.magnitude > Self.maximumMinor.magnitude { throw fault("/totals/\(name)", "out_of_range", "The amount cannot be that.") }
        }
        var sums = Totals(items: given?.items ?? gross, discount: given?.discount ?? discounts, shipping: given?.shipping ?? 0, fees: given?.fees ?? 0, tax: given?.tax ?? 0,
                          taxIncluded: given?.taxIncluded ?? true, grand: 0, refunded: given?.refunded ?? 0)
        guard let rebuilt = sums.rebuiltGrand else { throw fault("/totals", "out_of_range", "The totals cannot be added up.") }
        if let grand = given?.grand, grand != rebuilt {
            throw fault("/totals/grand", "does_not_add_up", "The total is \(grand); items - discount + shipping + fees and tax make \(rebuilt).")
        }
        sums.grand = rebuilt
        return sums
    }

    private func fault(_ pointer: String, _ code: String, _ sentence: String) -> PushFault { PushFault(code: code, sentence: sentence, pointer: pointer) }
}

extension Hub {
    /// Takes a pushed order into the journal. The same content sent again is the same delivery to the ledger.
    package func push(_ order: PushedOrder, to id: ChannelID) async throws -> DeliveryID {
        guard let channel = channels.directory.channel(id) else { throw ChannelFault.unknownChannel("\(id)") }
        _ = try ChannelDefaults(channel, descriptor: channels.descriptor(channel.platform))
        let snapshot = try order.snapshot(now: now())
        let known = try await KnownOrder.find([snapshot.externalID], in: id, ledgerDatabase)[snapshot.externalID]
        let incoming = try IncomingOrder(snapshot, origin: "api", saysWhenPlaced: order.placedAt != nil, known: known)
        // A sender's own time tells a content that comes back from the one that was there before.
        let key = incoming.receiptKey + (order.sourceUpdatedAt.map { ":at-\($0.milliseconds)" } ?? "")
        return try await intake.take(channel: id, origin: .api, topic: "api.order", key: key, body: [UInt8](try JSONEncoder.crossdock.encode(incoming.snapshot)))
    }
}
