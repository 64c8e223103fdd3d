package import Connect
package import Domain

/// One seller account of Lazada in one country: orders by push and by polling, packages, labels and cancellations (platforms/lazada.md).
///
/// An order's id is unique within one store only, so ours is `{country}:{seller_id}:{order_id}` (§1). The abilities live in the files that are named after them.
package struct LazadaConnector: Connector {
    package static let platform: PlatformName = "lazada"
    /// The topic of the bodies that we read ourselves: an order and its items in one.
    package static let readTopic = "order+items"

    let context: ChannelContext
    let settings: LazadaSettings
    let api: LazadaAPI

    package init(_ context: ChannelContext) throws(ConnectorError) {
        let settings = try LazadaSettings(context.settings)
        self.context = context
        self.settings = settings
        api = LazadaAPI(settings: settings, context: context)
    }

    package static let descriptor = PlatformDescriptor(
        platform: platform, title: "Lazada", kind: .shop,
        settings: [
            SettingField("appKey", "App key", help: "Of your app at open.lazada.com; it also stands before every push that is signed.", isRequired: true),
            SettingField("appSecret", "App secret", help: "Shown beside the app key. It signs our calls and Lazada's pushes.", isSecret: true, isRequired: true),
            SettingField("country", "Country", help: "th, sg, my, vn, ph or id: where the shop sells. A cross-border seller has one channel for each country.", isRequired: true, defaultValue: "th"),
            SettingField("sellerID", "Seller ID", help: "The seller's number in that country. Left empty it is filled in when the seller agrees; orders are known by it ever after."),
            SettingField("cancelReasonID", "Reason for cancelling", help: "The reason_id that is sent when no reason of Lazada's fits. Left empty, the first reason that does not set the stock to 0."),
            SettingField("baseURL", "API address", help: "Instead of the country's own, https://api.lazada.co.th/rest for Thailand; for tests."),
            SettingField("authURL", "Token address", help: "Instead of https://auth.lazada.com/rest; for tests.", defaultValue: LazadaSettings.defaultAuthURL),
            SettingField("consentURL", "Consent page", help: "Instead of https://auth.lazada.com/oauth/authorize; for tests.", defaultValue: LazadaSettings.defaultConsentURL),
        ],
        // The platform waits 500 ms (§3.4).
        hookDeadlineSeconds: 1, budget: Budget(callsPerSecond: 5, burst: 10, concurrency: 4), maximumBodyBytes: 256 << 10)
}
