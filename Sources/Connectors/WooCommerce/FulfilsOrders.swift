package import Connect
package import Domain
import Foundation
import HTTPTypes

extension WooCommerceConnector: FulfilsOrders {
    /// Writes the tracking number where the shop keeps it, then sets the order to `completed` if nothing of it is left to ship.
    ///
    /// Core WooCommerce has no tracking, so where it goes is the setting `tracking` (platforms/woocommerce.md §6.3). The shop has no idempotency key:
    /// what is there already is looked up first, and only what is missing is written, so a repeat after a lost answer does nothing twice.
    /// A part of an order gets a note to the buyer and leaves the status alone.
    ///
    /// - Throws: `.alreadyDone` when tracking and status are there; `.refused("not_found")` for an order that is gone, `.refused("order_not_shippable")` for one
    ///   that was cancelled, refunded or trashed meanwhile.
    package func markShipped(_ shipment: Shipment, of order: OrderForAction, idempotencyKey: String) async throws(ConnectorError) {
        let path = try Self.orderPath(order.snapshot.externalID)
        let state = try await orderState(path)
        guard !["cancelled", "refunded", "trash", "failed"].contains(state.status) else {
            throw .refused(platformCode: "order_not_shippable", platformMessage: "the order has the status \(state.status.cut(60)) in the shop")
        }
        let isWhole = ShippedQuantities.isEverythingShipped(with: shipment, of: order)
        let notice = TrackingNotice(shipment, shippedOn: context.now())
        let way = isWhole ? try await trackingWay() : .note
        let missing = try await numbersMissing(notice, in: state, path: path, way: way)
        let mustComplete = isWhole && state.status != "completed"
        guard !missing.isEmpty || mustComplete else { throw .alreadyDone }
        if !missing.isEmpty { try await write(notice, missing, to: state, path: path, way: way) }
        if mustComplete { try await setStatus("completed", at: path) }
    }

    /// Sets the order to `cancelled`; the shop puts the stock back and sends its mails, and refunds no money (§6.2). The reason becomes a private note.
    package func cancelOrder(_ order: OrderForAction, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer {
        let path = try Self.orderPath(order.snapshot.externalID)
        let state: OrderState
        do {
            state = try await orderState(path)
        } catch {
            if case .refused(platformCode: "not_found", _) = error { return .unknown }
            throw error
        }
        let meaning = statuses.meaning(of: state.status)
        if meaning?.standing == .cancelled { return .cancelled }
        if meaning?.standing == .closed || meaning?.fulfilment.isShipped == true {
            return .tooLate(platformMessage: "the order has the status \(state.status.cut(60)) in the shop")
        }
        try await setStatus("cancelled", at: path)
        // The order is cancelled; the reason beside it is a courtesy that must not make the call fail.
        try? await addNote("Cancelled by Crossdock: \(reason.cut(300))", toBuyer: false, at: path)
        return .cancelled
    }

    // MARK: Where tracking goes

    /// `auto` asks the shop which plugin it has; without one the buyer gets a note.
    private func trackingWay() async throws(ConnectorError) -> TrackingWay {
        switch settings.tracking {
        case .shipmentTracking: return .plugin(.shipmentTracking)
        case .ast: return .plugin(.advanced)
        case .meta: return .meta
        case .note: return .note
        case .auto:
            let namespaces = try await namespaces()
            return TrackingPlugin.allCases.first { namespaces.contains($0.namespace) }.map { .plugin($0) } ?? .note
        }
    }

    /// The namespaces the shop lists, asked once in the life of this connector.
    func namespaces() async throws(ConnectorError) -> Set<String> {
        if let known = site.namespaces { return known }
        let answer = try await site.sendOpenly(.index)
        if let failure = AnswerReading.failure(of: answer, now: context.now()) { throw failure }
        let names = Set(try AnswerReading.decode(SiteIndex.self, from: answer, isRead: true).value.namespaces)
        site.namespaces = names
        return names
    }

    // MARK: Look first

    private func orderState(_ path: String) async throws(ConnectorError) -> OrderState {
        try OrderState(try await site.call(APICall(.get, path)), isRead: true)
    }

    /// Which of the notice's numbers the shop does not have yet; for a shipment without any number, whether its reference was noted.
    private func numbersMissing(_ notice: TrackingNotice, in state: OrderState, path: String, way: TrackingWay) async throws(ConnectorError) -> [String] {
        guard notice.hasNumbers || way == .note else { return [] }
        if notice.hasNumbers, state.status == "completed", notice.marks.allSatisfy(state.trackingNumbers.contains) { return [] }
        switch way {
        case .meta: return notice.marks.filter { !state.trackingNumbers.contains($0) }
        case .plugin(let plugin):
            let answer = try await site.call(APICall(.get, path + "/shipment-trackings", namespace: plugin.namespace))
            let known = try AnswerReading.decode([WireTracking].self, from: answer, isRead: true).value.compactMap(\.number)
            return notice.marks.filter { !known.contains($0) }
        case .note:
            // A shipment without a number that completes the order says all there is to say by the status.
            if !notice.hasNumbers, state.status == "completed" { return [] }
            let answer = try await site.call(APICall(.get, path + "/notes", query: [QueryItem("type", "customer")]))
            let notes = try AnswerReading.decode([WireNote].self, from: answer, isRead: true).value.compactMap(\.note)
            return notice.marks.filter { mark in !notes.contains { TrackingNotice.mentions(mark, in: $0) } }
        }
    }

    // MARK: Write

    private func write(_ notice: TrackingNotice, _ missing: [String], to state: OrderState, path: String, way: TrackingWay) async throws(ConnectorError) {
        switch way {
        case .plugin(let plugin):
            for number in missing {
                let call = try APICall.writing(.post, path + "/shipment-trackings", namespace: plugin.namespace, plugin.entry(notice, number: number))
                _ = try AnswerReading.decode(WireTracking.self, from: try await site.call(call), isRead: false)
            }
        case .meta:
            let body = try state.trackingMeta(adding: missing.map { notice.metaItem(number: $0) })
            _ = try OrderState(try await site.call(APICall(.put, path, body: body, timeoutSeconds: APICall.writeSeconds)), isRead: false)
        case .note: try await addNote(notice.note(numbers: missing), toBuyer: true, at: path)
        }
    }

    private func addNote(_ text: String, toBuyer: Bool, at path: String) async throws(ConnectorError) {
        struct Note: Encodable {
            var note: String, customerNote: Bool
            enum CodingKeys: String, CodingKey { case note, customerNote = "customer_note" }
        }
        let answer = try await site.call(try .writing(.post, path + "/notes", Note(note: text, customerNote: toBuyer)))
        _ = try AnswerReading.decode(WireNote.self, from: answer, isRead: false)
    }

    /// A plugin may answer 200 and keep the old status; that is a refusal in all but the code.
    private func setStatus(_ status: String, at path: String) async throws(ConnectorError) {
        let now = try OrderState(try await site.call(try .writing(.put, path, ["status": status])), isRead: false)
        guard now.status == status else {
            throw .refused(platformCode: "status_kept", platformMessage: "the shop kept the status \(now.status.cut(60)) when it was asked for \(status)")
        }
    }
}

/// `GET /wp-json/`, as far as we read it.
struct SiteIndex: Decodable, Sendable {
    var name: String?, home: String?, namespaces: [String]

    enum CodingKeys: String, CodingKey { case name, home, namespaces }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        name = box.text(.name)
        home = box.text(.home)
        namespaces = try box.list(.namespaces) ?? []
    }
}
