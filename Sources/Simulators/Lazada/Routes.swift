import Foundation
import HTTPTypes
import SimulatorKit

/// What the door must know of a path before it answers.
struct RouteFacts: Sendable {
    enum Methods: Sendable { case get, post, either }
    var methods: Methods
    /// False: it changes something.
    var isRead: Bool
    /// 901 instead of `ApiCallLimit`, and the seller's limit per second.
    var isInventory = false
    /// Without `access_token` (lazada.md §2.3).
    var isOpen = false

    /// Where the dossier names no method, both are taken.
    static let table: [String: RouteFacts] = [
        "/auth/token/create": .init(methods: .either, isRead: false, isOpen: true), "/auth/token/refresh": .init(methods: .either, isRead: false, isOpen: true),
        "/orders/get": .init(methods: .get, isRead: true), "/order/get": .init(methods: .get, isRead: true),
        "/order/items/get": .init(methods: .get, isRead: true), "/orders/items/get": .init(methods: .get, isRead: true),
        "/order/shipment/providers/get": .init(methods: .get, isRead: true), "/order/fulfill/pack": .init(methods: .post, isRead: false),
        "/order/package/document/get": .init(methods: .either, isRead: true), "/order/package/rts": .init(methods: .post, isRead: false),
        "/order/package/repack": .init(methods: .either, isRead: false), "/order/package/sof/delivered": .init(methods: .either, isRead: false),
        "/order/package/sof/failed_delivery": .init(methods: .either, isRead: false),
        "/order/package/sof/status/update": .init(methods: .either, isRead: false), "/order/digital/delivered": .init(methods: .either, isRead: false),
        "/order/reverse/cancel/validate": .init(methods: .get, isRead: true), "/order/reverse/cancel/create": .init(methods: .either, isRead: false),
        "/order/reverse/cancel/seller/decide": .init(methods: .either, isRead: false), "/order/reverse/return/detail/list": .init(methods: .either, isRead: true),
        "/reverse/getreverseordersforseller": .init(methods: .either, isRead: true), "/order/reverse/return/update": .init(methods: .either, isRead: false),
        "/order/reverse/onlyrefund/seller/decide": .init(methods: .either, isRead: false), "/logistic/order/trace": .init(methods: .either, isRead: true),
        "/products/get": .init(methods: .get, isRead: true), "/product/item/get": .init(methods: .get, isRead: true),
        "/product/price_quantity/update": .init(methods: .post, isRead: false, isInventory: true),
        "/product/stock/sellable/update": .init(methods: .post, isRead: false, isInventory: true),
        "/product/stock/sellable/adjust": .init(methods: .post, isRead: false, isInventory: true),
    ]

    func takes(_ method: HTTPRequest.Method) -> Bool {
        switch methods {
        case .get: method == .get
        case .post: method == .post
        case .either: method == .get || method == .post
        }
    }
}

extension LazadaState {
    /// The whole answer to a call, in the platform's envelope.
    mutating func answer(_ call: Call) -> LazadaJSON {
        count("api calls")
        var body: LazadaJSON
        do {
            body = try checkedAnswer(call).with(["code": "0"])
        } catch {
            count("api errors")
            body = error.body
        }
        body = body.with(["request_id": .string(requestID())])
        guard configuration.numberStyle != .live, call.path.hasPrefix("/order") || call.path.hasPrefix("/product") else { return body }
        var styling = NumberStyling(style: configuration.numberStyle, generator: generator)
        body = styling.apply(to: body)
        generator = styling.generator
        return body
    }

    private mutating func checkedAnswer(_ call: Call) throws(Problem) -> LazadaJSON {
        guard let facts = RouteFacts.table[call.path] else { throw Problem("InvalidApiPath", "The specified API path is invalid") }
        guard facts.takes(call.method) else { throw .invalid("http method") }
        try checkSignature(call)
        var call = call
        if !facts.isOpen { call.store = try authenticate(call) }
        if let index = refusals.firstIndex(where: { $0.path == nil || $0.path == call.path }) { throw refusals.remove(at: index).problem }
        try takeTurn(call, isInventory: facts.isInventory)
        return try perform(call)
    }

    /// lazada.md §2.4, over the pairs as received.
    private mutating func checkSignature(_ call: Call) throws(Problem) {
        for name in ["app_key", "timestamp", "sign_method", "sign"] { _ = try call.required(name) }
        guard call.text("app_key") == configuration.appKey, call.text("sign_method") == "sha256",
            LazadaSigning.accepts(call.text("sign") ?? "", secret: configuration.appSecret, path: call.path, pairs: call.pairs, rawBody: call.rawBody)
        else {
            count("refused signatures")
            throw .incompleteSignature
        }
        if call.pairs.contains(where: { $0.value.isEmpty }) { count("empty parameters") }
        let stamp = call.text("timestamp") ?? ""
        let sentAt = Int64(stamp).map { Date(timeIntervalSince1970: Double($0) / 1_000) } ?? LazadaTime.parse(stamp)
        guard let sentAt, abs(sentAt.timeIntervalSince(now)) <= Double(LazadaSigning.toleranceSeconds) else {
            count("refused timestamps")
            throw .illegalTimestamp
        }
    }

    private mutating func perform(_ call: Call) throws(Problem) -> LazadaJSON {
        switch call.path {
        case "/auth/token/create": try createToken(call)
        case "/auth/token/refresh": try refreshToken(call)
        case "/orders/get": try getOrders(call)
        case "/order/get": try getOrder(call)
        case "/order/items/get": try getItems(call)
        case "/orders/items/get": try getItemsOfOrders(call)
        case "/order/shipment/providers/get": try getProviders(call)
        case "/order/fulfill/pack": try pack(call)
        case "/order/package/document/get": try getDocument(call)
        case "/order/package/rts": try makeReadyToShip(call)
        case "/order/package/repack": try repack(call)
        case "/order/package/sof/delivered": try setSellerDelivery(call, to: ItemStatus.delivered)
        case "/order/package/sof/failed_delivery": try setSellerDelivery(call, to: ItemStatus.failed)
        case "/order/package/sof/status/update": try setSellerDelivery(call, to: ItemStatus.shipped)
        case "/order/digital/delivered": try setDigitalDelivered(call)
        case "/order/reverse/cancel/validate": try validateCancel(call)
        case "/order/reverse/cancel/create": try createCancel(call)
        case "/order/reverse/cancel/seller/decide": try decideCancel(call)
        case "/order/reverse/return/detail/list": try getReturn(call)
        case "/reverse/getreverseordersforseller": try getReturns(call)
        case "/order/reverse/return/update": try updateReturn(call)
        case "/order/reverse/onlyrefund/seller/decide": try decideRefund(call)
        case "/logistic/order/trace": try trace(call)
        case "/products/get": try getProducts(call)
        case "/product/item/get": try getProduct(call)
        case "/product/price_quantity/update": try updateSkus(call, .total)
        case "/product/stock/sellable/update": try updateSkus(call, .sellable)
        case "/product/stock/sellable/adjust": try updateSkus(call, .delta)
        default: throw Problem("InvalidApiPath", "The specified API path is invalid")
        }
    }
}
