import Connect
import Domain
import Foundation
import Synchronization
import Testing

@testable import LazadaConnector

/// A shop with one order whose units can be packed, said to be ready, delivered and cancelled, as platforms/lazada.md §6 says.
final class ActionShop: Sendable {
    struct Unit: Sendable {
        var id: String, status = "pending", package = "", warehouse = "a", isFBL = false, isDigital = false, isSellerDelivered = false, reverse = "", returnStatus = "", initiator = ""
    }
    struct State: Sendable {
        var units: [Unit]
        var needsAnswer = false, isPending = false
        var packages = 0
        /// Codes for units and packages that are refused, and whether they may be tried again.
        var refused: [String: (code: String, retry: Bool)] = [:]
        /// Paths whose next answer is lost after the work was done.
        var lost: Set<String> = []
        var allocation = "TFS", providers = #"[{"name":"LEX TH","provider_code":"LEX"}]"#
        var reasons = #"[{"reason_id":"10000021","reason_name":"Out of Stock"},{"reason_id":10000019,"reason_name":"Sourcing Delay"},{"reason_id":"10000023","reason_name":"Wrong Price or Pricing Error"}]"#
        var tip = "", waits = false
        var document = #"{"success":true,"data":{"file":"PGlmcmFtZT4=","doc_type":"PDF","pdf_url":"https://labels.example/FP1.pdf"}}"#
        var pdf = PlatformAnswer(status: 200, body: Array("%PDF-1.7 label".utf8))
    }
    let state: Mutex<State>
    init(_ units: [Unit]) { state = Mutex(State(units: units)) }
    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
    var statuses: [String] { state.withLock { $0.units.map(\.status) } }

    func answer(_ call: FakeLazada.Call) -> PlatformAnswer {
        state.withLock { state in
            let answer = Self.answer(call, &state)
            return state.lost.remove(call.path) == nil ? answer : FakeLazada.silent
        }
    }

    private static func answer(_ call: FakeLazada.Call, _ state: inout State) -> PlatformAnswer {
        let ids = { (name: String, key: String) in numbers(call.parameters[name] ?? "", after: key) }
        switch call.path {
        case "/order/get":
            guard !state.units.isEmpty else { return .failure("16", "E016: invalid order id") }
            return .data(#"{"order_id":700000000000001,"price":"\#(state.units.count * 10)","updated_at":"2025-10-21 11:40:05 +0700","need_cancel_confirm":\#(state.needsAnswer),"is_cancel_pending":\#(state.isPending)}"#)
        case "/order/items/get": return .data("[\(state.units.map(item).joined(separator: ","))]")
        case "/order/shipment/providers/get": return .result(#"{"success":true,"data":{"platform_default":1,"shipping_allocate_type":"\#(state.allocation)","shipment_providers":\#(state.providers)}}"#)
        case "/order/fulfill/pack": return pack(ids("packReq", "order_item_list"), &state)
        case "/order/package/rts": return move(ids("readyToShipReq", ""), from: ["packed"], to: "ready_to_ship", &state)
        case "/order/package/sof/delivered": return move(ids("dbsDeliveryReq", ""), from: ["ready_to_ship", "shipped"], to: "delivered", &state)
        case "/order/package/sof/failed_delivery": return move(ids("dbsFailedDeliveryReq", ""), from: ["ready_to_ship", "shipped"], to: "failed_delivery", &state)
        case "/order/reverse/cancel/validate": return .data(#"{"tip_content":"\#(state.tip)","tip_type":"warning","reason_options":\#(state.reasons)}"#)
        case "/order/reverse/cancel/create":
            let units = Set(ids("order_item_id_list", ""))
            for index in state.units.indices where units.contains(state.units[index].id) && !state.waits { state.units[index].status = "canceled" }
            return .data(#"{"tip_content":"done","tip_type":"success"}"#)
        case "/order/reverse/cancel/seller/decide":
            if let refused = state.refused[call.parameters["reverse_order_id"] ?? ""] { return .failure(refused.code) }
            return .json(#"{"code":"0","request_id":"r"}"#)
        case "/order/package/document/get": return .result(state.document)
        default: return call.url.hasPrefix("https://labels.example/") ? state.pdf : .failure("InvalidApiPath")
        }
    }

    private static func pack(_ units: [String], _ state: inout State) -> PlatformAnswer {
        state.packages += 1
        let number = "FP\(state.packages)"
        let elements = units.map { id -> String in
            if let refused = state.refused[id] { return #"{"order_item_id":\#(id),"item_err_code":"\#(refused.code)","msg":"refused","retry":\#(refused.retry)}"# }
            guard let index = state.units.firstIndex(where: { $0.id == id && ["pending", "repacked"].contains($0.status) }) else {
                return #"{"order_item_id":\#(id),"item_err_code":"700026","msg":"wrong state","retry":false}"#
            }
            state.units[index].status = "packed"
            state.units[index].package = number
            return #"{"order_item_id":\#(id),"item_err_code":"0","msg":"success","package_id":"\#(number)","tracking_number":"LEX\#(number)","retry":false}"#
        }
        return .result(#"{"success":true,"data":{"pack_order_list":[{"order_id":1,"order_item_list":[\#(elements.joined(separator: ","))]}]}}"#)
    }

    private static func move(_ packages: [String], from: Set<String>, to: String, _ state: inout State) -> PlatformAnswer {
        let elements = packages.map { number -> String in
            if let refused = state.refused[number] { return #"{"package_id":"\#(number)","item_err_code":"\#(refused.code)","msg":"refused","retry":"\#(refused.retry)"}"# }
            var isMoved = false
            for index in state.units.indices where state.units[index].package == number && from.contains(state.units[index].status) {
                state.units[index].status = to
                isMoved = true
            }
            return #"{"package_id":"\#(number)","item_err_code":"\#(isMoved ? "0" : "700031")","msg":"x","retry":false}"#
        }
        return .result(#"{"success":true,"data":{"packages":[\#(elements.joined(separator: ","))]}}"#)
    }

    private static func item(_ unit: Unit) -> String {
        #"""
        {"order_item_id":\#(unit.id),"sku":"A","name":"Bag","item_price":"10.00","paid_price":10,"status":"\#(unit.status)","package_id":"\#(unit.package)","tracking_code":"\#(unit.package.isEmpty ? "" : "LEX" + unit.package)",
         "shipment_provider":"\#(unit.package.isEmpty ? "" : "LEX TH")","warehouse_code":"\#(unit.warehouse)","is_fbl":\#(unit.isFBL),"is_digital":\#(unit.isDigital),"delivery_option_sof":"\#(unit.isSellerDelivered ? 1 : 0)",
         "reverse_order_id":"\#(unit.reverse)","return_status":"\#(unit.returnStatus)","cancel_return_initiator":"\#(unit.initiator)","payment_time":1761021600000,"updated_at":"2025-10-21 11:40:05 +0700"}
        """#
    }

    /// The quoted or bare numbers and package names after `key`.
    private static func numbers(_ text: String, after key: String) -> [String] {
        let tail = key.isEmpty ? text[...] : text.range(of: key).map { text[$0.upperBound...].prefix { $0 != "]" } } ?? ""
        return tail.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init).filter { $0.first?.isNumber ?? false || $0.hasPrefix("FP") }
    }
}

/// One test's shop, connector and order as the hub knows it.
struct ActionBench {
    let shop: ActionShop, lazada: FakeLazada, connector: LazadaConnector

    init(_ units: [ActionShop.Unit], _ settings: [String: String] = [:]) throws {
        let shop = ActionShop(units)
        self.shop = shop
        lazada = FakeLazada { shop.answer($0) }
        connector = try lazada.connector(settings)
    }

    func order() async throws -> OrderForAction {
        let order = try Sample.snapshot(of: try #require(try await connector.fetchOrder(Sample.externalID).body))
        return Sample.action(order)
    }

    var writes: [FakeLazada.Call] { lazada.calls.filter { $0.method == "POST" || $0.path.hasSuffix("/create") || $0.path.hasSuffix("/decide") } }
}
