package import Connect
package import Domain
import Foundation

extension Shopat24Connector: FulfilsOrders {
    /// Confirms the order where the profile has that, then tells every tracking number (shopat24.md §6.1, §6.2). Each call carries a key that is the same for every try, and "already done" is success.
    ///
    /// - Throws: `.alreadyDone` when the platform knew all of it.
    package func markShipped(_ shipment: Shipment, of order: OrderForAction, idempotencyKey: String) async throws(ConnectorError) {
        let number = try orderNumber(in: order.snapshot.externalID)
        if let outgoing { return try outgoing.ship(shipment, of: order, number, carrier: carrier(shipment.carrier), confirms: profile.file.confirms, key: idempotencyKey, now: context.now()) }
        guard let ship = profile.actions.ship else { throw .refused(platformCode: "no_ship_action", platformMessage: "the profile has no way to tell a shipment") }
        let parcels = try ShipmentNotice.parcels(of: shipment, order.snapshot)
        var values = ["orderNo": number, "carrier": carrier(shipment.carrier), "shippedAt": TimeFormat.iso.text(shipment.bookedAt), "at": TimeFormat.iso.text(context.now()), "parcels": String(parcels.count)]
        try await confirm(number, values, invoices: ShipmentNotice.invoices(of: order.snapshot), idempotencyKey: idempotencyKey)
        var hasTold = false
        for (index, parcel) in parcels.enumerated() {
            values["trackingNo"] = parcel.trackingNumber
            values["invoiceNo"] = parcel.invoice
            do {
                _ = try await perform(ship, values, idempotencyKey: parcels.count == 1 ? idempotencyKey : "\(idempotencyKey):\(index + 1)")
                hasTold = true
            } catch {
                guard error == .alreadyDone else { throw error }
            }
        }
        guard hasTold else { throw .alreadyDone }
    }

    /// An order that is past confirming says "wrong state"; the shipment's own answer decides then.
    private func confirm(_ number: String, _ values: [String: String], invoices: [String], idempotencyKey: String) async throws(ConnectorError) {
        guard let confirm = profile.actions.confirm else { return }
        var values = values
        if invoices.count == 1 { values["invoiceNo"] = invoices[0] }
        do { _ = try await perform(confirm, values, idempotencyKey: "\(idempotencyKey):confirm") } catch {
            switch error {
            case .alreadyDone, .refused(platformCode: RefusalTable.wrongState, _): return
            default: throw error
            }
        }
    }

    /// Asks the platform to cancel. Its yes is only a wish taken: the order stays open here until its own status says so (§6).
    package func cancelOrder(_ order: OrderForAction, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer {
        let number = try orderNumber(in: order.snapshot.externalID)
        if let outgoing {
            try outgoing.requestCancel(number, reason: CancelReason(reason), key: idempotencyKey, now: context.now())
            // The wish stands in a file; the channel's next file, or its answer, says what became of it (§6).
            return .pending
        }
        guard let cancel = profile.actions.cancel else { return .unknown }
        let answer: JSONValue
        do {
            answer = try await perform(cancel, ["orderNo": number, "reason": CancelReason(reason).rawValue, "at": TimeFormat.iso.text(context.now())], idempotencyKey: idempotencyKey)
        } catch {
            switch error {
            case .alreadyDone: return .cancelled
            case .refused(platformCode: RefusalTable.wrongState, let words): return .tooLate(platformMessage: words)
            case .refused(platformCode: RefusalTable.notFound, _): return .unknown
            default: throw error
            }
        }
        let status = profile.detail.flatMap { $0.pointer.value(in: answer) }.flatMap { reading.fields.text(profile.pointers.order.status, in: $0, longest: 60) }
        return status.flatMap { reading.statuses.meaning(of: $0) }?.stage == .cancelled ? .cancelled : .pending
    }

    /// nil: the channel is not reached by files.
    private var outgoing: OutgoingFolder? { settings.exchange.map { OutgoingFolder(root: context.outputFolder, name: $0.outgoing) } }

    func perform(_ action: Profile.Action, _ values: [String: String], idempotencyKey: String?) async throws(ConnectorError) -> JSONValue {
        try await client.answer(try call(action, values, idempotencyKey: idempotencyKey)).json
    }

    func call(_ action: Profile.Action, _ values: [String: String], idempotencyKey: String?) throws(ConnectorError) -> ProfileCall {
        var call = try client.call(action.method, action.path, action.query ?? [:], values)
        call.idempotencyKey = idempotencyKey
        if let body = action.body.flatMap({ Template.filled($0, values) }) {
            do { call.body = Array(try JSONEncoder.crossdock.encode(body)) } catch { throw .notUnderstood(field: "body", found: "a value that JSON cannot hold") }
        }
        return call
    }

    /// The platform's word for our carrier; ours, where the profile has none.
    private func carrier(_ name: String) -> String { profile.carriers.first { CleanText.key($0.key) == CleanText.key(name) }?.value ?? name }
}

/// What is told of a shipment: one notice a tracking number. Pure.
enum ShipmentNotice {
    struct Parcel: Sendable, Equatable { var trackingNumber: String, invoice: String? }

    static let invoiceTag = "invoice:"

    static func invoices(of order: OrderSnapshot) -> [String] { order.tags.filter { $0.hasPrefix(invoiceTag) }.map { String($0.dropFirst(invoiceTag.count)) } }

    /// - Throws: `.refused` for a shipment without any number: there is nothing to tell.
    static func parcels(of shipment: Shipment, _ order: OrderSnapshot) throws(ConnectorError) -> [Parcel] {
        let invoices = invoices(of: order)
        var told: [Parcel] = []
        for parcel in shipment.parcels {
            guard let number = parcel.trackingNumber ?? shipment.trackingNumber, !told.contains(where: { $0.trackingNumber == number }) else { continue }
            told.append(Parcel(trackingNumber: number, invoice: invoice(of: parcel.contents, invoices)))
        }
        if told.isEmpty, let number = shipment.trackingNumber { told = [Parcel(trackingNumber: number, invoice: invoices.count == 1 ? invoices[0] : nil)] }
        guard !told.isEmpty else { throw .refused(platformCode: "no_tracking_number", platformMessage: "the shipment has no tracking number to tell") }
        return told
    }

    /// The one invoice that all contents are of; nil where it is not one.
    private static func invoice(of contents: [Domain.Parcel.Content], _ invoices: [String]) -> String? {
        if invoices.count == 1 { return invoices[0] }
        let named = Set(contents.map { content in invoices.first { content.externalLineID.hasPrefix($0 + "-") } })
        return named.count == 1 ? named.first ?? nil : nil
    }
}

/// The platform's four reasons (§6.3).
enum CancelReason: String, Sendable, CaseIterable {
    case outOfStock = "OUT_OF_STOCK", priceError = "PRICE_ERROR", damaged = "DAMAGED", other = "OTHER"

    init(_ text: String) {
        let words = text.lowercased().replacing("_", with: " ")
        self = if let named = CancelReason(rawValue: text.uppercased()) { named }
            else if words.contains("stock") || words.contains("หมด") { .outOfStock }
            else if words.contains("price") || words.contains("ราคา") { .priceError }
            else if words.contains("damage") || words.contains("broken") || words.contains("เสียหาย") { .damaged }
            else { .other }
    }
}
