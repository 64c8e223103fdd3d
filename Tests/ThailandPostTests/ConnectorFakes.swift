import Connect
import Domain
import Foundation
import HTTPTypes
import Logging
import Synchronization
@testable import ThailandPostConnector

/// Thailand Post in a closure, with a memory of what it was asked and with tokens that a hub would lend.
final class FakePost: Sendable {
    private let asked = Mutex<[PlatformRequest]>([])
    private let lent = Mutex<[String]>([])
    private let time = Mutex(PostBench.now)
    private let answer: @Sendable (PlatformRequest) throws(ConnectorError) -> PlatformAnswer

    init(_ answer: @escaping @Sendable (PlatformRequest) throws(ConnectorError) -> PlatformAnswer) { self.answer = answer }
    convenience init(_ status: Int = 200, _ body: String = "", headers: HTTPFields = [:]) {
        self.init { _ in PlatformAnswer(status: status, headers: headers, body: Array(body.utf8)) }
    }

    var requests: [PlatformRequest] { asked.withLock { $0 } }
    /// The grants that were asked for, with the token that was refused.
    var lendings: [String] { lent.withLock { $0 } }
    func requests(to path: String) -> [PlatformRequest] { requests.filter { $0.url.contains(path) } }
    func clock(to now: Timestamp) { time.withLock { $0 = now } }

    func connector(_ changed: [String: String] = [:], hookURL: String? = nil) throws(ConnectorError) -> ThailandPostConnector {
        let credentials = CredentialSource { (grant, refused) async throws(ConnectorError) -> Credential in
            self.lent.withLock { $0.append("\(grant):\(refused ?? "-")") }
            return Credential(grant: grant, accessToken: refused == nil ? "temporary-\(grant)" : "next-\(grant)", issuedAt: PostBench.now)
        }
        let http = ChannelHTTP { (request) async throws(ConnectorError) -> PlatformAnswer in
            self.asked.withLock { $0.append(request) }
            return try self.answer(request)
        }
        return try ThailandPostConnector(ChannelContext(
            channel: ChannelID(7), name: "post", settings: ChannelSettings(PostBench.settings.merging(changed) { $1 }), http: http, now: { self.time.withLock { $0 } },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), hookURL: hookURL, credentials: credentials))
    }
}

/// A value that a fake's closure and its test both hold.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
    func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result { value.withLock { value in body(&value) } }
}

extension PlatformAnswer {
    static func json(_ text: String, status: Int = 200) -> PlatformAnswer { PlatformAnswer(status: status, headers: [.contentType: "application/json"], body: Array(text.utf8)) }
    static func html(_ status: Int) -> PlatformAnswer { PlatformAnswer(status: status, headers: [.contentType: "text/html"], body: Array("<html><body>401 Unauthorized</body></html>".utf8)) }
    static func code(_ code: String, _ detail: String = "") -> PlatformAnswer { json(##"[{"errorCode":"\##(code)","errorDetail":"\##(detail)","status":\##(code == "000")}]"##) }
    static let done = code("000", "Success")
}

extension PlatformRequest {
    var json: [String: String] { (try? JSONDecoder().decode([String: String].self, from: Data(body))) ?? [:] }        // not an object of texts: no fields
    var jsonList: [[String: String]] { (try? JSONDecoder().decode([[String: String]].self, from: Data(body))) ?? [] }      // not a list of them: none
}

/// Orders and settings.
enum PostBench {
    /// 2024-06-04T12:00:00+07:00.
    static let now = Timestamp(seconds: 1_717_477_200)
    static let numbers = (12_345_678...12_345_680).compactMap { S10Number(service: "EF", serial: $0)?.description }
    static let codNumber = "EB000000014TH"
    static let settings = [
        "eparcelUser": "demo_user", "eparcelPassword": "demo_pass", "codUser": "cod_user", "codPassword": "cod_pass", "staticToken": "T!k$n&;+=:/#^%", "webhookBearer": "bearer-of-ours",
        "emsRange": "EF 12345678-12345779", "registeredRange": "RR 47312482-47312999", "codEmsRange": "EB 00000001-00000999",
        "senderName": "ร้านตัวอย่าง", "senderPhone": "02-123-4567", "senderAddress": "99/1 ถนนรามคำแหง", "senderDistrict": "บางกะปิ", "senderProvince": "กรุงเทพมหานคร", "senderPostcode": "10240",
    ]

    static func address() -> Address {
        Address(name: "คุณตัวอย่าง", phone: "+66 81-234-5678", line1: "123/45 หมู่ 6", subdistrict: "ป่าเมี่ยง", district: "ดอยสะเก็ด", province: "เชียงใหม่", postcode: "50220", countryCode: "TH")
    }

    static func request(_ reference: String = "CD-1", numbers: [String?] = [numbers[0]], codMinor: Int64? = nil, recipient: Address = address(), currency: Currency = .thb) -> BookingRequest {
        let snapshot = OrderSnapshot(
            externalID: "1001", externalNumber: "#1001", placedAt: now, revision: Revision(updatedAt: now), shipTo: recipient, currency: currency, totals: Totals(items: 125_000, grand: 125_000),
            payment: Payment(state: .unpaid, isCashOnDelivery: codMinor != nil, codAmount: codMinor),
            lines: [OrderLine(externalLineID: "1", sku: "TOP-1", title: "ความลับของผู้ซื้อ", quantity: 1, unitPrice: 125_000, lineTotal: 125_000)], platformStatus: "open")
        return BookingRequest(
            externalRef: reference, order: OrderForAction(id: OrderID(1), channel: ChannelID(1), channelName: "shop", snapshot: snapshot), recipient: recipient,
            parcels: numbers.enumerated().map { Parcel(ref: "\($0.offset + 1)", weightGrams: 850, trackingNumber: $0.element) }, codAmount: codMinor.map { Money(minor: $0, currency) })
    }

    /// What e-Parcel repeats of a booking.
    static func stored(_ number: String, invoice: String? = "CD-1-1", name: String = "คุณตัวอย่าง", postcode: String = "50220", weight: String = "850", words: String = "preload") -> PlatformAnswer {
        .json(##"{"barcode":"\##(number)","invNo":\##(invoice.map { "\"\($0)\"" } ?? "null"),"customerName":"\##(name)","customerZipcode":"\##(postcode)","productWeight":"\##(weight)","status":"0","statusDescription":"\##(words)"}"##)
    }

    static func delivery(_ body: some Sequence<UInt8>, origin: DeliveryOrigin = .poll) -> StoredDelivery {
        StoredDelivery(id: DeliveryID(1), channel: ChannelID(7), origin: origin, topic: "tracking", body: Array(body), receivedAt: now)
    }

    /// One event as A and B write it.
    static func event(_ status: String, _ date: String = "04/06/2567 08:41:10+07:00", barcode: String = "EF123456785TH", postcode: String = "50220", delivery: String? = nil) -> String {
        ##"{"barcode":"\##(barcode)","status":"\##(status)","status_description":"คำ","status_date":"\##(date)","location":"ดอยสะเก็ด","postcode":"\##(postcode)","delivery_status":\##(delivery.map { "\"\($0)\"" } ?? "null"),"delivery_description":null,"delivery_datetime":null,"receiver_name":"ปิ่น/ผู้รับรับเอง","signature":"https://trackimage.thailandpost.co.th/f/signature/AAAA"}"##
    }
    static func push(_ events: String...) -> String { ##"{"items":[\##(events.joined(separator: ","))],"track_datetime":"04/06/2567 08:52+07:00"}"## }
    static func history(_ events: String..., barcode: String = "EF123456785TH", used: Int = 48, limit: Int = 1500) -> String {
        ##"{"response":{"items":{"\##(barcode)":[\##(events.joined(separator: ","))]},"track_count":{"track_date":"04/06/2567","count_number":\##(used),"track_count_limit":\##(limit)}},"message":"successful","status":true}"##
    }

    static func updates(_ body: String, origin: DeliveryOrigin = .poll, settings: [String: String] = [:]) throws -> [TrackingUpdate] {
        try FakePost().connector(settings).interpret(delivery(body.utf8, origin: origin)).compactMap { if case .tracking(let update) = $0 { update } else { nil } }
    }
}

/// The error of a call that has to fail; nil when it did not.
func connectorError<T>(_ body: () async throws(ConnectorError) -> T) async -> ConnectorError? {
    do { _ = try await body(); return nil } catch { return error }
}
