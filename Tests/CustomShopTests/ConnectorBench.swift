import AsyncHTTPClient
import Connect
import CustomShopConnector
import Domain
import Foundation
import HTTPTypes
import Logging

/// Connectors and deliveries for one own-built shop.
enum CustomShopBench {
    static let now = Timestamp(seconds: 1_772_442_131)
    static let settings = ["secret": SimulatorVector.secret]
    private static let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: LiveHTTP.configuration)
    private static let silent = ChannelHTTP { (_) async throws(ConnectorError) -> PlatformAnswer in throw ConnectorError.unreachable(reason: "no network in this test") }

    static func connector(_ changed: [String: String] = [:], http: ChannelHTTP? = nil, now: @escaping @Sendable () -> Timestamp = { now }) throws(ConnectorError) -> CustomShopConnector {
        try CustomShopConnector(ChannelContext(
            channel: ChannelID(3), name: "shop", settings: ChannelSettings(settings.merging(changed) { $1 }), http: http ?? silent, now: now, logger: Logger(label: "test")))
    }

    /// Over real HTTP.
    static func live(_ changed: [String: String]) throws(ConnectorError) -> CustomShopConnector {
        let clock: @Sendable () -> Timestamp = { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
        let http = LiveHTTP(client: client, addressGuard: AddressGuard(allowedHosts: ["127.0.0.1"]), now: clock)
        return try connector(changed, http: http.channel(budget: CustomShopConnector.descriptor.budget), now: clock)
    }

    static func answering(_ status: Int, _ body: String = "", headers: HTTPFields = [:]) -> ChannelHTTP {
        ChannelHTTP { (_) async throws(ConnectorError) -> PlatformAnswer in PlatformAnswer(status: status, headers: headers, body: Array(body.utf8)) }
    }

    static func stored(_ body: some Sequence<UInt8>, topic: String = "order.upserted") -> StoredDelivery {
        StoredDelivery(id: DeliveryID(1), channel: ChannelID(3), origin: .webhook, topic: topic, body: Array(body), receivedAt: now)
    }

    static func order(_ externalID: String) -> OrderForAction {
        OrderForAction(id: OrderID(1), channel: ChannelID(3), channelName: "shop", snapshot: OrderSnapshot(
            externalID: externalID, externalNumber: externalID, placedAt: now, revision: Revision(updatedAt: now), currency: .thb, totals: Totals(items: 100, grand: 100),
            payment: Payment(state: .paid), lines: [OrderLine(externalLineID: "1", title: "ชา", quantity: 1, unitPrice: 100, lineTotal: 100)], platformStatus: "open"))
    }

    static func shipment(_ reference: String) -> Shipment {
        Shipment(id: ShipmentID(1), carrier: "thailandpost", channel: ChannelID(7), externalRef: reference, trackingNumber: "EX123456789TH", bookedAt: now,
                 parcels: [Parcel(ref: "1", weightGrams: 850, contents: [.init(externalLineID: "1", quantity: 2)])])
    }
}

extension SimulatorVector {
    /// The vector as it arrives, the receiver's clock being the vector's own unless said.
    func delivery(secondsLate: Int64 = 0, changing headers: [String: String] = [:], body changed: Data? = nil) -> IncomingDelivery {
        var fields = HTTPFields()
        for (name, value) in ["content-type": "application/json"].merging(self.headers, uniquingKeysWith: { $1 }).merging(headers, uniquingKeysWith: { $1 }) {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return IncomingDelivery(headers: fields, body: Array(changed ?? body), receivedAt: Timestamp(seconds: Int64(timestamp) + secondsLate))
    }
    var platform: String { name.contains("Magento") || name.hasPrefix("W5") ? "magento2" : name.contains("PrestaShop") ? "prestashop" : "custom" }
}

extension HookVerdict {
    /// What the sender is told of it by itself: the status and code of a refusal, a quarantine or a ping; 202 for what is accepted.
    var told: String {
        switch self {
        case .accept(let receipt): receipt.quarantine.map { "\($0.status) \($0.code)" } ?? "202 accepted"
        case .answer(let answer), .refuse(let answer): "\(answer.status) \(answer.code)"
        }
    }
    var receipt: Receipt? {
        guard case .accept(let receipt) = self else { return nil }
        return receipt
    }
    var isRefused: Bool {
        guard case .refuse = self else { return false }
        return true
    }
}

extension HookAnswer {
    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:] }
    var pointer: String? { ((json["errors"] as? [[String: Any]])?.first)?["pointer"] as? String }
}

/// The error of a call that has to fail; nil when it did not.
func connectorError<T>(_ body: () async throws(ConnectorError) -> T) async -> ConnectorError? {
    do { _ = try await body(); return nil } catch { return error }
}
