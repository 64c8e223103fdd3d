import Foundation
import SimulatorKit

/// Codes, pairs and who may use them (shopee.md §2.3). No I/O.
struct ShopeeTokens: Sendable {
    enum Owner: Hashable, Sendable { case shop(Int64), merchant(Int64) }
    struct Pair: Sendable { var access: String, refresh: String }

    private struct Code: Sendable { var consent: Consent, expiresAt: Int64 }
    /// An old access token ends at different moments for the shops of one main account.
    private struct Access: Sendable { var endsAt: [Owner: Int64] }
    private struct Refresh: Sendable { var unused: Set<Owner>, used: Set<Owner> = [], expiresAt: Int64 }

    /// What a consent covers.
    enum Consent: Sendable, Equatable {
        case shop(Int64)
        case mainAccount(Int64, owners: [Owner])
    }

    static let codeLifetimeSeconds: Int64 = 600
    static let accessLifetimeSeconds: Int64 = 14_400
    static let refreshLifetimeSeconds: Int64 = 30 * 86_400
    /// The old access token works so long after a refresh.
    static let graceSeconds: Int64 = 300
    /// Tokens kept; of a longer run only the newest are known.
    private static let maximumKept = 60_000

    private var codes: [String: Code] = [:]
    private var access: [String: Access] = [:]
    private var refresh: [String: Refresh] = [:]
    /// What an owner was given, so that a refresh looks at his alone.
    private var accessOf: [Owner: Set<String>] = [:]
    private var accessOrder: [String] = []
    private var refreshOrder: [String] = []

    // MARK: Codes

    mutating func makeCode(_ consent: Consent, at now: Int64, using generator: inout SeededGenerator) -> String {
        codes = codes.filter { $0.value.expiresAt >= now }
        let code = Self.random(32, using: &generator)
        codes[code] = Code(consent: consent, expiresAt: now + Self.codeLifetimeSeconds)
        return code
    }

    /// One use, ten minutes, and only for the shop or main account it came back with.
    mutating func exchange(
        code: String, shopID: Int64?, mainAccountID: Int64?, at now: Int64, using generator: inout SeededGenerator
    ) throws(ShopeeProblem) -> (Pair, Consent) {
        guard (shopID == nil) != (mainAccountID == nil) else { throw .parameter("Exactly one of shop_id and main_account_id is required.") }
        guard let known = codes[code], known.expiresAt >= now else { throw .init("invalid_code", "Invalid code.") }
        var owners: [Owner]
        switch known.consent {
        case .shop(let id):
            guard mainAccountID == nil else { throw .init("invalid_main_acount_id", "Invalid main_account_id.") }
            guard id == shopID else { throw .init("invalid_shop_id", "Invalid shop_id.") }
            owners = [.shop(id)]
        case .mainAccount(let id, let covered):
            guard shopID == nil else { throw .init("invalid_shop_id", "Invalid shop_id.") }
            guard id == mainAccountID else { throw .init("invalid_main_acount_id", "Invalid main_account_id.") }
            owners = covered
        }
        codes[code] = nil
        return (makePair(for: owners, at: now, using: &generator), known.consent)
    }

    // MARK: Pairs

    mutating func makePair(for owners: [Owner], at now: Int64, using generator: inout SeededGenerator) -> Pair {
        let pair = Pair(access: Self.random(48, using: &generator), refresh: Self.random(48, using: &generator))
        access[pair.access] = Access(endsAt: Dictionary(owners.map { ($0, now + Self.accessLifetimeSeconds) }) { first, _ in first })
        refresh[pair.refresh] = Refresh(unused: Set(owners), expiresAt: now + Self.refreshLifetimeSeconds)
        for owner in owners { accessOf[owner, default: []].insert(pair.access) }
        accessOrder.append(pair.access)
        refreshOrder.append(pair.refresh)
        forgetOldest()
        return pair
    }

    private mutating func forgetOldest() {
        guard accessOrder.count > Self.maximumKept else { return }
        for token in accessOrder.prefix(Self.maximumKept / 2) {
            for owner in access[token]?.endsAt.keys.map({ $0 }) ?? [] { accessOf[owner]?.remove(token) }
            access[token] = nil
        }
        for token in refreshOrder.prefix(Self.maximumKept / 2) { refresh[token] = nil }
        accessOrder.removeFirst(Self.maximumKept / 2)
        refreshOrder.removeFirst(Self.maximumKept / 2)
    }

    /// Whether this refresh token was used by this owner already.
    func isUsed(_ token: String, by owner: Owner) -> Bool { refresh[token]?.used.contains(owner) ?? false }

    /// Single use; the first token of a main account once for each shop and merchant it covers.
    mutating func refresh(_ token: String, for owner: Owner, at now: Int64, using generator: inout SeededGenerator) throws(ShopeeProblem) -> Pair {
        guard var known = refresh[token], known.unused.contains(owner) else { throw .init("error_auth", "Invalid refresh_token.") }
        guard known.expiresAt > now else { throw .init("refresh_token_expired", "Your refresh_token expired.") }
        known.unused.remove(owner)
        known.used.insert(owner)
        refresh[token] = known
        for old in accessOf[owner] ?? [] where (access[old]?.endsAt[owner] ?? 0) > now + Self.graceSeconds { access[old]?.endsAt[owner] = now + Self.graceSeconds }
        return makePair(for: [owner], at: now, using: &generator)
    }

    func isGood(_ token: String, for owner: Owner, at now: Int64) -> Bool { (access[token]?.endsAt[owner] ?? 0) > now }

    /// Whether the token is or was somebody's: a known token with a foreign shop is another refusal than an unknown one.
    func isForeign(_ token: String, to owner: Owner) -> Bool { access[token].map { $0.endsAt[owner] == nil } ?? false }

    // MARK: Accidents

    mutating func expireAccess(of owner: Owner, at now: Int64) {
        for token in access.keys where access[token]?.endsAt[owner] != nil { access[token]?.endsAt[owner] = now }
    }

    mutating func expireRefresh(of owner: Owner, at now: Int64) {
        for token in refresh.keys where refresh[token]?.unused.contains(owner) == true { refresh[token]?.expiresAt = now }
    }

    mutating func revoke(_ owner: Owner) {
        for token in access.keys { access[token]?.endsAt[owner] = nil }
        for token in refresh.keys { refresh[token]?.unused.remove(owner) }
    }

    private static func random(_ digits: Int, using generator: inout SeededGenerator) -> String {
        var text = ""
        while text.utf8.count < digits { text += String(generator.next(), radix: 16) }
        return String(text.prefix(digits))
    }
}
