import CourierSimulator
import Foundation
import SimulatorKit

/// A caller of the courier's API that signs by the contract's text, for looking at the simulator alone.
struct SimulatorCourierCaller {
    let simulator: CourierSimulator
    var keyID = "ck_test_crossdock"
    var secret = "cs_test_9b2e7c64d0a84f35"
    /// Seconds this caller's clock is wrong.
    var skewSeconds = 0

    init(_ simulator: CourierSimulator) { self.simulator = simulator }

    func call(_ method: String, _ target: String, body: String? = nil, key: String? = nil) async throws -> PlainAnswer {
        let bytes = Data((body ?? "").utf8)
        let timestamp = "\(Int(Date().timeIntervalSince1970) + skewSeconds)"
        var headers: [(name: String, value: String)] = [
            ("X-Courier-Key", keyID), ("X-Courier-Timestamp", timestamp),
            ("X-Courier-Signature", CourierSigning.requestSignature(secret: secret, timestamp: timestamp, method: method, target: target, body: bytes)),
        ]
        if body != nil { headers.append(("Content-Type", "application/json")) }
        if let key { headers.append(("Idempotency-Key", key)) }
        return try await PlainHTTP.send(method, simulator.baseURL + target, headers: headers, body: body == nil ? nil : bytes)
    }

    @discardableResult
    func book(_ reference: String, postcode: String = "50220", cod: Int? = nil, parcels: Int = 1, key: String? = nil) async throws -> PlainAnswer {
        try await call("POST", "/v1/orders", body: Self.body(reference, postcode: postcode, cod: cod, parcels: parcels), key: key ?? "key-\(reference)")
    }

    /// The contract's example (generic-courier.md §4) with other values.
    static func body(_ reference: String, postcode: String = "50220", cod: Int? = nil, parcels: Int = 1) -> String {
        let parcel = (1...parcels).map { #"{"ref":"\#($0)","weightGrams":850,"contents":"เสื้อผ้า"}"# }.joined(separator: ",")
        return ##"{"externalRef":"\##(reference)","service":"standard","sender":{"name":"ร้านตัวอย่าง","phone":"021234567","line1":"99/1 ซอยรามคำแหง 24","##
            + ##""subdistrict":"หัวหมาก","district":"บางกะปิ","province":"กรุงเทพมหานคร","postcode":"10240","countryCode":"TH"},"##
            + ##""recipient":{"name":"คุณตัวอย่าง","phone":"0812345678","line1":"123/45 หมู่ 6","subdistrict":"ป่าเมี่ยง","district":"ดอยสะเก็ด","##
            + ##""province":"เชียงใหม่","postcode":"\##(postcode)","countryCode":"TH"},"parcels":[\##(parcel)],"##
            + ##""cod":\##(cod.map { #"{"amount":\#($0),"currency":"THB"}"# } ?? "null"),"note":"โทรก่อนส่ง กำ้ำ 🎁"}"##
    }
}

extension PlainAnswer {
    var errorCode: String? { (json["error"] as? [String: Any])?["code"] as? String }
    var errorField: String? { (json["error"] as? [String: Any])?["field"] as? String }
    var errorOrderID: String? { (json["error"] as? [String: Any])?["orderId"] as? String }
    var orderID: String { json["orderId"] as? String ?? "" }
}

/// Runs a simulator for one test and stops it afterwards, whatever happened.
func withCourier(
    _ change: (inout CourierConfiguration) -> Void = { _ in }, _ body: (CourierSimulator, SimulatorCourierCaller) async throws -> Void
) async throws {
    var configuration = CourierConfiguration()
    configuration.requestsPerSecond = 1_000
    change(&configuration)
    let simulator = try await CourierSimulator.start(configuration)
    do {
        try await body(simulator, SimulatorCourierCaller(simulator))
        await simulator.stop()
    } catch {
        await simulator.stop()
        throw error
    }
}
