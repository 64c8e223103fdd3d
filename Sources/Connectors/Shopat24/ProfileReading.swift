import Connect
import Domain
import Foundation
import HTTPTypes

extension Profile {
    static let setting = "profile"
    static let pageSizes = 1...1000, timeouts = 100...60_000

    /// The channel's profile laid over the built-in one. `errors` of both hold; where both name a code, the channel's counts.
    init(laying text: String?) throws(ConnectorError) {
        guard let builtIn = JSONValue(reading: Array(BuiltInProfile.text.utf8)) else { throw Self.wrong("the built-in profile cannot be read") }
        var whole = builtIn
        if let text {
            guard let own = JSONValue(reading: Array(text.utf8)), let members = own.object else { throw Self.wrong("is not a JSON object") }
            try Self.refuseSecrets(members)
            whole = builtIn.merged(with: own)
            if let errors = members["errors"]?.list, var object = whole.object {
                object["errors"] = .list(errors + (builtIn.object?["errors"]?.list ?? []))
                whole = .object(object)
            }
        }
        do { self = try JSONDecoder().decode(Profile.self, from: try JSONEncoder.crossdock.encode(whole)) } catch { throw Self.wrong(Self.place(of: error)) }
        try check()
    }

    /// The profile is shown to whoever may see the channel's settings.
    private static func refuseSecrets(_ members: [String: JSONValue]) throws(ConnectorError) {
        for name in ["secret", "value", "token", "password", "clientSecret", "key"] where members["auth"]?.object?[name] != nil {
            throw wrong("holds auth.\(name): secrets stand in the setting secret, which is sealed")
        }
        guard members["webhook"]?.object?["secret"] == nil else { throw wrong("holds webhook.secret: it stands in the setting webhookSecret, which is sealed") }
    }

    private static func wrong(_ problem: String) -> ConnectorError { .misconfigured(setting: setting, problem: problem) }

    private static func place(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "cannot be read" }
        let (path, words): ([any CodingKey], String) = switch error {
        case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
        case .valueNotFound(_, let context): (context.codingPath, "is null")
        case .typeMismatch(_, let context): (context.codingPath, "is of another type than it must be")
        case .dataCorrupted(let context): (context.codingPath, "has a value that it cannot have")
        @unknown default: ([], "cannot be read")
        }
        return "is wrong: \(path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".").cut(120)) \(words)"
    }

    // MARK: what must be true beyond the types

    private func check() throws(ConnectorError) {
        guard rate.perSecond > 0, rate.perSecond <= 1000, (1...1000).contains(rate.burst) else { throw Self.wrong("asks for a rate that is none: perSecond above 0, burst from 1") }
        guard Self.timeouts.contains(timeoutMs) else { throw Self.wrong("must have timeoutMs from \(Self.timeouts.lowerBound) to \(Self.timeouts.upperBound)") }
        guard Self.pageSizes.contains(list.pageSize) else { throw Self.wrong("must have list.pageSize from \(Self.pageSizes.lowerBound) to \(Self.pageSizes.upperBound)") }
        try check("list", list.method, list.path, list.query, names: Template.listNames)
        if let detail { try check("detail", detail.method, detail.path, detail.query ?? [:], names: Template.orderNames) }
        for (name, action) in [("confirm", actions.confirm), ("ship", actions.ship), ("cancel", actions.cancel), ("label", actions.label)] {
            guard let action else { continue }
            try check("actions.\(name)", action.method, action.path, action.query ?? [:], names: Template.actionNames)
            if let body = action.body { try Self.check(body: body, "actions.\(name).body") }
        }
        guard list.paging.style != .cursor || list.paging.pointer != nil else { throw Self.wrong("pages by cursor and does not say where it stands: list.paging.pointer") }
        let paged: String? = switch list.paging.style {
        case .page: "page"
        case .offset: "offset"
        case .cursor: "cursor"
        case .link, .none: nil
        }
        if let paged, !list.path.names.contains(paged), !list.query.values.contains(where: { $0.names.contains(paged) }) { throw Self.wrong("pages by \(paged), and no parameter of list.query has {\(paged)}") }
        if let webhook { try Self.check(webhook) }
        if let wrong = file.fault { throw Self.wrong(wrong) }
    }

    private func check(_ place: String, _ method: String, _ path: Template, _ query: [String: Template], names: Set<String>) throws(ConnectorError) {
        guard ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(method) else { throw Self.wrong("has \(place).method \(method.cut(20)), which is no method of ours") }
        guard path.text.hasPrefix("/"), path.text.utf8.allSatisfy({ (33...126).contains($0) && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }) else {
            throw Self.wrong("has a \(place).path that is no path: it begins with / and holds no query")
        }
        for template in [path] + Array(query.values) {
            if let unknown = template.names.first(where: { !names.contains($0) }) { throw Self.wrong("uses {\(unknown.cut(40))} in \(place); known there are \(names.sorted().joined(separator: ", "))") }
        }
    }

    private static func check(body: JSONValue, _ place: String) throws(ConnectorError) {
        switch body {
        case .text(let text):
            if let unknown = Template(text).names.first(where: { !Template.actionNames.contains($0) }) { throw wrong("uses {\(unknown.cut(40))} in \(place)") }
        case .list(let list): for part in list { try check(body: part, place) }
        case .object(let object): for part in object.values { try check(body: part, place) }
        case .null, .bool, .integer, .decimal: break
        }
    }

    private static func check(_ webhook: Webhook) throws(ConnectorError) {
        let names = Template(webhook.template).names
        guard names.contains("body"), Set(names).count == names.count, Set(names).isSubset(of: ["body", "timestamp", "url"]) else {
            throw wrong("has a webhook.template that does not sign the body: {body}, with {timestamp} or {url} beside it, each once")
        }
        guard !names.contains("timestamp") || webhook.timestampHeader != nil else { throw wrong("signs a timestamp and does not name its header: webhook.timestampHeader") }
        for name in [webhook.header, webhook.timestampHeader, webhook.deliveryIdHeader].compactMap(\.self) where HTTPField.Name(name) == nil { throw wrong("names a header that is none: \(name.cut(40))") }
    }
}
