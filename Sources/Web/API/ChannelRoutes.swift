import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Channels: platforms and their settings, connect, check, pause, resume, compare; rules of a channel.
struct ChannelRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("platforms", use: platforms)
        api.get("channels", use: list)
        api.post("channels", use: create)
        api.get("channels/:id", use: one)
        api.patch("channels/:id", use: change)
        api.post("channels/:id/pause") { request, context in try await setState(.paused, request, context) }
        api.post("channels/:id/resume") { request, context in try await setState(.active, request, context) }
        api.post("channels/:id/remove") { request, context in try await setState(.removed, request, context) }
        api.post("channels/:id/check", use: check)
        api.post("channels/:id/sync", use: sync)
        api.post("channels/:id/webhooks", use: webhooks)
    }

    struct Platform: Encodable { var platform: String, title: String, kind: PlatformDescriptor.Kind, settings: [SettingField] }

    @Sendable private func platforms(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        let all = hub.channels.registry.descriptors.map { Platform(platform: $0.platform, title: $0.title, kind: $0.kind, settings: $0.settings + ($0.kind == .shop || $0.kind == .file ? HubSetting.fields : [])) }
        return try APIWrite.json(APIWrite.Page(data: all, nextCursor: nil))
    }

    struct View: Encodable {
        var id: ChannelID, name: String, platform: String, kind: PlatformDescriptor.Kind, state: String, stateReason: String?, hookURL: String, settings: [String: String], problem: String?
        var refused: [String: Int], createdAt: Timestamp
    }

    private func view(_ channel: Hub.OneChannel) -> View {
        View(id: channel.id, name: channel.name, platform: channel.platform, kind: channel.kind, state: channel.state.rawValue, stateReason: channel.stateReason,
             hookURL: hub.channels.hookURL(of: channel), settings: channel.settings, problem: hub.channels.directory.current.broken[channel.id]?.sentence,
             refused: Dictionary(hub.refusals.entries(of: channel.id).map { ($0.code, $0.count) }, uniquingKeysWith: +), createdAt: channel.createdAt)
    }

    private func find(_ context: AppContext) throws -> Hub.OneChannel {
        try hub.channels.channel(named: try APIRead.part(context, what: "channel"))
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        let all = hub.channels.directory.surroundings.channels.values.filter { $0.state != .removed }.sorted { $0.id < $1.id }
        return try APIWrite.json(APIWrite.Page(data: all.map(view), nextCursor: nil))
    }

    @Sendable private func one(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        return try APIWrite.json(view(try find(context)))
    }

    struct Create: Decodable { var platform: String, name: String, settings: [String: String]? }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.channelsWrite)
        let body = try await APIRead.body(Create.self, request)
        let channel = try await hub.channels.add(platform: body.platform, name: body.name, settings: body.settings ?? [:], by: caller.name, auditedBy: caller.actor)
        hub.reconciler.wake()
        return try APIWrite.json(view(channel), status: .created)
    }

    struct Change: Decodable { var settings: [String: String] }

    @Sendable private func change(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.channelsWrite)
        let channel = try find(context), body = try await APIRead.body(Change.self, request)
        try await hub.channels.set(body.settings, of: channel.id, auditedBy: caller.actor)
        return try APIWrite.json(view(try find(context)))
    }

    @Sendable private func setState(_ state: Hub.OneChannel.State, _ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.channelsWrite)
        let channel = try find(context)
        try await hub.channels.setState(state, reason: nil, of: channel.id, auditedBy: caller.actor)
        if state == .active { hub.dispatcher.release(channel.id); hub.reconciler.wake() }
        return try APIWrite.json(view(hub.channels.directory.channel(channel.id) ?? channel))
    }

    struct Checks: Encodable { var isGood: Bool, rows: [CheckRow] }

    @Sendable private func check(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        let channel = try find(context)
        let rows = try await hub.check(channel)
        return try APIWrite.json(Checks(isGood: rows.allSatisfy(\.isGood), rows: rows))
    }

    struct Synced: Encodable { var listed: Int, present: Int, repaired: Int, waiting: Int, oldestGap: Timestamp? }

    @Sendable private func sync(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.channelsWrite)
        let channel = try find(context), from = try APIRead.time(request, "from")
        guard let report = try await hub.reconciler.pass(channel, from: from) else {
            throw APIProblem(.conflict, "not_able", "A channel of \(channel.platform) lists no orders, so there is nothing to compare with.")
        }
        try await hub.audit.record(AuditChange(caller.actor, "channel.sync", "channel:\(channel.id)", after: ["listed": "\(report.listed)", "repaired": "\(report.repaired)"]))
        return try APIWrite.json(Synced(listed: report.listed, present: report.present, repaired: report.repaired, waiting: report.waiting, oldestGap: report.oldestGap))
    }

    @Sendable private func webhooks(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.channelsWrite)
        let channel = try find(context), registered = try await hub.registerWebhooks(of: channel)
        try await hub.audit.record(AuditChange(caller.actor, "channel.webhooks", "channel:\(channel.id)", after: ["registered": "\(registered.count)"]))
        return try APIWrite.json(APIWrite.Page(data: registered, nextCursor: nil))
    }
}
