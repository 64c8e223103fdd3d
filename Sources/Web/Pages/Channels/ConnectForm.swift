import Connect
import Domain
import Foundation
import Hub

/// The fields of a platform's settings as a form, in the reader's words: the few that everybody fills, and those that have a good default.
struct ConnectForm: Sendable {
    struct Choice: Sendable { var value: String, name: String, isChosen: Bool }
    struct Field: Sendable {
        var key: String, id: String, title: String, help: String?, value: String, placeholder: String?, fault: String?
        var isSecret: Bool, isRequired: Bool, hasChoices: Bool, choices: [Choice]
        /// A secret that was made here: shown as text, so that it can be copied to the other side.
        var isMade: Bool
        var type: String
    }
    var main: [Field], hub: [Field], more: [Field]
    var hasHub: Bool, hasMore: Bool
    /// A fault that is nobody's field.
    var moreIsOpen: Bool

    /// - Parameters:
    ///   - values: what stands in the fields.
    ///   - kept: keys of secrets that the channel has already: their fields may stay empty.
    init(_ descriptor: PlatformDescriptor, words: Words, values: [String: String], faults: [String: String], kept: Set<String> = [], made: Set<String> = [], couriers: [String]) {
        func field(_ setting: SettingField, _ path: String) -> Field {
            let value = values[setting.key] ?? setting.defaultValue ?? ""
            let choices = Self.choices(setting, path, words, value, couriers)
            let help = words.has("\(path).help") ? words("\(path).help") : setting.help
            return Field(
                key: setting.key, id: "set-" + setting.key.replacing(".", with: "-"), title: words.has("\(path).title") ? words("\(path).title") : setting.title, help: help.isEmpty ? nil : help,
                value: value, placeholder: kept.contains(setting.key) ? words("channels.form.kept") : nil, fault: faults[setting.key], isSecret: setting.isSecret,
                isRequired: setting.isRequired && setting.defaultValue == nil && !kept.contains(setting.key), hasChoices: !choices.isEmpty, choices: choices, isMade: made.contains(setting.key),
                type: setting.isSecret && !made.contains(setting.key) ? "password" : "text")
        }
        let platform = "guides.\(descriptor.platform)"
        func known(_ group: String, _ key: String) -> Bool { words.has("\(platform).\(group).\(key).title") }
        let isTold = words.has("\(platform).intro")
        main = descriptor.settings.filter { isTold ? known("main", $0.key) : $0.isRequired }.map { field($0, "\(platform).main.\($0.key)") }
        let rest = descriptor.settings.filter { isTold ? known("more", $0.key) : !$0.isRequired }.map { field($0, "\(platform).more.\($0.key)") }
        let own = descriptor.kind == .shop || descriptor.kind == .file ? HubSetting.fields : descriptor.kind == .courier ? HubSetting.carrierFields : []
        func path(_ setting: SettingField, _ group: String) -> String { "guides.hub.\(group).\(setting.key.dropFirst("hub.".count))" }
        hub = own.filter { words.has(path($0, "main") + ".title") }.map { field($0, path($0, "main")) }
        more = rest + own.filter { !words.has(path($0, "main") + ".title") }.map { field($0, path($0, "more")) }
        hasHub = !hub.isEmpty
        hasMore = !more.isEmpty
        moreIsOpen = more.contains { $0.fault != nil }
    }

    private static func choices(_ setting: SettingField, _ path: String, _ words: Words, _ value: String, _ couriers: [String]) -> [Choice] {
        if setting.key == HubSetting.courier {
            guard !couriers.isEmpty else { return [] }
            return [Choice(value: "", name: words("channels.form.onlyCourier"), isChosen: value.isEmpty)] + couriers.map { Choice(value: $0, name: $0, isChosen: $0 == value) }
        }
        if ["true", "false"].contains(setting.defaultValue) {
            return ["true", "false"].map { Choice(value: $0, name: words("channels.form.\($0 == "true" ? "yes" : "no")"), isChosen: $0 == value) }
        }
        let named = words.names(under: "\(path).options")
        guard !named.isEmpty else { return [] }
        let order = setting.help + " " + (setting.defaultValue ?? "")
        // In the order in which the platform's own help names them.
        let sorted = named.sorted { (order.range(of: $0)?.lowerBound ?? order.endIndex, $0) < (order.range(of: $1)?.lowerBound ?? order.endIndex, $1) }
        let isOpen = value.isEmpty && setting.defaultValue == nil
        return (isOpen ? [Choice(value: "", name: words("channels.form.automatic"), isChosen: true)] : []) + sorted.map { Choice(value: $0, name: words("\(path).options.\($0)"), isChosen: $0 == value) }
    }

    /// Secrets that are ours to invent, by platform: what the other side wants of them.
    enum Making: Sendable { case letters, standardWebhook }
    static let makings: [PlatformName: [String: Making]] = [
        "woocommerce": ["webhookSecret": .letters], "custom": ["secret": .standardWebhook, "callbackSecret": .standardWebhook], "webhook": ["secret": .standardWebhook],
    ]

    static func made(for platform: PlatformName) -> [String: String] {
        (makings[platform] ?? [:]).mapValues { making in
            switch making {
            case .letters: Vault.randomWord(bytes: 24)
            case .standardWebhook: "whsec_" + Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
            }
        }
    }
}

extension Words {
    /// The names of the entries that stand directly under a path.
    func names(under path: String) -> [String] {
        let prefix = path + "."
        return Set(paths.filter { $0.hasPrefix(prefix) }.compactMap { $0.dropFirst(prefix.count).split(separator: ".").first.map(String.init) }).sorted()
    }

    /// Texts that are numbered from 1 under a path.
    func list(_ path: String) -> [String] { (1...20).lazy.map { "\(path).\($0)" }.prefix { has($0) }.map { self($0) } }
}
