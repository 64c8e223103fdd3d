import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SimulatorKit
import Synchronization

/// The shop's ear: checks the hub's signature by itself, acts once per `webhook-id`, and answers as it was told to (companion-webhook.md §10).
extension CustomShopSimulator {
    /// The next callbacks get these answers, in order; then 200 again.
    package func answerNext(_ answers: [CallbackAnswer]) { state.withLock { $0.callbacks.answers += answers } }

    package func receivedCallbacks() -> [ReceivedCallback] { state.withLock { $0.callbacks.received } }
    /// How many calls came under each `webhook-id`, rightly signed ones only.
    package func callbackCounts() -> [String: Int] { state.withLock { $0.callbacks.countByID } }
    /// Under how many different ids each `shipment.id` was told: anything but 1 is a shipment told twice.
    package func shipmentCounts() -> [String: Int] { state.withLock { $0.callbacks.countByShipment } }
    package func shipments(of externalID: String) -> [ToldShipment] { state.withLock { $0.callbacks.shipments[externalID] ?? [] } }
    /// `externalID` to the hub's own order ID.
    package func acknowledgedOrders() -> [String: String] { state.withLock { $0.callbacks.acknowledged } }
    package func rejectedOrders() -> Set<String> { state.withLock { $0.callbacks.rejected } }
    /// Available units by SKU, as the hub said last.
    package func stock() -> [String: Int] { state.withLock { $0.callbacks.stock } }
    /// Minor units by SKU, as the hub said last.
    package func prices() -> [String: Int64] { state.withLock { $0.callbacks.prices } }

    func takeCallback(_ request: Request, _ context: BasicSimulatorContext) async throws -> Response {
        let body = Data(try await request.body.collect(upTo: SimulatorServer.maximumBodyBytes).readableBytesView)
        let headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { $1 })
        let id = headers["webhook-id"] ?? ""
        var refusal: CustomShopSigning.Refusal?
        do throws(CustomShopSigning.Refusal) {
            try CustomShopSigning.verify(headers: headers, body: body, secrets: [configuration.callbackSecret], now: configuration.now())
        } catch { refusal = error }
        // Not JSON, or not ours: kept and shown without a type.
        let envelope = try? JSONDecoder().decode(CustomShopCallbacks.Envelope.self, from: body)
        let (answer, effect) = state.withLock { state -> (CallbackAnswer, CustomShopCallbacks.OrderEffect?) in
            state.callbacks.note(ReceivedCallback(
                id: id, type: envelope?.type ?? "", body: body, refusal: refusal, isRepeat: state.callbacks.isDone(id)))
            guard refusal == nil else { return (.unauthorised, nil) }
            let answer = state.callbacks.answers.isEmpty ? .ok : state.callbacks.answers.removeFirst()
            guard answer.hasEffect, let envelope else { return (answer, nil) }
            return (answer, state.callbacks.act(id: id, envelope))
        }
        if let refusal {
            return Self.json(["status": "rejected", "code": refusal.code], status: .init(code: refusal.status))
        }
        guard envelope != nil else { return Self.json(["status": "rejected", "code": "bad_json"], status: .badRequest) }
        if let effect { apply(effect) }
        return try await respond(answer, context)
    }

    /// The order follows the hub's word, and says so like after any other change.
    private func apply(_ effect: CustomShopCallbacks.OrderEffect) {
        if effect.isCancel {
            if configuration.echoesCallbacks { cancelOrder(effect.externalID) }
            return
        }
        let changed = state.withLock { state in state.book.change(effect.externalID) { $0.fulfilment = effect.fulfilment } }
        if changed != nil, configuration.echoesCallbacks { announce(effect.externalID) }
    }

    private func respond(_ answer: CallbackAnswer, _ context: BasicSimulatorContext) async throws -> Response {
        switch answer {
        case .ok: return Self.json(["status": "ok"])
        case .accepted: return Response(status: .accepted)
        case .noContent: return Response(status: .noContent)
        case .redirect: return Response(status: .movedPermanently, headers: [.location: baseURL + "/elsewhere"])
        case .unauthorised: return Self.json(["status": "rejected"], status: .unauthorized)
        case .gone: return Response(status: .gone)
        case .throttled(let seconds): return Response(status: .tooManyRequests, headers: [.retryAfter: "\(seconds)"])
        case .serverError: return Response(status: .internalServerError)
        case .hang(let pause):
            try await Task.sleep(for: pause)
            return Self.json(["status": "ok"])
        case .closeEarly: return await context.loseAnswer()
        case .html:
            let page = ByteBuffer(string: "<!doctype html><title>ok</title>")
            return Response(status: .ok, headers: [.contentType: "text/html"], body: .init(byteBuffer: page))
        }
    }
}
