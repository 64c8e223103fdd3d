import Foundation
@testable import ShopifySimulator
import SimulatorKit
import Testing

/// A simulated shop for one test, and a client that knows nothing of the connector.
struct SimulatedShop {
    let simulator: ShopifySimulator
    let token: String

    static let defaultToken = "shpat_static_for_tests"

    static func with(
        _ configure: (inout ShopifySimulator.Configuration) -> Void = { _ in }, _ body: (SimulatedShop) async throws -> Void
    ) async throws {
        var configuration = ShopifySimulator.Configuration()
        configuration.shop = "crossdock-test.myshopify.com"
        configuration.clientSecret = "hush-shopify-secret-01"
        configuration.staticToken = defaultToken
        configuration.timeScale = 0.00002
        configuration.cancelJobDelay = .milliseconds(20)
        configure(&configuration)
        let simulator = try await ShopifySimulator.start(configuration)
        do {
            try await body(SimulatedShop(simulator: simulator, token: defaultToken))
        } catch {
            await simulator.stop()
            throw error
        }
        await simulator.stop()
    }

    func get(_ path: String, token: String? = nil) async throws -> PlainAnswer { try await call("GET", path, nil, token: token) }

    func call(_ method: String, _ path: String, _ body: Any?, token: String? = nil) async throws -> PlainAnswer {
        let data = try body.map { try JSONSerialization.data(withJSONObject: $0) }
        return try await PlainHTTP.send(
            method, simulator.baseURL + path,
            headers: [("X-Shopify-Access-Token", token ?? self.token), ("Content-Type", "application/json")], body: data)
    }

    func rest(_ method: String, _ path: String, _ body: Any? = nil) async throws -> PlainAnswer {
        try await call(method, "/admin/api/2026-10" + path, body)
    }

    /// The whole answer of a GraphQL call.
    func graph(_ query: String, _ variables: [String: Any] = [:], token: String? = nil) async throws -> [String: Any] {
        try await call("POST", "/admin/api/2026-10/graphql.json", ["query": query, "variables": variables], token: token).json
    }

    /// The `data` of a GraphQL call that must not have errors.
    func data(_ query: String, _ variables: [String: Any] = [:]) async throws -> [String: Any] {
        let answer = try await graph(query, variables)
        if let errors = answer["errors"] { Issue.record("GraphQL errors: \(errors)") }
        return try #require(answer["data"] as? [String: Any])
    }

    /// Subscribes the catcher to topics in GraphQL's words.
    func subscribe(_ catcher: WebhookCatcher, _ topics: String...) async throws {
        for topic in topics {
            let made = try await data(
                "mutation($t:WebhookSubscriptionTopic!,$u:String!){webhookSubscriptionCreate(topic:$t,webhookSubscription:{uri:$u}){webhookSubscription{id uri topic} userErrors{field message}}}",
                ["t": topic, "u": catcher.url])
            #expect(path(made, "webhookSubscriptionCreate", "webhookSubscription", "topic") as? String == topic)
        }
    }

    static func gid(_ id: Int64) -> String { "gid://shopify/Order/\(id)" }
}

/// A value deep inside decoded JSON: keys and array positions.
func path(_ json: Any?, _ steps: Any...) -> Any? {
    steps.reduce(json) { value, step in
        if let key = step as? String { return (value as? [String: Any])?[key] }
        if let index = step as? Int, let list = value as? [Any], list.indices.contains(index) { return list[index] }
        return nil
    }
}

/// The messages of a mutation's userErrors.
func userErrors(_ data: [String: Any], _ mutation: String) -> [String] {
    (path(data, mutation, "userErrors") as? [[String: Any]] ?? []).compactMap { $0["message"] as? String }
}
