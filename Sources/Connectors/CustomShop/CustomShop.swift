package import Connect
package import Domain
import Foundation
import HTTPTypes

/// An own-built shop (or a thin companion module) that keeps our push contract (platforms/companion-webhook.md): signed full or thin events in, signed callbacks out,
/// and an optional pull endpoint for reconciliation.
package struct CustomShopConnector: ReceivesWebhooks, ListsOrders, FetchesOrders, FulfilsOrders, ChecksItself {
    package static let descriptor = PlatformDescriptor(
        platform: "custom", title: "Own-built shop (signed push)", kind: .shop,
        settings: [
            SettingField("secret", "Signing secret", help: "whsec_ and 24 to 64 bytes in base64; the shop signs its events with it", isSecret: true, isRequired: true),
            SettingField("previousSecret", "Previous signing secret", help: "accepted while a rotation lasts", isSecret: true),
            SettingField("sourcePlatform", "Sender", help: "custom, magento2 or prestashop: what source.platform must say", defaultValue: "custom"),
            SettingField("callbackURL", "Callback address", help: "where order.shipped and order.cancelRequested are sent; empty: nowhere"),
            SettingField("callbackSecret", "Callback secret", help: "another secret, for our calls to the shop", isSecret: true),
            SettingField("pullURL", "Pull address", help: "base of the optional pull endpoint, without /crossdock/v1; empty: none"),
            SettingField("pullToken", "Pull token", isSecret: true),
        ],
        hookDeadlineSeconds: 15, budget: Budget(callsPerSecond: 50, burst: 100, concurrency: 8), maximumBodyBytes: 262_144, answersDuplicates: true)

    let secrets: [StandardWebhookKey]
    let sourcePlatform: String
    let callbackURL: String?
    let callbackKey: StandardWebhookKey?
    let pullBase: String?
    let pullToken: String?
    let http: ChannelHTTP
    let now: @Sendable () -> Timestamp
    package let listingOverlap = Duration.seconds(300)

    package init(_ context: ChannelContext) throws(ConnectorError) {
        let settings = context.settings
        var secrets = [try StandardWebhookKey(try settings.required("secret"), setting: "secret")]
        if let previous = settings.optional("previousSecret") { secrets.append(try StandardWebhookKey(previous, setting: "previousSecret")) }
        self.secrets = secrets
        sourcePlatform = settings.optional("sourcePlatform") ?? "custom"
        guard ["custom", "magento2", "prestashop"].contains(sourcePlatform) else { throw .misconfigured(setting: "sourcePlatform", problem: "must be custom, magento2 or prestashop") }
        callbackURL = settings.optional("callbackURL")
        if let text = settings.optional("callbackSecret") { callbackKey = try StandardWebhookKey(text, setting: "callbackSecret") } else { callbackKey = nil }
        guard callbackURL == nil || callbackKey != nil else { throw .misconfigured(setting: "callbackSecret", problem: "is needed with callbackURL") }
        var base = settings.optional("pullURL")
        while base?.hasSuffix("/") == true { base?.removeLast() }
        pullBase = base
        pullToken = settings.optional("pullToken")
        guard pullBase == nil || pullToken != nil else { throw .misconfigured(setting: "pullToken", problem: "is needed with pullURL") }
        http = context.http
        now = context.now
    }

    /// Sends one event to the shop: the same id for every try, timestamp and signature of this one (§10).
    func call(type: String, data: some Encodable & Sendable, key: String) async throws(ConnectorError) {
        guard let callbackURL, let callbackKey else { return }
        let time = now(), id = StandardWebhookKey.messageID(key)
        let body: [UInt8]
        do { body = Array(try JSONEncoder.crossdock.encode(Envelope(type: type, timestamp: time, data: data))) } catch {
            throw .notUnderstood(field: type, found: "a value that JSON cannot hold")
        }
        let seconds = time.milliseconds / 1000
        let headers: HTTPFields = [
            .contentType: "application/json", Names.id: id, Names.timestamp: "\(seconds)", Names.signature: "v1," + callbackKey.sign(id: id, timestamp: "\(seconds)", body: body),
        ]
        let answer = try await http.send(PlatformRequest(.post, callbackURL, headers: headers, body: body))
        switch answer.status {
        case 200..<300: return
        case 429: throw .throttled(until: time + .seconds(answer.pauseSeconds ?? 30))
        case 401, 403: throw .unauthorised(reason: "the shop answered \(answer.status) to a signed callback")
        case 408, 500...599: throw .unreachable(reason: "the shop answered \(answer.status)")
        default: throw .refused(platformCode: "http_\(answer.status)", platformMessage: "the shop answered \(answer.status) to \(type)")
        }
    }

    package func markShipped(_ shipment: Shipment, of order: OrderForAction, idempotencyKey: String) async throws(ConnectorError) {
        struct Line: Encodable, Sendable { var externalLineID: String, quantity: Int }
        struct Parcels: Encodable, Sendable { var id: String, carrier: String, trackingNumber: String?, trackingURL: String?, shippedAt: Timestamp, lines: [Line] }
        struct Content: Encodable, Sendable { var externalID: String, shipment: Parcels }
        let lines = shipment.parcels.flatMap(\.contents).map { Line(externalLineID: $0.externalLineID, quantity: $0.quantity) }
        try await call(type: "order.shipped", data: Content(externalID: order.snapshot.externalID, shipment: Parcels(
            id: shipment.externalRef, carrier: shipment.carrier, trackingNumber: shipment.trackingNumber, trackingURL: shipment.trackingURL, shippedAt: shipment.bookedAt, lines: lines)), key: idempotencyKey)
    }

    package func cancelOrder(_ order: OrderForAction, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer {
        guard callbackURL != nil else { return .unknown }
        struct Content: Encodable, Sendable { var externalID: String, reason: String, requestedBy = "crossdock" }
        try await call(type: "order.cancelRequested", data: Content(externalID: order.snapshot.externalID, reason: reason), key: idempotencyKey)
        // The shop cancels by its own means and says so with an event.
        return .pending
    }

    package func check() async -> [CheckRow] {
        var rows = [CheckRow("callbacks", isGood: callbackURL != nil, found: callbackURL == nil ? "no callback address" : "set", remedy: callbackURL == nil ? "Set callbackURL and callbackSecret if the shop wants to hear of shipments." : nil)]
        guard pullBase != nil else { return rows + [CheckRow("pull endpoint", isGood: false, found: "none", remedy: "Without it a lost push is not found by reconciliation: offer the endpoint of the contract's section 11.")] }
        do {
            let page = try await listOrders(changedSince: now() - .seconds(3600), until: nil, cursor: nil, limit: 1)
            rows.append(CheckRow("pull endpoint", isGood: true, found: "answers (\(page.orders.count) order)"))
        } catch { rows.append(CheckRow("pull endpoint", isGood: false, found: error.sentence, remedy: "Check pullURL and pullToken.")) }
        return rows
    }

    enum Names {
        static let id = HTTPField.Name("webhook-id")!, timestamp = HTTPField.Name("webhook-timestamp")!      // literals: valid names
        static let signature = HTTPField.Name("webhook-signature")!      // a literal: a valid name
    }
}

private struct Envelope<Content: Encodable>: Encodable { var type: String, timestamp: Timestamp, specVersion = "1", source = ["platform": "crossdock"], data: Content }
