package import Connect
import Domain

/// One WooCommerce shop: its orders by webhook and by REST v3, and what we write back to it (platforms/woocommerce.md).
///
/// Every shop is its own server with its own version, plugins, clock and firewall, so nothing but `id`, `status`, `currency`, `total` and
/// `line_items` of an order is taken for granted. The abilities live in the files that are named after them.
package struct WooCommerceConnector: Connector {
    let context: ChannelContext
    let settings: WooCommerceSettings
    let statuses: StatusTable
    let site: SiteClient
    let signature: WebhookSignature?

    package init(_ context: ChannelContext) throws(ConnectorError) {
        let settings = try WooCommerceSettings(context.settings)
        self.context = context
        self.settings = settings
        statuses = StatusTable(completedMeans: settings.completedMeans, overrides: settings.statusMap)
        site = SiteClient(settings: settings, context: context)
        signature = settings.webhookSecret.map { WebhookSignature(storedSecret: $0) }
    }

    package static let descriptor = PlatformDescriptor(
        platform: "woocommerce", title: "WooCommerce", kind: .shop,
        settings: [
            SettingField("url", "Shop address", help: "With the subdirectory, as the browser shows the shop: https://shop.example/store", isRequired: true),
            SettingField(ConsumerKeys.keySetting, "Consumer key", help: "ck_ and 40 digits; WooCommerce > Settings > Advanced > REST API, permission read/write. Leave both empty to authorise in the browser",
                         isSecret: true),
            SettingField(ConsumerKeys.secretSetting, "Consumer secret", help: "cs_ and 40 digits, shown once beside the key", isSecret: true),
            SettingField("webhookSecret", "Webhook secret", help: "Letters and digits; the webhooks we register are signed with it", isSecret: true),
            SettingField("authentication", "Authentication", help: "auto, basic, query or oauth1", defaultValue: "auto"),
            SettingField("permalinks", "Permalinks", help: "auto, pretty or plain", defaultValue: "auto"),
            SettingField("homeURL", "Home URL", help: "What the shop calls itself (WordPress > Settings > General), where it differs from the shop address"),
            SettingField("statusMap", "Status map", help: "Custom statuses: packed=new/packed, shipped=processed/inTransit, phone-check=awaitingConfirmation"),
            SettingField("completedMeans", "Completed means", help: "inTransit or delivered: what the shop says by the status completed", defaultValue: "inTransit"),
            SettingField("tracking", "Tracking numbers", help: "auto, shipmentTracking, ast, meta or note: where a tracking number is written", defaultValue: "auto"),
            SettingField("codMethods", "Cash on delivery methods", help: "Payment method ids that are cash on delivery besides cod"),
            SettingField(SiteClient.learnedAuthenticationKey, "Authentication in use", help: "Written by the hub when authentication is auto; leave it empty"),
            SettingField(SiteClient.learnedPermalinksKey, "Permalinks in use", help: "Written by the hub when permalinks is auto; leave it empty"),
        ],
        // The shop waits 60 s, but its cron process is held meanwhile.
        hookDeadlineSeconds: 5,
        budget: Budget(callsPerSecond: 10, burst: 20, concurrency: 2), absentMeansDeleted: true)
}
