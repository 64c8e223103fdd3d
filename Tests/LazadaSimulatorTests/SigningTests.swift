import Foundation
import SimulatorKit
import Testing
@testable import LazadaSimulator

/// lazada.md §2.4 and §3.3.
struct SigningTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var number: Int
        var path: String
        var parameters: [String: String]
        var sign: String
        var testDescription: String { "vector \(number)" }
    }

    static let packRequest =
        #"{"pack_order_list":[{"order_id":700000000000001,"order_item_list":[700000000000001]}],"delivery_type":"dropship","shipping_allocate_type":"TFS"}"#
    static let priceRequest = "<Request><Product><Skus><Sku><ItemId>3300000001</ItemId><SkuId>13300000001</SkuId><SellerSku>เสื้อ-M</SellerSku>"
        + "<Price>199.00</Price><Quantity>12</Quantity></Sku></Skus></Product></Request>"

    static let vectors = [
        Vector(number: 1, path: "/order/get", parameters: ["access_token": "test", "timestamp": "1517820392000", "order_id": "1234"],
               sign: "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A"),
        Vector(number: 2, path: "/auth/token/create", parameters: ["timestamp": "1761021600000", "code": "0_123456_AbCdEfGh0001"],
               sign: "56F58C479C5D544C5398E5B9EFEDDD76937BB03F30432565AFE7DDAC1829B65D"),
        Vector(number: 3, path: "/auth/token/create",
               parameters: ["timestamp": "1761021600000", "code": "0_123456_AbCdEfGh0001", "partner_id": "lazop-sdk-python-20181207"],
               sign: "C87F123453826683E0E66D9F0F9C29A44B32EE519461DCC52EBF7C91F094D62C"),
        Vector(number: 4, path: "/orders/get",
               parameters: ["access_token": "test", "timestamp": "1761021600000", "created_after": "2025-10-01T00:00:00+07:00", "limit": "100", "offset": "0",
                            "sort_direction": "ASC"],
               sign: "4E45E03CCC41525DD37254EBE6AEAB282DE8B808F0309EE52CAEAF6DDA0D8DE5"),
        Vector(number: 5, path: "/order/fulfill/pack", parameters: ["access_token": "test", "timestamp": "1761021600000", "packReq": packRequest],
               sign: "D60C30A92EE1A890C05D128465B1A20DDF120A1A6F19BEAE0485006F21429AD9"),
        Vector(number: 6, path: "/product/price_quantity/update", parameters: ["access_token": "test", "timestamp": "1761021600000", "payload": priceRequest],
               sign: "1431100739CD757295911B89490C123B1B43A915C86F83C96AD56D8BA53063A8"),
        Vector(number: 7, path: "/x", parameters: ["access_token": "test", "timestamp": "1761021600000", "Zeta": "1", "alpha": "2"],
               sign: "050DCCD94F2693545A476FC82279D46372D2410C4D42B35F9940C98483191AFC"),
    ]

    private func pairs(_ vector: Vector) -> [(name: String, value: String)] {
        (vector.parameters.map { (name: $0.key, value: $0.value) } + [("app_key", "123456"), ("sign_method", "sha256")]).shuffled()
    }

    @Test(arguments: vectors) func `every vector is accepted in any order of its parameters`(vector: Vector) {
        #expect(LazadaSigning.requestSign(secret: "helloworld", path: vector.path, pairs: pairs(vector)) == vector.sign)
        #expect(LazadaSigning.accepts(vector.sign, secret: "helloworld", path: vector.path, pairs: pairs(vector)))
    }

    @Test(arguments: vectors) func `another secret, path, value or case is refused`(vector: Vector) {
        #expect(!LazadaSigning.accepts(vector.sign, secret: "helloworlD", path: vector.path, pairs: pairs(vector)))
        #expect(!LazadaSigning.accepts(vector.sign, secret: "helloworld", path: "/rest" + vector.path, pairs: pairs(vector)))
        #expect(!LazadaSigning.accepts(vector.sign, secret: "helloworld", path: vector.path, pairs: pairs(vector) + [("more", "1")]))
        #expect(!LazadaSigning.accepts(vector.sign.lowercased(), secret: "helloworld", path: vector.path, pairs: pairs(vector)))
    }

    @Test func `the text to sign is sorted by bytes`() {
        #expect(LazadaSigning.textToSign(path: "/orders/get", pairs: pairs(Self.vectors[3]))
            == "/orders/getaccess_tokentestapp_key123456created_after2025-10-01T00:00:00+07:00limit100offset0sign_methodsha256sort_directionASCtimestamp1761021600000")
        #expect(LazadaSigning.textToSign(path: "/x", pairs: pairs(Self.vectors[6])) == "/xZeta1access_tokentestalpha2app_key123456sign_methodsha256timestamp1761021600000")
    }

    @Test func `empty values pass with and without their names`() {
        let pairs = [(name: "a", value: ""), (name: "b", value: "1")]
        for skips in [false, true] {
            let sign = LazadaSigning.requestSign(secret: "s", path: "/x", pairs: pairs, skippingEmpty: skips)
            #expect(LazadaSigning.accepts(sign, secret: "s", path: "/x", pairs: pairs))
        }
    }

    static let pushBody = #"{"seller_id":"100190009","message_type":0,"data":{"order_status":"ready_to_ship","trade_order_id":"700000000000001","#
        + #""trade_order_line_id":"700000000000002","status_update_time":1761021605},"timestamp":1761021605912,"site":"lazada_th"}"#

    @Test func `the push vector is reproduced, and the two rejected ones are not it`() {
        func sign(_ body: String, key: String = "123456") -> String { LazadaSigning.pushSignature(appKey: key, secret: "helloworld", body: Data(body.utf8)) }
        #expect(Self.pushBody.utf8.count == 234)
        #expect(sign(Self.pushBody) == "6d75ba7fad3b17a7191944d1c7f3648f72370e875670824c97edc75fad0ece75")
        #expect(sign("|" + Self.pushBody) == "81ef4371207e2ad305a93785a8ffdf38188c48423272a51cf96caf1a68e7641d")
        let spaced = Self.pushBody.replacing("\":", with: "\": ").replacing(",\"", with: ", \"")
        #expect(sign(spaced) == "19b2b0ed2fe6345e543f24fd43a750a49f8dba120075b8015031f622af2fbf74")
    }

    // MARK: Over the wire

    @Test func `query and form are both taken, and parameters may stand in either`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday)
            #expect(try await caller.order(order).code == "0")
            let package = try await caller.pack(order)
            #expect(package.first?.code == "0")
            let path = "/order/package/rts", wish = #"{"packages":[{"package_id":"\#(package.first?.text("package_id") ?? "")"}]}"#
            let pairs = caller.pairs(path, ["readyToShipReq": wish])
            let (form, query) = (pairs.filter { $0.name == "readyToShipReq" }, pairs.filter { $0.name != "readyToShipReq" })
            let answer = try await PlainHTTP.send(
                "POST", "\(simulator.apiURL)\(path)?\(LazadaCaller.encoded(query))", headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Data(LazadaCaller.encoded(form).utf8))
            #expect(LazadaJSON(parsing: answer.text)?["result"]?["data"]?["packages"]?.items?.first?.code == "0")
        }
    }

    @Test(arguments: [(7_200_000, "0"), (-7_200_000, "0"), (7_201_000, "IllegalTimestamp"), (-7_201_000, "IllegalTimestamp")])
    func `a clock may be two hours off`(skew: Int64, code: String) async throws {
        try await withLazada { (simulator, caller) async throws in
            var caller = caller
            caller.skewMilliseconds = skew
            #expect(try await caller.order(simulator.placeOrder(kind: .everyday)).code == code)
        }
    }

    @Test func `an ISO timestamp is taken too`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday)
            var pairs = caller.pairs("/order/get", ["order_id": caller.orderID(order)]).filter { !["sign", "timestamp"].contains($0.name) }
            pairs.append(("timestamp", "2025-10-21T04:40:00Z"))
            pairs.append(("sign", LazadaSigning.requestSign(secret: "helloworld", path: "/order/get", pairs: pairs)))
            let answer = try await PlainHTTP.send("GET", "\(simulator.apiURL)/order/get?\(LazadaCaller.encoded(pairs))")
            #expect(LazadaJSON(parsing: answer.text)?.code == "0")
        }
    }

    @Test func `a wrong secret, an unknown app and a changed parameter are incomplete signatures`() async throws {
        try await withLazada { (simulator, caller) async throws in
            var other = caller
            other.secret = "hello"
            #expect(try await other.get("/orders/get", [:]).code == "IncompleteSignature")
            other = caller
            other.appKey = "654321"
            #expect(try await other.get("/orders/get", [:]).code == "IncompleteSignature")
            let pairs = caller.pairs("/order/get", ["order_id": "1"]).map { $0.name == "order_id" ? (name: $0.name, value: "2") : $0 }
            let answer = try await PlainHTTP.send("GET", "\(simulator.apiURL)/order/get?\(LazadaCaller.encoded(pairs))")
            #expect(LazadaJSON(parsing: answer.text)?.code == "IncompleteSignature")
            #expect(simulator.count("refused signatures") == 3)
        }
    }

    @Test(arguments: ["app_key", "timestamp", "sign_method", "sign", "access_token"])
    func `a missing system parameter is named`(name: String) async throws {
        try await withLazada { (simulator, caller) async throws in
            var pairs = caller.pairs("/orders/get", [:]).filter { $0.name != name && $0.name != "sign" }
            if name != "sign" { pairs.append(("sign", LazadaSigning.requestSign(secret: "helloworld", path: "/orders/get", pairs: pairs))) }
            let answer = try #require(LazadaJSON(parsing: try await PlainHTTP.send("GET", "\(simulator.apiURL)/orders/get?\(LazadaCaller.encoded(pairs))").text))
            #expect(answer.code == "MissingParameter")
            #expect(answer.text("message")?.contains(name) == true)
            #expect(answer.text("type") == "ISV")
        }
    }
}
