import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import HummingbirdTesting
import Testing
@testable import Web

/// Every route of the hub with every role. A route that stands in no table fails.
@Suite struct RoleTests {
    enum Need: Sendable, Equatable {
        /// No session is needed: a platform, a probe, an asset, or somebody who signs in.
        case nobody
        /// Anybody who is signed in.
        case anybody
        case scopes([Scope])
    }

    /// The pages. The API's own description says what its routes need.
    static let pages: [String: Need] = [
        "POST /hooks/{key}": .nobody, "POST /authorised/keys/{state}": .nobody, "GET /health/live": .nobody, "GET /health/ready": .nobody,
        "GET /sign-in": .nobody, "POST /sign-in": .nobody, "GET /invite/{secret}": .nobody, "POST /invite/{secret}": .nobody, "GET /reset/{secret}": .nobody, "POST /reset/{secret}": .nobody,
        "POST /sign-out": .anybody, "GET /live": .anybody, "GET /": .anybody, "GET /today/board": .anybody,
        "GET /account": .anybody, "POST /account/profile": .anybody, "POST /account/password": .anybody, "POST /account/second-factor": .anybody, "POST /account/second-factor/confirm": .anybody,
        "POST /account/second-factor/off": .anybody, "POST /account/sessions/{id}/end": .anybody, "POST /account/sign-out-everywhere": .anybody,
        "GET /settings": .anybody, "POST /settings/workspace": .scopes([.workspaceWrite]), "GET /settings/retention": .scopes([.workspaceWrite]), "POST /settings/retention": .scopes([.workspaceWrite]),
        "GET /settings/people": .scopes([.peopleRead]), "GET /settings/people/{id}": .scopes([.peopleRead]), "POST /settings/people/invite": .scopes([.peopleWrite]),
        "POST /settings/people/invitations/{id}/withdraw": .scopes([.peopleWrite]), "POST /settings/people/{id}/role": .scopes([.peopleWrite]), "POST /settings/people/{id}/state": .scopes([.peopleWrite]),
        "POST /settings/people/{id}/sign-out": .scopes([.peopleWrite]), "POST /settings/people/{id}/second-factor": .scopes([.peopleWrite]), "POST /settings/people/{id}/reset": .scopes([.peopleWrite]),
        "GET /settings/tokens": .scopes([.admin]), "POST /settings/tokens": .scopes([.admin]), "POST /settings/tokens/{id}/revoke": .scopes([.admin]), "GET /settings/audit": .scopes([.auditRead]),
        "POST /today/problems/{id}/close": .scopes([.flowsWrite]), "GET /find": .scopes([.ordersRead]),
        "GET /orders": .scopes([.ordersRead]), "POST /orders/bulk": .scopes([.ordersWrite]), "POST /orders/bulk/start": .scopes([.ordersWrite]), "GET /orders/bulk/{id}": .scopes([.ordersRead]), "GET /orders/done": .scopes([.ordersRead]), "POST /orders/edits/{id}/undo": .scopes([.ordersWrite]),
        "POST /orders/bulk/{id}/cancel": .scopes([.ordersWrite]), "POST /orders/bulk/{id}/undo": .scopes([.ordersWrite]), "GET /orders/bulk/{id}/file": .scopes([.ordersRead]),
        "GET /orders/{id}": .scopes([.ordersRead]), "POST /orders/{id}/edit": .scopes([.ordersWrite, .buyersRead]), "POST /orders/{id}/release": .scopes([.ordersWrite, .buyersRead]), "POST /orders/{id}/offer": .scopes([.ordersWrite, .buyersRead]),
        "POST /orders/{id}/undo": .scopes([.ordersWrite, .buyersRead]), "POST /orders/{id}/act": .scopes([.ordersWrite]), "POST /orders/{id}/letters/{letter}/retry": .scopes([.flowsWrite]),
        "POST /orders/{id}/replay": .scopes([.flowsWrite]), "POST /orders/{id}/problems/{problem}/close": .scopes([.flowsWrite]), "GET /deliveries/{id}": .scopes([.ordersRead]),
        "GET /channels": .scopes([.channelsRead]), "GET /channels/{id}": .scopes([.channelsRead]), "GET /channels/{id}/hours/{hour}": .scopes([.channelsRead]),
        "GET /channels/{id}/settings": .scopes([.channelsWrite]), "POST /channels/{id}/settings": .scopes([.channelsWrite]), "GET /channels/{id}/remove": .scopes([.channelsWrite]),
        "POST /channels/{id}/pause": .scopes([.channelsWrite]), "POST /channels/{id}/resume": .scopes([.channelsWrite]), "POST /channels/{id}/remove": .scopes([.channelsWrite]),
        "POST /channels/{id}/check": .scopes([.channelsWrite]), "POST /channels/{id}/sync": .scopes([.channelsWrite]), "POST /channels/{id}/webhooks": .scopes([.channelsWrite]),
        "POST /channels/{id}/breaker": .scopes([.flowsWrite]), "GET /channels/new": .scopes([.channelsWrite]), "GET /channels/new/{id}": .scopes([.channelsWrite]), "POST /channels/new/{id}": .scopes([.channelsWrite]),
        "GET /ship": .scopes([.ordersRead]), "GET /ship/pack": .scopes([.ordersRead]), "GET /ship/pick-list": .scopes([.ordersRead]), "GET /ship/exceptions": .scopes([.ordersRead]),
        "GET /ship/together": .scopes([.ordersRead]), "POST /ship/together": .scopes([.ordersWrite]), "POST /ship/together/{id}/go": .scopes([.ordersWrite]),
        "POST /ship/together/{id}/undo": .scopes([.ordersWrite]), "POST /ship/together/{id}/remove": .scopes([.ordersWrite]),
        "GET /ship/cod": .scopes([.ordersRead]), "GET /ship/manifests": .scopes([.ordersRead]), "GET /ship/manifests/{id}": .scopes([.ordersRead]), "POST /ship/manifests/{id}/paper": .scopes([.ordersRead]),
        "POST /ship/go": .scopes([.ordersWrite]), "POST /ship/print": .scopes([.ordersRead, .ordersWrite, .buyersRead]), "POST /ship/pack/{id}": .scopes([.ordersWrite]),
        "POST /ship/manifests": .scopes([.ordersWrite]), "POST /ship/manifests/{id}/scan": .scopes([.ordersWrite]), "POST /ship/manifests/{id}/remove": .scopes([.ordersWrite]),
        "POST /ship/manifests/{id}/close": .scopes([.ordersWrite]), "POST /ship/manifests/{id}/hand-over": .scopes([.ordersWrite]), "POST /ship/manifests/{id}/reopen": .scopes([.ordersWrite]),
        "POST /ship/manifests/{id}/take-out": .scopes([.ordersWrite]), "POST /ship/exceptions/{id}/goods-back": .scopes([.ordersWrite]), "GET /ship/arrange": .scopes([.ordersRead]),
        "POST /ship/arrange": .scopes([.ordersWrite]), "GET /ship/arranged": .scopes([.ordersRead]), "GET /ship/arranged/{id}": .scopes([.ordersRead]),
        "POST /ship/pickups": .scopes([.ordersWrite]), "POST /ship/pickups/{id}/cancel": .scopes([.ordersWrite]),
        "POST /ship/cod": .scopes([.filesWrite]), "POST /ship/cod/{id}/settle": .scopes([.ordersWrite]),
        "POST /channels/{id}/authorise": .scopes([.channelsWrite]), "POST /channels/{id}/refresh": .scopes([.channelsWrite]), "GET /authorised": .scopes([.channelsWrite]),
        "GET /flows": .scopes([.flowsRead]), "GET /flows/routes/new": .scopes([.flowsWrite]), "POST /flows/routes/new": .scopes([.flowsWrite]), "GET /flows/routes/{id}": .scopes([.flowsRead]),
        "POST /flows/routes/{id}": .scopes([.flowsWrite]), "POST /flows/routes/{id}/pause": .scopes([.flowsWrite]), "POST /flows/routes/{id}/resume": .scopes([.flowsWrite]), "POST /flows/routes/{id}/remove": .scopes([.flowsWrite]),
        "GET /flows/dead-letters": .scopes([.flowsRead]), "GET /flows/dead-letters/group": .scopes([.flowsRead]), "POST /flows/dead-letters/retry": .scopes([.flowsWrite]), "POST /flows/dead-letters/discard": .scopes([.flowsWrite]),
        "GET /flows/dead-letters/{id}/edit": .scopes([.flowsWrite, .ordersWrite]), "POST /flows/dead-letters/{id}/edit": .scopes([.flowsWrite, .ordersWrite, .buyersRead]),
        "GET /flows/jobs": .scopes([.flowsRead]), "POST /flows/jobs/{id}/send": .scopes([.flowsWrite]), "GET /flows/attempts": .scopes([.flowsRead]), "GET /flows/attempts/{id}": .scopes([.flowsRead]),
        "GET /flows/problems": .scopes([.flowsRead]), "POST /flows/problems/{id}/resolve": .scopes([.flowsWrite]), "GET /flows/replay": .scopes([.flowsWrite]), "POST /flows/replay": .scopes([.flowsWrite]),
        "GET /rules": .scopes([.channelsRead]), "GET /rules/{channel}": .scopes([.channelsRead]), "POST /rules/{channel}/edit": .scopes([.channelsRead]), "POST /rules/{channel}/review": .scopes([.channelsRead, .ordersRead]),
        "POST /rules/{channel}/apply": .scopes([.rulesWrite]), "GET /rules/{channel}/rehearsals/{id}": .scopes([.channelsRead, .ordersRead]), "GET /rules/{channel}/versions/{version}": .scopes([.channelsRead]),
        "POST /rules/{channel}/versions/{version}/withdraw": .scopes([.rulesWrite]),
        "GET /files": .scopes([.ordersRead]), "POST /files": .scopes([.filesWrite]), "POST /files/channels": .scopes([.channelsWrite]), "GET /files/{id}": .scopes([.ordersRead]), "GET /files/{id}/standing": .scopes([.ordersRead]),
        "POST /files/{id}/mapping": .scopes([.filesWrite]), "POST /files/{id}/corrections": .scopes([.filesWrite, .buyersRead]), "POST /files/{id}/commit": .scopes([.filesWrite]),
        "POST /files/{id}/again": .scopes([.filesWrite]), "POST /files/{id}/discard": .scopes([.filesWrite]),
    ]
    /// They end when the browser goes.
    static let endless: Set = ["GET /live", "GET /api/v1/events/stream"]
    /// They end the session itself: tried last.
    static let ending: Set = ["POST /sign-out", "POST /account/sign-out-everywhere", "POST /account/sessions/{id}/end", "POST /account/password"]

    private struct Entry: Sendable { var name: String, method: HTTPRequest.Method, uri: String, isAPI: Bool, need: Need }

    private static func table(_ bench: WebBench) async throws -> [Entry] {
        var described: [String: [Scope]] = [:]
        let hub = bench.hub
        for (method, path, operation) in try JSONDecoder().decode(Specification.self, from: Data(try await specification(hub))).operations { described["\(method.rawValue) \(path)"] = operation.scopes.compactMap(Scope.init(rawValue:)) }
        var entries: [Entry] = []
        for route in try WebServer(hub: hub, settings: .init()).router().routes where route.method != .head {
            let path = route.path.description, name = "\(route.method.rawValue) \(path)"
            if path.hasPrefix("/assets/") { continue }
            let isAPI = path.hasPrefix("/api/") || path == "/metrics"
            let need: Need? = isAPI ? described[name].map { $0.isEmpty ? .anybody : .scopes($0) } : pages[name]
            guard let need else {
                Issue.record("\(name) stands in no table: who may do it?")
                continue
            }
            let uri = path.replacing(/\{[^}]*\}/, with: "1")
            entries.append(Entry(name: name, method: route.method, uri: uri, isAPI: isAPI, need: need))
        }
        return entries.sorted { (ending.contains($0.name) ? 1 : 0, $0.name) < (ending.contains($1.name) ? 1 : 0, $1.name) }
    }

    private static func specification(_ hub: Hub) async throws -> [UInt8] {
        let token = try await hub.tokens.create(name: "reader", scopes: ["admin"]).text
        return try await Application(router: WebServer(hub: hub, settings: .init()).router()).test(.router) { client in
            try await client.execute(uri: "/api/v1/openapi.json", method: .get, headers: [.authorization: "Bearer \(token)"]) { Array($0.body.readableBytesView) }
        }
    }

    private static func call(_ entry: Entry, _ browser: WebBench.Browser, _ session: SignedIn?) async throws -> WebBench.Answer {
        if entry.isAPI {
            var fields: HTTPFields = entry.method == .get ? [:] : [.contentType: "application/json"]
            if let session { fields[try #require(HTTPField.Name("X-CSRF-Token"))] = session.session.csrf }
            return try await browser.send(entry.method, entry.uri, as: session, fields: fields, body: entry.method == .get ? nil : "{}")
        }
        return entry.method == .get ? try await browser.get(entry.uri, as: session) : try await browser.post(entry.uri, ["kind": "approve", "action": "approve"], as: session)
    }

    @Test(arguments: Role.allCases)
    func `each role may do what its table says on every route, and nothing else`(role: Role) async throws {
        try await WebBench.run { bench in
            let entries = try await Self.table(bench)
            #expect(entries.count > 120)
            let session = try await bench.join(role)
            // Somebody else, so that the last admin is not the one who tries.
            _ = try await bench.join(.admin, email: "other@example.com")
            try await bench.browse { browser in
                for entry in entries {
                    let isAllowed = switch entry.need { case .nobody, .anybody: true; case .scopes(let scopes): Set(scopes).isSubset(of: role.scopes) }
                    if isAllowed, Self.endless.contains(entry.name) || Self.ending.contains(entry.name) { continue }
                    let answer = try await Self.call(entry, browser, session)
                    if isAllowed {
                        // A wrong password in a form is the form's own refusal; a second factor that is not there cannot be turned off.
                        let isOwnRefusal = entry.name.hasPrefix("POST /account/second-factor") && (answer.text.contains("class=\"fault\"") || entry.name.hasSuffix("/off"))
                        #expect(![401, 403].contains(answer.status) || isOwnRefusal || entry.need == .nobody, "\(role) \(entry.name): \(answer.status)")
                    } else {
                        #expect(answer.status == 403, "\(role) \(entry.name): \(answer.status)")
                    }
                    #expect(answer.status < 500, "\(role) \(entry.name): \(answer.status)")
                }
            }
        }
    }

    @Test func `without a session, with an ended one and with another's secret nothing is done`() async throws {
        try await WebBench.run { bench in
            let entries = try await Self.table(bench).filter { $0.need != .nobody }, session = try await bench.join(.admin), ended = try await bench.join(.operator)
            try await bench.hub.sessions.end(ended.session)
            try await bench.browse { browser in
                for entry in entries {
                    for other in [nil, ended] {
                        let answer = try await Self.call(entry, browser, other)
                        if !entry.isAPI, entry.method == .get {
                            #expect(answer.status == 303 && answer.location?.hasPrefix("/sign-in") == true, "\(entry.name): \(answer.status)")
                        } else {
                            #expect(answer.status == 401, "\(entry.name): \(answer.status)")
                        }
                    }
                    guard entry.method != .get else { continue }
                    var forged = session
                    forged.session.csrf = ended.session.csrf
                    let answer = try await Self.call(entry, browser, forged)
                    #expect([403, 404, 415].contains(answer.status), "\(entry.name) with a forged secret: \(answer.status)")
                }
            }
            #expect(try await bench.hub.sessions.session(session.cookie) != nil)
        }
    }

    @Test func `the written table of docs is the table of the code`() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/people.md")
        let text = try String(contentsOf: path, encoding: .utf8)
        for scope in Scope.allCases where scope != .admin {
            let marks = Role.allCases.map { $0.scopes.contains(scope) ? "yes" : "–" }.joined(separator: " | ")
            #expect(text.contains("| `\(scope.rawValue)` | \(marks) |"), "docs/people.md: | `\(scope.rawValue)` | \(marks) |")
        }
        let words = try #require(try Words.tables(ConsoleResources.people.words)[.en])
        for scope in RoleTable.shown { #expect(words.has("people.abilities." + scope.rawValue.replacing(":", with: "_"))) }
    }
}
