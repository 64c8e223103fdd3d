package import Connect
import Crypto
package import Domain
import Foundation

/// Shopify: one shop of the hosted platform, through signed webhooks and the GraphQL Admin API (platforms/shopify.md).
///
/// Webhook bodies are REST-shaped, everything we ask for ourselves is GraphQL: both are read into one `OrderReading` and mean the same afterwards.
package struct ShopifyConnector: Connector {
    package static let platform: PlatformName = "shopify"
    /// The topic of the bodies that we read ourselves, by listing or fetching.
    package static let nodeTopic = "graphql/order"

    let settings: ShopifySettings
    let context: ChannelContext
    let api: AdminAPI
    /// Waits between two looks at an asynchronous job of the platform.
    let pause: @Sendable (Duration) async throws -> Void

    package init(_ context: ChannelContext) throws(ConnectorError) {
        try self.init(context, pause: { try await Task.sleep(for: $0) })
    }

    init(_ context: ChannelContext, pause: @escaping @Sendable (Duration) async throws -> Void) throws(ConnectorError) {
        settings = try ShopifySettings(context.settings)
        self.context = context
        self.pause = pause
        api = AdminAPI(settings: settings, http: context.http, now: context.now, credentials: context.credentials)
    }

    package static let descriptor = PlatformDescriptor(
        platform: platform, title: "Shopify", kind: .shop,
        settings: [
            SettingField("shop", "Shop", help: "The permanent name, for example my-shop.myshopify.com; never the shop's own domain.", isRequired: true),
            SettingField("grant", "How it is authorised", help: "static (a token made by hand), clientCredentials (an app of the same organisation) or code (another merchant's shop)."),
            SettingField("clientID", "Client ID", help: "Of the app, from its page."),
            SettingField("clientSecret", "Client secret", help: "Of the app; it also signs its webhooks.", isSecret: true),
            SettingField("previousClientSecret", "Previous client secret", help: "While a secret is being changed: webhooks may carry either for an hour.", isSecret: true),
            SettingField("webhookSecret", "Webhook key", help: "For webhooks made by hand under Settings > Notifications: the key shown there.", isSecret: true),
            SettingField("accessToken", "Access token", help: "For static: the token. For code: empty where the merchant agrees in the browser, or the one to begin with; the hub keeps those that follow.", isSecret: true),
            SettingField("accessTokenExpiresAt", "Access token expires", help: "For code, of the one to begin with."),
            SettingField("refreshToken", "Refresh token", help: "For code: the one to begin with. A new one typed in here replaces what the hub keeps.", isSecret: true),
            SettingField("refreshTokenExpiresAt", "Refresh token expires", help: "For code, of the one to begin with."),
            SettingField("apiVersion", "API version", help: "A quarter's name.", defaultValue: ShopifySettings.defaultAPIVersion),
            SettingField("baseURL", "Address", help: "Instead of https://{shop}, for tests."),
            SettingField("codGateways", "Cash-on-delivery gateways", help: "Names of the payment methods that are cash on delivery, with commas; replaces the built-in list."),
            SettingField("includeTestOrders", "Take test orders", help: "true takes orders that are marked as tests.", defaultValue: "false"),
            SettingField("fetchAfterWebhook", "Fetch after each webhook", help: "true reads every announced order again through the API: slower, and it sees holds.", defaultValue: "false"),
            SettingField("notifyCustomer", "Notify the buyer", help: "true lets Shopify mail the buyer when the hub marks an order as shipped.", defaultValue: "true"),
            SettingField("refundOnCancel", "Refund on cancel", help: "true refunds to the original payment when the hub cancels an order.", defaultValue: "false"),
            SettingField("restockOnCancel", "Restock on cancel", help: "true puts the goods of an order that the hub cancels back on sale.", defaultValue: "true"),
        ],
        hookDeadlineSeconds: 5, budget: Budget(callsPerSecond: 10, burst: 20, concurrency: 4), maximumBodyBytes: 4 << 20)
}
