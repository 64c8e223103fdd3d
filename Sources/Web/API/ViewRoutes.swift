import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Saved views of the orders, with their counts.
struct ViewRoutes {
    /// Counted up to here in the list of views; exactly where the ledger keeps the count.
    static let countedUpTo = 1000

    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("order-views", use: list)
        api.post("order-views", use: create)
        api.patch("order-views/:id", use: change)
        api.delete("order-views/:id", use: delete)
        api.put("order-views/:id/layout", use: layout)
    }

    struct View: Encodable {
        var id: String, name: String, isStandard: Bool, isShared: Bool, isMine: Bool, holder: String, filter: GridFilter, sort: GridSort, columns: [SavedView.Column], count: GridCount?
        init(_ view: SavedView, count: GridCount? = nil) {
            id = view.id; name = view.name; isStandard = view.isStandard; isShared = view.isShared; isMine = view.isMine; holder = view.holderName
            filter = view.look.filter; sort = view.look.sort; columns = view.look.columns; self.count = count
        }
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead)
        let (views, counts) = try await Self.counted(hub, caller, context.clock(hub))
        return try APIWrite.json(APIWrite.Page(data: zip(views, counts).map { View($0, count: $1) }, nextCursor: nil))
    }

    static func counted(_ hub: Hub, _ caller: Caller, _ clock: WorkspaceClock) async throws -> (views: [SavedView], counts: [GridCount]) {
        let views = try await hub.desk.views.all(for: caller.holderID), days = GridReading.days(clock)
        return (views, try await hub.ledger.gridCounts(views.map { $0.look.filter.resolved(days) }, upTo: countedUpTo))
    }

    struct Body: Decodable { var name: String, isShared: Bool?, filter: GridFilter?, sort: GridSort?, columns: [SavedView.Column]? }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead), body = try await APIRead.body(Body.self, request)
        let look = SavedView.Look(filter: try GridReading.checked(body.filter ?? GridFilter()), sort: body.sort ?? GridSort(), columns: try Self.checked(body.columns ?? []))
        return try APIWrite.json(View(try await hub.desk.views.create(name: body.name, look: look, isShared: body.isShared ?? false, holder: caller.holderID, by: caller.actor)), status: .created)
    }

    struct Change: Decodable { var name: String?, isShared: Bool?, filter: GridFilter?, sort: GridSort?, columns: [SavedView.Column]? }

    @Sendable private func change(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead), id = try Self.number(context), body = try await APIRead.body(Change.self, request)
        var look: SavedView.Look?
        if body.filter != nil || body.sort != nil || body.columns != nil {
            guard let view = try await hub.desk.views.view("\(id)", for: caller.holderID) else { throw APIProblem.notFound("view") }
            look = SavedView.Look(filter: try GridReading.checked(body.filter ?? view.look.filter), sort: body.sort ?? view.look.sort, columns: try Self.checked(body.columns ?? view.look.columns))
        }
        return try APIWrite.json(View(try await hub.desk.views.change(id, name: body.name, look: look, isShared: body.isShared, holder: caller.holderID, by: caller.actor)))
    }

    @Sendable private func delete(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead)
        try await hub.desk.views.delete(try Self.number(context), holder: caller.holderID, by: caller.actor)
        return Response(status: .noContent)
    }

    struct Layout: Decodable { var columns: [SavedView.Column] }

    @Sendable private func layout(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead), id = try APIRead.part(context, what: "view"), body = try await APIRead.body(Layout.self, request)
        guard try await hub.desk.views.view(id, for: caller.holderID) != nil else { throw APIProblem.notFound("view") }
        try await hub.desk.views.keep(try Self.checked(body.columns), of: id, for: caller.holderID)
        return Response(status: .noContent)
    }

    private static func number(_ context: AppContext) throws -> Int64 {
        guard let number = APIRead.whole(try APIRead.part(context, what: "view")), number > 0 else { throw APIProblem.notFound("view") }
        return number
    }

    private static func checked(_ columns: [SavedView.Column]) throws -> [SavedView.Column] {
        let isSane = columns.count <= SavedView.maximumColumns && columns.allSatisfy { (1...60).contains($0.field.unicodeScalars.count) && ($0.width.map { (20...2000).contains($0) } ?? true) }
            && Set(columns.map(\.field)).count == columns.count
        guard isSane else { throw APIProblem(.unprocessableContent, "invalid_columns", "At most \(SavedView.maximumColumns) columns, each once, of 20 to 2000 pixels.", pointer: "/columns") }
        return columns
    }
}
