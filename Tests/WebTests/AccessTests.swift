import Database
import Domain
import Foundation
import HTTPTypes
import Hub
import Testing
@testable import Web

/// Signing in and people through the wire: what a hostile page, link or form must not achieve.
@Suite struct AccessTests {
    private static let password = WebBench.password
    private static let csrf = HTTPField.Name("X-CSRF-Token")!      // a literal: a valid name

    @Test(arguments: WebBench.engines)
    func `signing in gives a new session whatever the browser brought, and a cookie that scripts cannot read`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            _ = try await bench.join(.operator)
            try await bench.browse { browser in
                let fixed = "AttackersChoiceOfASessionCookie0123456789"
                let answer = try await browser.post("/sign-in", ["email": "operator@example.com", "password": Self.password, "next": "/orders"], [.cookie: "crossdock_session=\(fixed)"])
                #expect(answer.status == 303 && answer.location == "/orders")
                let cookie = try #require(answer.cookie), text = answer.fields[values: .setCookie].joined()
                #expect(cookie != fixed && text.contains("HttpOnly") && text.contains("SameSite=Lax") && text.contains("Path=/"))
                #expect(!text.contains("Secure"))
                let behindProxy = try await browser.post("/sign-in", ["email": "operator@example.com", "password": Self.password], [try #require(HTTPField.Name("X-Forwarded-Proto")): "https"])
                #expect(behindProxy.fields[values: .setCookie].joined().contains("; Secure"))
                #expect(try await browser.get("/account", [.cookie: "crossdock_session=\(fixed)"]).status == 303)
                let again = try await browser.post("/sign-in", ["email": "operator@example.com", "password": Self.password], [.cookie: "crossdock_session=\(cookie)"])
                #expect(again.cookie != nil && again.cookie != cookie)
                #expect(try await bench.hub.sessions.session(cookie) == nil, "the session before is not left lying about")
            }
        }
    }

    @Test(arguments: ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\u{9}/evil.example", "orders", "/sign-out", "/%0d%0aSet-Cookie:x=1\r\nX: y", "/ตลาด"])
    func `after signing in nobody is sent anywhere else`(next: String) async throws {
        try await WebBench.run { bench in
            _ = try await bench.join(.operator)
            try await bench.browse { browser in
                let answer = try await browser.post("/sign-in", ["email": "operator@example.com", "password": Self.password, "next": next])
                #expect(answer.status == 303 && answer.location == "/")
                let escaped = next.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                #expect(try await browser.get("/sign-in?next=\(escaped)").text.contains(#"name="next" value="/""#))
            }
        }
    }

    @Test func `a form of another site signs nobody in`() async throws {
        try await WebBench.run { bench in
            _ = try await bench.join(.operator)
            try await bench.browse { browser in
                let fields = ["email": "operator@example.com", "password": Self.password]
                let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
                #expect(try await browser.post("/sign-in", fields, [site: "cross-site"]).status == 403)
                #expect(try await browser.post("/sign-in", fields, [site: "same-site"]).status == 403)
                #expect(try await browser.post("/sign-in", fields, [.origin: "https://evil.example"]).status == 403)
                #expect(try await browser.post("/sign-in", fields, [site: "same-origin"]).status == 303)
            }
        }
    }

    @Test func `the API takes the console's session only with its secret, and a token without one`() async throws {
        try await WebBench.run { bench in
            let session = try await bench.join(.admin), token = try await bench.hub.tokens.create(name: "t", scopes: ["admin"]).text
            try await bench.browse { browser in
                let json: HTTPFields = [.contentType: "application/json"], body = #"{"name":"ACME"}"#
                #expect(try await browser.send(.get, "/api/v1/workspace", as: session).status == 200)
                for forged in [nil, "", "wrong", String(session.session.csrf.dropLast())] as [String?] {
                    var fields = json
                    fields[Self.csrf] = forged
                    let answer = try await browser.send(.patch, "/api/v1/workspace", as: session, fields: fields, body: body)
                    #expect(answer.status == 403 && answer.code == "csrf")
                }
                #expect(bench.hub.workspace.current.name.isEmpty)
                var fields = json
                fields[Self.csrf] = session.session.csrf
                #expect(try await browser.send(.patch, "/api/v1/workspace", as: session, fields: fields, body: body).status == 200)
                #expect(try await browser.send(.patch, "/api/v1/workspace", fields: [.contentType: "application/json", .authorization: "Bearer \(token)"], body: body).status == 200)
                #expect(bench.hub.workspace.current.name == "ACME")
                #expect(try await browser.send(.get, "/api/v1/workspace", fields: [.authorization: "Bearer \(session.cookie)"]).status == 401, "a session is no token")
                #expect(try await browser.get("/account", [.cookie: "crossdock_session=\(token)"]).status == 303, "a token is no session")
            }
        }
    }

    @Test(arguments: WebBench.engines)
    func `wrong passwords end in a pause that is told, with the same page for who is known and who is not`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            _ = try await bench.join(.operator)
            bench.clock.stand()
            try await bench.browse { browser in
                var pages: [[String]] = []
                for email in ["operator@example.com", "nobody@example.com"] {
                    var seen: [String] = []
                    for _ in 1...6 {
                        let answer = try await browser.post("/sign-in", ["email": email, "password": "wrong wrong wrong"])
                        seen.append("\(answer.status) \(answer.fields[.retryAfter] ?? "") \(answer.text.replacing(email, with: "EMAIL"))")
                    }
                    #expect(seen[4].hasPrefix("401") && seen[5].hasPrefix("429 30"))
                    pages.append(seen)
                }
                #expect(pages[0] == pages[1])
                #expect(!pages[0].joined().contains("wrong wrong wrong"), "a password is not written into the page")
            }
        }
    }

    @Test func `a form of an ended session is answered by a page that leads back, a script by a problem`() async throws {
        let ways = ["/orders/42/edit": "/orders/42", "/channels/new/shopify": "/channels", "/flows/routes/7/pause": "/flows", "/account/password": "/account", "/today/problems/5/close": "/", "/sign-out": "/"]
        try await WebBench.run { bench in
            let session = try await bench.join(.admin), ended = try await bench.join(.operator), script = try #require(HTTPField.Name("HX-Request"))
            try await bench.hub.sessions.end(ended.session)
            try await bench.browse { browser in
                for (path, page) in ways {
                    let next = page == "/" ? "/sign-in" : "/sign-in?next=\(page.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
                    let answer = try await browser.post(path, as: ended)
                    #expect(answer.status == 401 && answer.fields[.contentType]?.hasPrefix("text/html") == true && answer.text.contains("href=\"\(next)\""), Comment(rawValue: path))
                    #expect(try await browser.post(path, as: ended, [script: "true"]).code == "session_ended", Comment(rawValue: path))
                }
                let forged = try await browser.post("/orders/42/act", ["action": "approve"], as: session, csrf: ended.session.csrf)
                #expect(forged.status == 403 && forged.text.contains("href=\"/orders/42\""))
                #expect(try await browser.post("/orders/42/act", ["action": "approve"], as: session, csrf: ended.session.csrf, [script: "true"]).code == "csrf")
            }
        }
    }

    @Test func `nobody gives themselves a role, by whatever field or call`() async throws {
        try await WebBench.run { bench in
            let manager = try await bench.join(.manager), admin = try await bench.join(.admin), id = try #require(manager.session.person).id, adminID = try #require(admin.session.person).id
            try await bench.browse { browser in
                let extra = ["name": "Me", "language": "en", "theme": "", "role": "admin", "state": "active", "id": "\(adminID)", "email": "admin@example.com", "isDisabled": "false"]
                #expect(try await browser.post("/account/profile", extra, as: manager).status == 303)
                let after = try #require(try await bench.hub.people.person(id))
                #expect(after.role == .manager && after.email == "manager@example.com" && after.name == "Me")
                #expect(try await bench.hub.people.person(adminID)?.name == "The admin")
                var fields: HTTPFields = [.contentType: "application/json"]
                fields[Self.csrf] = manager.session.csrf
                #expect(try await browser.send(.patch, "/api/v1/people/\(id)", as: manager, fields: fields, body: #"{"role":"admin"}"#).status == 403)
                fields[Self.csrf] = admin.session.csrf
                #expect(try await browser.send(.patch, "/api/v1/people/\(adminID)", as: admin, fields: fields, body: #"{"role":"viewer"}"#).code == "own_account")
                let invited = try await bench.hub.people.invite(email: nil, role: .viewer, by: AuditActor(name: "test"))
                let joined = try await browser.post("/invite/\(invited.secret)", ["name": "V", "email": "v@example.com", "password": Self.password, "again": Self.password, "language": "en", "role": "admin"])
                #expect(joined.status == 303)
                #expect(try await bench.hub.people.person(email: "v@example.com")?.role == .viewer)
            }
        }
    }

    @Test func `who may manage people but is no admin makes no admin`() async throws {
        try await WebBench.run { bench in
            let admin = try await bench.join(.admin), id = try #require(admin.session.person).id
            let token = try await bench.hub.tokens.create(name: "people", scopes: ["people:read", "people:write", "orders:read", "channels:read", "flows:read"]).text
            try await bench.call { call in
                let admins = try await call(.post, "/api/v1/invitations", #"{"role":"admin"}"#, token: token)
                #expect(admins.code == "role_above")
                #expect(try await call(.post, "/api/v1/invitations", #"{"role":"operator"}"#, token: token).code == "role_above")
                #expect(try await call(.post, "/api/v1/invitations", #"{"role":"viewer"}"#, token: token).status == 201)
                #expect(try await call(.post, "/api/v1/people/\(id)/reset", token: token).code == "role_above")
                #expect(try await call(.post, "/api/v1/owner-link", token: token).status == 403)
                #expect(try await call(.post, "/api/v1/owner-link").code == "has_owner")
                #expect(try await call(.patch, "/api/v1/people/\(id)", #"{"isDisabled":true}"#).code == "last_admin")
                #expect(try await call(.patch, "/api/v1/people/\(id)", "{}").status == 422)
                #expect(try await call(.patch, "/api/v1/people/\(id)", #"{"role":"owner"}"#).status == 422)
            }
        }
    }

    @Test(arguments: ["/sign-in", "/account", "/settings", "/settings/people", "/invite/nothing", "/reset/nothing", "/nothing/here"])
    func `no other site frames a page, reads it or learns its address`(path: String) async throws {
        try await WebBench.run { bench in
            let session = try await bench.join(.admin)
            try await bench.browse { browser in
                let answer = try await browser.get(path, as: path == "/sign-in" ? nil : session)
                func field(_ name: String) -> String { HTTPField.Name(name).flatMap { answer.fields[$0] } ?? "" }
                #expect(field("X-Frame-Options") == "DENY" && field("Content-Security-Policy").contains("frame-ancestors 'none'"))
                #expect(field("Referrer-Policy") == "no-referrer" && field("Cache-Control") == "no-store")
                #expect(!field("Content-Security-Policy").contains("unsafe-inline") || field("Content-Security-Policy").contains("script-src 'self'"))
            }
        }
    }

    @Test(arguments: WebBench.engines)
    func `a second click on Invite shows the same link and makes no second one`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            let admin = try await bench.join(.admin)
            try await bench.browse { browser in
                let fields = ["email": "new@example.com", "role": "operator", "once": "one-click"]
                let first = try await browser.post("/settings/people/invite", fields, as: admin), second = try await browser.post("/settings/people/invite", fields, as: admin)
                #expect(first.status == 200 && second.status == 200)
                let link = try #require(first.text.firstMatch(of: /\/invite\/[A-Za-z0-9]+/)).output
                #expect(second.text.contains(link))
                #expect(try await bench.hub.people.openInvitations().count == 1)
                #expect(try await !browser.get("/settings/people", as: admin).text.contains(link), "the link is shown once")
            }
        }
    }

    @Test func `hostile names are text on every page of people, and the record names who did and read what`() async throws {
        try await WebBench.run { bench in
            let hostile = "<script>alert(1)</script>\"'><b>", admin = try await bench.join(.admin)
            let made = try await bench.hub.people.invite(email: nil, role: .operator, by: AuditActor(name: hostile))
            _ = try await bench.hub.people.invite(email: nil, role: .viewer, by: AuditActor(name: hostile))
            let joined = try await bench.hub.people.join(made.secret, .init(email: "h@example.com", name: hostile, password: Self.password, language: nil), at: .init(address: "::1", browser: hostile))
            let id = try #require(joined.session.person).id, adminID = try #require(admin.session.person).id
            try await bench.browse { browser in
                for path in ["/settings/people", "/settings/people/\(id)", "/settings/audit", "/settings/audit?actor=\("<script>alert(2)".addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"] {
                    let answer = try await browser.get(path, as: admin)
                    #expect(answer.status == 200 && !answer.text.contains("<script>alert"), Comment(rawValue: path))
                }
                await bench.hub.readings.settle()
                let audit = try await browser.get("/settings/audit?person=\(adminID)", as: admin)
                #expect(audit.text.contains("audit.read") && audit.text.contains("person.join") && !audit.text.contains("h@example.com"))
                #expect(try await browser.get("/settings/audit?check=true", as: admin).text.contains("The record is whole"))
                for query in ["from=2026-13-77", "until=yesterday", "person=x", "cursor=1"] { #expect(try await browser.get("/settings/audit?\(query)", as: admin).status == 200, Comment(rawValue: query)) }
            }
        }
    }

    @Test func `the last use of a link, its age and garbage all say the same`() async throws {
        try await WebBench.run { bench in
            let made = try await bench.hub.people.invite(email: nil, role: .viewer, by: AuditActor(name: "test"))
            try await bench.browse { browser in
                #expect(try await browser.get("/invite/\(made.secret)").status == 200)
                #expect(try await browser.get("/reset/\(made.secret)").status == 410)
                bench.clock.advance(seconds: 8 * 86_400)
                let old = try await browser.get("/invite/\(made.secret)"), garbage = try await browser.get("/invite/nothing")
                #expect(old.status == 410 && garbage.status == 410)
                #expect(old.text.replacing(made.secret, with: "nothing") == garbage.text)
                #expect(try await browser.post("/invite/\(made.secret)", ["name": "x", "email": "x@example.com", "password": Self.password, "again": Self.password]).status == 410)
            }
        }
    }
}
