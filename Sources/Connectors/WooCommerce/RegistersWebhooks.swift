package import Connect
import Domain
import HTTPTypes

extension WooCommerceConnector: RegistersWebhooks {
    /// One webhook has one topic. Restored orders come back whole; trashed ones by their id (platforms/woocommerce.md §3.1).
    static let topics = ["order.created", "order.updated", "order.deleted", "order.restored"]

    /// Exactly one active webhook a topic for `url`, signed with our secret: missing ones are made, disabled ones enabled again, doubles deleted.
    ///
    /// The secret is written again each time, since the shop never shows it. A webhook that a person paused stays paused and is reported `disabled`.
    ///
    /// - Throws: `.misconfigured` without `webhookSecret`: the shop would make up a secret that nobody can read back.
    package func registerWebhooks(at url: String) async throws(ConnectorError) -> [WebhookRegistration] {
        guard let secret = settings.webhookSecret else { throw .misconfigured(setting: "webhookSecret", problem: "is not set: choose 20 or more letters and digits") }
        let known = try await webhooks(at: url)
        var registrations: [WebhookRegistration] = []
        for topic in Self.topics {
            let same = known.filter { $0.topic == topic }
            guard let kept = same.first(where: { $0.status == "active" }) ?? same.first else {
                registrations.append(try await create(topic, at: url, secret: secret))
                continue
            }
            for double in same where double.id != kept.id { try await delete(double) }
            registrations.append(try await mend(kept, secret: secret))
        }
        return registrations
    }

    package func listWebhooks(at url: String) async throws(ConnectorError) -> [WebhookRegistration] {
        let known = try await webhooks(at: url)
        return Self.topics.map { topic in
            let same = known.filter { $0.topic == topic }
            guard let hook = same.first(where: { $0.status == "active" }) ?? same.first else { return WebhookRegistration(topic: topic, state: .missing) }
            return hook.registration
        }
    }

    private func webhooks(at url: String) async throws(ConnectorError) -> [WireWebhook] {
        var found: [WireWebhook] = []
        for page in 1...Self.maximumWebhookPages {
            let call = APICall(.get, "webhooks", query: [QueryItem("per_page", "100"), QueryItem("page", String(page)), QueryItem("orderby", "id"), QueryItem("order", "asc")])
            let hooks = try AnswerReading.decode([WireWebhook].self, from: try await site.call(call), isRead: true).value
            found += hooks.filter { $0.deliveryURL == url }
            if hooks.count < 100 { break }
        }
        return found
    }

    private static let maximumWebhookPages = 20

    private struct Registering: Encodable {
        var name: String?
        var topic: String?
        var deliveryURL: String?
        var secret: String
        var status: String?
        enum CodingKeys: String, CodingKey { case name, topic, secret, status, deliveryURL = "delivery_url" }
    }

    private func create(_ topic: String, at url: String, secret: String) async throws(ConnectorError) -> WebhookRegistration {
        let body = Registering(name: "Crossdock \(topic)", topic: topic, deliveryURL: url, secret: secret, status: "active")
        let answer = try await site.call(try .writing(.post, "webhooks", body))
        return try AnswerReading.decode(WireWebhook.self, from: answer, isRead: false).value.registration
    }

    private func mend(_ hook: WireWebhook, secret: String) async throws(ConnectorError) -> WebhookRegistration {
        let body = Registering(secret: secret, status: hook.status == "disabled" ? "active" : nil)
        let answer = try await site.call(try .writing(.put, "webhooks/\(hook.id)", body))
        return try AnswerReading.decode(WireWebhook.self, from: answer, isRead: false).value.registration
    }

    /// Without `force` the shop answers 501: webhooks have no trash.
    private func delete(_ hook: WireWebhook) async throws(ConnectorError) {
        let call = APICall(.delete, "webhooks/\(hook.id)", query: [QueryItem("force", "true")], timeoutSeconds: APICall.writeSeconds)
        let answer = try await site.send(call)
        switch AnswerReading.failure(of: answer, now: context.now()) {
        case nil, .refused(platformCode: "not_found", _)?: return
        case let failure?: throw failure
        }
    }
}

/// A webhook as the shop lists it; the secret is never among it.
struct WireWebhook: Decodable, Sendable {
    var id: Int64
    var topic: String, status: String, deliveryURL: String

    enum CodingKeys: String, CodingKey { case id, topic, status, deliveryURL = "delivery_url" }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        id = try box.decode(Int64.self, forKey: .id)
        topic = box.text(.topic) ?? ""
        status = box.text(.status) ?? ""
        deliveryURL = box.text(.deliveryURL) ?? ""
    }

    /// `paused` (by a person) and `disabled` (by seven failures) both deliver nothing.
    var registration: WebhookRegistration { WebhookRegistration(topic: topic, state: status == "active" ? .active : .disabled, externalID: String(id)) }
}
