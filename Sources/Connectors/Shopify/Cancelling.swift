package import Connect
import Domain

extension ShopifyConnector {
    /// Looks at the asynchronous cancel job this often before the answer is `.pending` (§6.2).
    static let jobLooks = 10
    static let jobPause: Duration = .milliseconds(300)

    /// Cancels at the shop. Looks before it acts and after the job, so a repeat is harmless.
    package func cancelOrder(_ order: OrderForAction, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer {
        let gid = Self.orderGID(order.snapshot.externalID)
        switch try await cancellation(gid) {
        case nil: return .unknown
        case .some(true): return .cancelled
        case .some(false): break
        }
        struct Payload: Decodable {
            let orderCancel: Inner
            struct Inner: Decodable { let job: Job?, orderCancelUserErrors: [UserError]?, userErrors: [UserError]? }
        }
        let payload = try await api.call(FulfilmentQueries.cancel, cancelVariables(gid, reason: reason)).data(Payload.self).orderCancel
        // Both lists tell the same errors; the first has codes.
        let errors = payload.orderCancelUserErrors?.isEmpty == false ? payload.orderCancelUserErrors ?? [] : payload.userErrors ?? []
        if !errors.isEmpty { return try await refusal(errors, gid) }
        guard let job = payload.job else { throw .notUnderstood(field: "orderCancel.job", found: "nothing") }
        guard try await isDone(job) else { return .pending }
        // The job can end without effect; the order says.
        return try await cancellation(gid) == false ? .tooLate(platformMessage: "Shopify ended the cancellation without cancelling the order") : .cancelled
    }

    struct Job: Decodable, Sendable { let id: String, done: Bool }

    func cancelVariables(_ gid: String, reason: String) -> [String: GraphQLValue] {
        ["orderId": .text(gid), "reason": .text(Self.platformReason(reason)), "restock": .flag(settings.restocksOnCancel),
         "refundMethod": ["originalPaymentMethodsRefund": .flag(settings.refundsOnCancel)], "notifyCustomer": false, "staffNote": .text(String(reason.prefix(255)))]
    }

    /// One of the platform's own words, where the reason is one; the reason itself is the staff note.
    static func platformReason(_ reason: String) -> String {
        let word = reason.lowercased()
        return States.cancelReasons.contains(word) ? word.uppercased() : "OTHER"
    }

    /// nil: no such order; otherwise whether it is cancelled.
    private func cancellation(_ gid: String) async throws(ConnectorError) -> Bool? {
        struct Payload: Decodable { let order: Order?; struct Order: Decodable { let cancelledAt: String? } }
        return try await api.call(FulfilmentQueries.cancelled, ["id": .text(gid)]).data(Payload.self).order.map { $0.cancelledAt != nil }
    }

    private func isDone(_ job: Job) async throws(ConnectorError) -> Bool {
        if job.done { return true }
        struct Payload: Decodable { let job: Job? }
        for _ in 0..<Self.jobLooks {
            do { try await pause(Self.jobPause) } catch { return false }   // cancelled: the webhook will say
            let look = try await api.call(FulfilmentQueries.job, ["id": .text(job.id)]).data(Payload.self).job
            if look?.done ?? true { return true }   // a job that is gone has ended
        }
        return false
    }

    private func refusal(_ errors: [UserError], _ gid: String) async throws(ConnectorError) -> CancelAnswer {
        let words = GraphQLEnvelope.cut(errors.map(\.text).joined(separator: "; "))
        switch errors.first?.code {
        case "NOT_FOUND": return .unknown
        case "INTERNAL_ERROR": throw .unreachable(reason: "Shopify failed while cancelling: \(words)")
        case "NO_REFUND_PERMISSION": throw .unauthorised(reason: "the app may not refund: \(words)")
        default:
            // Cancelled meanwhile is refused as well.
            return try await cancellation(gid) == true ? .cancelled : .tooLate(platformMessage: words)
        }
    }
}
