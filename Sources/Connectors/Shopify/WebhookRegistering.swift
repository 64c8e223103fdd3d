package import Connect
import Domain
import Foundation

/// The subscriptions that a channel needs (§3.1).
///
/// - `orders/create`, `orders/updated`: whole orders. The second fires for nearly every change; the first is not promised to be followed by it.
/// - `orders/cancelled`: a whole order, for the one change that must not wait for a poll.
/// - `orders/edited`, `refunds/create`, `fulfillments/*`: small bodies that make us fetch; they cover changes after which `orders/updated` is not promised.
/// - `orders/delete`, `app/uninstalled`: told by nothing else.
/// - Not `orders/paid`, `orders/fulfilled`, `orders/partially_fulfilled`: each is the same body again beside `orders/updated`.
enum WebhookTopic: String, CaseIterable {
    case ordersCreate = "ORDERS_CREATE", ordersUpdated = "ORDERS_UPDATED", ordersCancelled = "ORDERS_CANCELLED", ordersEdited = "ORDERS_EDITED"
    case ordersDelete = "ORDERS_DELETE", refundsCreate = "REFUNDS_CREATE", fulfilmentsCreate = "FULFILLMENTS_CREATE", fulfilmentsUpdate = "FULFILLMENTS_UPDATE"
    case appUninstalled = "APP_UNINSTALLED"
}

/// What is to be done so that each topic is registered for one address once.
struct WebhookPlan: Sendable, Equatable {
    struct Subscription: Sendable, Equatable { var id: String, topic: String, uri: String }

    var keep: [Subscription] = [], create: [String] = [], delete: [Subscription] = []

    /// Removes doubles of ours and what points to another path of our own address (an old hook key); another host's are somebody else's.
    init(existing: [Subscription], url: String) {
        let needed = WebhookTopic.allCases.map(\.rawValue)
        for topic in needed {
            let ours = existing.filter { $0.topic == topic && $0.uri == url }
            if let first = ours.first { keep.append(first) } else { create.append(topic) }
            delete += ours.dropFirst()
        }
        let known = Set(needed)
        delete += existing.filter { $0.uri == url && !known.contains($0.topic) }
        delete += existing.filter { $0.uri != url && Self.isSameRoom($0.uri, url) }
    }

    /// Same scheme, host and port, and the same folder but for its last part: `https://hub.example/hooks/OLD` and `…/hooks/NEW`.
    static func isSameRoom(_ a: String, _ b: String) -> Bool {
        guard let first = folder(a), let second = folder(b) else { return false }
        return first == second
    }

    private static func folder(_ uri: String) -> String? {
        guard let url = URLComponents(string: uri), let scheme = url.scheme?.lowercased(), scheme == "https" || scheme == "http", let host = url.host?.lowercased() else { return nil }
        let parts = url.path.split(separator: "/")
        guard parts.count > 1 else { return nil }   // an address without a folder shares its room with everything
        return "\(scheme)://\(host):\(url.port ?? (scheme == "https" ? 443 : 80))/\(parts.dropLast().joined(separator: "/"))"
    }
}

enum WebhookQueries {
    static let largestPage = 250, largestPages = 8

    static let list = GraphQLDocument(name: "webhookSubscriptions", text: """
        query webhookSubscriptions($first:Int!,$after:String){webhookSubscriptions(first:$first,after:$after){pageInfo{hasNextPage endCursor} nodes{id topic uri}}}
        """)
    static let create = GraphQLDocument(name: "webhookSubscriptionCreate", text: """
        mutation webhookSubscriptionCreate($topic:WebhookSubscriptionTopic!,$webhookSubscription:WebhookSubscriptionInput!)\
        {webhookSubscriptionCreate(topic:$topic,webhookSubscription:$webhookSubscription){webhookSubscription{id uri topic} userErrors{field message}}}
        """)
    static let delete = GraphQLDocument(name: "webhookSubscriptionDelete", text: """
        mutation webhookSubscriptionDelete($id:ID!){webhookSubscriptionDelete(id:$id){deletedWebhookSubscriptionId userErrors{field message}}}
        """)
}

extension ShopifyConnector: RegistersWebhooks {
    package func registerWebhooks(at url: String) async throws(ConnectorError) -> [WebhookRegistration] {
        let plan = WebhookPlan(existing: try await subscriptions(), url: url)
        for topic in plan.create { try await create(topic, url) }
        for subscription in plan.delete { try await remove(subscription) }
        return try await listWebhooks(at: url)
    }

    /// Every needed topic with its state. App-configured subscriptions are not told by the API (§3.1): those show as missing.
    package func listWebhooks(at url: String) async throws(ConnectorError) -> [WebhookRegistration] {
        let existing = try await subscriptions()
        return WebhookTopic.allCases.map { topic in
            let found = existing.first { $0.topic == topic.rawValue && $0.uri == url }
            return WebhookRegistration(topic: topic.rawValue, state: found == nil ? .missing : .active, externalID: found?.id)
        }
    }

    private func create(_ topic: String, _ url: String) async throws(ConnectorError) {
        struct Payload: Decodable { let webhookSubscriptionCreate: Inner; struct Inner: Decodable { let userErrors: [UserError]? } }
        let answer = try await api.call(WebhookQueries.create, ["topic": .text(topic), "webhookSubscription": ["uri": .text(url), "format": "JSON"]])
        let errors = try answer.data(Payload.self).webhookSubscriptionCreate.userErrors ?? []
        // Taken meanwhile, by ourselves: that is what was wanted.
        if errors.contains(where: { $0.text.contains("already been taken") }) { return }
        try UserError.raise(errors, code: "webhook_refused")
    }

    private func remove(_ subscription: WebhookPlan.Subscription) async throws(ConnectorError) {
        struct Payload: Decodable { let webhookSubscriptionDelete: Inner; struct Inner: Decodable { let userErrors: [UserError]? } }
        let answer = try await api.call(WebhookQueries.delete, ["id": .text(subscription.id)])
        let errors = try answer.data(Payload.self).webhookSubscriptionDelete.userErrors ?? []
        if errors.contains(where: { $0.text.lowercased().contains("not exist") || $0.text.lowercased().contains("not found") }) { return }
        try UserError.raise(errors, code: "webhook_refused")
    }

    private func subscriptions() async throws(ConnectorError) -> [WebhookPlan.Subscription] {
        struct Payload: Decodable {
            let webhookSubscriptions: Connection
            struct Connection: Decodable { let nodes: [Node], pageInfo: PageInfo? }
            struct Node: Decodable { let id: String, topic: String, uri: String? }
            struct PageInfo: Decodable { let hasNextPage: Bool, endCursor: String? }
        }
        var found: [WebhookPlan.Subscription] = [], after: GraphQLValue = .null
        for _ in 0..<WebhookQueries.largestPages {
            let connection = try await api.call(WebhookQueries.list, ["first": .integer(WebhookQueries.largestPage), "after": after]).data(Payload.self).webhookSubscriptions
            found += connection.nodes.map { WebhookPlan.Subscription(id: $0.id, topic: $0.topic, uri: $0.uri ?? "") }
            guard let info = connection.pageInfo, info.hasNextPage, let cursor = info.endCursor else { break }
            after = .text(cursor)
        }
        return found
    }
}

/// A business refusal inside a 200 (§6).
struct UserError: Decodable, Sendable, Equatable {
    var field: [String]?, message: String?, code: String?
    var text: String { message ?? code ?? "refused without a word" }

    /// - Throws: `.refused` with the platform's words when there are any.
    static func raise(_ errors: [UserError], code: String) throws(ConnectorError) {
        guard let first = errors.first else { return }
        throw .refused(platformCode: (first.code ?? code).cut(80), platformMessage: GraphQLEnvelope.cut(errors.map(\.text).joined(separator: "; ")))
    }
}
