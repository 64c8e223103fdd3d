import AsyncHTTPClient
import Connect
import CourierConnector
import Domain
import HTTPTypes
import Logging
import Synchronization

/// A courier that answers from a closure and remembers what it was asked.
final class FakeCourier: Sendable {
    private let asked = Mutex<[PlatformRequest]>([])
    private let answer: @Sendable (PlatformRequest) -> PlatformAnswer

    init(_ answer: @escaping @Sendable (PlatformRequest) -> PlatformAnswer) { self.answer = answer }
    convenience init(_ status: Int, _ body: String = "", headers: HTTPFields = [:]) {
        self.init { _ in PlatformAnswer(status: status, headers: headers, body: Array(body.utf8)) }
    }

    var requests: [PlatformRequest] { asked.withLock { $0 } }

    func connector() throws(ConnectorError) -> CourierConnector {
        try CourierBench.connector(http: ChannelHTTP { (request) async throws(ConnectorError) -> PlatformAnswer in
            self.asked.withLock { $0.append(request) }
            return self.answer(request)
        }, now: { CourierBench.now })
    }
}

/// Orders and connectors for one courier.
enum CourierBench {
    static let now = Timestamp(seconds: 1_717_400_000)
    static let settings = [
        "url": "https://courier.example/", "keyID": "ck_test_crossdock", "secret": "cs_test_9b2e7c64d0a84f35", "callbackSecret": "whsec_5d0c3a",
        "services": "EMS=express, slow=economy",
    ]
    private static let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: LiveHTTP.configuration)

    static func connector(_ changed: [String: String] = [:], http: ChannelHTTP, now: @escaping @Sendable () -> Timestamp) throws(ConnectorError) -> CourierConnector {
        try CourierConnector(ChannelContext(
            channel: ChannelID(7), name: "courier", settings: ChannelSettings(settings.merging(changed) { $1 }), http: http, now: now, logger: Logger(label: "test")))
    }

    /// Over real HTTP.
    static func live(_ baseURL: String, now: @escaping @Sendable () -> Timestamp, _ changed: [String: String] = [:]) throws(ConnectorError) -> CourierConnector {
        let http = LiveHTTP(client: client, addressGuard: AddressGuard(allowedHosts: ["127.0.0.1"]), now: now)
        return try connector(changed.merging(["url": baseURL]) { $1 }, http: http.channel(budget: CourierConnector.descriptor.budget), now: now)
    }

    static func request(_ reference: String, postcode: String? = "50220", parcels: Int = 1, codMinor: Int64? = nil, service: String? = nil, note: String? = nil) -> BookingRequest {
        let lines = (1...parcels).map { OrderLine(externalLineID: "\($0)", sku: "TOP-\($0)", title: "เสื้อ \($0)", quantity: 1, unitPrice: 125_000, lineTotal: 125_000) }
        let address = Address(name: "คุณตัวอย่าง", phone: "+66 81-234-5678", line1: "123/45 หมู่ 6", subdistrict: "ป่าเมี่ยง", district: "ดอยสะเก็ด", province: "เชียงใหม่",
                              postcode: postcode, countryCode: "TH")
        let total = Int64(parcels) * 125_000
        let snapshot = OrderSnapshot(
            externalID: "1001", externalNumber: "#1001", placedAt: now, revision: Revision(updatedAt: now), shipTo: address, currency: .thb,
            totals: Totals(items: total, grand: total), payment: Payment(state: .unpaid, isCashOnDelivery: codMinor != nil, codAmount: codMinor), lines: lines, platformStatus: "open")
        return BookingRequest(
            externalRef: reference, service: service, order: OrderForAction(id: OrderID(1), channel: ChannelID(1), channelName: "shop", snapshot: snapshot), recipient: address,
            parcels: (1...parcels).map { Parcel(ref: "\($0)", weightGrams: 850, contents: [.init(externalLineID: "\($0)", quantity: 1)]) },
            codAmount: codMinor.map { Money(minor: $0, .thb) }, note: note)
    }
}

/// The error of a call that has to fail; nil when it did not.
func connectorError<T>(_ body: () async throws(ConnectorError) -> T) async -> ConnectorError? {
    do { _ = try await body(); return nil } catch { return error }
}
