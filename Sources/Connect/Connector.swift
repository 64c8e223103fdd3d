package import Domain
package import Logging

/// Our code for one platform, bound to one channel. What it can do is told by the ability protocols it conforms to; nobody implements a method to say "unsupported".
package protocol Connector: Sendable {
    static var descriptor: PlatformDescriptor { get }
    /// - Throws: `.misconfigured` when a needed setting is missing or malformed.
    init(_ context: ChannelContext) throws(ConnectorError)
}

/// What a connector is given of its channel: settings with unsealed secrets, and an HTTP client already fitted with the channel's budget.
package struct ChannelContext: Sendable {
    package var channel: ChannelID
    package var name: String
    package var settings: ChannelSettings
    package var http: ChannelHTTP
    package var now: @Sendable () -> Timestamp
    package var logger: Logger
    /// Where the platform is to send its deliveries; nil until the hub knows its public address.
    package var hookURL: String?
    /// Saves changed settings (a fresh token pair) durably; a refreshed credential is used only after this returned.
    package var save: @Sendable ([String: String]) async throws -> Void
    /// A folder the channel may write to (file drops); nil where the hub has none.
    package var outputFolder: String?
    /// The channel's tokens, kept and renewed by the hub.
    package var credentials: CredentialSource

    package init(channel: ChannelID, name: String, settings: ChannelSettings, http: ChannelHTTP, now: @escaping @Sendable () -> Timestamp, logger: Logger,
                 hookURL: String? = nil, save: @escaping @Sendable ([String: String]) async throws -> Void = { _ in }, outputFolder: String? = nil, credentials: CredentialSource = .none) {
        self.channel = channel; self.name = name; self.settings = settings; self.http = http; self.now = now; self.logger = logger
        self.hookURL = hookURL; self.save = save; self.outputFolder = outputFolder; self.credentials = credentials
    }
}

/// A channel's settings by key, secrets included. Read through `required` and `optional`, which name the key in their error.
package struct ChannelSettings: Sendable, Equatable {
    package var values: [String: String]
    package init(_ values: [String: String]) { self.values = values }

    package func optional(_ key: String) -> String? {
        guard let value = values[key], !value.isEmpty else { return nil }
        return value
    }
    package func required(_ key: String) throws(ConnectorError) -> String {
        guard let value = optional(key) else { throw .misconfigured(setting: key, problem: "is not set") }
        return value
    }
    package func list(_ key: String) -> [String] {
        (values[key] ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
    }
    package func integer(_ key: String, default fallback: Int, in range: ClosedRange<Int>) throws(ConnectorError) -> Int {
        guard let text = optional(key) else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            throw .misconfigured(setting: key, problem: "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
    package func flag(_ key: String, default fallback: Bool = false) throws(ConnectorError) -> Bool {
        guard let text = optional(key) else { return fallback }
        switch text.lowercased() {
        case "true", "yes", "1", "on": return true
        case "false", "no", "0", "off": return false
        default: throw .misconfigured(setting: key, problem: "must be true or false")
        }
    }
}
