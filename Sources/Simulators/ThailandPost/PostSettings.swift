import Foundation

/// The settings that the control plane changes, by the names they have in the configuration. A member that is unknown or of the wrong kind is
/// refused, and then none is changed.
enum PostSettings {
    private typealias Setter = @Sendable (inout ThailandPostConfiguration, PostJSON) -> Bool

    static func apply(_ wish: PostJSON, to simulator: ThailandPostSimulator) throws {
        let members = wish.members ?? [:]
        if let unknown = members.keys.sorted().first(where: { setters[$0] == nil }) {
            throw PostControl.Refused(words: "no setting \(unknown); there are \(setters.keys.sorted().joined(separator: ", "))")
        }
        let wrong = simulator.change { state -> String? in
            var settings = state.settings
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                guard setters[name]?(&settings, value) == true else { return name }
            }
            state.settings = settings
            return nil
        }
        if let wrong { throw PostControl.Refused(words: "\(wrong) does not take this") }
    }

    private static let setters: [String: Setter] = [
        "webhookURL": { settings, value in
            settings.webhookURL = value.text
            return value.text != nil || value == .null
        },
        "webhookBearer": set(\.webhookBearer, \.text),
        "forbidsCalls": set(\.forbidsCalls, \.flag),
        "unauthorisedIsHTML": set(\.unauthorisedIsHTML, \.flag),
        "hasExtraFields": set(\.hasExtraFields, \.flag),
        "usesGregorianYearInThai": set(\.usesGregorianYearInThai, \.flag),
        "badCredentialsAre401": set(\.badCredentialsAre401, \.flag),
        "repliesNameBarcode": set(\.repliesNameBarcode, \.flag),
        "refusesDuplicates": set(\.refusesDuplicates, \.flag),
        "reportsRepeatItems": set(\.reportsRepeatItems, \.flag),
        "decomposesSaraAm": set(\.decomposesSaraAm, \.flag),
        "usesOtherHistoryNames": set(\.usesOtherHistoryNames, \.flag),
        "ratesAreNumbers": set(\.ratesAreNumbers, \.flag),
        "trackCountLimit": set(\.trackCountLimit, \.integer),
        "hookCountLimit": set(\.hookCountLimit, \.integer),
        "callsPerWindow": set(\.callsPerWindow, \.integer),
        "numbersPerCall": set(\.numbersPerCall, \.integer),
        "numbersPerDraw": set(\.numbersPerDraw, \.integer),
        "windowSeconds": set(\.windowSeconds, \.seconds),
        "blockSeconds": set(\.blockSeconds, \.seconds),
        "tokenLifetimeSeconds": set(\.tokenLifetimeSeconds, \.seconds),
        "pushDelaySeconds": set(\.pushDelay) { $0.seconds.map { .seconds($0) } },
        "hangSeconds": set(\.hang) { $0.seconds.map { .seconds($0) } },
        "bookingReply": set(\.bookingReply) { $0.text.flatMap(ThailandPostConfiguration.BookingReply.init) },
        "unknownNumbers": set(\.unknownNumbers) { $0.text.flatMap(ThailandPostConfiguration.UnknownNumbers.init) },
        "refusal": set(\.refusal) { $0.text.flatMap(ThailandPostConfiguration.Refusal.init) },
        "detailSpelling": set(\.detailSpelling) { $0.text.flatMap(ThailandPostConfiguration.DetailSpelling.init) },
        // A list, or null for no allow-list.
        "allowedAddresses": { settings, value in
            settings.allowedAddresses = value.texts.map { Set($0) }
            return value.texts != nil || value == .null
        },
        // Weights by name: `{"delivered":8,"returned":1}`.
        "lives": { settings, value in
            let pairs = (value.members ?? [:]).sorted { $0.key < $1.key }.map { (ParcelLife(rawValue: $0.key), $0.value.integer) }
            settings.lives = pairs.compactMap { life, weight in life.flatMap { life in weight.map { (life, $0) } } }
            return !pairs.isEmpty && settings.lives.count == pairs.count && settings.lives.allSatisfy { $0.weight >= 0 }
        },
    ]

    private static func set<Value>(
        _ path: any WritableKeyPath<ThailandPostConfiguration, Value> & Sendable, _ read: @escaping @Sendable (PostJSON) -> Value?
    ) -> Setter {
        { settings, value in
            guard let wanted = read(value) else { return false }
            settings[keyPath: path] = wanted
            return true
        }
    }
}
