import Domain
import HTTPTypes
import Hub
import Hummingbird

/// The seller's word on a buyer's wish to cancel, where the marketplace waits for one.
struct CancellationRoutes {
    let hub: Hub
    static let maximumReason = 500

    func add(to api: RouterGroup<AppContext>) { api.post("orders/:id/cancellation-answer", use: answer) }

    struct Body: Decodable { var isAccepted: Bool, reason: String? }

    /// The marketplace is told by a job; what it makes of it is read then. The same word again changes nothing.
    @Sendable private func answer(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try APIRead.id(OrderID.self, context, what: "order")
        let body = try await APIRead.body(Body.self, request)
        if let reason = body.reason, reason.count > Self.maximumReason {
            throw APIProblem(.unprocessableContent, "reason_too_long", "Give a reason of at most \(Self.maximumReason) characters.", pointer: "/reason")
        }
        let order = try await hub.ledger.answerCancellation(of: id, isAccepted: body.isAccepted, reason: body.reason, by: caller.actor)
        let platform = hub.channels.directory.channel(order.channel)?.platform ?? "", shipments = try await hub.ledger.shipments(of: id)
        return APIWrite.json(text: try OrderDocument(order, platform: platform, shipments: shipments, isMasked: !context.maySeeBuyers).json())
    }
}
