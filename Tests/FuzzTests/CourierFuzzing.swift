import Connect
@testable import CourierConnector
import Domain
import HTTPTypes

enum CourierFuzzing {
    static let settings = ["url": "https://courier.example/", "keyID": "ck", "secret": "cs_test", "callbackSecret": "whsec_5d0c3a"]
    static let callbacks = [
        ##"{"eventId":"ev_1","type":"shipment.status","orderId":"co_1","externalRef":"CD-1","trackingNumber":"QX1TH","seq":5,"status":"out_for_delivery","occurredAt":"2024-06-03T09:12:00+07:00","note":"กำลังนำจ่าย"}"##,
        ##"{"eventId":"ev_2","type":"cod.collected","orderId":"co_1","amount":125000,"currency":"THB","seq":9}"##, ##"{"type":"shipment.label_ready","orderId":"co_1","trackingNumber":"QX1TH","seq":2}"##,
        ##"{"type":"shipment.status","orderId":"co_1","status":"lost","parcelRef":"2","reasonCode":"x","codCollected":true}"##,
    ]
    private static let booked = ##"{"orderId":"co_1","externalRef":"ref-1","status":"created","trackingNumber":"QX1","parcels":[{"ref":"1","trackingNumber":"QX1","sortCode":"CNX-04"}],"##
        + ##""recipient":{"name":"มาลี","postcode":"10500"},"cod":{"amount":5,"currency":"THB"},"seq":1}"##

    static func target() throws -> FuzzTarget {
        let bodies = try JSONMutator(callbacks, maximumBytes: CourierConnector.descriptor.maximumBodyBytes)
        let answers = try JSONMutator([booked, #"{"data":[\#(booked)],"nextCursor":null}"#, #"{"error":{"code":"duplicate_ref","message":"..","field":"externalRef","orderId":"co_1"}}"#], maximumBytes: 1 << 20)
        return FuzzTarget(name: "courier") { random in
            if random.once(in: 3) {
                let choice = random.below(5), answer = FuzzBench.answer(answers.body(&random), &random)
                return { await verdict(of: answer, choice) }
            }
            let body = bodies.body(&random), incoming = incoming(body, &random)
            return {
                do throws(ConnectorError) {
                    let connector = try CourierConnector(FuzzBench.context(settings))
                    _ = connector.verify(incoming)
                    return FuzzBench.verdict(connector, FuzzBench.delivery(body, topic: "callback"))
                } catch { return FuzzVerdict(complaints: ["no connector: \(error)"]) }
            }
        }
    }

    private static func incoming(_ body: [UInt8], _ random: inout FuzzRandom) -> IncomingDelivery {
        let timestamp = random.pick(HostileValues.numbers + ["1795225000"]) ?? "", digits = random.pick([String(repeating: "a", count: 64), String(repeating: "é", count: 32), "", HostileValues.longText(&random)]) ?? ""
        var headers: HTTPFields = [CourierConnector.Names.signature: "t=\(timestamp),v1=\(digits)"]
        if random.once(in: 2) { headers[CourierConnector.Names.eventID] = random.pick(HostileValues.texts) }
        return IncomingDelivery(headers: headers, body: body, receivedAt: FuzzBench.now)
    }

    private static func verdict(of answer: PlatformAnswer, _ choice: Int) async -> FuzzVerdict {
        await FuzzBench.verdict { () async throws(ConnectorError) in
            let connector = try CourierConnector(FuzzBench.context(settings, answer: answer))
            let booking: Booking?
            switch choice {
            case 0, 1:
                let order = FuzzBench.order, address = order.snapshot.shipTo ?? Address()
                booking = try await connector.book(BookingRequest(externalRef: "ref-1", order: order, recipient: address, parcels: FuzzBench.shipment.parcels), idempotencyKey: "k")
            case 2: booking = try await connector.findBooking(externalRef: "ref-1")
            case 3:
                _ = try await connector.cancelBooking(externalRef: "ref-1", externalID: nil, reason: "r", idempotencyKey: "k")
                booking = nil
            default:
                _ = try await connector.fetchLabel(externalID: "co_1", format: "pdf", size: "A6")
                booking = nil
            }
            var verdict = FuzzVerdict(isRead: true)
            if let booking { verdict.complaints += Expectations.idComplaints("booking", booking.externalID) }
            return verdict
        }
    }
}
