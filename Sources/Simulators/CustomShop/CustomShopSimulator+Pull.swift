import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SimulatorKit
import Synchronization

/// The optional pull endpoint for reconciliation (companion-webhook.md §11).
extension CustomShopSimulator {
    private static let maximumPage = 100

    func addRoutes(to router: Router<BasicSimulatorContext>) {
        let api = router.group("crossdock/v1")
        api.get("orders") { request, _ in self.authorised(request) { self.listOrders(request) } }
        api.get("orders/{id}") { request, context in
            let id = try context.parameters.require("id")
            return self.authorised(request) { self.getOrder(id.removingPercentEncoding ?? id) }
        }
        api.post("callbacks") { request, context in try await self.takeCallback(request, context) }
    }

    private func authorised(_ request: Request, _ work: () -> Response) -> Response {
        let expected = Data("Bearer \(configuration.pullToken)".utf8)
        guard let given = request.headers[.authorization], SimulatorSignature.isEqual(Data(given.utf8), expected) else {
            return Self.json(["error": "unauthorised"], status: .unauthorized)
        }
        count("pulls")
        return work()
    }

    private func listOrders(_ request: Request) -> Response {
        struct Page: Encodable { var orders: [CustomShopOrder], nextCursor: Nullable<String> }
        let query = request.uri.queryParameters
        guard let limit = Int(query["limit"].map(String.init) ?? "100"), (1...Self.maximumPage).contains(limit) else {
            return Self.json(["error": "limit is 1 to \(Self.maximumPage)"], status: .badRequest)
        }
        guard let since = CustomShopTime.parse(query["updatedSince"].map(String.init) ?? "1970-01-01T00:00:00Z") else {
            return Self.json(["error": "updatedSince is not a UTC time"], status: .badRequest)
        }
        var after: (String, String)?
        if let cursor = query["cursor"] {
            let parts = cursor.split(separator: "_", maxSplits: 1)
            guard parts.count == 2 else { return Self.json(["error": "cursor is not one of ours"], status: .badRequest) }
            after = (String(parts[0]), String(parts[1]))
        }
        let found = state.withLock { $0.book.changed(since: since, after: after, limit: limit + 1) }
        let page = Array(found.prefix(limit))
        let next = found.count > limit ? page.last.map { "\($0.updatedAt)_\($0.externalID)" } : nil
        return Self.json(Page(orders: page, nextCursor: Nullable(next)))
    }

    private func getOrder(_ externalID: String) -> Response {
        guard let order = order(externalID) else { return Self.json(["error": "not found"], status: .notFound) }
        return Self.json(order)
    }

    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        // Our own plain structs always encode; an empty body would show at once in every test.
        let bytes = (try? JSONEncoder.simulator.encode(value)) ?? Data()
        return Response(status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
