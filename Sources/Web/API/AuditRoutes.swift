import Domain
import HTTPTypes
import Hub
import Hummingbird

/// The audit: who changed what, and whether the record is whole.
struct AuditRoutes {
    static let maximumWord = 200

    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("audit", use: list)
        api.get("audit/check", use: check)
    }

    struct Entry: Encodable {
        var id: String, at: Timestamp, actor: String, token: String?, person: String?, action: String, subject: String, before: [String: String]?, after: [String: String]?, note: String?
        init(_ entry: AuditEntry) {
            id = "\(entry.id)"; at = entry.at; actor = entry.actor; token = entry.detail.token; person = entry.detail.person; action = entry.action; subject = entry.subject
            before = entry.detail.before; after = entry.detail.after; note = entry.detail.note
        }
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.auditRead)
        var filter = AuditFilter(
            actor: try APIRead.text(request, "actor", maximum: Self.maximumWord), action: try APIRead.text(request, "action", maximum: Self.maximumWord),
            subject: try APIRead.text(request, "subject", maximum: Self.maximumWord), from: try APIRead.time(request, "from"), before: try APIRead.time(request, "before"))
        let person: PersonID? = try APIRead.identifier(request, "person")
        filter.person = person
        let cursor: EventID? = try APIRead.identifier(request, "cursor")
        let (entries, next) = try await hub.audit.entries(filter, before: cursor?.value, limit: try APIRead.limit(request))
        hub.readings.note(caller.actor, "audit.read", "audit")
        return try APIWrite.json(APIWrite.Page(data: entries.map(Entry.init), nextCursor: next.map(String.init)))
    }

    struct Checked: Encodable { var isWhole: Bool, entries: Int, firstBroken: String? }

    @Sendable private func check(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.auditRead)
        let check = try await hub.audit.check()
        return try APIWrite.json(Checked(isWhole: check.isWhole, entries: check.entries, firstBroken: check.firstBroken.map(String.init)))
    }
}
