import Connect
import Domain
import Foundation
import HTTPTypes
import Synchronization

/// Sends calls, signed for the moment, and reads what came back. The token is lent by the hub, which alone renews it.
struct ShopeeClient: Sendable {
    private let settings: ShopeeSettings
    private let context: ChannelContext
    private let jitter: @Sendable () -> Double
    private let signing: ShopeeSigning
    private let learned = Learned()

    init(settings: ShopeeSettings, context: ChannelContext, jitter: @escaping @Sendable () -> Double) {
        self.settings = settings
        self.context = context
        self.jitter = jitter
        signing = ShopeeSigning(partnerID: settings.partnerID, partnerKey: settings.partnerKey)
    }

    /// The answer to a call that succeeded; everything else is thrown by its class.
    func call(_ call: ShopeeCall) async throws(ConnectorError) -> LooseJSON {
        switch try await outcome(of: call) {
        case .success(let envelope): return envelope
        case .failure(let refusal): throw refusal.error
        }
    }

    /// The answer, or why it was refused, for callers that look at the state before they decide.
    /// - Throws: what no state explains: the transport's failures, and credentials that only a person can mend.
    func outcome(of call: ShopeeCall) async throws(ConnectorError) -> Result<LooseJSON, Refusal> {
        let answer: PlatformAnswer
        switch try await exchange(call) {
        case .success(let received): answer = received
        case .failure(let refusal): return .failure(refusal)
        }
        // Read once more: an envelope is small beside the network.
        guard let envelope = LooseJSON(answer.body) else { throw .unreachable(reason: "Shopee answered with something that is not JSON") }
        return .success(envelope)
    }

    /// The raw answer to a call whose success may be another thing than JSON.
    func download(_ call: ShopeeCall) async throws(ConnectorError) -> Result<PlatformAnswer, Refusal> { try await exchange(call) }

    private func exchange(_ call: ShopeeCall) async throws(ConnectorError) -> Result<PlatformAnswer, Refusal> {
        switch call.form {
        case .publicly: return try await trial(of: call, accessToken: nil)
        case .asShop:
            return try await context.credentials.used { (credential) async throws(ConnectorError) -> Result<PlatformAnswer, Refusal> in
                try checkAccount(of: credential)
                let result = try await trial(of: call, accessToken: credential.accessToken)
                // Only a token's refusal asks for another token: refresh tokens work once, and no new one mends a missing permission.
                if case .failure(let refusal) = result, refusal.kind == .token { throw refusal.error }
                return result
            }
        }
    }

    private func checkAccount(of credential: Credential) throws(ConnectorError) {
        guard let account = credential.accountID, account != String(settings.shopID) else { return }
        throw .misconfigured(setting: "shopID", problem: "is \(settings.shopID), but the channel was authorised by the shop \(account.cut(40))")
    }

    /// Sends, and once more with the platform's clock where ours is refused (platforms/shopee.md §8).
    private func trial(of call: ShopeeCall, accessToken: String?) async throws(ConnectorError) -> Result<PlatformAnswer, Refusal> {
        let first = try await send(call, accessToken: accessToken)
        guard case .failure(let refusal) = first.result, refusal.kind == .clock, let skew = Self.skewSeconds(of: first.answer, now: context.now()) else { return first.result }
        learned.clockOffsetSeconds = skew
        return try await send(call, accessToken: accessToken).result
    }

    private func send(_ call: ShopeeCall, accessToken: String?) async throws(ConnectorError) -> (answer: PlatformAnswer, result: Result<PlatformAnswer, Refusal>) {
        let timestamp = context.now().milliseconds / 1000 + learned.clockOffsetSeconds
        let request = call.request(host: settings.baseURL, signing: signing, timestamp: timestamp, accessToken: accessToken, shopID: call.form == .asShop ? settings.shopID : nil)
        let answer = try await context.http.send(request), now = context.now()
        if call.isDownload, answer.isDocument { return (answer, .success(answer)) }
        guard var refusal = Refusal.of(answer, path: call.path, now: now) else {
            learned.bursts = 0
            return (answer, .success(answer))
        }
        if refusal.kind == .burst { refusal.error = .throttled(until: now + pause(after: answer)) }
        return (answer, .failure(refusal))
    }

    /// 1, 2, 4, … seconds with some more by chance, or what the answer itself asks for.
    private func pause(after answer: PlatformAnswer) -> Duration {
        let burst = learned.countBurst()
        if let asked = answer.pauseSeconds { return .seconds(asked) }
        let seconds = Double(1 << min(burst - 1, Self.longestBackoffPower)) * (1 + min(max(jitter(), 0), 1))
        return .milliseconds(Int64(seconds * 1000))
    }

    private static let longestBackoffPower = 6

    /// The platform's clock minus ours, whole seconds; nil where the answer has no `Date`.
    static func skewSeconds(of answer: PlatformAnswer, now: Timestamp) -> Int64? {
        answer.headers[.date].flatMap { HTTPDate.timestamp($0) }.map { ($0.milliseconds - now.milliseconds) / 1000 }
    }

    /// A call for the check of the channel: the raw answer, signed, whatever it says.
    func look(_ call: ShopeeCall) async throws(ConnectorError) -> (answer: PlatformAnswer, refusal: Refusal?) {
        let (answer, result) = try await send(call, accessToken: nil)
        if case .failure(let refusal) = result { return (answer, refusal) }
        return (answer, nil)
    }
}

extension ShopeeCall {
    static let downloadPath = "/api/v2/logistics/download_shipping_document"
    var isDownload: Bool { path == Self.downloadPath }
}

/// What one connector found out while talking; shared by its copies.
private final class Learned: Sendable {
    private struct State { var clockOffsetSeconds: Int64 = 0, bursts = 0 }
    private let state = Mutex(State())

    var clockOffsetSeconds: Int64 { get { state.withLock { $0.clockOffsetSeconds } } set { state.withLock { $0.clockOffsetSeconds = newValue } } }
    var bursts: Int { get { state.withLock { $0.bursts } } set { state.withLock { $0.bursts = newValue } } }

    /// - Returns: how many bursts were refused in a row, this one included.
    func countBurst() -> Int {
        state.withLock { state in
            state.bursts += 1
            return state.bursts
        }
    }
}

/// `Fri, 06 Nov 2026 03:12:44 GMT` (RFC 9110).
enum HTTPDate {
    static func timestamp(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", parts[1].count == 2, parts[3].count == 4, parts[4].count == 8, let month = months.firstIndex(of: String(parts[2])) else { return nil }
        return Timestamp(rfc3339: "\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z")
    }
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
