package import Connect
import Domain
import Foundation
import HTTPTypes

/// A last-mile courier that speaks our own contract (platforms/generic-courier.md): book, cancel, label, status callbacks.
package struct CourierConnector: BooksShipments, FetchesLabels, ReceivesWebhooks, InterpretsDeliveries, RegistersWebhooks, ChecksItself {
    package static let descriptor = PlatformDescriptor(
        platform: "courier", title: "Courier (generic contract)", kind: .courier,
        settings: [
            SettingField("url", "Address", help: "https://HOST of the courier, without /v1", isRequired: true),
            SettingField("keyID", "Key id", isRequired: true),
            SettingField("secret", "Signing secret", isSecret: true, isRequired: true),
            SettingField("previousSecret", "Previous signing secret", help: "accepted for callbacks while a rotation lasts", isSecret: true),
            SettingField("callbackSecret", "Callback secret", isSecret: true, isRequired: true),
            SettingField("services", "Services", help: "shop method=courier service, separated by commas"),
            SettingField("defaultService", "Default service", defaultValue: "standard"),
            SettingField("senderName", "Sender name", defaultValue: "Crossdock warehouse"),
            SettingField("senderPhone", "Sender phone", defaultValue: "021234567"),
            SettingField("senderLine1", "Sender address", defaultValue: "99/1"),
            SettingField("senderSubdistrict", "Sender subdistrict"),
            SettingField("senderDistrict", "Sender district", defaultValue: "บางกะปิ"),
            SettingField("senderProvince", "Sender province", defaultValue: "กรุงเทพมหานคร"),
            SettingField("senderPostcode", "Sender postcode", defaultValue: "10240"),
            SettingField("senderCountry", "Sender country", defaultValue: "TH"),
            SettingField("callsPerSecond", "Calls a second", help: "the courier's limit; 20 by its contract", defaultValue: "20"),
        ],
        hookDeadlineSeconds: 5, budget: Budget(callsPerSecond: 2000, burst: 2000, concurrency: 32), maximumBodyBytes: 256 << 10)

    let base: String
    let signing: CourierSigning
    let callbackSecrets: [String]
    let sender: CourierMessages.Party
    let services: [String: String]
    let defaultService: String
    let http: ChannelHTTP
    let now: @Sendable () -> Timestamp

    package init(_ context: ChannelContext) throws(ConnectorError) {
        let settings = context.settings
        var base = try settings.required("url")
        while base.hasSuffix("/") { base.removeLast() }
        guard base.hasPrefix("https://") || base.hasPrefix("http://") else { throw .misconfigured(setting: "url", problem: "must begin with https://") }
        self.base = base
        signing = CourierSigning(keyID: try settings.required("keyID"), secret: try settings.required("secret"))
        callbackSecrets = [try settings.required("callbackSecret")] + [settings.optional("previousSecret")].compactMap(\.self)
        sender = CourierMessages.Party(
            name: settings.optional("senderName") ?? "Crossdock warehouse", phone: settings.optional("senderPhone") ?? "021234567", line1: settings.optional("senderLine1") ?? "99/1", line2: nil,
            subdistrict: settings.optional("senderSubdistrict"), district: settings.optional("senderDistrict") ?? "บางกะปิ", province: settings.optional("senderProvince") ?? "กรุงเทพมหานคร",
            postcode: settings.optional("senderPostcode") ?? "10240", countryCode: settings.optional("senderCountry") ?? "TH")
        var services: [String: String] = [:]
        for pair in settings.list("services") {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw .misconfigured(setting: "services", problem: "wants pairs like EMS=express") }
            services[parts[0]] = parts[1]
        }
        self.services = services
        defaultService = settings.optional("defaultService") ?? "standard"
        http = context.http
        now = context.now
    }
}
