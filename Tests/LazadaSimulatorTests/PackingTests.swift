import Foundation
import SimulatorKit
import Testing
@testable import LazadaSimulator

/// Packing, ready-to-ship, repacking (lazada.md §6 nos. 1 to 6).
struct PackingTests {
    @Test func `the provider call gives the local allocate type`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday)
            let answer = try await caller.get("/order/shipment/providers/get", [
                "getShipmentProvidersReq": #"{"orders":[{"order_id":\#(caller.orderID(order)),"order_item_ids":[\#(simulator.itemIDs(order)[0])]}]}"#,
            ])
            #expect(answer["result"]?["data"]?["shipping_allocate_type"] == "TFS")
            #expect(answer["result"]?["data"]?["platform_default"] == 1)
            #expect(answer["result"]?["data"]?["shipment_providers"]?.items?.count == 1)
            #expect(try await caller.get("/order/shipment/providers/get", ["getShipmentProvidersReq": "{'orders':[]}"]).code == "InvalidParameter")
        }
    }

    @Test func `packing gives every item its number, and the listed ones only`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), items = simulator.itemIDs(order)
            let elements = try await caller.pack(order, items: [items[0]])
            #expect(elements.count == 1)
            #expect(elements[0].code == "0" && elements[0]["msg"] == "success" && elements[0]["retry"] == false)
            #expect(elements[0]["shipment_provider"] == "LEX TH")
            #expect(elements[0].text("tracking_number")?.hasPrefix("LEXDO") == true)
            #expect(elements[0].text("package_id")?.hasPrefix("FP") == true)
            #expect(simulator.itemStatuses(order) == ["packed", "pending"])
            let shown = try await caller.items(order)
            #expect(shown[0]["tracking_code"] == elements[0]["tracking_number"] && shown[0]["package_id"] == elements[0]["package_id"])
            #expect(shown[1]["package_id"] == "")
            #expect(simulator.packings() == ["th:100190009:\(items[0])": 1])
        }
    }

    @Test func `what is packed is not packed again, and the refusal is counted`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), items = simulator.itemIDs(order)
            _ = try await caller.pack(order, items: [items[0]])
            let again = try await caller.pack(order)
            #expect(again.map(\.code) == ["700026", "0"])
            #expect(simulator.packings().values.max() == 1)
            #expect(simulator.refusedPackings() == ["th:100190009:\(items[0])": 1])
        }
    }

    @Test(arguments: [(LazadaOrderKind.digital, "700030"), (.fulfilledByLazada, "700027"), (.twoWarehouses, "700029"), (.unpaid, "700026")])
    func `what the seller may not pack has its code`(kind: LazadaOrderKind, code: String) async throws {
        try await withLazada { (simulator, caller) async throws in
            let elements = try await caller.pack(simulator.placeOrder(kind: kind))
            #expect(!elements.isEmpty && elements.allSatisfy { $0.code == code && $0["retry"] == false })
            #expect(simulator.packings().isEmpty)
        }
    }

    @Test func `of a mixed order the everyday item alone is packed`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .mixed)
            let elements = try await caller.pack(order)
            #expect(Set(elements.compactMap(\.code)) == ["0", "700030", "700027"])
            #expect(simulator.itemStatuses(order) == ["packed", "pending", "pending"])
        }
    }

    @Test func `unknown orders and items are told one by one`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday)
            #expect(try await caller.pack("th:100190009:12", items: [1, 2]).map(\.code) == ["700021", "700021"])
            #expect(try await caller.pack(order, items: [1, simulator.itemIDs(order)[0]]).map(\.code) == ["700025", "0"])
        }
    }

    @Test func `a lock fails some items and a retry packs them`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits)
            simulator.failPacking([LazadaPackFault(code: "700024")])
            let first = try await caller.pack(order)
            #expect(first.map(\.code) == ["700024", "0"])
            #expect(first[0]["retry"] == true)
            #expect(simulator.itemStatuses(order) == ["pending", "packed"])
            #expect(try await caller.pack(order, items: [simulator.itemIDs(order)[0]]).map(\.code) == ["0"])
        }
    }

    @Test(arguments: [("6", true), ("40011", true), ("700024", true), ("1003", true), ("700031", false), ("700016", false), ("700013", false)])
    func `the codes say themselves whether to repeat`(code: String, retry: Bool) async throws {
        try await withLazada { (simulator, caller) async throws in
            simulator.failPacking([LazadaPackFault(code: code)])
            let element = try #require(try await caller.pack(simulator.placeOrder(kind: .digital)).first)
            #expect(element.code == "700030")
            let order = simulator.placeOrder(kind: .twoUnits)
            #expect(try await caller.pack(order).first.map { [$0["item_err_code"], $0["retry"]] } == [.string(code), .bool(retry)])
        }
    }

    @Test func `a badly written request is refused as a whole`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday), id = caller.orderID(order), item = simulator.itemIDs(order)[0]
            func pack(_ list: String, _ rest: String) async throws -> String? {
                let answer = try await caller.post("/order/fulfill/pack", ["packReq": "{\"pack_order_list\":\(list)\(rest)}"])
                #expect(answer.code == "0" && answer["result"]?["success"] == false)
                return answer.resultCode
            }
            let one = #"{"order_id":\#(id),"order_item_list":[\#(item)]}"#, local = #","delivery_type":"dropship","shipping_allocate_type":"TFS""#
            #expect(try await pack("[]", local) == "700004")
            #expect(try await pack("[\(one)]", #","delivery_type":"pickup","shipping_allocate_type":"TFS""#) == "700017")
            #expect(try await pack("[\(one)]", #","delivery_type":"dropship","shipping_allocate_type":"NTFS","shipment_provider_code":"X""#) == "700018")
            #expect(try await pack("[\(one)]", local + #","shipment_provider_code":"X""#) == "700019")
            #expect(try await pack("[" + Array(repeating: one, count: 21).joined(separator: ",") + "]", local) == "700022")
            #expect(try await caller.post("/order/fulfill/pack", ["packReq": "{'pack_order_list': []}"]).code == "InvalidParameter")
            #expect(try await caller.get("/order/fulfill/pack", ["packReq": "{}"]).code == "InvalidParameter")
            #expect(simulator.packings().isEmpty)
        }
    }

    @Test func `a cross-border shop names a provider`() async throws {
        try await withLazada { $0.sellers = [LazadaSeller(isCrossBorder: true)] } _: { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday), ids = simulator.itemIDs(order).map { "\($0)" }.joined(separator: ",")
            let list = #"{"pack_order_list":[{"order_id":\#(caller.orderID(order)),"order_item_list":[\#(ids)]}],"delivery_type":"dropship","shipping_allocate_type":"NTFS""#
            #expect(try await caller.post("/order/fulfill/pack", ["packReq": list + "}"]).resultCode == "700019")
            let answer = try await caller.post("/order/fulfill/pack", ["packReq": list + #","shipment_provider_code":"LEX_TH"}"#])
            #expect(answer["result"]?["data"]?["pack_order_list"]?.items?.first?["order_item_list"]?.items?.allSatisfy { $0.code == "0" } == true)
        }
    }

    // MARK: Ready to ship, repack

    @Test func `ready-to-ship is for packed packages and happens once`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), package = try await caller.ship(order)
            #expect(simulator.itemStatuses(order) == ["ready_to_ship", "ready_to_ship"])
            let again = try await caller.packages("/order/package/rts", "readyToShipReq", [package, "FP12"])
            #expect(again.map(\.code) == ["700031", "700032"])
            #expect(simulator.readyToShips() == [package: 1])
            #expect(simulator.refusedReadyToShips() == [package: 1])
        }
    }

    @Test func `a cancelled package is 600002 and a batch has twenty`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), package = try #require(try await caller.pack(order).first?.text("package_id"))
            _ = try await caller.get("/order/reverse/cancel/create", [
                "order_id": caller.orderID(order), "order_item_id_list": "[\(simulator.itemIDs(order)[0])]", "reason_id": "10021",
            ])
            #expect(try await caller.packages("/order/package/rts", "readyToShipReq", [package]).map(\.code) == ["600002"])
            let many = try await caller.packages("/order/package/rts", "readyToShipReq", Array(repeating: package, count: 21))
            #expect(many.first?.resultCode == "700022")
        }
    }

    @Test func `repacking frees the items, and the next package has another id`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), package = try await caller.ship(order)
            #expect(try await caller.packages("/order/package/repack", "rePackReq", [package]).map(\.code) == ["0"])
            #expect(simulator.itemStatuses(order) == ["repacked", "repacked"])
            #expect(try await caller.items(order).allSatisfy { $0["package_id"] == "" && $0["tracking_code"] == "" })
            #expect(try await caller.packages("/order/package/repack", "rePackReq", [package]).map(\.code) == ["700031"])
            let next = try await caller.ship(order)
            #expect(next != package)
            #expect(simulator.packages(of: order).sorted() == [package, next].sorted())
        }
    }

    // MARK: Seller's own fleet, digital

    @Test func `seller-delivered parcels are delivered by call alone`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .sellerDelivered), package = try await caller.ship(order)
            #expect(try await caller.items(order).allSatisfy { $0["tracking_code"] == "" })
            #expect(simulator.advance(package) == nil)
            #expect(try await caller.packages("/order/package/sof/status/update", "dbsReq", [package]).map(\.code) == ["0"])
            #expect(Set(simulator.itemStatuses(order)) == ["shipped"])
            #expect(try await caller.packages("/order/package/sof/failed_delivery", "dbsReq", [package]).map(\.code) == ["0"])
            #expect(Set(simulator.itemStatuses(order)) == ["failed"])
            #expect(try await caller.packages("/order/package/sof/delivered", "dbsReq", [package]).map(\.code) == ["0"])
            #expect(Set(simulator.itemStatuses(order)) == ["delivered"])
            let other = try await caller.ship(simulator.placeOrder(kind: .everyday))
            #expect(try await caller.packages("/order/package/sof/delivered", "dbsReq", [other]).map(\.code) == ["700033"])
        }
    }

    @Test func `digital orders are delivered without a parcel`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .digital), wish = #"{"orders":[{"order_id":\#(caller.orderID(order))}]}"#
            for code in ["0", "700026"] {
                let answer = try await caller.post("/order/digital/delivered", ["digitalReq": wish])
                #expect(answer["result"]?["data"]?["orders"]?.items?.map(\.code) == [code])
            }
            #expect(simulator.itemStatuses(order) == ["delivered"])
        }
    }

    // MARK: Labels

    private func label(_ caller: LazadaCaller, _ packages: [String], type: String = "PDF") async throws -> LazadaJSON {
        let list = packages.map { #"{"package_id":"\#($0)"}"# }.joined(separator: ",")
        return try await caller.get("/order/package/document/get", ["getDocumentReq": #"{"doc_type":"\#(type)","packages":[\#(list)],"print_item_list":false}"#])
    }

    @Test func `the label is HTML in base64 around a link to a PDF with every tracking number`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let orders = [simulator.placeOrder(kind: .everyday), simulator.placeOrder(kind: .twoUnits)]
            var packages: [String] = []
            for order in orders { packages.append(try await caller.ship(order)) }
            let data = try #require(try await label(caller, packages)["result"]?["data"])
            let url = try #require(data.text("pdf_url")), file = try #require(Data(base64Encoded: data.text("file") ?? ""))
            #expect(data["doc_type"] == "PDF")
            #expect(String(decoding: file, as: UTF8.self).contains("<iframe src=\"\(url)\""))
            let pdf = try await PlainHTTP.send("GET", url)
            #expect(pdf.status == 200 && pdf.headers["content-type"] == "application/pdf" && pdf.text.hasPrefix("%PDF-1.4"))
            for state in simulator.orderStates() { #expect(pdf.text.contains(try #require(state.trackingNumbers.first))) }
            #expect(simulator.labels() == [packages[0]: 1, packages[1]: 1])
            simulator.advanceClock(bySeconds: 599)
            #expect(try await PlainHTTP.send("GET", url).status == 200)
            simulator.advanceClock(bySeconds: 1)
            #expect(try await PlainHTTP.send("GET", url).status == 403)
        }
    }

    @Test func `a label is for packed packages`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday), package = try #require(try await caller.pack(order).first?.text("package_id"))
            #expect(try await label(caller, [package])["result"]?["success"] == true)
            #expect(try await label(caller, [package], type: "HTML")["result"]?["data"]?["pdf_url"] == nil)
            #expect(try await label(caller, [package], type: "ZPL").resultCode == "700004")
            #expect(try await label(caller, ["FP12"]).resultCode == "700032")
            _ = try await caller.packages("/order/package/repack", "rePackReq", [package])
            #expect(try await label(caller, [package]).resultCode == "700031")
        }
    }

    @Test(arguments: LazadaLabelFault.allCases) func `labels fail in every way, and then work`(fault: LazadaLabelFault) async throws {
        try await withLazada { (simulator, caller) async throws in
            let package = try await caller.ship(simulator.placeOrder(kind: .everyday))
            simulator.failLabels([fault])
            let answer = try await label(caller, [package]), data = answer["result"]?["data"]
            switch fault {
            case .notReady: #expect(answer.resultCode == "6")
            case .missingURL: #expect(data?["pdf_url"] == nil && data?["file"] != "")
            case .emptyFile: #expect(data?["file"] == "")
            case .brokenBase64: #expect(Data(base64Encoded: data?.text("file") ?? "") == nil)
            case .deadURL: #expect(try await PlainHTTP.send("GET", data?.text("pdf_url") ?? "").status == 403)
            case .htmlInsteadOfPDF: #expect(try await PlainHTTP.send("GET", data?.text("pdf_url") ?? "").headers["content-type"] == "text/html")
            }
            let good = try #require(try await label(caller, [package])["result"]?["data"]?.text("pdf_url"))
            #expect(try await PlainHTTP.send("GET", good).text.hasPrefix("%PDF"))
        }
    }
}
