import Domain
import HTTPTypes
import Hub
import Hummingbird

/// What the buttons of a channel's page do; each leads back to the page with a sentence.
struct ChannelActions {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.post("channels/:id/pause", use: console.page { try await move($0, to: .paused, notice: "paused") })
        pages.post("channels/:id/resume", use: console.page { try await move($0, to: .active, notice: "resumed") })
        pages.post("channels/:id/remove", use: console.page(remove))
        pages.post("channels/:id/check", use: console.page(check))
        pages.post("channels/:id/sync", use: console.page(sync))
        pages.post("channels/:id/webhooks", use: console.page(webhooks))
        pages.post("channels/:id/breaker", use: console.page(breaker))
    }

    /// The channel of a posted form whose secret was compared.
    private func posted(_ visit: Visit, _ scope: Scope) async throws -> (Hub.OneChannel, PageForm) {
        try visit.require(scope)
        let form = try await visit.form()
        return (try ChannelPages.find(visit), form)
    }

    private func move(_ visit: Visit, to state: Hub.OneChannel.State, notice: String) async throws -> Response {
        let (channel, _) = try await posted(visit, .channelsWrite)
        try await visit.hub.channels.setState(state, reason: nil, of: channel.id, auditedBy: visit.caller.actor)
        if state == .active {
            visit.hub.dispatcher.release(channel.id)
            visit.hub.reconciler.wake()
        }
        return visit.redirect("/channels/\(channel.id)", notice: visit.words("channels.notices.\(notice)", ["name": channel.name]))
    }

    @Sendable private func remove(_ visit: Visit) async throws -> Response {
        let (channel, _) = try await posted(visit, .channelsWrite)
        try await visit.hub.channels.setState(.removed, reason: nil, of: channel.id, auditedBy: visit.caller.actor)
        return visit.redirect("/channels", notice: visit.words("channels.notices.removed", ["name": channel.name]))
    }

    @Sendable private func check(_ visit: Visit) async throws -> Response {
        let (channel, _) = try await posted(visit, .channelsWrite)
        return try await ChannelPages(console: console).channel(visit, checks: try await visit.hub.check(channel))
    }

    /// From a day of the workspace, or from where the last comparison ended.
    @Sendable private func sync(_ visit: Visit) async throws -> Response {
        let (channel, form) = try await posted(visit, .channelsWrite), words = visit.words
        var from: Timestamp?
        if let text = form.text("from") {
            guard let day = Timestamp(rfc3339: "\(text)T12:00:00Z"), text.utf8.count == 10 else {
                return visit.redirect("/channels/\(channel.id)", notice: words("channels.notices.noDay"), tone: .bad)
            }
            from = visit.clock.startOfDay(day)
        }
        do {
            guard let report = try await visit.hub.reconciler.pass(channel, from: from) else { return visit.redirect("/channels/\(channel.id)", notice: words("channels.notices.listsNothing"), tone: .warn) }
            try await visit.hub.audit.record(AuditChange(visit.caller.actor, "channel.sync", "channel:\(channel.id)", after: ["listed": "\(report.listed)", "repaired": "\(report.repaired)"]))
            return visit.redirect("/channels/\(channel.id)", notice: words("channels.notices.synced", ["listed": "\(report.listed)", "repaired": "\(report.repaired)"]))
        } catch let error as any HubError {
            return visit.redirect("/channels/\(channel.id)", notice: error.sentence, tone: .bad)
        }
    }

    @Sendable private func webhooks(_ visit: Visit) async throws -> Response {
        let (channel, _) = try await posted(visit, .channelsWrite)
        do {
            let registered = try await visit.hub.registerWebhooks(of: channel)
            try await visit.hub.audit.record(AuditChange(visit.caller.actor, "channel.webhooks", "channel:\(channel.id)", after: ["registered": "\(registered.count)"]))
            return visit.redirect("/channels/\(channel.id)", notice: visit.words.counted("channels.notices.webhooks", registered.count))
        } catch let error as any HubError {
            return visit.redirect("/channels/\(channel.id)", notice: error.sentence, tone: .bad)
        }
    }

    @Sendable private func breaker(_ visit: Visit) async throws -> Response {
        let (channel, form) = try await posted(visit, .flowsWrite)
        let action: ChannelHealthRoutes.BreakerBody.Action = form["action"] == "tryOne" ? .tryOne : .close
        try await ChannelHealthRoutes(hub: visit.hub).move(action, of: channel, by: visit.caller.actor)
        let back = form["back"] == "flows" ? "/flows" : "/channels/\(channel.id)"
        return visit.redirect(back, notice: visit.words("channels.notices.\(action.rawValue)", ["name": channel.name]))
    }
}
