package import Connect
package import Domain

/// One shop on Shopee, through Open Platform API v2 and its push messages (platforms/shopee.md).
///
/// One API serves all markets; pushes are thin and only say what to read again. The abilities live in the files that are named after what they do.
package struct ShopeeConnector: Connector {
    package static let platform: PlatformName = "shopee"
    /// The topic of the orders that we read ourselves, by listing or fetching.
    package static let orderTopic = "order"

    let context: ChannelContext
    let settings: ShopeeSettings
    let client: ShopeeClient

    package init(_ context: ChannelContext) throws(ConnectorError) {
        try self.init(context, jitter: { Double.random(in: 0..<0.25) })
    }

    /// - Parameter jitter: the share that is added to a pause after a refused burst.
    init(_ context: ChannelContext, jitter: @escaping @Sendable () -> Double) throws(ConnectorError) {
        settings = try ShopeeSettings(context.settings)
        self.context = context
        client = ShopeeClient(settings: settings, context: context, jitter: jitter)
    }

    package static let descriptor = PlatformDescriptor(
        platform: platform, title: "Shopee", kind: .shop,
        settings: [
            SettingField("partnerID", "Partner id", help: "Of the app, a number; live and sandbox apps have different ones.", isRequired: true),
            SettingField("partnerKey", "Partner key", help: "Of the same app. A live key expires, after half a year as a rule.", isSecret: true, isRequired: true),
            SettingField("shopID", "Shop id", help: "The number of the shop that is connected.", isRequired: true),
            SettingField("pushKey", "Push key", help: "Live Push Partner Key: console > Push Mechanism > Set Push > Generate.", isSecret: true),
            SettingField("previousPushKey", "Previous push key", help: "While the push key is being changed: pushes may carry either.", isSecret: true),
            SettingField("pushSignedWith", "Pushes are signed with", help: "auto (the push key where one is set, else the partner key), pushKey, partnerKey or both.", defaultValue: "auto"),
            SettingField("pushURL", "Push callback URL", help: "Exactly as typed in the console: it is part of the signature. One URL serves all shops of an app. Left out: this channel's own address."),
            SettingField("baseURL", "API address", help: "https://partner.shopeemobile.com, https://openplatform.shopee.cn, https://openplatform.shopee.com.br or the sandbox's: a network route, not a market.",
                         defaultValue: ShopeeSettings.productionHost),
            SettingField("consentURL", "Consent address", help: "Where sellers agree, for the newer link; the sandbox has another.", defaultValue: ShopeeSettings.productionConsentHost),
            SettingField("consentLink", "Consent link", help: "newer (carries a state) or signed (the older form, good for five minutes).", defaultValue: "newer"),
            SettingField("handover", "Usual handover", help: "pickup, dropoff or auto (the first way that Shopee offers).", defaultValue: "auto"),
            SettingField("senderName", "Sender's real name", help: "For drop-off, where the courier asks for it."),
            SettingField("labelType", "Label type", help: "NORMAL_AIR_WAYBILL, THERMAL_AIR_WAYBILL, ...; left out: what Shopee suggests, by the paper's size where it offers both."),
            SettingField("cancelReason", "Usual cancel reason", help: "CUSTOMER_REQUEST, OUT_OF_STOCK, UNDELIVERABLE_AREA or COD_NOT_SUPPORTED, where the given reason is none of them.",
                         defaultValue: "CUSTOMER_REQUEST"),
            SettingField("escrow", "Read escrow details", help: "bundles (only where an order's lines have no prices of their own) or always (the buyer's share of shipping too; a further call an order).",
                         defaultValue: "bundles"),
        ],
        // A push is counted as failed after 3 s (platforms/shopee.md §3.4). The budget is the dossier's start (§4.4).
        hookDeadlineSeconds: 3, budget: Budget(callsPerSecond: 5, burst: 10, concurrency: 4), maximumBodyBytes: 512 << 10)

    // MARK: Names of orders and packages

    /// `{shop_id}:{order_sn}` (platforms/shopee.md §5).
    func externalID(of orderNumber: String) -> ExternalID { "\(settings.shopID):\(orderNumber)" }

    /// The order number of one of our ids: never anything that could not be one, since it becomes part of a call.
    ///
    /// - Throws: `.refused("not_found")` for another shop's id and for what is no id.
    func orderNumber(of externalID: ExternalID) throws(ConnectorError) -> String {
        let parts = externalID.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == String(settings.shopID), Self.isName(parts[1]) else {
            throw .refused(platformCode: "not_found", platformMessage: "\(externalID.cut(60)) is no order of the shop \(settings.shopID)")
        }
        return String(parts[1])
    }

    /// Letters, digits, `-` and `_`: order and package numbers.
    static func isName(_ text: some StringProtocol) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
    }
}
