import Connect
import Domain
import Foundation

/// A user and a password for HTTP Basic (thailandpost.md §2.2).
struct PostAccount: Sendable, Equatable {
    var user: String, password: String
    var authorization: String { "Basic " + Data("\(user):\(password)".utf8).base64EncodedString() }
}

/// A channel's settings, checked once.
struct ThailandPostSettings: Sendable {
    let eparcel: PostAccount, eparcelCOD: PostAccount?, postOne: PostAccount?
    let staticToken: String
    let bearers: [String]
    let drawsFromPostOne: Bool
    let stocks: [PostalService: NumberStock], codStocks: [PostalService: NumberStock]
    let services: [String: PostalService], defaultService: PostalService
    let orderType: String, contents: String, merchantID: String?, merchantPostcode: String?, storeLocation: String?, logoURL: String?
    let sender: Address, senderEmail: String?
    let trackingHours: Int, confirmsMoneyByPull: Bool
    /// Each ends with a slash, but Post One's, which is one script.
    let trackingURL: String, webhookURL: String, eparcelURL: String, postOneURL: String

    init(_ settings: ChannelSettings) throws(ConnectorError) {
        eparcel = PostAccount(user: try settings.required("eparcelUser"), password: try settings.required("eparcelPassword"))
        eparcelCOD = try Self.account(settings, "codUser", "codPassword")
        postOne = try Self.account(settings, "postOneShopID", "postOneKey")
        staticToken = try Self.token(settings)
        bearers = try Self.bearers(settings)
        let source = Self.text(settings, "numbersFrom") ?? "ranges"
        guard ["ranges", "postone"].contains(source) else { throw .misconfigured(setting: "numbersFrom", problem: "must be ranges or postone") }
        drawsFromPostOne = source == "postone"
        guard !drawsFromPostOne || postOne != nil else { throw .misconfigured(setting: "postOneShopID", problem: "is needed where numbers are drawn from Post One") }
        stocks = try Self.stocks(settings, isCOD: false)
        codStocks = try Self.stocks(settings, isCOD: true)
        for (service, stock) in stocks {
            for range in stock.ranges where codStocks.values.contains(where: { $0.ranges.contains { $0.prefix == range.prefix && $0.from <= range.to && range.from <= $0.to } }) {
                throw .misconfigured(setting: Self.rangeKey(service, isCOD: false), problem: "shares numbers with the COD account's: the account is told by the number")
            }
        }
        services = try Self.services(settings)
        defaultService = try Self.service(Self.text(settings, "defaultService") ?? "", setting: "defaultService")
        orderType = try Self.orderType(settings)
        contents = Self.text(settings, "contents") ?? "-"
        merchantID = settings.optional("merchantId"); merchantPostcode = settings.optional("merchantZipcode"); storeLocation = settings.optional("storeLocationNo")
        logoURL = settings.optional("logoURL")
        sender = Address(name: settings.optional("senderName"), phone: settings.optional("senderPhone"), line1: settings.optional("senderAddress"),
                         district: settings.optional("senderDistrict"), province: settings.optional("senderProvince"), postcode: settings.optional("senderPostcode"), countryCode: "TH")
        senderEmail = settings.optional("senderEmail")
        trackingHours = try settings.integer("trackingHours", default: 4, in: 1...72)
        confirmsMoneyByPull = try settings.flag("confirmMoneyByPull")
        trackingURL = try Self.base(settings, "trackingURL") + "/"
        webhookURL = try Self.base(settings, "webhookURL") + "/"
        eparcelURL = try Self.base(settings, "eparcelURL") + "/"
        postOneURL = try Self.base(settings, "postOneURL")
    }

    // MARK: what the settings mean

    func stock(_ service: PostalService, isCOD: Bool) -> NumberStock? { (isCOD ? codStocks : stocks)[service] }

    func isOfCODAccount(_ number: String) -> Bool { S10Number(reading: number).map { number in codStocks.values.contains { $0.contains(number) } } ?? false }

    /// A shop's method by the list of the settings, or one of our own words; nothing said is the default.
    func service(for word: String?) -> PostalService { word.flatMap { services[$0] ?? PostalService(rawValue: $0.lowercased()) } ?? defaultService }

    static func rangeKey(_ service: PostalService, isCOD: Bool) -> String {
        switch (service, isCOD) {
        case (.ems, false): "emsRange"
        case (.registered, false): "registeredRange"
        case (.eco, false): "ecoRange"
        case (.ems, true): "codEmsRange"
        case (.registered, true): "codRegisteredRange"
        case (.eco, true): "codEcoRange"
        }
    }

    // MARK: reading

    private static func text(_ settings: ChannelSettings, _ key: String) -> String? { settings.optional(key) ?? defaultValue(key) }

    private static func account(_ settings: ChannelSettings, _ user: String, _ password: String) throws(ConnectorError) -> PostAccount? {
        guard settings.optional(user) != nil || settings.optional(password) != nil else { return nil }
        return PostAccount(user: try settings.required(user), password: try settings.required(password))
    }

    /// The token is punctuation that shells and `.env` readers mangle: quotation marks around it are theirs (thailandpost.md §2.1).
    private static func token(_ settings: ChannelSettings) throws(ConnectorError) -> String {
        var token = try settings.required("staticToken").trimmingCharacters(in: .whitespacesAndNewlines)
        if token.utf8.count > 2, let quote = token.first, quote == "\"" || quote == "'", token.last == quote { token = String(token.dropFirst().dropLast()) }
        guard !token.isEmpty, isHeaderText(token) else {
            throw .misconfigured(setting: "staticToken", problem: "holds white space or characters that no token has: copy it from the dashboard again")
        }
        return token
    }

    private static func bearers(_ settings: ChannelSettings) throws(ConnectorError) -> [String] {
        var bearers: [String] = []
        for key in ["webhookBearer", "previousWebhookBearer"] {
            guard let word = settings.optional(key) else { continue }
            guard isHeaderText(word) else { throw .misconfigured(setting: key, problem: "must be letters, digits and punctuation without blanks: it travels in a header") }
            bearers.append(word)
        }
        return bearers
    }

    private static func isHeaderText(_ text: String) -> Bool { text.utf8.allSatisfy { (33...126).contains($0) } }

    private static func stocks(_ settings: ChannelSettings, isCOD: Bool) throws(ConnectorError) -> [PostalService: NumberStock] {
        var stocks: [PostalService: NumberStock] = [:], used: [NumberRange] = []
        for service in PostalService.allCases {
            let key = rangeKey(service, isCOD: isCOD)
            guard let text = settings.optional(key) else { continue }
            let ranges = try NumberRange.list(text, setting: key, letters: service)
            guard !ranges.isEmpty else { continue }
            guard !ranges.contains(where: { range in used.contains { $0.prefix == range.prefix && $0.from <= range.to && range.from <= $0.to } }) else {
                throw .misconfigured(setting: key, problem: "shares numbers with another service's range")
            }
            used += ranges
            stocks[service] = NumberStock(ranges: ranges)
        }
        return stocks
    }

    private static func services(_ settings: ChannelSettings) throws(ConnectorError) -> [String: PostalService] {
        var services: [String: PostalService] = [:]
        for pair in settings.list("services") {
            let parts = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else { throw .misconfigured(setting: "services", problem: "wants pairs like Express=ems") }
            services[parts[0]] = try service(parts[1], setting: "services")
        }
        return services
    }

    private static func service(_ word: String, setting: String) throws(ConnectorError) -> PostalService {
        guard let service = PostalService(rawValue: word.lowercased()) else { throw .misconfigured(setting: setting, problem: "knows ems, registered and eco") }
        return service
    }

    private static func orderType(_ settings: ChannelSettings) throws(ConnectorError) -> String {
        let type = (text(settings, "orderType") ?? "D").uppercased()
        guard ["D", "L", "W", "C", "I"].contains(type) else { throw .misconfigured(setting: "orderType", problem: "must be D, L, W, C or I") }
        return type
    }

    private static func base(_ settings: ChannelSettings, _ key: String) throws(ConnectorError) -> String {
        var base = text(settings, key) ?? ""
        while base.hasSuffix("/") { base.removeLast() }
        guard base.hasPrefix("https://") || base.hasPrefix("http://") else { throw .misconfigured(setting: key, problem: "must begin with https://") }
        return base
    }
}
