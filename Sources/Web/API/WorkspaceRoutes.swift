import Domain
import HTTPTypes
import Hub
import Hummingbird

/// The workspace's settings, what retention removed, and who the caller is.
struct WorkspaceRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("workspace") { _, context -> Response in
            _ = try context.require(.channelsRead)
            return try APIWrite.json(View(hub.workspace.current))
        }
        api.patch("workspace", use: change)
        api.get("workspace/removals") { _, context -> Response in
            _ = try context.require(.workspaceWrite)
            return try APIWrite.json(APIWrite.Page(data: try await hub.retention.removals().map(Removal.init), nextCursor: nil))
        }
        // Needs no scope: it tells the caller what the caller is.
        api.get("session") { _, context -> Response in
            guard let caller = context.caller else { throw APIProblem(.unauthorized, "token_required", "Send a token.") }
            return try APIWrite.json(Session(caller))
        }
    }

    struct Change: Decodable {
        var name: String?, timeZone: String?, language: String?, retention: Days?, stillHours: Int?
        struct Days: Decodable { var deliveries: Int?, attempts: Int?, closedDeadLetters: Int? }
    }

    @Sendable private func change(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.workspaceWrite), body = try await APIRead.body(Change.self, request)
        let changed = try await hub.workspace.change(by: caller.actor) { workspace in
            if let name = body.name { workspace.name = name }
            if let timeZone = body.timeZone { workspace.timeZone = timeZone }
            if let language = body.language { workspace.language = language }
            if let days = body.retention?.deliveries { workspace.retention.deliveries = days }
            if let days = body.retention?.attempts { workspace.retention.attempts = days }
            if let days = body.retention?.closedDeadLetters { workspace.retention.closedDeadLetters = days }
            if let hours = body.stillHours { workspace.stillHours = hours }
        }
        return try APIWrite.json(View(changed))
    }

    struct View: Encodable {
        var name: String, timeZone: String, language: String, retention: Workspace.Retention, stillHours: Int
        init(_ workspace: Workspace) {
            name = workspace.name; timeZone = workspace.timeZone; language = workspace.language; retention = workspace.retention; stillHours = workspace.stillHours
        }
    }
    struct Removal: Encodable {
        var day: Timestamp, kind: String, count: Int
        init(_ removal: Retention.Removal) { day = removal.day; kind = removal.kind; count = removal.count }
    }
    struct Session: Encodable {
        var name: String, person: String?, role: Role?, scopes: [String], timeZone: String, workspace: String
        init(_ caller: Caller) {
            name = caller.name; person = caller.person?.description; role = caller.role; scopes = caller.scopes.map(\.rawValue).sorted(); timeZone = caller.zone; workspace = caller.workspaceName
        }
    }
}
