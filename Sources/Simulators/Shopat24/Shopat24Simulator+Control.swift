import Foundation
import Hummingbird
import NIOCore
import SimulatorKit
import Synchronization

/// `/_control/…`: the channel driven from outside, by JSON, without authentication; faults never touch it.
///
/// `GET state`, `GET orders`, `GET orders/{orderNo}`, `GET shipments`; `POST orders {"count","kind"}`,
/// `POST orders/{orderNo}/{edit|pay|cancel|confirm|pack|ready|ship|receive|handover|advance|not_collected|return|lose|deliver}` (`{"invoiceNo","trackingNo"}`),
/// `POST traffic {"ordersPerSecond"}` (0 stops), `POST faults {"level","clear"}`, `POST tokens/expire`, `POST hook {"url"}`,
/// `POST answers {"answers":[{"kind","code","status","seconds"}]}`, `POST acks {"modes":[{"kind","rows"}]}`, `POST acks/release`,
/// `POST files {"kind":"orders|history|receive|changes","orderNos","style","mistake"}`, `POST outgoing`.
extension Shopat24Simulator {
    func addControl(to control: RouterGroup<BasicSimulatorContext>) {
        control.get("state") { _, _ in Self.json(self.stateView()) }
        control.get("orders") { _, _ in Self.json(self.orderStates().map(ControlOrder.init)) }
        control.get("orders/{orderNo}") { _, context in
            guard let order = self.order(try context.parameters.require("orderNo")) else { return Self.json(["error": "no such order"], status: 404) }
            return Self.json(Shopat24OrderView(order, showsInvoiceTypes: true))
        }
        control.get("shipments") { _, _ in Self.json(["effects": self.shippedCounts, "told": self.toldCounts]) }
        control.post("orders") { request, _ in
            let wish = try await Self.wish(request)
            guard let kind = Shopat24OrderKind(rawValue: wish.kind ?? "any") else { return Self.json(["error": "no such kind"], status: 422) }
            return Self.json(["orderNos": (0..<min(max(wish.count ?? 1, 1), 1_000)).map { _ in self.placeOrder(kind) }], status: 201)
        }
        control.post("orders/{orderNo}/{action}") { request, context in
            let (orderNo, action) = (try context.parameters.require("orderNo"), try context.parameters.require("action"))
            guard let isDone = self.act(action, orderNo, try await Self.wish(request)) else { return Self.json(["error": "no such action"], status: 404) }
            return Self.json(["done": isDone])
        }
        control.post("traffic") { request, _ in
            let rate = try await Self.wish(request).ordersPerSecond ?? 1
            if rate > 0 { self.startTraffic(ordersPerSecond: rate) } else { await self.stopTraffic() }
            return Self.json(["ordersPerSecond": rate])
        }
        addSettings(to: control)
        control.post("files") { request, _ in
            let wish = try await Self.wish(request)
            guard let files = try self.dropped(wish) else { return Self.json(["error": "no such file"], status: 422) }
            return Self.json(files.map { ["name": $0.name, "sha256": $0.digest] }, status: 201)
        }
        control.post("outgoing") { _, _ in Self.json(try self.readOutgoing().map { ["name": $0.name, "kind": $0.kind, "rows": "\($0.rows.count)"] }) }
    }

    private func addSettings(to control: RouterGroup<BasicSimulatorContext>) {
        control.post("faults") { request, _ in
            let wish = try await Self.wish(request)
            if wish.clear == true { self.faults.clearForced() }
            if let level = wish.level {
                guard let known = FaultLevel(rawValue: level) else { return Self.json(["error": "level is none, normal or storm"], status: 422) }
                self.faults.level = known
            }
            return Self.json(["level": self.faults.level.rawValue])
        }
        control.post("tokens/expire") { _, _ in
            self.expireTokens()
            return Self.json(["done": true])
        }
        control.post("hook") { request, _ in
            self.setHook(url: try await Self.wish(request).url)
            return Self.json(["done": true])
        }
        control.post("answers") { request, _ in
            let wished = try await Self.wish(request).answers ?? []
            let answers = wished.compactMap(\.answer)
            guard answers.count == wished.count else { return Self.json(["error": "no such answer"], status: 422) }
            self.force(answers)
            return Self.json(["done": true])
        }
        control.post("acks") { request, _ in
            let wished = try await Self.wish(request).modes ?? []
            let modes = wished.compactMap(\.mode)
            guard modes.count == wished.count else { return Self.json(["error": "no such mode"], status: 422) }
            self.answerFiles(modes)
            return Self.json(["done": true])
        }
        control.post("acks/release") { _, _ in
            try self.releaseLateAcks()
            return Self.json(["done": true])
        }
    }

    /// Nil: there is no such action.
    private func act(_ action: String, _ orderNo: String, _ wish: ControlWish) -> Bool? {
        switch action {
        case "edit": editOrder(orderNo)
        case "pay": payOrder(orderNo)
        case "cancel": cancelOrder(orderNo)
        case "confirm": move(orderNo, to: .confirmed)
        case "pack": move(orderNo, to: .packing)
        case "ready": move(orderNo, to: .ready)
        case "ship": shipOrder(orderNo, invoiceNo: wish.invoiceNo, trackingNumber: wish.trackingNo ?? "HOUSE\(orderNo)")
        case "receive": receiveAtStore(orderNo, invoiceNo: wish.invoiceNo)
        case "handover": handOver(orderNo, invoiceNo: wish.invoiceNo)
        case "advance": advance(orderNo)
        case "not_collected": move(orderNo, to: .notCollected)
        case "return": move(orderNo, to: .returned)
        case "lose": move(orderNo, to: .lost)
        case "deliver": move(orderNo, to: .delivered)
        default: nil
        }
    }

    private func dropped(_ wish: ControlWish) throws -> [ChannelFile]? {
        var mistake: FileMistake?
        if let name = wish.mistake {
            guard let known = FileMistake(rawValue: name) else { return nil }
            mistake = known
        }
        let file: ChannelFile
        switch wish.kind ?? "orders" {
        case "orders": file = orderFile(wish.orderNos, style: wish.style, mistake: mistake)
        case "history": file = historyReport(wish.orderNos)
        case "receive": file = receiveReport(wish.orderNos)
        case "changes": return try dropChanges()
        default: return nil
        }
        try drop(file)
        return [file]
    }

    private func stateView() -> ControlState {
        ControlState(
            platform: platform, baseURL: baseURL, faults: faults.level.rawValue,
            statistics: Dictionary(statistics().map { ($0.name, $0.count) }, uniquingKeysWith: { $1 }))
    }

    /// A body is optional everywhere here: what does not parse is an empty wish.
    private static func wish(_ request: Request) async throws -> ControlWish {
        let body = try await request.body.collect(upTo: SimulatorServer.maximumBodyBytes)
        return (try? JSONDecoder().decode(ControlWish.self, from: Data(body.readableBytesView))) ?? ControlWish()
    }

    private static func json(_ value: some Encodable, status: Int = 200) -> Response { Shopat24Reply.json(value, status: status).response }
}

private struct ControlState: Encodable { var platform: String, baseURL: String, faults: String, statistics: [String: Int] }

private struct ControlOrder: Encodable {
    var externalID: String, number: String, updatedAt: String, isCancelled: Bool, grandMinor: Int64, currency: String, lineCount: Int
    var shipToPostcode: String?, fulfilment: String, trackingNumbers: [String]

    init(_ order: SimulatedOrder) {
        externalID = order.externalID
        number = order.number
        updatedAt = BangkokTime.iso(order.updatedAt)
        isCancelled = order.isCancelled
        grandMinor = order.grandMinor
        currency = order.currency
        lineCount = order.lineCount
        shipToPostcode = order.shipToPostcode
        fulfilment = order.fulfilment
        trackingNumbers = order.trackingNumbers
    }
}

/// Every wish of the control routes; each takes what it needs.
private struct ControlWish: Decodable {
    struct Answer: Decodable {
        var kind: String
        var code: String?
        var status: Int?
        var seconds: Int?

        var answer: Shopat24Answer? {
            switch kind {
            case "unsuccessful": .unsuccessful(code: code ?? "5000")
            case "throttled": .throttled(retryAfterSeconds: seconds)
            case "unauthorised": .unauthorised
            case "status": .status(status ?? 500)
            case "hangAfterEffect": .hangAfterEffect(.seconds(seconds ?? 1))
            default: nil
            }
        }
    }
    struct Mode: Decodable {
        var kind: String
        var rows: Int?

        var mode: Shopat24Configuration.AckMode? {
            switch kind {
            case "truthful": .truthful
            case "refusing": .refusing(rows: rows ?? 1)
            case "cutAfter": .cutAfter(rows: rows ?? 1)
            case "missing": .missing
            case "late": .late
            case "unknownName": .unknownName
            default: nil
            }
        }
    }

    var kind: String?
    var count: Int?
    var invoiceNo: String?
    var trackingNo: String?
    var ordersPerSecond: Double?
    var level: String?
    var clear: Bool?
    var url: String?
    var orderNos: [String]?
    var style: OrderFileStyle?
    var mistake: String?
    var answers: [Answer]?
    var modes: [Mode]?
}
