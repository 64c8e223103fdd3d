import Connect
import Domain
import Foundation
import HTTPTypes

/// One call, before it is signed.
struct ProfileCall: Sendable {
    var method: String
    /// From the host's root on, percent-encoded.
    var path: String
    var query: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var idempotencyKey: String?
    var accept = "application/json"
}

/// Sends calls as the profile describes them: address, scheme, pace (shopat24.md §2.2, §4B).
struct ProfileClient: Sendable {
    let profile: Profile
    let table: RefusalTable
    private let credentials: SchemeCredentials
    private let context: ChannelContext
    /// Scheme, host and port; then the base's path.
    let origin: String, basePath: String
    /// nil where the profile asks for no slower pace than the descriptor's.
    private let pace: CallBudget?

    init(settings: Shopat24Settings, context: ChannelContext) {
        profile = settings.profile
        table = RefusalTable(settings.profile)
        credentials = settings.credentials
        self.context = context
        let path = URLComponents(string: settings.baseURL)?.percentEncodedPath ?? ""
        basePath = path
        origin = String(settings.baseURL.dropLast(path.count))
        let usual = Shopat24Connector.descriptor.budget, rate = settings.profile.rate
        let isSlower = rate.perSecond < usual.callsPerSecond || rate.burst < usual.burst
        pace = isSlower ? CallBudget(Budget(callsPerSecond: min(rate.perSecond, usual.callsPerSecond), burst: min(rate.burst, usual.burst), concurrency: usual.concurrency), now: context.now) : nil
    }

    // MARK: calls

    func call(_ method: String, _ path: Template, _ query: [String: Template], _ values: [String: String]) throws(ConnectorError) -> ProfileCall {
        guard let filled = path.filled(values, encode: QueryText.encoded) else {
            throw .misconfigured(setting: Profile.setting, problem: "uses a value in the path \(path.text.cut(80)) that this call does not have")
        }
        let items = query.compactMap { name, template in template.filled(values).map { (name: name, value: $0) } }
        return ProfileCall(method: method, path: basePath + filled, query: items)
    }

    /// A page that an answer points to: only on our own host, so that no key is shown to another.
    func call(_ method: String, link: String) -> ProfileCall? {
        // A plus in a written query is a blank: a server that meant a plus wrote %2B.
        let parts = link.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let url = URLComponents(string: parts.count == 2 ? parts[0] + "?" + parts[1].replacing("+", with: "%20") : link), let base = URLComponents(string: origin),
              url.scheme == base.scheme, url.host == base.host, url.port == base.port, url.user == nil else { return nil }
        var items = (url.queryItems ?? []).map { (name: $0.name, value: $0.value ?? "") }
        // What the answer repeats of our key is taken out again, and put in anew when it is sent.
        if case .query(let name, _) = credentials { items.removeAll { $0.name == name } }
        return ProfileCall(method: method, path: url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath, query: items)
    }

    func url(_ call: ProfileCall) -> String {
        let query = QueryText.canonical(call.query)
        return origin + call.path + (query.isEmpty ? "" : "?" + query)
    }

    /// The request in full, at one moment.
    /// - Parameter token: for `oauth2cc`.
    func request(_ call: ProfileCall, token: String? = nil) throws(ConnectorError) -> PlatformRequest {
        var call = call, headers: HTTPFields = [.accept: call.accept]
        if !call.body.isEmpty { headers[.contentType] = "application/json" }
        if let key = call.idempotencyKey { headers[Self.idempotencyKey] = key }
        switch credentials {
        case .none: break
        case .header(let name, let value): headers[name] = value
        case .query(let name, let value): call.query.append((name, value))
        case .basic(let user, let password): headers[.authorization] = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
        case .bearer(let word): headers[.authorization] = "Bearer \(word)"
        case .clientCredentials: headers[.authorization] = token.map { "Bearer \($0)" }
        case .hmac(let signature):
            for field in signature.headers(method: call.method, path: call.path, query: QueryText.canonical(call.query), now: context.now(), body: call.body) { headers.append(field) }
        }
        guard let method = HTTPRequest.Method(call.method) else { throw .misconfigured(setting: Profile.setting, problem: "has the method \(call.method.cut(20)), which is none") }
        return PlatformRequest(method, url(call), headers: headers, body: call.body, timeoutSeconds: (profile.timeoutMs + 999) / 1000)
    }

    /// The raw answer. With `oauth2cc` a 401 is answered once with a new token; a second one stands.
    func send(_ call: ProfileCall) async throws(ConnectorError) -> PlatformAnswer {
        guard case .clientCredentials = credentials else { return try await paced(try request(call)) }
        return try await context.credentials.used { (credential) async throws(ConnectorError) -> PlatformAnswer in
            let answer = try await paced(try request(call, token: credential.accessToken))
            if answer.status == 401 { throw .unauthorised(reason: "the channel refuses its access token") }
            return answer
        }
    }

    private func paced(_ request: PlatformRequest) async throws(ConnectorError) -> PlatformAnswer {
        guard let pace else { return try await context.http.send(request) }
        return try await pace.spend { () async throws(ConnectorError) -> PlatformAnswer in try await context.http.send(request) }
    }

    /// The answer as JSON, when it says that the call was taken; null for an answer without a body.
    func answer(_ call: ProfileCall) async throws(ConnectorError) -> (json: JSONValue, headers: HTTPFields) {
        let answer = try await send(call), json = JSONValue(reading: answer.body)
        if let failure = table.failure(of: answer, json, now: context.now()) { throw failure }
        guard let json else {
            if answer.body.isEmpty { return (.null, answer.headers) }
            throw .unreachable(reason: "the channel answered \(answer.status) with something that is no JSON")
        }
        return (json, answer.headers)
    }

    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!      // a literal: a valid name
}
