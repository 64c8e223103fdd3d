import Connect
import Domain
import Foundation
import HTTPTypes
import Synchronization

/// The two grants of the one static token: each host gives a temporary token of its own (thailandpost.md §2.1).
enum TrackGrant: String, Sendable, CaseIterable {
    case tracking, webhook
    var title: String {
        switch self {
        case .tracking: "Track & Trace"
        case .webhook: "the webhook service"
        }
    }
}

/// One of the two Track & Trace hosts: A is asked where parcels are, B is told which parcels to push (thailandpost.md §1).
struct TrackService: Sendable {
    let grant: TrackGrant
    let base: String
    let quota = DailyQuota()
    private let http: ChannelHTTP
    private let now: @Sendable () -> Timestamp
    private let credentials: CredentialSource
    private let pace: CallBudget

    /// 15 calls in 3 s block a caller for 30 s: these stay at 14 in the worst three seconds, and at three a second (§4.1).
    static let paceBudget = Budget(callsPerSecond: 3, burst: 5, concurrency: 4)
    static let blockedSeconds: Int64 = 30

    init(_ grant: TrackGrant, base: String, context: ChannelContext) {
        self.grant = grant
        self.base = base
        http = context.http
        now = context.now
        credentials = context.credentials
        pace = CallBudget(Self.paceBudget, now: context.now)
    }

    /// Calls with the temporary token; a token that is refused is replaced once by the hub, a second 401 needs an operator.
    func call(_ path: String, _ body: some Encodable & Sendable) async throws(ConnectorError) -> JSONValue {
        let bytes: [UInt8]
        do { bytes = Array(try JSONEncoder.crossdock.encode(body)) } catch { throw .notUnderstood(field: "request", found: "a value that JSON cannot hold") }
        let answer = try await credentials.used(grant.rawValue) { (credential) async throws(ConnectorError) -> PlatformAnswer in
            let answer = try await pace.spend { () async throws(ConnectorError) -> PlatformAnswer in try await http.send(request(path, body: bytes, token: credential.accessToken)) }
            if answer.status == 401 { throw .unauthorised(reason: "\(grant.title) no longer takes its token") }
            return answer
        }
        let json = try read(answer)
        quota.note(json["response"]?["track_count"], now: now())
        return json
    }

    /// `Token`, not `Bearer`: all clients but one send it (§2.1).
    func request(_ path: String, body: [UInt8], token: String) -> PlatformRequest {
        PlatformRequest(.post, base + path, headers: [.authorization: "Token \(token)", .contentType: "application/json", .accept: "application/json"], body: body)
    }

    /// The static token for a temporary one.
    func exchange(_ staticToken: String) async throws(ConnectorError) -> Credential {
        let answer = try await http.send(request("authenticate/token", body: Array("{}".utf8), token: staticToken))
        if answer.status == 401 || answer.status == 403 { throw .unauthorised(reason: "\(grant.title) refuses the static token; make a new one in the dashboard and paste it as it is") }
        let json = try read(answer)
        guard let token = json["token"]?.text, token.utf8.allSatisfy({ (33...126).contains($0) }) else { throw .unreachable(reason: "\(grant.title) answered without a token") }
        // Always Gregorian; without a readable end the token is used until it is refused.
        let expiresAt = json["expire"]?.text.flatMap { ThaiTime.read($0) }
        return Credential(grant: grant.rawValue, accessToken: token, accessExpiresAt: expiresAt, issuedAt: now())
    }

    /// A and B tell by HTTP status (§8).
    func read(_ answer: PlatformAnswer) throws(ConnectorError) -> JSONValue {
        let json = JSONValue(reading: answer.body), words = json?["message"]?.text?.cut(400)
        switch answer.status {
        case 200..<300:
            guard let json, json.object != nil else { throw .unreachable(reason: "\(grant.title) answered with something that is no JSON object") }
            if json["status"]?.isFalse == true { throw .refused(platformCode: "status_false", platformMessage: words ?? "\(grant.title) said no and no more") }
            return json
        case 401: throw .unauthorised(reason: "\(grant.title) refuses the token")
        case 403: throw .unauthorised(reason: "\(grant.title) does not permit this call\(words.map { ": \($0)" } ?? "")")
        case 429: throw .throttled(until: now() + .seconds(answer.pauseSeconds ?? Self.blockedSeconds))
        case 408, 500...599: throw .unreachable(reason: "\(grant.title) answered \(answer.status)")
        default: throw .refused(platformCode: "http_\(answer.status)", platformMessage: words ?? "HTTP \(answer.status)")
        }
    }
}

/// What one host has counted of our numbers today. Ours is the last count that it told; other nodes' questions are in it.
final class DailyQuota: Sendable {
    struct Count: Sendable, Equatable { var day: Int64, used: Int, limit: Int }
    private let last = Mutex<Count?>(nil)

    /// The rest of the day stays for a person's questions (§4.1).
    static let usablePercent = 95

    var count: Count? { last.withLock { $0 } }

    /// - Throws: `.throttled` until midnight in Bangkok where `numbers` more would pass 95 % of the day's limit.
    func reserve(_ numbers: Int, now: Timestamp) throws(ConnectorError) {
        guard let count, count.day == now.bangkokDay, count.used + numbers > count.limit * Self.usablePercent / 100 else { return }
        throw .throttled(until: now.nextBangkokMidnight)
    }

    func note(_ json: JSONValue?, now: Timestamp) {
        guard let used = json?["count_number"]?.integer, let limit = json?["track_count_limit"]?.integer,
              (0...Self.maximumCount).contains(used), (1...Self.maximumCount).contains(limit) else { return }
        let day = json?["track_date"]?.text.flatMap { ThaiTime.read($0) }?.bangkokDay ?? now.bangkokDay
        last.withLock { $0 = Count(day: day, used: used, limit: limit) }
    }

    private static let maximumCount = 1_000_000_000
}
