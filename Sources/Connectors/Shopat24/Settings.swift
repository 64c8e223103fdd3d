import Connect
import Domain
import Foundation
import HTTPTypes

/// A channel's settings, checked once.
struct Shopat24Settings: Sendable {
    /// How the channel is reached: over a REST interface, or by files in folders (shopat24.md §4A, §4B).
    enum Form: String, Sendable, CaseIterable { case rest, files }
    let form: Form
    let profile: Profile
    /// Set for the form of files alone.
    let exchange: FileExchange?
    /// Scheme, host, port and perhaps a path, without a slash at its end.
    let baseURL: String
    let connection: String
    let credentials: SchemeCredentials
    let webhook: WebhookSignature?
    let paidByDefault: Bool

    static let longestConnection = 60
    /// A channel of files calls nobody.
    private static let nowhere = "https://files.invalid"

    init(_ settings: ChannelSettings, channelName: String, channel: ChannelID) throws(ConnectorError) {
        profile = try Profile(laying: settings.optional(Profile.setting))
        guard let form = Form(rawValue: settings.optional("form") ?? Form.rest.rawValue) else { throw .misconfigured(setting: "form", problem: "must be rest or files") }
        self.form = form
        if form == .files {
            exchange = try profile.file.exchange(settings, channelName: channelName, channel: channel)
            baseURL = Self.nowhere
        } else {
            exchange = nil
            guard let base = settings.optional("baseURL") ?? profile.baseURL else { throw .misconfigured(setting: "baseURL", problem: "is not set, here or in the profile; there is no default host") }
            baseURL = try Self.address(base, setting: "baseURL")
        }
        connection = settings.optional("connection") ?? channelName
        guard (1...Self.longestConnection).contains(connection.unicodeScalars.count), !connection.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw .misconfigured(setting: "connection", problem: "must have 1 to \(Self.longestConnection) characters")
        }
        credentials = form == .files ? .none : try SchemeCredentials(profile.auth, settings)
        if form == .rest, let described = profile.webhook, let secret = settings.optional("webhookSecret") { webhook = WebhookSignature(described, secret: secret) } else { webhook = nil }
        paidByDefault = try settings.flag("paidByDefault", default: true)
    }

    /// - Throws: `.misconfigured` for what is no plain http or https address.
    static func address(_ text: String, setting: String) throws(ConnectorError) -> String {
        var text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        while text.hasSuffix("/") { text.removeLast() }
        guard let url = URLComponents(string: text), url.scheme == "https" || url.scheme == "http", let host = url.host, !host.isEmpty,
              url.user == nil, url.password == nil, url.query == nil, url.fragment == nil else {
            throw .misconfigured(setting: setting, problem: "must be an http or https address without query and user")
        }
        return text
    }
}

/// What the profile's scheme needs, found in the settings (shopat24.md §2.2).
enum SchemeCredentials: Sendable {
    case none
    case header(HTTPField.Name, value: String)
    case query(name: String, value: String)
    case basic(user: String, password: String)
    case bearer(String)
    case clientCredentials(ClientCredentials)
    case hmac(RequestSignature)

    init(_ auth: Profile.Auth, _ settings: ChannelSettings) throws(ConnectorError) {
        switch auth.scheme {
        case .none: self = .none
        case .header:
            guard let name = HTTPField.Name(try Self.member(auth.name, "name")) else { throw .misconfigured(setting: Profile.setting, problem: "has an auth.name that is no header") }
            self = .header(name, value: try Self.headerText(settings))
        case .query: self = .query(name: try Self.member(auth.name, "name"), value: try settings.required("secret"))
        case .basic: self = .basic(user: try Self.member(auth.user, "user"), password: try settings.required("secret"))
        case .bearer: self = .bearer(try Self.headerText(settings))
        case .oauth2cc:
            self = .clientCredentials(ClientCredentials(
                tokenURL: try Shopat24Settings.address(try Self.member(auth.tokenURL, "tokenURL"), setting: Profile.setting), clientID: try Self.member(auth.clientId, "clientId"),
                secret: try settings.required("secret"), scope: auth.scope, style: auth.style ?? .body))
        case .hmac: self = .hmac(RequestSignature(keyID: try Self.member(auth.keyId, "keyId"), secret: try settings.required("secret")))
        }
    }

    private static func member(_ value: String?, _ name: String) throws(ConnectorError) -> String {
        guard let value, !value.isEmpty, value.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw .misconfigured(setting: Profile.setting, problem: "needs auth.\(name) for its scheme, in plain characters without blanks")
        }
        return value
    }

    private static func headerText(_ settings: ChannelSettings) throws(ConnectorError) -> String {
        let text = try settings.required("secret")
        guard text.utf8.allSatisfy({ (32...126).contains($0) }) else { throw .misconfigured(setting: "secret", problem: "holds characters that no header carries") }
        return text
    }
}
