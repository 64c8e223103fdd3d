import Foundation

/// Who consents: one domestic shop, or a cross-border seller with a shop in each of several countries.
struct Account: Sendable {
    /// `account_id` of the token answer.
    var id: String
    var login: String
    /// `th`, or `cb` for cross-border.
    var country: String
    /// `th:100190009`.
    var stores: [String]

    static func all(of sellers: [LazadaSeller]) -> [Account] {
        var accounts: [Account] = []
        for (index, seller) in sellers.enumerated() {
            if seller.isCrossBorder, let known = accounts.firstIndex(where: { $0.country == "cb" }) {
                accounts[known].stores.append(seller.key)
            } else {
                accounts.append(Account(
                    id: "\(7_001_001 + index)", login: "seller\(index + 1)@example.test", country: seller.isCrossBorder ? "cb" : seller.country.rawValue,
                    stores: [seller.key]))
            }
        }
        return accounts
    }
}

/// Codes and tokens that were given out.
struct TokenBook: Sendable {
    struct Token: Sendable {
        var account: String
        var expiresAt: Date
        /// The refresh token whose use made this one; it dies when this one is used first.
        var replaces: String?
    }

    /// One use each, 30 minutes.
    var codes: [String: Token] = [:]
    var access: [String: Token] = [:]
    var refresh: [String: Token] = [:]

    mutating func forget(account: String) {
        access = access.filter { $0.value.account != account }
        refresh = refresh.filter { $0.value.account != account }
    }
}

/// What a token call gave, for tests that skip the consent page.
package struct LazadaTokens: Sendable, Equatable {
    package var accessToken: String
    package var refreshToken: String
}

extension LazadaState {
    static let codeSeconds: TimeInterval = 30 * 60

    /// The account that a consent without a choice means: the named one, else the first of that country, else the first.
    func account(choosing id: String? = nil, country: String? = nil) -> Account? {
        if let id { return accounts.first { $0.id == id } }
        if let country, let account = accounts.first(where: { $0.country == country.lowercased() }) { return account }
        return accounts.first
    }

    func account(ofSeller sellerID: String) -> Account? { accounts.first { $0.stores.contains { $0.hasSuffix(":\(sellerID)") } } }

    mutating func makeCode(for account: Account) -> String {
        tokens.codes = tokens.codes.filter { $0.value.expiresAt > now }
        let code = secretText("0_\(configuration.appKey)_")
        tokens.codes[code] = .init(account: account.id, expiresAt: now.addingTimeInterval(Self.codeSeconds))
        count("consents")
        return code
    }

    // MARK: The token calls (lazada.md §2.3)

    mutating func createToken(_ call: Call) throws(Problem) -> LazadaJSON {
        let code = try call.required("code")
        guard let entry = tokens.codes.removeValue(forKey: code), entry.expiresAt > now, let account = account(choosing: entry.account) else {
            count("refused codes")
            throw .invalidCode
        }
        count("tokens created")
        let given = grant(to: account)
        return answer(given, account, namesList: "country_user_info")
    }

    /// A new pair for an account, as after a new consent: what it had before is void.
    mutating func grant(to account: Account) -> LazadaTokens {
        tokens.forget(account: account.id)
        let given = LazadaTokens(accessToken: secretText("50000"), refreshToken: secretText("50001"))
        tokens.access[given.accessToken] = .init(account: account.id, expiresAt: now.addingTimeInterval(Double(configuration.appStatus.accessSeconds)))
        tokens.refresh[given.refreshToken] = .init(account: account.id, expiresAt: now.addingTimeInterval(Double(configuration.appStatus.refreshSeconds)))
        return given
    }

    mutating func refreshToken(_ call: Call) throws(Problem) -> LazadaJSON {
        let old = try call.required("refresh_token")
        guard let entry = tokens.refresh[old], entry.expiresAt > now, let account = account(choosing: entry.account) else {
            count("refused refreshes")
            throw .illegalRefreshToken
        }
        guard configuration.appStatus != .serviceMarket else {
            count("refused refreshes")
            throw Problem("AUTH_TYPE_UNSUPPORTED", "This app's authorisation follows its subscription and cannot be refreshed")
        }
        retire(entry)
        count("tokens refreshed")
        let keepsOld = configuration.oldRefreshToken == .livesUntilNewIsUsed
        if !configuration.oldAccessTokenLives { tokens.access = tokens.access.filter { $0.value.account != account.id } }
        tokens.refresh = tokens.refresh.filter { $0.value.account != account.id || ($0.key == old && keepsOld) }
        let given = LazadaTokens(accessToken: secretText("50000"), refreshToken: secretText("50001"))
        let replaced = keepsOld ? old : nil
        tokens.access[given.accessToken] = .init(
            account: account.id, expiresAt: now.addingTimeInterval(Double(configuration.appStatus.accessSeconds)), replaces: replaced)
        // The refresh token's own end stays where the consent put it.
        tokens.refresh[given.refreshToken] = .init(account: account.id, expiresAt: entry.expiresAt, replaces: replaced)
        return answer(given, account, namesList: "country_user_info_list")
    }

    /// The first use of a new token ends the one it replaced.
    private mutating func retire(_ token: TokenBook.Token) { if let replaced = token.replaces { tokens.refresh[replaced] = nil } }

    private func answer(_ given: LazadaTokens, _ account: Account, namesList: String) -> LazadaJSON {
        let infos = account.stores.compactMap { stores[$0]?.seller }.map { seller -> LazadaJSON in
            [
                "country": .string(seller.country.rawValue), "user_id": .string(seller.sellerID), "seller_id": .string(seller.sellerID),
                "short_code": .string(seller.shortCode),
            ]
        }
        return [
            "access_token": .string(given.accessToken), "refresh_token": .string(given.refreshToken),
            "expires_in": .integer(secondsLeft(tokens.access[given.accessToken])), "refresh_expires_in": .integer(secondsLeft(tokens.refresh[given.refreshToken])),
            "country": .string(account.country), "account_platform": "seller_center", "account": .string(account.login), "account_id": .string(account.id),
            namesList: .array(infos),
        ]
    }

    private func secondsLeft(_ token: TokenBook.Token?) -> Int { max(0, Int((token?.expiresAt.timeIntervalSince(now) ?? 0).rounded())) }

    // MARK: Using them

    /// The shop that a call is about: the token's, in the country that the host chose.
    mutating func authenticate(_ call: Call) throws(Problem) -> String {
        let given = try call.required("access_token")
        guard let token = tokens.access[given], token.expiresAt > now, let account = account(choosing: token.account) else { throw refusedAccess() }
        if token.replaces != nil {
            retire(token)
            tokens.access[given]?.replaces = nil
        }
        let store = account.stores.first { call.country == nil || stores[$0]?.country == call.country }
        guard let store else { throw refusedAccess() }
        return store
    }

    /// Seen under both types (lazada.md §8).
    mutating func refusedAccess() -> Problem {
        count("refused access tokens")
        return .illegalAccessToken(type: counters.named["refused access tokens", default: 0].isMultiple(of: 2) ? "ISP" : "ISV")
    }

    /// Pushes are sent for shops with a valid token only (lazada.md §3.1).
    func isHeard(_ store: String) -> Bool {
        guard let account = accounts.first(where: { $0.stores.contains(store) }) else { return false }
        return tokens.access.values.contains { $0.account == account.id && $0.expiresAt > now }
    }
}
