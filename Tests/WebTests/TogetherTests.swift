import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Testing
import Web

/// A courier that can take everything and is never reached.
struct IdlePost: BooksShipments {
    static let descriptor = PlatformDescriptor(platform: "idlepost", title: "Idle post", kind: .courier, settings: [])
    init(_ context: ChannelContext) throws(ConnectorError) {}
    func book(_ request: BookingRequest, idempotencyKey: String) async throws(ConnectorError) -> Booking { throw .unreachable(reason: "nobody is there") }
    func findBooking(externalRef: String) async throws(ConnectorError) -> Booking? { nil }
    func cancelBooking(externalRef: String, externalID: ExternalID?, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer { .unknown }
}

/// Orders that can travel together, as a client of the API and a person at the page meet them.
@Suite struct TogetherTests {
    struct Plan: Decodable {
        struct Group: Decodable { var orders: [String], savingMinor: Int? }
        var groups: [Group]
    }
    struct One: Decodable { var id: String, state: String, orders: [String], savingMinor: Int? }
    struct Page: Decodable { var data: [One] }

    /// Three approved orders of one buyer that wait for somebody's word.
    private static func waiting(_ bench: WebBench) async throws -> [OrderID] {
        let carrier = try await bench.hub.channels.add(platform: "idlepost", name: "Post", settings: [:], by: "test")
        try await bench.hub.channels.set([HubSetting.rates: "* 1000 40"], of: carrier.id)
        try await bench.hub.channels.set([HubSetting.booking: "whenPacked"], of: bench.sheet.id)
        try await bench.call { call in
            for number in 1...3 { _ = try await bench.pushedOrder("A-\(number)", call) }
        }
        let group = try await eventually { try await bench.hub.shipping.consolidations.plan(by: .buyer).groups.first { $0.orders.count == 3 } }
        return group.orders
    }

    private static func list(_ ids: [String]) -> String { ids.map { "\"\($0)\"" }.joined(separator: ",") }

    @Test func `the plan is read, kept in part, changed, undone and let go by a program`() async throws {
        try await WebBench.run(more: [IdlePost.self]) { bench in
            let orders = try await Self.waiting(bench).map { "\($0)" }, base = "/api/v1/consolidations"
            try await bench.call { call in
                let plan = try await call(.get, "\(base)/plan?by=buyer").decode(Plan.self)
                #expect(plan.groups.map(\.orders) == [orders] && plan.groups.map(\.savingMinor) == [8000])
                #expect(try await call(.get, "\(base)/plan?placedBefore=2000-01-01T00:00:00Z").decode(Plan.self).groups.isEmpty)
                let kept = try await call(.post, base, #"{"by":"buyer","groups":[[\#(Self.list(Array(orders.prefix(2))))]]}"#)
                #expect(kept.status == 200)
                let one = try #require(try kept.decode(Page.self).data.first)
                #expect(one.orders == Array(orders.prefix(2)) && one.savingMinor == 4000 && one.state == "planned")
                #expect(try await call(.get, base).decode(Page.self).data.map(\.id) == [one.id])
                let alien = try await call(.post, "\(base)/\(one.id)/take-out", #"{"order":"\#(orders[2])"}"#)
                #expect(alien.status == 404 && alien.code == "not_in_group")
                let less = try await call(.post, "\(base)/\(one.id)/take-out", #"{"order":"\#(orders[0])"}"#)
                #expect(try less.decode(One.self).state == "undone")
                let late = try await call(.post, "\(base)/\(one.id)/undo")
                #expect(late.status == 409 && late.code == "group_gone")
                let again = try #require(try await call(.post, base, #"{"by":"buyer","groups":[[\#(Self.list(orders))]]}"#).decode(Page.self).data.first)
                #expect(try await call(.post, "\(base)/\(again.id)/go").decode(One.self).state == "released")
                #expect(try await call(.post, "\(base)/\(again.id)/take-out", #"{"order":"\#(orders[0])"}"#).status == 409)
            }
        }
    }

    @Test func `what is asked of the plan wrongly is refused in words`() async throws {
        try await WebBench.run(more: [IdlePost.self]) { bench in
            let orders = try await Self.waiting(bench).map { "\($0)" }, base = "/api/v1/consolidations"
            try await bench.call { call in
                for wrong in ["by=colour", "placedBefore=noon"] { #expect(try await call(.get, "\(base)/plan?\(wrong)").status == 400, "\(wrong)") }
                for wrong in ["{}", #"{"by":"buyer","groups":[]}"#, #"{"by":"buyer","groups":[["\#(orders[0])"]]}"#, #"{"by":"buyer","groups":[["\#(orders[0])","\#(orders[0])"]]}"#, #"{"by":"colour","groups":[["1","2"]]}"#] {
                    #expect(try await call(.post, base, wrong).status == 422, "\(wrong)")
                }
                let gone = try await call(.post, base, #"{"by":"buyer","groups":[["1","2"]]}"#)
                #expect(gone.status == 409 && gone.code == "plan_changed")
                for (act, body) in [("go", nil), ("undo", nil), ("take-out", #"{"order":"1"}"#)] as [(String, String?)] {
                    #expect(try await call(.post, "\(base)/7/\(act)", body).code == "unknown_group", "\(act)")
                    #expect(try await call(.post, "\(base)/x/\(act)", body).status == 404, "\(act)")
                }
            }
        }
    }

    /// Fields of a form, some of them several times.
    private static func post(_ fields: [(String, String)], to path: String, _ browser: WebBench.Browser, _ session: SignedIn) async throws -> WebBench.Answer {
        let text = (fields + [("csrf", session.session.csrf)]).map { "\($0.0)=\($0.1.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }.joined(separator: "&")
        return try await browser.send(.post, path, as: session, fields: [.accept: "text/html", .contentType: "application/x-www-form-urlencoded"], body: text)
    }

    @Test func `the cut-off stands in the address, and holds for what is shown and for what is done`() async throws {
        try await WebBench.run(more: [IdlePost.self]) { bench in
            let orders = try await Self.waiting(bench).map { "\($0)" }, desk = bench.hub.shipping.consolidations, session = try await bench.join(.admin), group = orders.joined(separator: ",")
            try await bench.browse { browser in
                let before = try await browser.get("/ship/together?by=buyer&before=2000-01-01T00:00", as: session).text
                #expect(before.contains(#"value="2000-01-01T00:00""#) && !before.contains(#"name="group""#))
                let after = try await browser.get("/ship/together?by=buyer&before=2100-01-01T00:00", as: session).text
                #expect(after.contains(#"name="group" value="\#(group)""#))
                let ticks = [("by", "buyer"), ("group", group)] + orders.map { ("order", $0) }
                let early = try await Self.post(ticks + [("before", "2000-01-01T00:00")], to: "/ship/together", browser, session)
                #expect(early.status == 303 && early.location?.hasPrefix("/ship/together?by=buyer&before=2000") == true)
                #expect(try await desk.open().isEmpty)
                _ = try await Self.post(ticks + [("before", "2100-01-01T00:00")], to: "/ship/together", browser, session)
                #expect(try await desk.open().map { $0.orders.count } == [3])
            }
        }
    }

    @Test func `an order is left out of a proposed group and taken out of a standing one`() async throws {
        try await WebBench.run(more: [IdlePost.self]) { bench in
            let orders = try await Self.waiting(bench).map { "\($0)" }, desk = bench.hub.shipping.consolidations, session = try await bench.join(.admin)
            let group = [("by", "buyer"), ("group", orders.joined(separator: ","))]
            try await bench.browse { browser in
                let page = try await browser.get("/ship/together", as: session).text
                for order in orders { #expect(page.contains(#"name="order" value="\#(order)" checked"#)) }
                _ = try await Self.post(group + [("order", orders[0])], to: "/ship/together", browser, session)
                #expect(try await desk.open().isEmpty, "two must stay")
                _ = try await Self.post(group + [("order", orders[0]), ("order", orders[2])], to: "/ship/together", browser, session)
                let one = try #require(try await desk.open().first)
                #expect(one.orders.map { "\($0)" } == [orders[0], orders[2]])
                let standing = try await browser.get("/ship/together", as: session).text, action = #"action="/ship/together/\#(one.id)/remove""#
                #expect(standing.components(separatedBy: action).count == 3, "a button for each of the two")
                let out = try await Self.post([("by", "destination"), ("order", orders[0])], to: "/ship/together/\(one.id)/remove", browser, session)
                #expect(out.location == "/ship/together?by=destination")
                #expect(try await desk.open().isEmpty)
            }
        }
    }
}
