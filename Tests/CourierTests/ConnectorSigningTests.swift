import Connect
@testable import CourierConnector
import Domain
import Foundation
import HTTPTypes
import Testing

/// The vectors of platforms/generic-courier.md §2 and §3.
@Suite struct ConnectorSigningTests {
    private static let signing = CourierSigning(keyID: "ck", secret: "cs_test_9b2e7c64d0a84f35")
    private static let booking = ##"{"externalRef":"CD-2024-000123","service":"standard","cod":{"amount":125000,"currency":"THB"}}"##
    private static let callback = ##"{"eventId":"ev_000017","type":"shipment.status","orderId":"co_01HZX","trackingNumber":"QX000000123TH","seq":5,"##
        + ##""status":"out_for_delivery","occurredAt":"2024-06-03T09:12:00+07:00","note":"กำลังนำจ่าย"}"##
    private static let callbackSignature = "t=1717400400,v1=6531470c79377c6c36cca832b8fa119ca7a609bd7aa88b5fc74bf6ba99e916a2"
    private static let callbackTime = Timestamp(seconds: 1_717_400_400)

    @Test(arguments: [
        ("POST", "/v1/orders", booking, "5ed5664fb8f919dc687c539e8fbd7e1cf6bd14b572a9120a064ac24d076ef098"),
        ("GET", "/v1/orders/co_01HZX?expand=events", "", "ff07f245d84611385df27e89c3cc763379030b72d39ea637c4e78f1f4cb7a095"),
    ])
    func `the contract's request vectors`(method: String, target: String, body: String, signature: String) {
        #expect(Self.signing.signature(timestamp: 1_717_400_000, method: method, target: target, body: Array(body.utf8)) == signature)
    }

    @Test func `a request carries key, seconds and signature of its own path and query`() throws {
        let connector = try FakeCourier(200).connector()
        let request = connector.request(.get, "/v1/orders/co_01HZX?expand=events", body: [], key: nil, at: Timestamp(seconds: 1_717_400_000))
        #expect(request.url == "https://courier.example/v1/orders/co_01HZX?expand=events")
        #expect(request.headers[CourierConnector.Names.key] == "ck_test_crossdock")
        #expect(request.headers[CourierConnector.Names.timestamp] == "1717400000")
        #expect(request.headers[CourierConnector.Names.signature] == "ff07f245d84611385df27e89c3cc763379030b72d39ea637c4e78f1f4cb7a095")
        #expect(request.headers[CourierConnector.Names.idempotency] == nil)
    }

    @Test func `the callback vector is accepted under its event's id`() throws {
        #expect(Self.callback.utf8.count == 222)
        let verdict = try FakeCourier(200).connector().verify(Self.delivery(Self.callbackSignature))
        #expect(verdict == .accept(Receipt(key: "event:ev_000017", topic: "callback")))
    }

    @Test func `without an event id the bytes name the delivery`() throws {
        let connector = try FakeCourier(200).connector()
        guard case .accept(let first) = connector.verify(Self.delivery(Self.callbackSignature, eventID: nil)),
              case .accept(let second) = connector.verify(Self.delivery(Self.callbackSignature, eventID: nil)) else { Issue.record("refused"); return }
        #expect(first.key == second.key)
        #expect(first.key.hasPrefix("digest:"))
    }

    @Test func `a callback days late is taken, one older than a quarter of a year is not`() throws {
        let connector = try FakeCourier(200).connector()
        guard case .accept = connector.verify(Self.delivery(Self.callbackSignature, at: Self.callbackTime + .seconds(20 * 86_400))) else { Issue.record("refused"); return }
        guard case .refuse = connector.verify(Self.delivery(Self.callbackSignature, at: Self.callbackTime + .seconds(91 * 86_400))) else { Issue.record("taken"); return }
    }

    @Test func `the previous secret is good while a rotation lasts`() throws {
        let http = ChannelHTTP { (_) async throws(ConnectorError) -> PlatformAnswer in PlatformAnswer(status: 200) }
        let rotating = try CourierBench.connector(["callbackSecret": "whsec_new", "previousSecret": "whsec_5d0c3a"], http: http, now: { CourierBench.now })
        let rotated = try CourierBench.connector(["callbackSecret": "whsec_new"], http: http, now: { CourierBench.now })
        guard case .accept = rotating.verify(Self.delivery(Self.callbackSignature)) else { Issue.record("refused"); return }
        guard case .refuse(let answer) = rotated.verify(Self.delivery(Self.callbackSignature)) else { Issue.record("taken"); return }
        #expect(answer.status == 401)
    }

    @Test(arguments: [
        "", "t=1717400400", "v1=6531470c79377c6c36cca832b8fa119ca7a609bd7aa88b5fc74bf6ba99e916a2", "whsec_5d0c3a",
        "t=1717400401,v1=6531470c79377c6c36cca832b8fa119ca7a609bd7aa88b5fc74bf6ba99e916a2",
        "t=1717400400,v1=6531470C79377C6C36CCA832B8FA119CA7A609BD7AA88B5FC74BF6BA99E916A2",
        "t=1717400400,v1=6531470c79377c6c36cca832b8fa119ca7a609bd7aa88b5fc74bf6ba99e916a3",
        "t=1717400400,v1=6531", "t=-9223372036854775808,v1=6531470c79377c6c36cca832b8fa119ca7a609bd7aa88b5fc74bf6ba99e916a2",
        "t=9223372036854775807,v1=6531470c79377c6c36cca832b8fa119ca7a609bd7aa88b5fc74bf6ba99e916a2", "t=๑๒๓,v1=๖๕", ",,,=,t=,v1=",
    ])
    func `a signature that is not the courier's is refused`(header: String) throws {
        guard case .refuse(let answer) = try FakeCourier(200).connector().verify(Self.delivery(header)) else { Issue.record("taken"); return }
        #expect(answer.status == 401)
        #expect(answer.code == "bad_signature")
    }

    @Test func `one changed byte of the body breaks the signature`() throws {
        var delivery = Self.delivery(Self.callbackSignature)
        delivery.body[100] ^= 1
        guard case .refuse = try FakeCourier(200).connector().verify(delivery) else { Issue.record("taken"); return }
        delivery.body[100] ^= 1
        delivery.body.append(10)
        guard case .refuse = try FakeCourier(200).connector().verify(delivery) else { Issue.record("taken"); return }
    }

    private static func delivery(_ signature: String, eventID: String? = "ev_000017", at time: Timestamp = callbackTime) -> IncomingDelivery {
        var headers: HTTPFields = [CourierConnector.Names.signature: signature]
        if let eventID { headers[CourierConnector.Names.eventID] = eventID }
        return IncomingDelivery(headers: headers, body: Array(callback.utf8), receivedAt: time)
    }
}
