package import Connect
import Domain
import HTTPTypes

extension ThailandPostConnector: ChecksItself {
    /// The four systems share nothing: a row for each that is set up, and one for what only the dashboard knows (thailandpost.md §1).
    package func check() async -> [CheckRow] {
        var rows = [await checkEParcel(eparcel, "e-Parcel")]
        if let eparcelCOD { rows.append(await checkEParcel(eparcelCOD, "e-Parcel (COD)")) }
        rows.append(await checkTracking())
        rows += await checkPushes()
        rows += await checkNumbers()
        return rows
    }

    private func checkEParcel(_ account: EParcelService, _ name: String) async -> CheckRow {
        do {
            _ = try await account.statusList()
            return CheckRow(name, isGood: true, found: "the account \(account.account.user) is accepted")
        } catch {
            // A time-out looks like this too: an address that is not registered is sometimes not answered at all (§2.2).
            return CheckRow(name, isGood: false, found: error.sentence, remedy: "Compare user and password with the contract. \(EParcelService.addressHint).")
        }
    }

    /// One number of the day's quota; it need not exist.
    private func checkTracking() async -> CheckRow {
        let number = (settings.stocks.values.first ?? settings.codStocks.values.first)?.next(1, after: nil).numbers.first?.description ?? Self.sampleNumber
        do {
            _ = try await tracking.call("track", Track(barcode: [number]))
            guard let count = tracking.quota.count else { return CheckRow("Track & Trace", isGood: true, found: "the token is accepted") }
            let isGood = count.used * 100 < count.limit * DailyQuota.usablePercent
            return CheckRow("Track & Trace", isGood: isGood, found: "\(count.used) of \(count.limit) numbers asked today",
                            remedy: isGood ? nil : "Parcels are not asked for again before midnight in Bangkok. Ask Thailand Post for a larger quota, or set up the webhook.")
        } catch {
            return CheckRow("Track & Trace", isGood: false, found: error.sentence, remedy: "Make a new token in the dashboard of track.thailandpost.co.th and paste it as it is.")
        }
    }
    static let sampleNumber = "EF123456785TH"

    private func checkPushes() async -> [CheckRow] {
        guard !settings.bearers.isEmpty else {
            return [CheckRow("pushes", isGood: false, found: "no webhook bearer is set: parcels are followed by asking every \(settings.trackingHours) hours",
                             remedy: "Set webhookBearer to a long random word and type it, with the hub's address for this channel, into the dashboard's webhook page.")]
        }
        var rows = [CheckRow("push address", isGood: context.hookURL != nil, found: context.hookURL ?? "the hub has no public address",
                             remedy: context.hookURL == nil ? "Tell the hub its address."
                                 : "Type this address and the webhook bearer into the dashboard; Thailand Post has no call that would tell whether that was done.")]
        do {
            _ = try await context.credentials.current(TrackGrant.webhook.rawValue, nil)
            rows.append(subscriptionRow)
        } catch {
            rows.append(CheckRow("webhook service", isGood: false, found: error.sentence,
                                 remedy: "It takes the same static token as Track & Trace; see that the webhook service is opened for the registration."))
        }
        return rows
    }

    private var subscriptionRow: CheckRow {
        let waiting = subscriptions.pendingCount, refused = subscriptions.refusedCount, fault = subscriptions.fault
        let words = ["a token is there", waiting > 0 ? "parcels waiting to be subscribed: \(waiting)" : nil, refused > 0 ? "refused since the start: \(refused)" : nil, fault?.sentence]
        return CheckRow("webhook service", isGood: fault == nil, found: words.compactMap(\.self).joined(separator: "; "),
                        remedy: fault == nil ? nil : "Nothing is lost: these parcels are followed by asking, and are subscribed when the service takes them again.")
    }

    private func checkNumbers() async -> [CheckRow] {
        var rows: [CheckRow] = []
        for isCOD in [false, true] where !isCOD || eparcelCOD != nil {
            if isCOD || !settings.drawsFromPostOne { rows.append(stockRow(isCOD: isCOD)) }
        }
        if settings.drawsFromPostOne { rows.append(await checkPostOne()) }
        return rows
    }

    private func stockRow(isCOD: Bool) -> CheckRow {
        let name = isCOD ? "numbers (COD)" : "numbers"
        var words: [String] = [], low: [String] = []
        for service in PostalService.allCases {
            guard let stock = settings.stock(service, isCOD: isCOD) else { continue }
            let key = ThailandPostSettings.rangeKey(service, isCOD: isCOD), left = stockLevels[key]
            words.append("\(service.rawValue) \(stock.count)" + (left.map { ", \($0) left" } ?? ""))
            if let left, left * 100 < stock.count * StockLevels.lowPercent { low.append(key) }
        }
        if words.isEmpty {
            let key = ThailandPostSettings.rangeKey(settings.defaultService, isCOD: isCOD)
            return CheckRow(name, isGood: false, found: "no range is set", remedy: "Set \(key) to the range of the contract.")
        }
        return CheckRow(name, isGood: low.isEmpty, found: words.joined(separator: "; "),
                        remedy: low.isEmpty ? nil : "Ask Thailand Post for the next range and add it to \(low.joined(separator: ", ")).")
    }

    /// Asks for no numbers (unverified that Post One takes a count of 0): drawn numbers are burnt.
    private func checkPostOne() async -> CheckRow {
        do {
            let answer = try await context.http.send(try postOneRequest(settings.defaultService, count: 0))
            try PostOneAnswer.refusal(answer, now: context.now())
            return CheckRow("Post One", isGood: true, found: "it answers to this shop")
        } catch { return CheckRow("Post One", isGood: false, found: error.sentence, remedy: "Compare shop id and key. \(PostOneAnswer.place).") }
    }
}
