import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// The console's pages: the overview with its live part, one order.
struct ConsoleRoutes {
    let console: Console
    private var hub: Hub { console.hub }

    func add(to router: Router<AppContext>) {
        let pages = router.group().add(middleware: PageGuard())
        pages.get("orders/:id", use: order)
        SignInPages(console: console).add(to: pages)
        LinkPages(console: console).add(to: pages)
        AccountPages(console: console).add(to: pages)
        SettingsPages(console: console).add(to: pages)
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
    }

    private func caller(_ request: Request) async throws -> Caller? { try await RequestCaller(hub: hub).caller(of: request) }

    @Sendable private func order(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let caller = try await caller(request) else { return Console.askToSignIn(request) }
        guard caller.may(.ordersRead) else { throw APIProblem(.forbidden, "scope_missing", "This token may not see orders: it lacks the scope orders:read.") }
        guard let id = context.parameters.get("id").flatMap({ OrderID(text: $0) }), let order = try await hub.ledger.order(id) else {
            throw APIProblem(.notFound, "order_unknown", "There is no such order. It may be of another hub, or the address is not complete.")
        }
        return try Self.html(try await OrderPage(hub: hub, caller: caller).page(order))
    }

    static func html(_ page: ConsolePage, status: HTTPResponse.Status = .ok) throws -> Response {
        Response(status: status, headers: [.contentType: "text/html; charset=utf-8"], body: .init(byteBuffer: ByteBuffer(string: try PageTemplate.render(page))))
    }
}
