package import Connect
import Domain
import Foundation

extension ShopifyConnector: ChecksItself {
    private static let query = GraphQLDocument(name: "check", text: """
        query check{shop{name myshopifyDomain currencyCode} currentAppInstallation{accessScopes{handle}}}
        """)
    /// Clocks this far apart make tokens and windows go wrong.
    static let clockTolerance: Duration = .seconds(60)

    private struct Payload: Decodable {
        struct Shop: Decodable { let name: String?, myshopifyDomain: String?, currencyCode: String? }
        struct Installation: Decodable { let accessScopes: [Scope]? }
        struct Scope: Decodable { let handle: String }
        let shop: Shop?, currentAppInstallation: Installation?
    }

    package func check() async -> [CheckRow] {
        var rows = [checkKeys()]
        let answer: GraphQLAnswer, payload: Payload
        do throws(ConnectorError) {
            answer = try await api.call(Self.query)
            payload = try answer.data(Payload.self)
        } catch {
            rows.append(CheckRow("access token", isGood: false, found: error.sentence, remedy: Self.remedy(error)))
            return rows
        }
        rows.append(CheckRow("access token", isGood: true, found: "works (\(settings.grant.rawValue))"))
        rows.append(checkShop(payload.shop))
        rows.append(checkVersion(answer.apiVersion))
        rows += checkScopes(payload.currentAppInstallation?.accessScopes?.map(\.handle))
        if let row = checkClock(answer.date) { rows.append(row) }
        rows.append(await checkWebhooks())
        return rows
    }

    private func checkKeys() -> CheckRow {
        settings.webhookKeys.isEmpty
            ? CheckRow("webhook signature", isGood: false, found: "no key is set: every webhook is refused", remedy: "Set clientSecret (or webhookSecret for webhooks made by hand).")
            : CheckRow("webhook signature", isGood: true, found: "\(settings.webhookKeys.count) key(s) set")
    }

    private func checkShop(_ shop: Payload.Shop?) -> CheckRow {
        guard let shop, let currency = shop.currencyCode else { return CheckRow("shop", isGood: false, found: "the shop did not say its name and currency", remedy: "Check the token's shop.") }
        let domain = shop.myshopifyDomain?.lowercased() ?? settings.shop
        guard domain == settings.shop else {
            return CheckRow("shop", isGood: false, found: "the token is of \(domain)", remedy: "Set shop to \(domain), or authorise \(settings.shop).")
        }
        return CheckRow("shop", isGood: Currency(currency) != nil, found: "\(shop.name ?? domain), currency \(currency)")
    }

    private func checkVersion(_ version: String?) -> CheckRow {
        guard let version else { return CheckRow("API version", isGood: false, found: "the answer names none", remedy: "Check baseURL.") }
        return CheckRow("API version", isGood: version == settings.apiVersion, found: version,
                        remedy: version == settings.apiVersion ? nil : "\(settings.apiVersion) is not served any more (or not yet): set apiVersion to \(version) after reading its changes.")
    }

    private func checkScopes(_ granted: [String]?) -> [CheckRow] {
        guard let granted else { return [CheckRow("scopes", isGood: false, found: "the platform did not tell them", remedy: "Compare them with the contract page by hand.")] }
        let missing = ShopifyOAuth.missingScopes(granted: granted)
        let all = granted.contains("read_all_orders")
        return [
            CheckRow("scopes", isGood: missing.isEmpty, found: missing.isEmpty ? "all that are needed" : "missing: \(missing.joined(separator: ", "))",
                     remedy: missing.isEmpty ? nil : "Add them to the app and authorise it again."),
            CheckRow("orders older than 60 days", isGood: all, found: all ? "visible" : "not visible: read_all_orders is missing",
                     remedy: all ? nil : "Ask Shopify for read_all_orders if a back-fill past 60 days is wanted; daily work does not need it."),
        ]
    }

    private func checkClock(_ date: String?) -> CheckRow? {
        guard let date, let theirs = Self.time(httpDate: date) else { return nil }
        let apart = abs((context.now() - theirs).inMilliseconds) / 1000
        let isGood = apart <= Self.clockTolerance.components.seconds
        return CheckRow("clock", isGood: isGood, found: "\(apart) s apart", remedy: isGood ? nil : "Set this machine's clock by a time server.")
    }

    private func checkWebhooks() async -> CheckRow {
        guard let url = context.hookURL else { return CheckRow("webhooks", isGood: false, found: "the hub does not know its public address", remedy: "Set the hub's public address.") }
        do throws(ConnectorError) {
            let missing = try await listWebhooks(at: url).filter { $0.state != .active }.map(\.topic)
            return CheckRow("webhooks", isGood: missing.isEmpty, found: missing.isEmpty ? "all registered" : "missing: \(missing.joined(separator: ", "))",
                            remedy: missing.isEmpty ? nil : "Register the webhooks of this channel, unless the app's configuration file does (the API does not show those).")
        } catch {
            return CheckRow("webhooks", isGood: false, found: error.sentence, remedy: Self.remedy(error))
        }
    }

    private static func remedy(_ error: ConnectorError) -> String {
        switch error.failureClass {
        case .unauthorised: "Authorise the channel again."
        case .transient, .throttled: "Try again in a minute; see Shopify's status page."
        case .rejected, .alreadyDone: "Check shop, apiVersion and baseURL."
        }
    }

    /// `Fri, 06 Nov 2026 03:12:44 GMT` (RFC 9110 §5.6.7).
    static func time(httpDate text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", parts[1].count == 2, let month = months.firstIndex(of: String(parts[2])) else { return nil }
        let number = month + 1
        return Timestamp(rfc3339: "\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1])T\(parts[4])Z")
    }
}
