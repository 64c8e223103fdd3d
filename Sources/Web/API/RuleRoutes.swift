import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// A channel's rules: read, check, rehearse on past orders, apply now or from a time, take back.
struct RuleRoutes {
    let hub: Hub
    static let defaultRehearsal = 500

    func add(to api: RouterGroup<AppContext>) {
        api.get("channels/:id/rules", use: current)
        api.put("channels/:id/rules", use: apply)
        api.get("channels/:id/rules/versions", use: versions)
        api.get("channels/:id/rules/versions/:version", use: version)
        api.get("channels/:id/rules/versions/:version/difference", use: difference)
        api.post("channels/:id/rules/versions/:version/withdraw", use: withdraw)
        api.get("channels/:id/rules/vocabulary", use: vocabulary)
        api.post("channels/:id/rules/rehearse", use: rehearse)
        api.post("channels/:id/rules/rehearsals", use: begin)
        api.get("rehearsals/:id", use: rehearsal)
        api.post("rules/check", use: check)
    }

    private func find(_ context: AppContext) throws -> Hub.OneChannel {
        try hub.channels.channel(named: try APIRead.part(context, what: "channel"))
    }

    // MARK: versions

    /// Version 0 with an empty text: the channel has no rules. `newestVersion` is what a change is based on.
    struct Rules: Encodable { var version: Int, text: String, newestVersion: Int }

    @Sendable private func current(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        let id = try find(context).id, found = try await hub.channels.rules(of: id), newest = try await hub.channels.ruleVersions(of: id).first?.version ?? 0
        return try APIWrite.json(Rules(version: found?.version ?? 0, text: found?.text ?? "", newestVersion: newest))
    }

    @Sendable private func versions(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        return try APIWrite.json(APIWrite.Page(data: try await hub.channels.ruleVersions(of: try find(context).id), nextCursor: nil))
    }

    private func number(_ text: String) throws -> Int {
        guard let number = APIRead.whole(text), number > 0, number < Int64(Int32.max) else { throw APIProblem.notFound("version") }
        return Int(number)
    }

    private func find(_ version: Int, of channel: ChannelID) async throws -> RuleSetVersion {
        do { return try await hub.channels.ruleVersion(version, of: channel) } catch RuleVersionFault.unknownVersion { throw APIProblem.notFound("version") }
    }

    @Sendable private func version(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        return try APIWrite.json(try await find(try number(try APIRead.part(context, "version", what: "version")), of: try find(context).id))
    }

    struct Difference: Encodable { var from: Int, to: Int, added: Int, removed: Int, hunks: [[TextDifference.Line]] }

    @Sendable private func difference(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        let channel = try find(context).id, version = try number(try APIRead.part(context, "version", what: "version"))
        guard let with = try request.query["with"], let other = APIRead.whole(with), other >= 0, other < Int64(Int32.max) else { throw APIRead.invalid("with", "the number of a version, or 0 for no rules") }
        let old = other == 0 ? "" : try await find(Int(other), of: channel).text
        let difference = TextDifference(from: old, to: try await find(version, of: channel).text)
        return try APIWrite.json(Difference(from: Int(other), to: version, added: difference.added, removed: difference.removed, hunks: difference.hunks))
    }

    struct Application: Decodable { var text: String, basedOn: Int?, effectiveFrom: Timestamp?, note: String? }
    struct Applied: Encodable { var version: Int, text: String, standing: RuleSetVersion.Standing, effectiveFrom: Timestamp }

    @Sendable private func apply(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.rulesWrite)
        let channel = try find(context), body = try await APIRead.body(Application.self, request)
        do {
            let wanted = RuleApplication(body.text, by: caller.actor, basedOn: body.basedOn, effectiveFrom: body.effectiveFrom, note: body.note)
            let applied = try await hub.channels.applyRules(wanted, to: channel.id).version
            return try APIWrite.json(Applied(version: applied.version, text: applied.text, standing: applied.standing, effectiveFrom: applied.effectiveFrom))
        } catch let error as RuleError { return try refusal(error, context) } catch let fault as RuleVersionFault { throw Self.problem(fault) }
    }

    @Sendable private func withdraw(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.rulesWrite)
        let channel = try find(context), version = try number(try APIRead.part(context, "version", what: "version"))
        do { return try APIWrite.json(try await hub.channels.withdrawRules(version, of: channel.id, by: caller.actor)) } catch let fault as RuleVersionFault { throw Self.problem(fault) }
    }

    static func problem(_ fault: RuleVersionFault) -> APIProblem {
        switch fault {
        case .conflict(let newest, let by, let at): APIProblem(.conflict, fault.code, fault.sentence, more: ["newestVersion": "\(newest)", "by": by, "at": "\(at)"])
        case .notScheduled: APIProblem(.conflict, fault.code, fault.sentence)
        case .unknownVersion: APIProblem.notFound("version")
        case .startsInPast, .startsTooLate: APIProblem(.unprocessableContent, fault.code, fault.sentence, pointer: "/effectiveFrom")
        case .noteTooLong: APIProblem(.unprocessableContent, fault.code, fault.sentence, pointer: "/note")
        case .tooManyScheduled: APIProblem(.unprocessableContent, fault.code, fault.sentence)
        }
    }

    // MARK: writing and trying

    /// Everything a rule can be written with; the values seen in orders for who may see orders.
    @Sendable private func vocabulary(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.channelsRead)
        return try APIWrite.json(try await hub.ruleVocabulary(of: try find(context).id, seesOrders: caller.may(.ordersRead)))
    }

    struct Text: Decodable { var text: String }
    struct Checked: Encodable { var isGood: Bool, rules: [String] }

    @Sendable private func check(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        let body = try await APIRead.body(Text.self, request)
        do {
            return try APIWrite.json(Checked(isGood: true, rules: try RuleSet(yaml: body.text, version: 0).rules.map(\.name)))
        } catch let error as RuleError { return try refusal(error, context) }
    }

    struct Rehearse: Decodable { var text: String, last: Int? }

    private func rehearsed(_ body: Rehearse, upTo most: Int) throws -> Int {
        let last = body.last ?? Self.defaultRehearsal
        guard (1...most).contains(last) else { throw APIProblem(.unprocessableContent, "bad_count", "A rehearsal looks at 1 to \(most) orders.", pointer: "/last") }
        return last
    }

    @Sendable private func rehearse(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        _ = try context.require(.ordersRead)
        let channel = try find(context), body = try await APIRead.body(Rehearse.self, request), last = try rehearsed(body, upTo: RuleRehearsal.maximumOrders)
        do {
            let draft = try RuleSet(yaml: body.text, version: 0)
            return try APIWrite.json(try await hub.ledger.rehearse(draft, channel: channel.id, last: last))
        } catch let error as RuleError { return try refusal(error, context) }
    }

    /// One that goes on while its caller does something else.
    @Sendable private func begin(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.channelsRead)
        _ = try context.require(.ordersRead)
        let channel = try find(context), body = try await APIRead.body(Rehearse.self, request), last = try rehearsed(body, upTo: RehearsalDesk.maximumOrders)
        do {
            guard let begun = try await hub.rehearsals.start(body.text, channel: channel.id, last: last, by: caller.name, in: hub.ledger) else { throw Self.tooMany }
            var response = try APIWrite.json(begun, status: .accepted)
            response.headers[.location] = "/api/v1/rehearsals/\(begun.id)"
            return response
        } catch let error as RuleError { return try refusal(error, context) }
    }

    static let tooMany = APIProblem(.serviceUnavailable, "too_many_rehearsals", "\(RehearsalDesk.maximumRunning) rehearsals run already. Start this one when one of them has ended.", retryAfterSeconds: 5)

    @Sendable private func rehearsal(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        _ = try context.require(.ordersRead)
        guard let id = APIRead.whole(try APIRead.part(context, what: "rehearsal")), let found = hub.rehearsals.rehearsal(id) else { throw APIProblem.notFound("rehearsal") }
        return try APIWrite.json(found)
    }

    /// The problem of a bad rule, with its place as numbers.
    struct Refusal: Encodable {
        var type = "urn:crossdock:problem:bad_rule"
        var pointer = "/text"
        var title: String, status: Int, code: String, detail: String, message: String, line: Int, column: Int, suggestions: [String]
    }

    private func refusal(_ error: RuleError, _ context: AppContext) throws -> Response {
        let status = HTTPResponse.Status.unprocessableContent
        let body = Refusal(title: status.reasonPhrase, status: status.code, code: error.code, detail: context.said(error.sentence), message: context.said(error.message), line: error.line, column: error.column,
                           suggestions: error.suggestions)
        return Response(status: status, headers: [.contentType: "application/problem+json"], body: .init(byteBuffer: ByteBuffer(bytes: try JSONEncoder.crossdock.encode(body))))
    }
}
