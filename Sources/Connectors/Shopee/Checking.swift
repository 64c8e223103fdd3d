package import Connect
import Domain
import HTTPTypes

extension ShopeeConnector: ChecksItself {
    /// The gateway tolerates five minutes (platforms/shopee.md §2.4); from one on somebody should look.
    static let clockToleranceSeconds: Int64 = 60
    static let consentWarning = Duration.seconds(14 * 86_400)

    /// From the outside in: the app and its keys, the clock, the shop's consent, the pushes.
    package func check() async -> [CheckRow] {
        var rows: [CheckRow] = []
        let configuration: PushConfiguration
        do throws(ConnectorError) {
            let (answer, refusal) = try await client.look(.get("push/get_app_push_config", form: .publicly))
            if let row = ShopeeCheck.clock(ShopeeClient.skewSeconds(of: answer, now: context.now())) { rows.append(row) }
            if let refusal { throw refusal.error }
            configuration = PushConfiguration(LooseJSON(answer.body) ?? .null)
        } catch {
            return rows + [CheckRow("app and partner key", isGood: false, found: error.sentence, remedy: ShopeeCheck.remedy(error, settings))]
        }
        rows.append(CheckRow("app and partner key", isGood: true, found: "accepted by \(settings.baseURL)"))
        rows += await checkShop()
        rows.append(ShopeeCheck.pushKey(settings))
        rows += checkPushes(configuration)
        return rows
    }

    private func checkShop() async -> [CheckRow] {
        do throws(ConnectorError) {
            let credential = try await context.credentials.current(Credential.main, nil)
            if let account = credential.accountID, account != String(settings.shopID) {
                return [CheckRow("shop", isGood: false, found: "authorised by the shop \(account.cut(40)), the setting says \(settings.shopID)",
                                 remedy: "Set shopID to \(account.cut(40)), or let the seller of \(settings.shopID) agree.")]
            }
            let envelope = try await client.call(.get("shop/get_shop_info"))
            let body = envelope["response"].isObject ? envelope["response"] : envelope
            let name = body["shop_name"].text ?? "without a name", region = body["region"].text.map { ", \($0)" } ?? "", status = body["status"].text
            let isNormal = status == nil || status?.uppercased() == "NORMAL"
            return [
                CheckRow("shop", isGood: isNormal, found: "\(name.cut(80))\(region.cut(20))\(status.map { ", \($0.cut(40))" } ?? "")",
                         remedy: isNormal ? nil : "Shopee has restricted the shop; ask the seller."),
                ShopeeCheck.consent(body["expire_time"].time ?? credential.authorisationExpiresAt, now: context.now()),
            ]
        } catch {
            return [CheckRow("shop", isGood: false, found: error.sentence, remedy: ShopeeCheck.remedy(error, settings))]
        }
    }

    private func checkPushes(_ configuration: PushConfiguration) -> [CheckRow] {
        var rows = [ShopeeCheck.health(configuration)]
        guard let url = settings.pushURL ?? context.hookURL else {
            return rows + [CheckRow("push address", isGood: false, found: "the hub has no public address", remedy: "Tell the hub its address, or set pushURL; until then orders come by polling.")]
        }
        let isOurs = configuration.callbackURL == url
        rows.append(CheckRow("push address", isGood: isOurs, found: configuration.callbackURL?.cut(200) ?? "none",
                             remedy: isOurs ? nil : "Register the pushes, or set pushURL to what the console shows: the signature covers that very text."))
        if let on = configuration.topicsOn {
            let missing = (Self.topics.map(\.code) + Self.consoleTopics).filter { !on.contains($0) }
            rows.append(CheckRow("push topics", isGood: missing.isEmpty, found: missing.isEmpty ? "all that are needed" : "off: \(missing.map { String($0) }.joined(separator: ", "))",
                                 remedy: missing.isEmpty ? nil : "Register the pushes; topics above 13 are switched on in the console (Push Mechanism)."))
        }
        return rows
    }
}

/// The rows that need no call. Pure.
enum ShopeeCheck {
    static func clock(_ skewSeconds: Int64?) -> CheckRow? {
        guard let skew = skewSeconds else { return nil }
        let isGood = abs(skew) <= ShopeeConnector.clockToleranceSeconds
        return CheckRow("clock", isGood: isGood, found: abs(skew) < 2 ? "in step" : "\(abs(skew)) s \(skew > 0 ? "behind" : "ahead of") Shopee's",
                        remedy: isGood ? nil : "Let this machine keep time by NTP: calls are refused from five minutes on.")
    }

    static func consent(_ end: Timestamp?, now: Timestamp) -> CheckRow {
        guard let end else { return CheckRow("consent", isGood: true, found: "Shopee does not say when it ends") }
        let isGood = end > now + ShopeeConnector.consentWarning
        return CheckRow("consent", isGood: isGood, found: end > now ? "until \(end)" : "ended at \(end)", remedy: isGood ? nil : "Let the seller agree again before it ends; everything stops then.")
    }

    static func pushKey(_ settings: ShopeeSettings) -> CheckRow {
        CheckRow("push key", isGood: settings.hasPushKey, found: settings.hasPushKey ? "set" : "not set: pushes are verified with the partner key",
                 remedy: settings.hasPushKey ? nil : "Generate the Live Push Partner Key in the console (Set Push) and set pushKey: live pushes are signed with it.")
    }

    static func health(_ configuration: PushConfiguration) -> CheckRow {
        switch configuration.health {
        case .normal: CheckRow("pushes", isGood: true, found: "Normal")
        case .warning: CheckRow("pushes", isGood: false, found: "Warning",
                                remedy: "Fewer than 70 of 100 pushes arrive. See that the hub answers within three seconds; below 30 Shopee switches them off.")
        case .suspended: CheckRow("pushes", isGood: false, found: "Suspended", remedy: "Shopee switched the pushes off. Switch them on again in the console; what was missed comes by polling.")
        case .unknown(let word): CheckRow("pushes", isGood: false, found: word, remedy: "See the console's Push Mechanism page.")
        }
    }

    static func remedy(_ error: ConnectorError, _ settings: ShopeeSettings) -> String {
        switch error.failureClass {
        case .unauthorised: "Do what the message says, then authorise the channel again."
        case .transient, .throttled: "Run the check again in a minute."
        case .rejected, .alreadyDone: "Check partnerID, partnerKey, shopID and baseURL (\(settings.baseURL)): live and sandbox have different ones."
        }
    }
}
