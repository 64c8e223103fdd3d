import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// The console's pages: the overview with its live part, one order, signing in and out.
struct ConsoleRoutes {
    let console: Console
    private var hub: Hub { console.hub }

    func add(to router: Router<AppContext>) {
        let pages = router.group().add(middleware: PageGuard())
        pages.get("/", use: page)
        pages.get("fragment", use: fragment)
        pages.get("orders/:id", use: order)
        pages.post("sign-in", use: signIn)
        pages.post("sign-out", use: signOut)
        console.assets.add(to: pages)
        LiveRoutes(console: console).add(to: pages)
        OrdersPages(console: console).add(to: pages)
        OrderPages(console: console).add(to: pages)
        ChannelsPages(console: console).add(to: pages)
        FlowsPages(console: console).add(to: pages)
        TodayPages(console: console).add(to: pages)
        RulesPages(console: console).add(to: pages)
        FilesPages(console: console).add(to: pages)
        PageAsset.style.add(to: pages)
        PageAsset.script.add(to: pages)
        PageAsset.icon.add(to: pages)
    }

    private func caller(_ request: Request) async throws -> Caller? { try await TokenMiddleware(tokens: hub.tokens).caller(of: request) }

    @Sendable private func page(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let caller = try await caller(request) else { return try Self.html(.signIn(message: nil)) }
        return try Self.html(try await OverviewPage(hub: hub, caller: caller).page(isWhole: true))
    }

    @Sendable private func fragment(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let caller = try await caller(request) else { throw APIProblem(.unauthorized, "token_required", "Sign in again.") }
        return try Self.html(try await OverviewPage(hub: hub, caller: caller).page(isWhole: false))
    }

    @Sendable private func order(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let caller = try await caller(request) else { return try Self.html(.signIn(message: nil)) }
        guard caller.may(.ordersRead) else { throw APIProblem(.forbidden, "scope_missing", "This token may not see orders: it lacks the scope orders:read.") }
        guard let id = context.parameters.get("id").flatMap({ OrderID(text: $0) }), let order = try await hub.ledger.order(id) else {
            throw APIProblem(.notFound, "order_unknown", "There is no such order. It may be of another hub, or the address is not complete.")
        }
        return try Self.html(try await OrderPage(hub: hub, caller: caller).page(order))
    }

    @Sendable private func signIn(_ request: Request, _ context: AppContext) async throws -> Response {
        try Self.refuseOtherSites(request)
        let body: ByteBuffer
        do { body = try await request.body.collect(upTo: SignInCookie.maximumFormBytes) } catch is HTTPError { throw APIProblem(.contentTooLarge, "too_large", "That is no token.") }
        guard let token = SignInCookie.token(inForm: String(buffer: body)), try await hub.tokens.token(token) != nil else {
            return try Self.html(.signIn(message: "This token is unknown or was revoked. Look whether all of it was copied."), status: .unauthorized)
        }
        let isSecure = request.headers[.init("X-Forwarded-Proto")!] == "https"      // a literal: a valid name
        return Response(status: .seeOther, headers: [.location: "/", .setCookie: SignInCookie.set(token, isSecure: isSecure)])
    }

    @Sendable private func signOut(_ request: Request, _ context: AppContext) async throws -> Response {
        try Self.refuseOtherSites(request)
        return Response(status: .seeOther, headers: [.location: "/", .setCookie: SignInCookie.cleared])
    }

    /// A form of another site must not sign anybody in or out.
    private static func refuseOtherSites(_ request: Request) throws {
        guard let site = request.headers[.init("Sec-Fetch-Site")!] else { return }      // a literal: a valid name
        guard site == "same-origin" || site == "none" else { throw APIProblem(.forbidden, "other_site", "Forms of other sites are not taken. Open this page itself.") }
    }

    static func html(_ page: ConsolePage, status: HTTPResponse.Status = .ok) throws -> Response {
        Response(status: status, headers: [.contentType: "text/html; charset=utf-8"], body: .init(byteBuffer: ByteBuffer(string: try PageTemplate.render(page))))
    }
}
