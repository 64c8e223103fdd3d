import Connect
import Domain
import Foundation
import HTTPTypes
import Synchronization

/// Sends calls to one shop, and finds out by itself which credentials get through to PHP and which form of URL the shop has.
struct SiteClient: Sendable {
    static let learnedAuthenticationKey = "authenticationInUse", learnedPermalinksKey = "permalinksInUse"

    private let settings: WooCommerceSettings
    private let building: RequestBuilding
    private let context: ChannelContext
    private let learned: Learned

    init(settings: WooCommerceSettings, context: ChannelContext) {
        self.settings = settings
        self.context = context
        building = RequestBuilding(site: settings.site, home: settings.home)
        let remembered = context.settings.optional(Self.learnedAuthenticationKey).flatMap { SigningStyle(rawValue: $0) }
        let permalinks = context.settings.optional(Self.learnedPermalinksKey).flatMap { PermalinkForm(rawValue: $0) }
        let candidates = Self.candidates(settings)
        learned = Learned(credential: candidates.first { $0 == remembered } ?? candidates[0], permalinks: Self.permalinks(settings, remembered: permalinks))
    }

    /// What may be tried, the likeliest first (platforms/woocommerce.md §2.2, §2.3). Never empty.
    private static func candidates(_ settings: WooCommerceSettings) -> [SigningStyle] {
        switch settings.authentication {
        case .basic: [.basic]
        case .query: [.query]
        case .oauth1: [.oauth1]
        // Behind a proxy that hides TLS only OAuth works on an https address, signed for the http address WordPress believes in.
        case .auto where settings.site.isSecure: [.basic, .query, settings.homeIsGiven ? .oauth1 : .oauth1AsHTTP]
        case .auto: [.oauth1]
        }
    }

    private static func permalinks(_ settings: WooCommerceSettings, remembered: PermalinkForm?) -> PermalinkForm {
        switch settings.permalinks {
        case .pretty: .pretty
        case .plain: .plain
        case .auto: remembered ?? .pretty
        }
    }

    /// How the shop is spoken to at the moment.
    var style: (credential: SigningStyle, permalinks: PermalinkForm) { learned.style }

    /// The plugin namespaces the shop told last; nil before it was asked.
    var namespaces: Set<String>? {
        get { learned.namespaces }
        nonmutating set { learned.namespaces = newValue }
    }

    // MARK: Sending

    /// The answer to an authenticated call, whatever its status. What did not get through to the API is tried in another form once;
    /// nothing was done by a call that was answered 401, or 404 without JSON, so writes may be repeated too.
    func send(_ call: APICall) async throws(ConnectorError) -> PlatformAnswer {
        let answer = try await sendFindingCredential(call, permalinks: learned.style.permalinks)
        guard settings.permalinks == .auto, answer.status == 404, !answer.isJSON else { return answer }
        let other = learned.style.permalinks.other
        let second = try await sendFindingCredential(call, permalinks: other)
        guard second.isJSON else { return answer }
        await learn(permalinks: other)
        return second
    }

    /// The answer to a call that needs no key.
    func sendOpenly(_ call: APICall) async throws(ConnectorError) -> PlatformAnswer {
        let answer = try await context.http.send(building.request(call, as: nil, learned.style.permalinks, timestamp: 0, nonce: ""))
        guard settings.permalinks == .auto, answer.status == 404, !answer.isJSON else { return answer }
        let other = learned.style.permalinks.other
        let second = try await context.http.send(building.request(call, as: nil, other, timestamp: 0, nonce: ""))
        guard second.isJSON else { return answer }
        await learn(permalinks: other)
        return second
    }

    /// Sends, and answers only success; everything else is thrown by its class (§8).
    func call(_ call: APICall) async throws(ConnectorError) -> PlatformAnswer {
        let answer = try await send(call)
        if let failure = AnswerReading.failure(of: answer, now: context.now()) { throw failure }
        return answer
    }

    private func sendFindingCredential(_ call: APICall, permalinks: PermalinkForm) async throws(ConnectorError) -> PlatformAnswer {
        let current = learned.style.credential
        let first = try await sendSigned(call, as: current, permalinks: permalinks)
        guard first.status == 401 else { return first }
        var told = first
        for credential in Self.candidates(settings) where credential != current {
            let answer = try await sendSigned(call, as: credential, permalinks: permalinks)
            if answer.status != 401 {
                // A 5xx or a firewall's page does not tell whether the key was read.
                if answer.isJSON { await learn(credential: credential) }
                return answer
            }
            if !told.namesTheKey, answer.namesTheKey { told = answer }
        }
        return told
    }

    /// A signed call that is refused is signed once more, with a new nonce and the shop's own clock (§8).
    private func sendSigned(_ call: APICall, as credential: SigningStyle, permalinks: PermalinkForm) async throws(ConnectorError) -> PlatformAnswer {
        guard let keys = settings.keys else { throw .consentAwaited }
        let signed = (style: credential, keys: keys)
        let first = try await context.http.send(request(call, as: signed, permalinks, rootSlash: learned.rootSlash))
        guard credential.isSigned, first.status == 401 else { return first }
        if let skew = AnswerReading.clockSkewSeconds(of: first, now: context.now()) {
            learned.clockOffsetSeconds = abs(skew) > Self.tolerableSkewSeconds ? skew : 0
        }
        let rootSlash = permalinks == .plain ? !learned.rootSlash : learned.rootSlash
        let second = try await context.http.send(request(call, as: signed, permalinks, rootSlash: rootSlash))
        if second.status != 401 { learned.rootSlash = rootSlash }
        return second
    }

    private static let tolerableSkewSeconds: Int64 = 60

    private func request(_ call: APICall, as credential: (style: SigningStyle, keys: ConsumerKeys), _ permalinks: PermalinkForm, rootSlash: Bool) -> PlatformRequest {
        let timestamp = context.now().milliseconds / 1000 + learned.clockOffsetSeconds
        return building.request(call, as: credential, permalinks, timestamp: timestamp, nonce: OAuthSignature.freshNonce(), rootSlash: rootSlash)
    }

    // MARK: Learning

    private func learn(credential: SigningStyle) async {
        guard learned.adopt(credential: credential) else { return }
        // Only a convenience for the next start: if it is not kept, it is found out again.
        try? await context.save([Self.learnedAuthenticationKey: credential.rawValue])
    }

    private func learn(permalinks: PermalinkForm) async {
        guard learned.adopt(permalinks: permalinks) else { return }
        // Only a convenience for the next start: if it is not kept, it is found out again.
        try? await context.save([Self.learnedPermalinksKey: permalinks.rawValue])
    }
}

/// What the hub found out about a shop while talking to it; shared by all copies of one connector.
private final class Learned: Sendable {
    private struct State {
        var credential: SigningStyle, permalinks: PermalinkForm
        var clockOffsetSeconds: Int64 = 0, rootSlash = false, namespaces: Set<String>?
    }
    private let state: Mutex<State>

    init(credential: SigningStyle, permalinks: PermalinkForm) { state = Mutex(State(credential: credential, permalinks: permalinks)) }

    var style: (credential: SigningStyle, permalinks: PermalinkForm) { state.withLock { ($0.credential, $0.permalinks) } }
    var clockOffsetSeconds: Int64 { get { state.withLock { $0.clockOffsetSeconds } } set { state.withLock { $0.clockOffsetSeconds = newValue } } }
    var rootSlash: Bool { get { state.withLock { $0.rootSlash } } set { state.withLock { $0.rootSlash = newValue } } }
    var namespaces: Set<String>? { get { state.withLock { $0.namespaces } } set { state.withLock { $0.namespaces = newValue } } }

    /// - Returns: false where it was known already.
    func adopt(credential: SigningStyle) -> Bool {
        state.withLock { state in
            defer { state.credential = credential }
            return state.credential != credential
        }
    }
    func adopt(permalinks: PermalinkForm) -> Bool {
        state.withLock { state in
            defer { state.permalinks = permalinks }
            return state.permalinks != permalinks
        }
    }
}
