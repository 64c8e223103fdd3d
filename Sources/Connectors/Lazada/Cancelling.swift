package import Connect
import Domain

extension LazadaConnector {
    /// Asks whether and why it may be cancelled, then cancels every unit (§6.7). Once packed, all units of a package go together: the whole order goes here, so none is lost by surprise,
    /// but with units on their way already nothing is cancelled and a person decides.
    ///
    /// Lazada sets the stock of the SKU to 0 for "out of stock" and "wrong price": such a reason is sent only when ours says so.
    package func cancelOrder(_ order: OrderForAction, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer {
        let number = try orderNumber(order.snapshot.externalID)
        let before: JoinedOrder
        do { before = try await joined(number) } catch {
            if case .refused(platformCode: ErrorTable.notFound, _) = error { return .unknown }
            throw error
        }
        let plan = CancelPlan(before)
        if let answer = plan.answer { return answer }
        let parameters = ["order_id": number, "order_item_id_list": "[\(plan.units.joined(separator: ","))]"]
        let offer = try await api.call(.get("/order/reverse/cancel/validate", parameters)).data(CancelOffer.self)
        guard let chosen = offer.reasonID(for: reason, default: settings.cancelReasonID) else {
            return .tooLate(platformMessage: offer.tip ?? "Lazada offers no reason for which this order could be cancelled")
        }
        let made = try await api.call(.get("/order/reverse/cancel/create", parameters.merging(["reason_id": chosen]) { $1 })).data(CancelOffer.self)
        let after = CancelPlan(try await joined(number))
        if let answer = after.answer { return answer }
        // Taken, and carried out later: the push will say so.
        if made.tipType == nil || made.tipType == "success" { return .pending }
        return .tooLate(platformMessage: made.tip ?? "Lazada did not cancel the order")
    }

    func joined(_ number: String) async throws(ConnectorError) -> JoinedOrder {
        try Self.decode(JoinedOrder.self, try await OrderBodies(api: api).order(number).body)
    }
}

/// What can be cancelled of an order, and whether it is already. Pure.
struct CancelPlan: Sendable, Equatable {
    /// The units to cancel, by number.
    var units: [String]
    /// The answer where nothing has to be asked.
    var answer: CancelAnswer?

    private static let bySeller = "cancellation-seller"

    init(_ joined: JoinedOrder) {
        let living = joined.items.filter { ItemStates.meaning(of: $0.status).family != .cancelled }
        units = living.map(\.id).sorted(by: LineFolding.isBefore)
        if joined.items.isEmpty { answer = .unknown } else if living.isEmpty { answer = .cancelled } else {
            let left = living.filter { !ItemStates.cancellable.contains($0.status.lowercased()) }
            if !left.isEmpty {
                let words = Set(left.map(\.status)).sorted().joined(separator: ", ")
                answer = .tooLate(platformMessage: "\(left.count) of \(living.count) units can no longer be cancelled: \(words.cut(120))")
            } else if joined.order.isCancelPending || living.allSatisfy({ $0.initiator == Self.bySeller && $0.reverseOrderID != nil }) {
                answer = .pending
            }
        }
    }
}

/// The answer of validate and create: `data{tip_content, tip_type, reason_options[]{reason_id, reason_name}}`; no options: it cannot be cancelled, the text says why.
struct CancelOffer: Decodable, Sendable {
    var tip: String?, tipType: String?, options: [Option]

    struct Option: Decodable, Sendable, Equatable {
        var id: String?, name: String
        private enum Key: String, CodingKey { case reason_id, reason_name }
        init(from decoder: any Decoder) throws {
            let box = try decoder.container(keyedBy: Key.self)
            id = box.text(.reason_id)
            name = box.text(.reason_name) ?? ""
        }
        /// These take the SKU off sale (§6.7).
        var setsStockToZero: Bool {
            let name = name.lowercased()
            return name.contains("stock") || name.contains("price") || name.contains("pricing")
        }
    }

    private enum Key: String, CodingKey { case tip_content, tip_type, reason_options }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        tip = box.text(.tip_content)?.cut(300)
        tipType = box.text(.tip_type)?.lowercased()
        options = try box.list(.reason_options)
    }

    /// Ids differ per country, so a reason is found by its words or its number; then the channel's own choice; then the first that leaves the stock alone; then the first.
    func reasonID(for reason: String, default fallback: String?) -> String? {
        let wanted = reason.lowercased(), open = options.filter { $0.id != nil }
        let named = open.first { $0.id == reason } ?? open.first { !$0.name.isEmpty && (wanted.contains($0.name.lowercased()) || (wanted.count > 3 && $0.name.lowercased().contains(wanted))) }
        let chosen = open.first { $0.id == fallback }
        return (named ?? chosen ?? open.first { !$0.setsStockToZero } ?? open.first)?.id
    }
}

extension LazadaConnector: AnswersCancellations {
    /// The seller's word on a buyer's wish to cancel (§6.8), for every reverse order of it that still waits.
    ///
    /// - Throws: `.alreadyDone` when nobody waits for an answer any more.
    package func answerCancellation(of order: OrderForAction, isAccepted: Bool, reason: String?, idempotencyKey: String) async throws(ConnectorError) {
        let number = try orderNumber(order.snapshot.externalID)
        let waiting = CancelRequests.waiting(try await joined(number))
        guard !waiting.isEmpty else { throw .alreadyDone }
        for reverse in waiting {
            var parameters = ["reverse_order_id": reverse, "agree_cancel": isAccepted ? "true" : "false"]
            if let reason, PlatformID.isNumber(reason) { parameters["reason_code"] = reason }
            do { _ = try await api.call(.get("/order/reverse/cancel/seller/decide", parameters)) } catch {
                // E0131: no decision is wanted for it any more.
                if case .refused(platformCode: "131", _) = error { continue }
                throw error
            }
        }
    }
}

enum CancelRequests {
    /// The reverse orders that wait, by number: those of units whose buyer asks, or of any unit that is not cancelled while the order says that it wants an answer.
    static func waiting(_ joined: JoinedOrder) -> [String] {
        let living = joined.items.filter { ItemStates.meaning(of: $0.status).family != .cancelled && $0.reverseOrderID != nil }
        let asking = living.filter(\.asksToCancel)
        let concerned = asking.isEmpty && joined.order.needsCancelAnswer ? living.filter { $0.returnStatus == nil } : asking
        return Set(concerned.compactMap(\.reverseOrderID)).sorted(by: LineFolding.isBefore)
    }
}
