import Connect
import Domain
import Foundation
import Testing

@testable import LazadaConnector

/// Every vector of platforms/lazada.md §2.4 and §3.3, and the form of a call.
@Suite struct SigningTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var number: String, path: String, parameters: [String: String], sign: String
        var testDescription: String { number }
    }

    static let signing = LazadaSigning(app: AppKeys(key: "123456", secret: "helloworld"))
    static let packRequest = #"{"pack_order_list":[{"order_id":700000000000001,"order_item_list":[700000000000001]}],"delivery_type":"dropship","shipping_allocate_type":"TFS"}"#
    static let priceRequest = "<Request><Product><Skus><Sku><ItemId>3300000001</ItemId><SkuId>13300000001</SkuId><SellerSku>เสื้อ-M</SellerSku><Price>199.00</Price><Quantity>12</Quantity></Sku></Skus></Product></Request>"
    static let later = ["access_token": "test", "timestamp": "1761021600000"]

    static let vectors = [
        Vector(number: "1", path: "/order/get", parameters: ["access_token": "test", "timestamp": "1517820392000", "order_id": "1234"],
               sign: "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A"),
        Vector(number: "2", path: "/auth/token/create", parameters: ["timestamp": "1761021600000", "code": "0_123456_AbCdEfGh0001"],
               sign: "56F58C479C5D544C5398E5B9EFEDDD76937BB03F30432565AFE7DDAC1829B65D"),
        Vector(number: "3", path: "/auth/token/create", parameters: ["timestamp": "1761021600000", "code": "0_123456_AbCdEfGh0001", "partner_id": "lazop-sdk-python-20181207"],
               sign: "C87F123453826683E0E66D9F0F9C29A44B32EE519461DCC52EBF7C91F094D62C"),
        Vector(number: "4", path: "/orders/get", parameters: later.merging(["created_after": "2025-10-01T00:00:00+07:00", "limit": "100", "offset": "0", "sort_direction": "ASC"]) { $1 },
               sign: "4E45E03CCC41525DD37254EBE6AEAB282DE8B808F0309EE52CAEAF6DDA0D8DE5"),
        Vector(number: "5", path: "/order/fulfill/pack", parameters: later.merging(["packReq": packRequest]) { $1 }, sign: "D60C30A92EE1A890C05D128465B1A20DDF120A1A6F19BEAE0485006F21429AD9"),
        Vector(number: "6", path: "/product/price_quantity/update", parameters: later.merging(["payload": priceRequest]) { $1 },
               sign: "1431100739CD757295911B89490C123B1B43A915C86F83C96AD56D8BA53063A8"),
        Vector(number: "7", path: "/x", parameters: later.merging(["Zeta": "1", "alpha": "2"]) { $1 }, sign: "050DCCD94F2693545A476FC82279D46372D2410C4D42B35F9940C98483191AFC"),
    ]

    private static func whole(_ vector: Vector) -> [String: String] { vector.parameters.merging(["app_key": "123456", "sign_method": "sha256"]) { $1 } }

    @Test(arguments: vectors) func `a call is signed as the official SDK signs it`(_ vector: Vector) {
        #expect(Self.signing.sign(path: vector.path, Self.whole(vector)) == vector.sign)
    }

    @Test(arguments: vectors) func `another value, path or secret makes another signature`(_ vector: Vector) {
        var parameters = Self.whole(vector)
        parameters["timestamp"] = "1761021600001"
        #expect(Self.signing.sign(path: vector.path, parameters) != vector.sign)
        #expect(Self.signing.sign(path: vector.path + "/", Self.whole(vector)) != vector.sign)
        #expect(LazadaSigning(app: AppKeys(key: "123456", secret: "helloworle")).sign(path: vector.path, Self.whole(vector)) != vector.sign)
    }

    @Test func `the texts to sign are those of the dossier`() {
        #expect(LazadaSigning.textToSign(path: "/orders/get", Self.whole(Self.vectors[3]))
            == "/orders/getaccess_tokentestapp_key123456created_after2025-10-01T00:00:00+07:00limit100offset0sign_methodsha256sort_directionASCtimestamp1761021600000")
        #expect(LazadaSigning.textToSign(path: "/x", Self.whole(Self.vectors[6])) == "/xZeta1access_tokentestalpha2app_key123456sign_methodsha256timestamp1761021600000")
    }

    @Test func `a GET carries everything in its query, encoded, and nothing that is empty`() {
        let call = APICall.get("/orders/get", ["update_after": "2025-10-21T10:00:00+07:00", "status": ""])
        let request = LazadaAPI.request(call, at: "https://api.lazada.co.th/rest", token: "test", signing: Self.signing, timestamp: Timestamp(milliseconds: 1_761_021_600_000))
        let sign = Self.signing.sign(path: "/orders/get", Self.later.merging(["app_key": "123456", "sign_method": "sha256", "update_after": "2025-10-21T10:00:00+07:00"]) { $1 })
        #expect(request.url == "https://api.lazada.co.th/rest/orders/get?access_token=test&app_key=123456&sign=\(sign)&sign_method=sha256&timestamp=1761021600000&update_after=2025-10-21T10%3A00%3A00%2B07%3A00")
        #expect(request.body.isEmpty)
    }

    @Test func `a POST carries everything in its form, signed before it is encoded`() {
        let call = APICall.post("/order/fulfill/pack", ["packReq": Self.packRequest])
        let request = LazadaAPI.request(call, at: "https://api.lazada.co.th/rest", token: "test", signing: Self.signing, timestamp: Timestamp(milliseconds: 1_761_021_600_000))
        #expect(request.url == "https://api.lazada.co.th/rest/order/fulfill/pack")
        let text = String(decoding: request.body, as: UTF8.self)
        #expect(text.contains("&sign=D60C30A92EE1A890C05D128465B1A20DDF120A1A6F19BEAE0485006F21429AD9&"))
        #expect(text.contains("packReq=%7B%22pack_order_list%22%3A%5B%7B%22order_id%22%3A700000000000001"))
    }

    @Test func `the pack text is the one of the vector`() {
        let call = PackageRequests.pack(order: "700000000000001", items: ["700000000000001"], allocation: "TFS", provider: nil)
        #expect(call.parameters == ["packReq": Self.packRequest])
        #expect(PackageRequests.pack(order: "1", items: ["2", "3"], allocation: "NTFS", provider: "LGS").parameters["packReq"]
            == #"{"pack_order_list":[{"order_id":1,"order_item_list":[2,3]}],"delivery_type":"dropship","shipment_provider_code":"LGS","shipping_allocate_type":"NTFS"}"#)
        #expect(PackageRequests.providers(order: "1", items: ["2"]).parameters["getShipmentProvidersReq"] == #"{"orders":[{"order_id":1,"order_item_ids":[2]}]}"#)
        #expect(PackageRequests.readyToShip(["FP1", "FP2"]).parameters["readyToShipReq"] == #"{"packages":[{"package_id":"FP1"},{"package_id":"FP2"}]}"#)
        #expect(PackageRequests.document("FP1").parameters["getDocumentReq"] == #"{"doc_type":"PDF","packages":[{"package_id":"FP1"}],"print_item_list":false}"#)
    }

    // MARK: pushes

    static let push = #"{"seller_id":"100190009","message_type":0,"data":{"order_status":"ready_to_ship","trade_order_id":"700000000000001","trade_order_line_id":"700000000000002","status_update_time":1761021605},"timestamp":1761021605912,"site":"lazada_th"}"#
    static let pushSignature = "6d75ba7fad3b17a7191944d1c7f3648f72370e875670824c97edc75fad0ece75"

    @Test func `a push is genuine by the app key and its raw body, in either case of hex`() {
        #expect(Self.push.utf8.count == 234)
        #expect(Self.signing.isGenuine(Self.pushSignature, body: Array(Self.push.utf8)))
        #expect(Self.signing.isGenuine(Self.pushSignature.uppercased(), body: Array(Self.push.utf8)))
    }

    @Test(arguments: [
        "19b2b0ed2fe6345e543f24fd43a750a49f8dba120075b8015031f622af2fbf74", "81ef4371207e2ad305a93785a8ffdf38188c48423272a51cf96caf1a68e7641d", "", "6d75", "zz75ba7fad3b17a7191944d1c7f3648f72370e875670824c97edc75fad0ece75",
        "7d75ba7fad3b17a7191944d1c7f3648f72370e875670824c97edc75fad0ece75", "6d75ba7fad3b17a7191944d1c7f3648f72370e875670824c97edc75fad0ece75 ",
    ]) func `a push under another signature is refused`(_ signature: String) {
        #expect(!Self.signing.isGenuine(signature, body: Array(Self.push.utf8)))
    }

    @Test func `a body that was printed again is another body`() {
        let printed = Self.push.replacing(":", with: ": ").replacing(",", with: ", ")
        #expect(!Self.signing.isGenuine(Self.pushSignature, body: Array(printed.utf8)))
    }
}
