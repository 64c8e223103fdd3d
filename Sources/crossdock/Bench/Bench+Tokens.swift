import Connect
import Database
import Domain
import Foundation
import Hub
import ShopeeSimulator
import SimulatorKit
import Synchronization

extension Bench {
    /// 11. So many channels whose tokens end in the same hour, each of them also compared with its platform in that hour: how many calls fail for a token.
    func tokens(_ count: Int = 10_000) async throws {
        let path = try freshFolder("tokens"), file = URL(fileURLWithPath: path).standardizedFileURL.path + "/clock", time = try CompressedTime.begin(file, factor: Self.tokenFactor)
        let past = Mutex<TimeInterval>(Self.issuedBefore)
        var configuration = ShopeeConfiguration()
        configuration.shops = (0..<count).map { .init(shopID: Self.firstShop + Int64($0), name: "Shop \($0)") }
        configuration.now = { time.date.addingTimeInterval(-past.withLock { $0 }) }
        configuration.toleranceSeconds = 86_400
        let shopee = try await ShopeeSimulator.start(configuration)
        var pairs: [(shop: Int64, access: String, refresh: String)] = []
        for shop in configuration.shops {
            let pair = try shopee.authorise(shopID: shop.shopID)
            pairs.append((shop.shopID, pair.accessToken, pair.refreshToken))
        }
        past.withLock { $0 = 0 }
        let known = pairs, address = shopee.baseURL, own = configuration
        try await withHub(path, time: time) { hub, _, _ in
            let begin = ContinuousClock.now
            try await Self.connect(known, to: hub, path: path, address: address, own)
            let connected = (ContinuousClock.now - begin) / .seconds(1), start = time.now
            hub.credentialWorker.wake()
            hub.reconciler.wake()
            while shopee.counters.refreshes < known.count, time.now - start < Self.hour { try await Task.sleep(for: .milliseconds(200)) }
            while time.now - start < Self.hour { try await Task.sleep(for: .milliseconds(200)) }
            let counters = shopee.counters, shop = try hub.channels.channel(named: "Bench shop").id, problems = try await hub.overview().problems.filter { $0.channel != shop }
            let forTokens = counters.refusals.filter { $0.key.contains("token") || $0.key.contains("auth") || $0.key.contains("access") }.values.reduce(0, +)
            let minutes = (time.now - start).inMilliseconds / 60_000
            Self.say("tokens: \(known.count) channels (connected in \(Self.text(connected)) s) due in one hour, \(minutes) simulated minutes in \(Self.text((ContinuousClock.now - begin) / .seconds(1) - connected)) s: \(counters.refreshes) refreshes, \(counters.reusedRefreshTokens) refresh tokens spent twice, \(counters.requests) calls, \(forTokens) refused for a token (\(counters.refusals)), \(problems.count) problems\(problems.first.map { " (\($0.message))" } ?? ""), resident \(Self.residentMegabytes) MB")
        }
        await shopee.stop()
        try FileManager.default.removeItem(atPath: path)
    }

    private static let tokenFactor = 30.0, issuedBefore: TimeInterval = 9_000, firstShop: Int64 = 50_000_000, hour = Duration.seconds(3600)
    /// As the platform's policy has it: an hour ahead, and up to half an hour more by chance.
    private static let ahead = Duration.seconds(3600), byChance = 0..<1_800_000

    /// The channels as they stand in the database after their sellers agreed two and a half hours ago.
    private static func connect(_ pairs: [(shop: Int64, access: String, refresh: String)], to hub: Hub, path: String, address: String, _ own: ShopeeConfiguration) async throws {
        let vault = try Vault(keyFile: path + "/secret.key"), now = hub.now()
        let secrets = try vault.seal(["partnerKey": own.partnerKey, "pushKey": own.pushKey ?? ""])
        let issued = now - .milliseconds(Int64(issuedBefore * 1000)), accessEnd = issued + .seconds(14_400), refreshEnd = issued + .seconds(30 * 86_400)
        for start in stride(from: 0, to: pairs.count, by: 500) {
            let rows = try pairs[start..<min(start + 500, pairs.count)].map { pair in
                let credential = Credential(accessToken: pair.access, refreshToken: pair.refresh, accessExpiresAt: accessEnd, refreshExpiresAt: refreshEnd, accountID: "\(pair.shop)", issuedAt: issued)
                let sealed = try vault.seal(["credential": String(decoding: JSONEncoder.crossdock.encode(credential), as: UTF8.self)])
                let settings = ["partnerID": "\(own.partnerID)", "shopID": "\(pair.shop)", "baseURL": address, "consentURL": address, "hub.webhooks": "manual", "hub.reconcileSeconds": "1800", "hub.backfillHours": "1"]
                return (id: hub.newRouteID().value, name: "Shop \(pair.shop)", account: "\(pair.shop)", settings: String(decoding: try JSONEncoder.crossdock.encode(settings), as: UTF8.self),
                        sealed: sealed, refreshAt: max(accessEnd - ahead - .milliseconds(Int64.random(in: Int64(byChance.lowerBound)..<Int64(byChance.upperBound))), now).milliseconds)
            }
            try await hub.ledgerDatabase.write { tx in
                for row in rows {
                    try tx.run("""
                        INSERT INTO channels (id, name, platform, hook_key, settings, secrets, state, created_at, updated_at)
                        VALUES (\(row.id), \(row.name), 'shopee', \(Vault.randomWord()), \(row.settings), \(secrets), 'active', \(now.milliseconds), \(now.milliseconds))
                        """)
                    try tx.run("""
                        INSERT INTO credentials (channel_id, grant_name, sealed, account_id, state, generation, fence, refresh_at, access_expires_at, refresh_expires_at, failures, refreshed_at, updated_at)
                        VALUES (\(row.id), 'main', \(row.sealed), \(row.account), 'valid', 1, 1, \(row.refreshAt), \(accessEnd.milliseconds), \(refreshEnd.milliseconds), 0, \(issued.milliseconds), \(issued.milliseconds))
                        """)
                }
            }
        }
        try await hub.channels.reload()
    }
}
