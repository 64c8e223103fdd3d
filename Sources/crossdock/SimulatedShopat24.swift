import Shopat24Simulator
import SimulatorKit

/// How the demo and `crossdock simulate` reach a simulated Shopat24: over REST with a bearer token, and with pushes as a middleware would send them.
enum SimulatedShopat24 {
    private static let token = "simulated-s24-token", pushSecret = "simulated-s24-push-secret"
    private static let signature = "X-S24-Signature", timestamp = "X-S24-Timestamp", delivery = "X-S24-Delivery"

    /// - Parameter hookURL: nil until the channel is there (`setHook`).
    static func configuration(seed: UInt64, faults: FaultPlan, hookURL: String? = nil) -> Shopat24Configuration {
        var webhook = Shopat24Webhook()
        webhook.hookURL = hookURL
        webhook.secret = pushSecret
        webhook.header = signature
        webhook.template = .timestampBody
        webhook.timestampHeader = timestamp
        webhook.deliveryIDHeader = delivery
        var configuration = Shopat24Configuration()
        configuration.seed = seed
        configuration.faults = faults
        configuration.auth = .bearer(token: token)
        configuration.webhook = webhook
        return configuration
    }

    /// Of a channel of the hub.
    static func settings(of simulator: Shopat24Simulator) -> [String: String] {
        ["baseURL": simulator.baseURL, "secret": token, "webhookSecret": pushSecret, "connection": simulator.configuration.connection, "profile": profile]
    }

    private static let profile = """
        {"auth":{"scheme":"bearer"},"webhook":{"header":"\(signature)","encoding":"hex","template":"{timestamp}.{body}","timestampHeader":"\(timestamp)",\
        "deliveryIdHeader":"\(delivery)","orderNoPointer":"/orderNo","versionPointer":"/updatedAt"}}
        """
}
