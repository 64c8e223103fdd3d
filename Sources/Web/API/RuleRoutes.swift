import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// A channel's rules: read, check, rehearse on past orders, apply.
struct RuleRoutes {
    let hub: Hub
    static let defaultRehearsal = 500

    func add(to api: RouterGroup<AppContext>) {
        api.get("channels/:id/rules", use: current)
        api.put("channels/:id/rules", use: apply)
        api.get("channels/:id/rules/versions", use: versions)
        api.post("channels/:id/rules/rehearse", use: rehearse)
        api.post("rules/check", use: check)
    }

    private func find(_ context: AppContext) throws -> Hub.OneChannel {
        try hub.channels.channel(named: try APIRead.part(context, what: "channel"))
    }

    /// Version 0 with an empty text: the channel never had rules.
    struct Rules: Encodable { var version: Int, text: String }

    @Sendable private func current(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        let found = try await hub.channels.rules(of: try find(context).id)
        return try APIWrite.json(Rules(version: found?.version ?? 0, text: found?.text ?? ""))
    }

    @Sendable private func versions(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        return try APIWrite.json(APIWrite.Page(data: try await hub.channels.ruleVersions(of: try find(context).id), nextCursor: nil))
    }

    struct Text: Decodable { var text: String }

    @Sendable private func apply(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.rulesWrite)
        let channel = try find(context), body = try await APIRead.body(Text.self, request)
        do {
            let old = hub.channels.directory.surroundings.rules[channel.id]?.version ?? 0
            let version = try await hub.channels.applyRules(body.text, to: channel.id, by: caller.name)
            if version != old {
                try await hub.audit.record(AuditChange(caller.actor, "rules.apply", "channel:\(channel.id)", before: ["version": "\(old)"], after: ["version": "\(version)"]))
            }
            return try APIWrite.json(Rules(version: version, text: body.text))
        } catch let error as RuleError { return try refusal(error) }
    }

    struct Checked: Encodable { var isGood: Bool, rules: [String] }

    @Sendable private func check(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        let body = try await APIRead.body(Text.self, request)
        do {
            return try APIWrite.json(Checked(isGood: true, rules: try RuleSet(yaml: body.text, version: 0).rules.map(\.name)))
        } catch let error as RuleError { return try refusal(error) }
    }

    struct Rehearse: Decodable { var text: String, last: Int? }

    @Sendable private func rehearse(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        let channel = try find(context), body = try await APIRead.body(Rehearse.self, request)
        let last = body.last ?? Self.defaultRehearsal
        guard (1...RuleRehearsal.maximumOrders).contains(last) else {
            throw APIProblem(.unprocessableContent, "bad_count", "A rehearsal looks at 1 to \(RuleRehearsal.maximumOrders) orders.", pointer: "/last")
        }
        do {
            let draft = try RuleSet(yaml: body.text, version: 0)
            return try APIWrite.json(try await hub.ledger.rehearse(draft, channel: channel.id, last: last))
        } catch let error as RuleError { return try refusal(error) }
    }

    /// The problem of a bad rule, with its place as numbers.
    struct Refusal: Encodable {
        var type = "urn:crossdock:problem:bad_rule"
        var pointer = "/text"
        var title: String, status: Int, code: String, detail: String, line: Int, column: Int, suggestions: [String]
    }

    private func refusal(_ error: RuleError) throws -> Response {
        let status = HTTPResponse.Status.unprocessableContent
        let body = Refusal(title: status.reasonPhrase, status: status.code, code: error.code, detail: error.sentence, line: error.line, column: error.column,
                           suggestions: error.suggestions)
        return Response(status: status, headers: [.contentType: "application/problem+json"], body: .init(byteBuffer: ByteBuffer(bytes: try JSONEncoder.crossdock.encode(body))))
    }
}
