import Connect
import Domain
import Foundation
import HTTPTypes
import Logging

/// Contexts, deliveries and answers for fuzzed connectors.
enum FuzzBench {
    static let now = Timestamp(seconds: 1_795_225_000)

    static func context(_ settings: [String: String], answer: PlatformAnswer? = nil, account: String? = nil) -> ChannelContext {
        let http = ChannelHTTP { (_) async throws(ConnectorError) -> PlatformAnswer in
            guard let answer else { throw ConnectorError.unreachable(reason: "there is no network here") }
            return answer
        }
        let credentials = account.map { account in CredentialSource { (grant, _) async throws(ConnectorError) -> Credential in Credential(grant: grant, accessToken: "token-1", accountID: account, issuedAt: now) } }
        return ChannelContext(channel: ChannelID(7), name: "fuzzed", settings: ChannelSettings(settings), http: http, now: { now },
                              logger: Logger(label: "fuzz", factory: { _ in SwiftLogNoOpLogHandler() }), credentials: credentials ?? .none)
    }

    static func delivery(_ body: [UInt8], topic: String, origin: DeliveryOrigin = .webhook, headers: [String: String] = [:]) -> StoredDelivery {
        StoredDelivery(id: DeliveryID(1), channel: ChannelID(7), origin: origin, topic: topic, headers: headers, body: body, receivedAt: now, askedAt: origin == .webhook ? nil : now)
    }

    /// What the connector makes of a delivery, and what is wrong with it.
    static func verdict(_ connector: any InterpretsDeliveries, _ delivery: StoredDelivery) -> FuzzVerdict {
        do throws(ConnectorError) {
            return Expectations.verdict(try connector.interpret(delivery), bodyBytes: delivery.body.count)
        } catch {
            return Expectations.verdict(error, now: now)
        }
    }

    /// What the connector makes of the orders that it listed or fetched.
    static func verdict(_ connector: any InterpretsDeliveries, _ listed: [ListedOrder]) -> FuzzVerdict {
        var verdict = FuzzVerdict(isRead: !listed.isEmpty)
        for order in listed {
            verdict.complaints += Expectations.idComplaints("listed", order.externalID)
            if let body = order.body { verdict.add(self.verdict(connector, delivery(body, topic: order.topic, origin: .poll))) }
        }
        return verdict
    }

    static func verdict(_ work: () async throws(ConnectorError) -> FuzzVerdict) async -> FuzzVerdict {
        do throws(ConnectorError) { return try await work() } catch { return Expectations.verdict(error, now: now) }
    }

    /// Mostly good; otherwise any status with any headers.
    static func answer(_ body: [UInt8], _ random: inout FuzzRandom) -> PlatformAnswer {
        guard random.once(in: 4) else { return PlatformAnswer(status: 200, headers: [.contentType: "application/json"], body: body) }
        let status = random.pick([200, 201, 202, 204, 301, 400, 401, 402, 403, 404, 406, 408, 409, 410, 415, 422, 423, 429, 430, 500, 501, 502, 503, 504, 520, 599, 999, 100]) ?? 200
        var headers: HTTPFields = [.contentType: random.pick(["application/json", "text/html", ""]) ?? ""]
        if random.once(in: 2) { headers[.retryAfter] = random.pick(HostileValues.numbers + HostileValues.notNumbers + ["Fri, 06 Nov 2026 03:12:44 GMT", "Fri, 06 Nov 9999 23:59:59 GMT"]) }
        if random.once(in: 2) { headers[.date] = random.pick(["Fri, 06 Nov 0000 03:12:44 GMT", "Fri, 06 Nov 9999 23:59:59 GMT", "x", "a b c d e GMT"]) }
        if random.once(in: 4), let name = HTTPField.Name("X-WP-TotalPages") { headers[name] = random.pick(HostileValues.numbers) }
        if random.once(in: 4) { headers[.location] = HostileValues.longText(&random) }
        return PlatformAnswer(status: status, headers: headers, body: random.once(in: 6) ? [] : body)
    }

    /// An order and a shipment of it, for calls that act.
    static let order = OrderForAction(
        id: OrderID(1), channel: ChannelID(7), channelName: "fuzzed",
        snapshot: OrderSnapshot(
            externalID: "9301", externalNumber: "9301", placedAt: now, revision: Revision(updatedAt: now), buyer: Buyer(name: "มาลี", phone: "0861112233"),
            shipTo: Address(name: "มาลี", phone: "0861112233", line1: "8/15", district: "บางรัก", province: "กรุงเทพ", postcode: "10500", countryCode: "TH"), currency: .thb,
            totals: Totals(items: 100, grand: 100), payment: Payment(state: .paid),
            lines: [OrderLine(externalLineID: "14100000000001", title: "bag", quantity: 2, unitPrice: 50, lineTotal: 100)], platformStatus: "open"))
    static let shipment = Shipment(
        id: ShipmentID(1), carrier: "courier", channel: ChannelID(8), externalRef: "ref-1", trackingNumber: "EX1", bookedAt: now,
        parcels: [Parcel(ref: "1", weightGrams: 5, contents: [.init(externalLineID: "14100000000001", quantity: 2)])])
}
