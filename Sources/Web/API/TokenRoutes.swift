import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

struct TokenRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("tokens") { _, context -> Response in
            _ = try context.require(.admin)
            return try APIWrite.json(APIWrite.Page(data: try await hub.tokens.all().map(View.init), nextCursor: nil))
        }
        api.post("tokens") { request, context -> Response in
            let caller = try context.require(.admin)
            let body = try await APIRead.body(Create.self, request)
            guard !body.name.isEmpty, body.name.count <= 100 else { throw APIProblem(.unprocessableContent, "bad_name", "A token's name has 1 to 100 characters.", pointer: "/name") }
            guard !body.scopes.isEmpty else { throw APIProblem(.unprocessableContent, "no_scopes", "Name at least one scope.", pointer: "/scopes") }
            let (text, token) = try await hub.tokens.create(name: body.name, scopes: body.scopes.map(\.rawValue), auditedBy: caller.actor)
            return try APIWrite.json(Created(token: text, id: "\(token.id)", name: token.name, scopes: token.scopes), status: .created)
        }
        api.delete("tokens/:id") { _, context -> Response in
            let caller = try context.require(.admin)
            guard let id = APIRead.whole(try APIRead.part(context, what: "living token")) else { throw APIProblem.notFound("living token") }
            guard id != caller.holderID else { throw APIProblem(.conflict, "own_token", "A token cannot revoke itself. Use another one.") }
            guard try await hub.tokens.revoke(id, auditedBy: caller.actor) else { throw APIProblem.notFound("living token") }
            return Response(status: .noContent)
        }
    }

    struct Create: Decodable { var name: String, scopes: [Scope] }
    struct Created: Encodable { var token: String, id: String, name: String, scopes: [String] }
    struct View: Encodable {
        var id: String, name: String, scopes: [String], createdAt: Timestamp, lastUsedAt: Timestamp?, isRevoked: Bool
        init(_ token: TokenStore.Token) { id = "\(token.id)"; name = token.name; scopes = token.scopes; createdAt = token.createdAt; lastUsedAt = token.lastUsedAt; isRevoked = token.isRevoked }
    }
}
