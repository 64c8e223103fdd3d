import Connect
import Domain
import Foundation
import HTTPTypes
import Logging
import Synchronization
@testable import Shopat24Connector

/// A channel that answers from a closure, remembers what it was asked, and lends tokens as a hub would.
final class FakeChannel: Sendable {
    private let asked = Mutex<[PlatformRequest]>([])
    private let lent = Mutex<[String]>([])
    private let answer: @Sendable (PlatformRequest) throws(ConnectorError) -> PlatformAnswer

    init(_ answer: @escaping @Sendable (PlatformRequest) throws(ConnectorError) -> PlatformAnswer) { self.answer = answer }
    convenience init(_ status: Int = 200, _ body: String = Sample.taken, headers: HTTPFields = [:]) {
        self.init { _ in PlatformAnswer(status: status, headers: headers, body: Array(body.utf8)) }
    }

    var requests: [PlatformRequest] { asked.withLock { $0 } }
    /// The tokens that were refused, `-` where none was.
    var lendings: [String] { lent.withLock { $0 } }

    func connector(_ settings: [String: String] = [:], profile: String? = nil, hookURL: String? = Sample.hookURL) throws(ConnectorError) -> Shopat24Connector {
        let credentials = CredentialSource { (_, refused) async throws(ConnectorError) -> Credential in
            self.lent.withLock { $0.append(refused ?? "-") }
            return Credential(accessToken: refused == nil ? "first-token" : "second-token", issuedAt: Sample.now)
        }
        let http = ChannelHTTP { (request) async throws(ConnectorError) -> PlatformAnswer in
            self.asked.withLock { $0.append(request) }
            return try self.answer(request)
        }
        var values = ["baseURL": "https://vendor.example", "connection": "store-01", "secret": Sample.secret, "webhookSecret": Sample.secret].merging(settings) { $1 }
        if let profile { values["profile"] = profile }
        return try Shopat24Connector(ChannelContext(
            channel: ChannelID(24), name: "s24", settings: ChannelSettings(values), http: http, now: { Sample.now }, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            hookURL: hookURL, credentials: credentials))
    }
}

extension PlatformAnswer {
    static func json(_ text: String, status: Int = 200, headers: HTTPFields = [:]) -> PlatformAnswer { PlatformAnswer(status: status, headers: headers, body: Array(text.utf8)) }
}

extension PlatformRequest {
    var path: String { URLComponents(string: url)?.path ?? "" }
    var query: [String: String] { Dictionary((URLComponents(string: url)?.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 } }
    var text: String { String(decoding: body, as: UTF8.self) }
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

/// The order and the vectors of shopat24.md §2.2, §3, §4B, with changes.
enum Sample {
    static let secret = "crossdock-s24-key-0001", hookURL = "https://hub.example.test/hooks/s24"
    /// 2025-10-21T11:40:00+07:00, the vectors' moment.
    static let seconds: Int64 = 1_761_021_600
    static let now = Timestamp(seconds: seconds)
    static let externalID = "store-01:250000000123"
    static let taken = #"{"success":true,"code":"0000","message":"OK","data":{}}"#

    static let order = #"""
        {"orderNo":"250000000123","orderDate":"2025-10-21T11:38:00+07:00","updatedAt":"2025-10-21T11:40:05+07:00","status":"NEW","shipTo":"S","storeCode":"01234","storeName":"สาขาตัวอย่าง","payment":"COUNTER","paid":true,
         "recipient":{"name":"สมหญิง ใจดี","phone":"0812345678","address":"99/1 หมู่ 2","subdistrict":"ลาดยาว","district":"จตุจักร","province":"กรุงเทพมหานคร","postcode":"10900"},
         "amount":{"items":"399.50","shipping":"0.00","discount":"20.00","grand":"379.50","currency":"THB"},
         "invoices":[{"invoiceNo":"9900000456","lines":[{"lineNo":1,"sku":"885000000017","vendorSku":"TS-01-BK-M","name":"เสื้อยืดคอกลม ดำ M","qty":2,"unitPrice":"199.75","discount":"20.00","total":"379.50"}]}],"note":null}
        """#

    /// The sample laid over with a JSON object (RFC 7396: null takes a member away).
    static func body(_ changes: String = "{}") -> [UInt8] {
        guard let whole = JSONValue(reading: Array(order.utf8)), let patch = JSONValue(reading: Array(changes.utf8)), let body = try? JSONEncoder.crossdock.encode(whole.merged(with: patch)) else { return [] }      // an empty body fails the test that asked for it
        return Array(body)
    }

    static func page(_ orders: [String], totalPages: Int? = nil) -> String {
        #"{"success":true,"code":"0000","message":"OK","data":{"content":[\#(orders.joined(separator: ","))]\#(totalPages.map { ",\"totalPages\":\($0)" } ?? "")}}"#
    }

    /// An order with a number and a time, as a listing has it.
    static func row(_ number: Int, at time: Timestamp) -> String {
        String(decoding: body(#"{"orderNo":"\#(number)","updatedAt":"\#(TimeFormat.iso.text(time))"}"#), as: UTF8.self)
    }

    static func delivery(_ body: [UInt8], topic: String = "order.read", origin: DeliveryOrigin = .poll) -> StoredDelivery {
        StoredDelivery(id: DeliveryID(1), channel: ChannelID(24), origin: origin, topic: topic, body: body, receivedAt: now, askedAt: origin == .webhook ? nil : now)
    }

    static func snapshot(_ changes: String = "{}", settings: [String: String] = [:], profile: String? = nil, origin: DeliveryOrigin = .poll) throws -> OrderSnapshot {
        let found = try FakeChannel().connector(settings, profile: profile).interpret(delivery(body(changes), origin: origin))
        guard case .order(let snapshot)? = found.first, found.count == 1 else { throw ConnectorError.notUnderstood(field: "interpretation", found: "\(found)") }
        return snapshot
    }

    static func action(_ snapshot: OrderSnapshot, shipments: [Shipment] = []) -> OrderForAction {
        OrderForAction(id: OrderID(1), channel: ChannelID(24), channelName: "s24", snapshot: snapshot, shipments: shipments)
    }

    static func shipment(_ numbers: [String?], carrier: String = "thailandpost", contents: [[String]] = []) -> Shipment {
        let parcels = numbers.enumerated().map { index, number in
            Parcel(ref: "\(index + 1)", weightGrams: 300, trackingNumber: number, contents: (contents.indices.contains(index) ? contents[index] : []).map { Parcel.Content(externalLineID: $0, quantity: 1) })
        }
        return Shipment(id: ShipmentID(9), carrier: carrier, channel: ChannelID(5), externalRef: "CD-1-1", trackingNumber: numbers.first ?? nil, status: .pickedUp, bookedAt: now, parcels: parcels)
    }
}
