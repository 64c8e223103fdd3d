import Domain
import HTTPTypes
import Hub
import Hummingbird

/// People: who is here, and what an admin changes about them. They come in by invitations.
struct PeopleRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("people") { _, context -> Response in
            _ = try context.require(.peopleRead)
            return try APIWrite.json(APIWrite.Page(data: try await hub.people.all().map(View.init), nextCursor: nil))
        }
        api.get("people/:id") { _, context -> Response in
            _ = try context.require(.peopleRead)
            return try APIWrite.json(View(try await person(context)))
        }
        api.patch("people/:id", use: change)
        api.post("people/:id/reset") { _, context -> Response in
            let (caller, person) = try await changeable(context)
            return try APIWrite.json(LinkView(try await hub.people.resetLink(of: person, by: caller.actor), at: hub), status: .created)
        }
        api.post("people/:id/sign-out") { _, context -> Response in
            let (caller, person) = try await changeable(context)
            return try APIWrite.json(APIWrite.Count(count: try await hub.sessions.endAll(of: person.id, by: caller.actor)))
        }
        api.delete("people/:id/second-factor") { _, context -> Response in
            let (caller, person) = try await changeable(context)
            return try APIWrite.json(View(try await hub.people.removeSecondFactor(of: person.id, by: caller.actor)))
        }
        api.post("owner-link") { _, context -> Response in
            let caller = try context.require(.admin)
            return try APIWrite.json(LinkView(try await hub.people.ownerLink(by: caller.actor), at: hub), status: .created)
        }
    }

    private func person(_ context: AppContext) async throws -> Person {
        guard let person = try await hub.people.person(try APIRead.id(PersonID.self, context, what: "person")) else { throw APIProblem.notFound("person") }
        return person
    }

    private func changeable(_ context: AppContext) async throws -> (Caller, Person) {
        let caller = try context.require(.peopleWrite), person = try await person(context)
        try PersonRules.mayChange(person, caller)
        return (caller, person)
    }

    struct Change: Decodable { var role: Role?, isDisabled: Bool? }

    @Sendable private func change(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.peopleWrite), body = try await APIRead.body(Change.self, request)
        var person = try await person(context)
        guard body.role != nil || body.isDisabled != nil else { throw APIProblem(.unprocessableContent, "nothing_to_change", "Give role or isDisabled.") }
        try PersonRules.mayChange(person, to: body.role, caller)
        if let role = body.role { person = try await hub.people.setRole(role, of: person.id, by: caller.actor) }
        if let isDisabled = body.isDisabled { person = try await hub.people.setDisabled(isDisabled, of: person.id, by: caller.actor) }
        return try APIWrite.json(View(person))
    }

    struct View: Encodable {
        var id: String, email: String, name: String, role: Role, isDisabled: Bool, hasSecondFactor: Bool, language: String?, createdAt: Timestamp, seenAt: Timestamp?
        init(_ person: Person) {
            id = "\(person.id)"; email = person.email; name = person.name; role = person.role; isDisabled = person.isDisabled; hasSecondFactor = person.hasSecondFactor
            language = person.language; createdAt = person.createdAt; seenAt = person.seenAt
        }
    }
    /// `path` is of the console, `url` the same with the hub's public address; their end is shown only in this answer.
    struct LinkView: Encodable {
        var id: String, path: String, url: String, role: Role, expiresAt: Timestamp
        init(_ made: MadeLink, at hub: Hub) { id = "\(made.link.id)"; path = made.path; url = hub.channels.publicAddress + made.path; role = made.link.role; expiresAt = made.link.expiresAt }
    }
}

/// Links by which people come in.
struct InvitationRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("invitations") { _, context -> Response in
            _ = try context.require(.peopleRead)
            return try APIWrite.json(APIWrite.Page(data: try await hub.people.openInvitations().map(View.init), nextCursor: nil))
        }
        api.post("invitations") { request, context -> Response in
            let caller = try context.require(.peopleWrite), body = try await APIRead.body(Create.self, request)
            guard caller.scopes.cover(body.role) else { throw APIProblem(.forbidden, "role_above", "This role may do more than you may: an admin has to do that.", pointer: "/role") }
            return try APIWrite.json(PeopleRoutes.LinkView(try await hub.people.invite(email: body.email, role: body.role, by: caller.actor), at: hub), status: .created)
        }
        api.delete("invitations/:id") { _, context -> Response in
            let caller = try context.require(.peopleWrite)
            guard let id = APIRead.whole(try APIRead.part(context, what: "open invitation")), try await hub.people.withdraw(id, by: caller.actor) else { throw APIProblem.notFound("open invitation") }
            return Response(status: .noContent)
        }
    }

    struct Create: Decodable { var role: Role, email: String? }
    struct View: Encodable {
        var id: String, email: String?, role: Role, madeBy: String, createdAt: Timestamp, expiresAt: Timestamp
        init(_ link: AccessLink) { id = "\(link.id)"; email = link.email; role = link.role; madeBy = link.madeBy; createdAt = link.createdAt; expiresAt = link.expiresAt }
    }
}
