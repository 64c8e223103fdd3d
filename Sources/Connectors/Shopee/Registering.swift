package import Connect
import Domain

extension ShopeeConnector: RegistersWebhooks {
    /// What the call takes; its topic numbers stop at 13 (platforms/shopee.md §3.1).
    static let topics: [(code: Int64, name: String)] = [
        (1, "1 consent given"), (2, "2 consent withdrawn"), (3, "3 order status"), (4, "4 tracking number"), (12, "12 consents ending"),
    ]
    /// Switched on in the console only: label jobs, returns, packages.
    static let consoleTopics: [Int64] = [15, 29, 30]

    /// One URL serves all shops of an app, so the URL of the settings goes before this channel's own.
    package func registerWebhooks(at url: String) async throws(ConnectorError) -> [WebhookRegistration] {
        let wanted = settings.pushURL ?? url
        let now = try await pushConfiguration().registrations(at: wanted)
        if now.allSatisfy({ $0.state == .active }) { return now }
        _ = try await client.call(.post("push/set_app_push_config", form: .publicly) { json in
            json.field("callback_url", wanted)
            json.name("set_push_config_on")
            json.array { json in for topic in Self.topics { json.integer(topic.code) } }
        })
        return try await pushConfiguration().registrations(at: wanted)
    }

    package func listWebhooks(at url: String) async throws(ConnectorError) -> [WebhookRegistration] {
        try await pushConfiguration().registrations(at: settings.pushURL ?? url)
    }

    func pushConfiguration() async throws(ConnectorError) -> PushConfiguration {
        PushConfiguration(try await client.call(.get("push/get_app_push_config", form: .publicly)))
    }
}

/// How the app's pushes stand (`push/get_app_push_config`).
struct PushConfiguration: Sendable, Equatable {
    enum Health: Sendable, Equatable { case normal, warning, suspended, unknown(String) }

    var callbackURL: String?
    var health: Health
    /// nil: the answer does not say which topics are on (it is not documented that it does).
    var topicsOn: Set<Int64>?

    init(_ envelope: LooseJSON) {
        let body = envelope["response"].isObject ? envelope["response"] : envelope
        callbackURL = body["callback_url"].text
        let word = body["live_push_status"].text
        switch word?.lowercased() {
        // Without a word nothing was ever pushed.
        case nil, "normal": health = .normal
        case "warning": health = .warning
        case "suspended": health = .suspended
        default: health = .unknown((word ?? "").cut(40))
        }
        let list = body.first("push_config_on_list", "set_push_config_on", "push_config_on")
        if list.isList { topicsOn = Set(list.list.compactMap(\.integer)) }
    }

    func registrations(at url: String) -> [WebhookRegistration] {
        ShopeeConnector.topics.map { topic in
            let state: WebhookRegistration.State =
                if callbackURL != url || topicsOn?.contains(topic.code) == false { .missing } else if health == .suspended { .disabled } else { .active }
            return WebhookRegistration(topic: topic.name, state: state, externalID: state == .missing ? nil : String(topic.code))
        }
    }
}
