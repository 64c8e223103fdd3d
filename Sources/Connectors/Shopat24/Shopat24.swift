package import Connect
import Domain

/// One vendor account behind a REST interface, or behind folders of files, that a profile describes (shopat24.md §2.2, §4A, §4B): nothing of Shopat24 itself is public, so every path, name, word and code is configuration.
/// The abilities live in the files that are named after them.
package struct Shopat24Connector: Connector {
    let context: ChannelContext
    let settings: Shopat24Settings
    let client: ProfileClient
    let reading: OrderReading
    let fileReading: FileOrderReading

    var profile: Profile { settings.profile }

    package init(_ context: ChannelContext) throws(ConnectorError) {
        settings = try Shopat24Settings(context.settings, channelName: context.name, channel: context.channel)
        self.context = context
        client = ProfileClient(settings: settings, context: context)
        reading = OrderReading(settings)
        fileReading = try FileOrderReading(settings)
    }

    static let platform: PlatformName = "shopat24"

    package static let descriptor = PlatformDescriptor(
        platform: platform, title: "Shopat24 and channels like it (REST or files, by profile)", kind: .shop,
        settings: [
            SettingField("form", "Form", help: "rest or files: how the channel is reached", defaultValue: "rest"),
            SettingField("folder", "Folder for their files", help: "For files: a plain name below the data directory's in/ folder; empty: the channel's name, or channel-ID where that is no plain name"),
            SettingField("answerFolder", "Folder for our files", help: "For files: a plain name below the data directory's out/ folder; empty: the same name"),
            SettingField("baseURL", "Base address", help: "https://vendor.example, without the profile's paths; there is no default host. It stands before the profile's own baseURL"),
            SettingField("profile", "Profile", help: "JSON: what differs from the built-in profile (docs/connectors/shopat24.md); null takes a member away. No secrets: they have fields of their own"),
            SettingField("secret", "Secret", help: "Key, token, password, client secret or signing secret, as the profile's auth.scheme wants it", isSecret: true),
            SettingField("webhookSecret", "Webhook secret", help: "For calls signed as the profile's webhook says", isSecret: true),
            SettingField("connection", "Connection", help: "Stands before each order number in the order's identity. Set it before the first order and never change it; empty: the channel's name"),
            SettingField("paidByDefault", "Paid unless told", help: "true or false: what an order is that says nothing of its payment", defaultValue: "true"),
        ],
        hookDeadlineSeconds: 5,
        // What the built-in profile says; a profile may only ask for less (§4B: 5 requests a second).
        budget: Budget(callsPerSecond: 5, burst: 5, concurrency: 2), maximumBodyBytes: 1 << 20)

    // MARK: Identity

    /// `{connection}:{orderNo}` (§5).
    func externalID(of orderNumber: String) -> ExternalID { "\(settings.connection):\(orderNumber)" }

    /// - Throws: `.refused("not_found")` for what is no order of this connection.
    func orderNumber(in externalID: ExternalID) throws(ConnectorError) -> String {
        let prefix = settings.connection + ":"
        guard externalID.hasPrefix(prefix), OrderNumber.isValid(externalID.dropFirst(prefix.count)) else {
            throw .refused(platformCode: RefusalTable.notFound, platformMessage: "\(externalID.cut(100)) is no order of the connection \(settings.connection)")
        }
        return String(externalID.dropFirst(prefix.count))
    }
}

/// An order number becomes part of paths and of the order's identity.
enum OrderNumber {
    static let longest = 64

    /// Visible, without blanks, and no step in a path.
    static func isValid(_ text: some StringProtocol) -> Bool {
        guard !text.isEmpty, text.unicodeScalars.count <= longest, text != ".", text != ".." else { return false }
        return text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace && $0.properties.generalCategory != .control && $0.properties.generalCategory != .format }
    }
}
