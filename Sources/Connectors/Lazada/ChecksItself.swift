package import Connect
import Domain
import HTTPTypes

extension LazadaConnector: ChecksItself {
    /// From the outside in: what needs a token comes after the token.
    package func check() async -> [CheckRow] {
        var rows: [CheckRow] = [Self.seller(settings)]
        let credential: Credential
        do { credential = try await context.credentials.current(Credential.main, nil) } catch {
            return rows + [CheckRow("authorisation", isGood: false, found: error.sentence, remedy: "Let the seller agree on Lazada's page. A cross-border seller chooses Crossborder there.")]
        }
        rows += Self.authorisation(credential, settings, now: context.now())
        rows.append(await checkListing())
        rows.append(Self.pushes(context.hookURL))
        return rows
    }

    private func checkListing() async -> CheckRow {
        let position = ListingPosition(since: context.now() - .seconds(86_400), limit: 1)
        do {
            let page = try OrderListing.page(of: try await api.call(OrderListing.call(position, until: nil, in: settings.market)))
            guard let order = page.orders.first else { return CheckRow("orders", isGood: true, found: "they can be listed; none changed within a day") }
            let masked = [order["address_shipping"]?["first_name"], order["address_shipping"]?["phone"], order["address_shipping"]?["address1"]].contains { $0?.text?.contains("*") ?? false }
            guard masked else { return CheckRow("orders", isGood: true, found: "they can be listed, with the buyers' names and addresses") }
            return CheckRow("orders", isGood: false, found: "they can be listed, but buyers' names and addresses are hidden by stars",
                            remedy: "Ask for buyers' data in the app console (DataMoat); until then no courier of your own can be booked.")
        } catch {
            return CheckRow("orders", isGood: false, found: error.sentence, remedy: Self.remedy(error))
        }
    }

    private static func remedy(_ error: ConnectorError) -> String {
        switch error {
        case .unauthorised: "Authorise the channel again, and see that the app has the API groups Order, Fulfillment, Logistics and Return and Refund."
        case .misconfigured: "Mend the setting that is named, then run the check again."
        case .throttled, .unreachable, .alreadyDone, .refused, .notUnderstood: "Run the check again. If it stays so, show this text to Lazada's support."
        }
    }

    static func seller(_ settings: LazadaSettings) -> CheckRow {
        guard let sellerID = settings.sellerID else {
            return CheckRow("seller", isGood: false, found: "the seller's number is not known yet", remedy: "Let the seller agree: the number is filled in then.")
        }
        return CheckRow("seller", isGood: true, found: "\(sellerID) in \(settings.market.countryCode)")
    }

    /// Warned ahead: the hub renews access by itself, but only the seller can agree again.
    static func authorisation(_ credential: Credential, _ settings: LazadaSettings, now: Timestamp) -> [CheckRow] {
        let account = settings.sellerID.map { "\(settings.market.rawValue):\($0)" }
        var rows: [CheckRow] = []
        if let account, let agreed = credential.accountID, agreed != account {
            rows.append(CheckRow("account", isGood: false, found: "authorised by \(agreed)", remedy: "Authorise the channel as \(account), or make another channel for that seller."))
        }
        guard let end = credential.authorisationExpiresAt else { return rows + [CheckRow("authorisation", isGood: true, found: "stands")] }
        let days = (end - now).inMilliseconds / 86_400_000
        let isGood = end > now + .seconds(14 * 86_400)
        rows.append(CheckRow("authorisation", isGood: isGood, found: end > now ? "ends in \(days) days" : "has ended",
                             remedy: isGood ? nil : "Let the seller agree again: Lazada does not prolong it. Apps in status Test are given 30 days at most."))
        return rows
    }

    /// Set by hand in the app console (§3.1); nothing tells whether it was.
    static func pushes(_ hookURL: String?) -> CheckRow {
        guard let hookURL else { return CheckRow("pushes", isGood: false, found: "the hub has no public address", remedy: "Tell the hub its address; until then orders come by polling.") }
        return CheckRow("pushes", isGood: true, found: "to be entered by hand in the app console under Message Service, one address for all sellers of the app: \(hookURL)")
    }
}
