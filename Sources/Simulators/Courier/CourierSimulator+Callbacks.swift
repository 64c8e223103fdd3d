package import Foundation
import SimulatorKit
import Synchronization

/// Callbacks a well-kept contract allows or a careless courier sends (generic-courier.md §3, §9, §11).
package enum CourierOddity: String, Sendable, CaseIterable {
    /// The same event twice.
    case duplicate
    /// Two events of one order, the later `seq` first.
    case reversed
    /// Signed with a secret nobody shares.
    case wrongSignature
    /// The secret itself in the signature's place.
    case echoedSecret
    case unknownStatus
    case unknownType
    case missingSeq
    /// A day late, after newer ones.
    case staleByADay
    case unknownFields
    /// Thai with combining marks and an emoji in every text.
    case thaiText
    /// Not JSON.
    case malformed
}

extension CourierSimulator {
    /// Hands a fact to the callback queue; without a URL nobody hears it.
    func send(_ fact: CourierFact) {
        // Our own plain structs always encode; see `CourierReply.json`.
        guard let body = try? JSONEncoder.simulator.encode(fact) else { return }
        send(eventID: fact.eventId, body: body)
    }

    /// Sends exactly these bytes, signed afresh at each attempt unless told otherwise.
    package func send(eventID: String, body: Data, signature: (@Sendable (Data) -> String)? = nil) {
        sender.enqueue(WebhookDelivery(id: eventID, subscription: "callback") { [weak self] attempt in
            guard let self else { return nil }
            let callback = self.state.withLock { $0.callback }
            guard let url = callback.url else { return nil }
            let bytes = attempt.wantsMalformedBody ? Data(body.prefix(body.count / 2)) : body
            let secret = attempt.wantsBadSignature ? "whsec_wrong" : callback.secret
            let stamp = Int(self.configuration.now().timeIntervalSince1970)
            let signed = signature?(bytes) ?? CourierSigning.callbackSignature(secret: secret, timestamp: stamp, body: bytes)
            return WebhookRequest(url: url, headers: [
                ("Content-Type", "application/json; charset=utf-8"), ("X-Courier-Event-Id", eventID), ("X-Courier-Signature", signed),
                ("User-Agent", "Courier-Simulator/1"),
            ], body: bytes)
        })
    }

    /// Sends callbacks of this order in one of the odd ways. The order itself does not change, except that `seq` numbers are used up.
    package func send(_ oddity: CourierOddity, of orderID: String) {
        guard let order = order(orderID) else { return }
        switch oddity {
        case .duplicate:
            let fact = status(of: order, seq: order.seq)
            send(fact)
            send(fact)
        case .reversed:
            send(status(of: order, seq: order.seq + 5, status: CourierStatus.outForDelivery.rawValue))
            send(status(of: order, seq: order.seq + 4, status: CourierStatus.inTransit.rawValue))
            state.withLock { $0.book.update(orderID) { $0.seq += 5 } }
        case .wrongSignature:
            let stamp = Int(configuration.now().timeIntervalSince1970)
            sendRaw(status(of: order, seq: order.seq)) { CourierSigning.callbackSignature(secret: "whsec_wrong", timestamp: stamp, body: $0) }
        case .echoedSecret:
            let secret = state.withLock { $0.callback.secret }
            sendRaw(status(of: order, seq: order.seq)) { _ in secret }
        case .unknownStatus: send(status(of: order, seq: order.seq, status: "frobbed"))
        case .unknownType:
            var fact = status(of: order, seq: order.seq)
            fact.type = "shipment.teleported"
            send(fact)
        case .missingSeq: send(status(of: order, seq: nil))
        case .staleByADay:
            var fact = status(of: order, seq: 1, status: CourierStatus.created.rawValue)
            fact.occurredAt = CourierTime.text(configuration.now().addingTimeInterval(-86_400))
            send(fact)
        case .unknownFields:
            let (id, now) = (nextEventID(), CourierTime.text(configuration.now()))
            send(eventID: id, body: Data((#"{"eventId":"\#(id)","type":"shipment.status","orderId":"\#(orderID)","seq":\#(order.seq),"#
                + #""status":"\#(order.status.rawValue)","occurredAt":"\#(now)","x_new":{"deep":[1,2]}}"#).utf8))
        case .thaiText:
            var fact = status(of: order, seq: order.seq)
            (fact.note, fact.location) = ("กำลังนำจ่าย ผู้รับไม่อยู่ 🙏 กำ้ำ", .init(name: "ศูนย์กระจายสินค้าป่าเมี่ยง", postcode: "50220"))
            send(fact)
        case .malformed: send(eventID: nextEventID(), body: Data(#"{"eventId":"ev_"#.utf8))
        }
    }

    private func status(of order: CourierOrder, seq: Int?, status: String? = nil) -> CourierFact {
        var fact = CourierFact(eventID: nextEventID(), kind: .status, order: order, seq: seq, at: configuration.now())
        fact.status = status ?? order.status.rawValue
        return fact
    }

    private func sendRaw(_ fact: CourierFact, signature: @escaping @Sendable (Data) -> String) {
        guard let body = try? JSONEncoder.simulator.encode(fact) else { return }
        send(eventID: fact.eventId, body: body, signature: signature)
    }

    private func nextEventID() -> String { state.withLock { $0.book.nextEventID() } }
}
