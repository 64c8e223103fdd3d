import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SimulatorKit

/// Every request: API, token host, consent page, the links of labels, and the control plane, all on one port.
struct Door: RouterMiddleware {
    typealias Context = BasicSimulatorContext

    let market: Market
    let faults: FaultPlan
    let consent: ConsentPage
    let control: ControlPlane

    func handle(
        _ request: Request, context: BasicSimulatorContext, next: @concurrent (Request, BasicSimulatorContext) async throws -> Response
    ) async throws -> Response {
        let body = try await request.body.collect(upTo: SimulatorServer.maximumBodyBytes)
        let path = request.uri.path
        if path.hasPrefix("/_control/") {
            return await control.handle(request.method, String(path.dropFirst("/_control/".count)), body)
        }
        let query = Call.parsePairs(request.uri.query ?? "")
        if path == "/oauth/authorize" { return consent.answer(query) }
        if path.hasPrefix("/_labels/") { return paper(String(path.dropFirst("/_labels/".count))) }
        guard let call = Self.call(request, path, query, body) else { return Pages.notFound }
        return try await answer(call, context)
    }

    /// `/rest/…`, or `/{country}/rest/…` in place of that country's host.
    private static func call(_ request: Request, _ path: String, _ query: [(name: String, value: String)], _ body: ByteBuffer) -> Call? {
        var rest = path[...]
        var country: LazadaCountry?
        if let named = LazadaCountry.allCases.first(where: { path.hasPrefix("/\($0.rawValue)/rest/") }) {
            country = named
            rest = rest.dropFirst(named.rawValue.count + 1)
        } else if let host = request.head.authority?.split(separator: ":").first {
            country = LazadaCountry.allCases.first { $0.host == host }
        }
        guard rest.hasPrefix("/rest/") else { return nil }
        var call = Call(method: request.method, path: String(rest.dropFirst("/rest".count)), country: country, pairs: query)
        guard body.readableBytes > 0 else { return call }
        let text = String(buffer: body)
        if request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true { call.pairs += Call.parsePairs(text) } else { call.rawBody = text }
        return call
    }

    /// A dead link is the object store's XML with status 403.
    private func paper(_ name: String) -> Response {
        guard let paper = market.read({ $0.papers.paper(name, at: $0.now) }) else {
            let words = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired.</Message></Error>\n"
            return Response(status: .forbidden, headers: [.contentType: "application/xml"], body: .init(byteBuffer: ByteBuffer(string: words)))
        }
        return Response(status: .ok, headers: [.contentType: paper.contentType], body: .init(byteBuffer: ByteBuffer(bytes: paper.body)))
    }

    // MARK: Answering, well or badly

    private func answer(_ call: Call, _ context: BasicSimulatorContext) async throws -> Response {
        let facts = RouteFacts.table[call.path]
        let isRead = facts?.isRead ?? true, isInventory = facts?.isInventory ?? false
        switch faults.draw(isRead ? .request : .write) {
        case .drop: return await context.loseAnswer()
        case .throttle(let seconds): return refuse(isInventory ? .tooFast : .callLimit(seconds: seconds, code: limitCode))
        case .serverError(let status): return broken(status)
        case .expireToken where facts?.isOpen == false: return refuse(market.change { $0.refusedAccess() })
        case .lostAnswer:
            _ = market.change { $0.answer(call) }
            return await context.loseAnswer()
        case .hang(let pause), .delay(let pause):
            try await Task.sleep(for: pause)
            return perform(call)
        case .malform:
            _ = perform(call)
            return faults.total.isMultiple(of: 2) ? Pages.gateway(200) : Self.json(Self.halfAnAnswer)
        case .duplicate, .badSignature, .expireToken, nil: return perform(call)
        }
    }

    private func perform(_ call: Call) -> Response { Self.json(market.change { $0.answer(call).data }) }

    /// Refused before anything was done; HTTP status 200, as always.
    private func refuse(_ problem: Problem) -> Response {
        Self.json(market.change { problem.body.with(["request_id": .string($0.requestID())]).data })
    }

    /// Mostly the limit of the API, now and then the app's or the seller's.
    private var limitCode: String {
        switch faults.total % 10 {
        case 0: "AppCallLimit"
        case 5: "Mp3SellerApiLimit"
        default: "ApiCallLimit"
        }
    }

    /// lazada.md §8's last row: `ServiceTimeout`, SYSTEM, code 6, a 5xx, a page of HTML.
    private func broken(_ status: Int) -> Response {
        switch status {
        case 500: refuse(.serviceTimeout)
        case 503: refuse(faults.total.isMultiple(of: 2) ? Problem("6", "E006: Unexpected internal error", type: "ISP") : Problem("SystemError", "System error", type: "SYSTEM"))
        default: Pages.gateway(status)
        }
    }

    static func json(_ data: Data) -> Response {
        Response(status: .ok, headers: [.contentType: "application/json;charset=UTF-8"], body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }

    private static let halfAnAnswer = Data(#"{"code":"0","data":{"order_id":7000"#.utf8)
}
