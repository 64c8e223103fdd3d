package import Connect
import Domain

/// Thailand Post: consignments announced over its contract customers' web service, labels, and parcels followed by its Track & Trace services (platforms/thailandpost.md).
package struct ThailandPostConnector: Connector {
    package static let descriptor = PlatformDescriptor(
        platform: ThailandPostSettings.platform, title: "Thailand Post", kind: .courier, settings: ThailandPostSettings.fields,
        hookDeadlineSeconds: 5, budget: Budget(callsPerSecond: 20, burst: 40, concurrency: 8), maximumBodyBytes: 1 << 20)

    let settings: ThailandPostSettings
    let context: ChannelContext
    /// System C, once an account: the COD account is another customer (§2.2).
    let eparcel: EParcelService
    let eparcelCOD: EParcelService?
    /// Systems A and B, each with a token of its own (§2.1).
    let tracking: TrackService
    let subscribing: TrackService
    let announced = AnnouncedConsignments()
    let subscriptions = Subscriptions()
    let stockLevels = StockLevels()

    package init(_ context: ChannelContext) throws(ConnectorError) {
        let settings = try ThailandPostSettings(context.settings)
        self.settings = settings
        self.context = context
        eparcel = EParcelService(base: settings.eparcelURL, account: settings.eparcel, isCOD: false, http: context.http, now: context.now)
        eparcelCOD = settings.eparcelCOD.map { EParcelService(base: settings.eparcelURL, account: $0, isCOD: true, http: context.http, now: context.now) }
        tracking = TrackService(.tracking, base: settings.trackingURL, context: context)
        subscribing = TrackService(.webhook, base: settings.webhookURL, context: context)
    }

    /// The accounts under which a number may have been announced, the likeliest first.
    func accounts(of number: String) -> [EParcelService] {
        guard let eparcelCOD else { return [eparcel] }
        return settings.isOfCODAccount(number) ? [eparcelCOD, eparcel] : [eparcel, eparcelCOD]
    }

    /// The public page on which a buyer follows a parcel (unverified: the dossier names the host alone).
    static func trackingPage(of number: String) -> String { "https://track.thailandpost.co.th/?trackNumber=\(number)" }

    static let carrier = "thailandpost"
}
