import Connect
import Crypto
import Domain
import Foundation
import HTTPTypes
import Testing

@testable import LazadaConnector

/// Pushes: who sent them, what makes them the same, what they mean (platforms/lazada.md §3).
@Suite struct PushTests {
    private let connector: LazadaConnector

    init() throws { connector = try FakeLazada { _ in .silentAnswer }.connector() }

    private func delivery(_ body: String, signature: String? = nil, at: Timestamp = FakeLazada.now) throws -> IncomingDelivery {
        var headers = HTTPFields()
        let code = HMAC<SHA256>.authenticationCode(for: Array(("123456" + body).utf8), using: SymmetricKey(data: Array("helloworld".utf8)))
        headers[.authorization] = signature ?? LazadaSigning.hexadecimal(code)
        return IncomingDelivery(headers: headers, body: Array(body.utf8), receivedAt: at)
    }

    private func receipt(_ body: String) throws -> Receipt? { if case .accept(let receipt) = connector.verify(try delivery(body)) { receipt } else { nil } }

    private func meanings(_ body: String) throws -> [Interpretation] {
        let receipt = try #require(try receipt(body))
        return try connector.interpret(Sample.delivery(Array(body.utf8), topic: receipt.topic, origin: .webhook))
    }

    static func push(_ type: String, _ data: String, seller: String = #""100190009""#, site: String = "lazada_th", timestamp: String = "1761021605912") -> String {
        #"{"seller_id":\#(seller),"message_type":\#(type),"data":\#(data),"timestamp":\#(timestamp),"site":"\#(site)"}"#
    }
    static let status = #"{"order_status":"ready_to_ship","trade_order_id":"700000000000001","trade_order_line_id":"700000000000002","status_update_time":1761021605}"#

    @Test func `the dossier's push is accepted for the seller it names`() throws {
        guard case .accept(let receipt) = connector.verify(try delivery(SigningTests.push, signature: SigningTests.pushSignature)) else { Issue.record("it was refused"); return }
        #expect(receipt.topic == "push/0" && receipt.account == "th:100190009" && receipt.quarantine == nil)
        #expect(connector.answer(.accepted, receipt: receipt).status == 200)
        #expect(connector.answer(.duplicate, receipt: receipt).status == 200)
    }

    @Test(arguments: ["19b2b0ed2fe6345e543f24fd43a750a49f8dba120075b8015031f622af2fbf74", "81ef4371207e2ad305a93785a8ffdf38188c48423272a51cf96caf1a68e7641d", "", "x"])
    func `another signature is refused`(_ signature: String) throws {
        guard case .refuse(let answer) = connector.verify(try delivery(SigningTests.push, signature: signature)) else { Issue.record("it was taken"); return }
        #expect(answer.status == 401)
    }

    @Test func `a push without a signature, and a changed one, are refused`() throws {
        var bare = try delivery(SigningTests.push)
        bare.headers[.authorization] = nil
        guard case .refuse = connector.verify(bare) else { Issue.record("no signature was taken"); return }
        var changed = try delivery(SigningTests.push)
        changed.body[20] ^= 1
        guard case .refuse = connector.verify(changed) else { Issue.record("a changed body was taken"); return }
    }

    @Test(arguments: [#""9999""#, "9999"]) func `the console's sample is answered and kept nowhere`(_ seller: String) throws {
        let body = Self.push("0", #"{"order_status":"unpaid","trade_order_id":"123456","trade_order_line_id":"12345","status_update_time":1603766859}"#, seller: seller)
        #expect(connector.verify(try delivery(body)) == .answer(HookAnswer(status: 200, code: "verified")))
        guard case .refuse = connector.verify(try delivery(body, signature: SigningTests.pushSignature)) else { Issue.record("a forged sample was answered"); return }
    }

    @Test func `a genuine body that cannot be read is kept for a person`() throws {
        let receipt = try #require(try receipt("not json"))
        #expect(receipt.key.hasPrefix("digest:"))
        #expect(throws: ConnectorError.self) { try connector.interpret(Sample.delivery(Array("not json".utf8), topic: receipt.topic, origin: .webhook)) }
    }

    // MARK: keys

    @Test func `tries of one message share a key, whenever and however they are written`() throws {
        let first = try #require(try receipt(Self.push("0", Self.status)))
        #expect(try receipt(Self.push("0", Self.status, timestamp: "1761023405000"))?.key == first.key)
        #expect(try receipt(Self.push(#""0""#, Self.status, seller: "100190009"))?.key == first.key)
        #expect(try receipt(Self.push("0", Self.status.replacing(#""700000000000002""#, with: "700000000000002")))?.key == first.key)
    }

    @Test func `another line, status, time, type or seller has another key`() throws {
        let bodies = [
            Self.push("0", Self.status), Self.push("0", Self.status.replacing("000002", with: "000003")), Self.push("0", Self.status.replacing("ready_to_ship", with: "shipped")),
            Self.push("0", Self.status.replacing("1761021605", with: "1761021606")), Self.push("10", Self.status), Self.push("0", Self.status, seller: "1"),
            Self.push("14", #"{"trade_order_id":1,"fulfillment_package_id":"FP1","status":"DELIVERED","status_update_time":1}"#),
            Self.push("14", #"{"trade_order_id":1,"fulfillment_package_id":"FP2","status":"DELIVERED","status_update_time":1}"#),
            Self.push("10", #"{"trade_order_id":1,"reverse_order_id":5,"reverse_order_line_id":6,"reverse_status":"RTM_INIT","status_update_time":1}"#),
            Self.push("10", #"{"trade_order_id":1,"reverse_order_id":5,"reverse_order_line_id":7,"reverse_status":"RTM_INIT","status_update_time":1}"#),
            Self.push("8", "{}"), Self.push("8", "{}", timestamp: "1761108005"), Self.push("99", #"{"x":1}"#),
        ]
        let keys = try bodies.map { try #require(try receipt($0)).key }
        #expect(Set(keys).count == bodies.count)
        #expect(keys.allSatisfy { $0.utf8.count <= 400 })
    }

    @Test(arguments: [("lazada_th", "th:100190009"), ("LAZADA_SG", "sg:100190009"), ("lazada-sg", "sg:100190009"), ("somewhere", "th:100190009")])
    func `the account is the site's country and the seller`(site: String, expected: String) throws {
        #expect(try receipt(Self.push("0", Self.status, site: site))?.account == expected)
    }

    @Test(arguments: [#""null""#, "null", #""""#, "{}", #""a:b""#]) func `a push that names no seller belongs to the channel it came to`(_ seller: String) throws {
        #expect(try #require(try receipt(Self.push("8", "{}", seller: seller))).account == nil)
    }

    // MARK: meaning

    @Test func `an item's status asks for its order`() throws {
        #expect(try meanings(Self.push("0", Self.status)) == [.fetch(Sample.externalID, hint: Timestamp(seconds: 1_761_021_605))])
        #expect(try meanings(Self.push("0", Self.status.replacing("1761021605", with: "1761021605912"))) == [.fetch(Sample.externalID, hint: Timestamp(milliseconds: 1_761_021_605_912))])
    }

    @Test(arguments: ["CANCEL_INIT", "RTM_INIT", "RTW_SHIPPING_BACK", "REFUND_SUCCESS", "FROBBED"]) func `a reverse order asks for its order, with numbers for ids`(_ word: String) throws {
        let body = Self.push("10", #"{"seller_id":200,"trade_order_id":700000000000001,"trade_order_line_id":700000000000002,"reverse_order_id":800000000000001,"reverse_status":"\#(word)","status_update_time":1761021605}"#, timestamp: "1761021605")
        #expect(try meanings(body) == [.fetch(Sample.externalID, hint: Timestamp(seconds: 1_761_021_605))])
    }

    private func package(_ word: String) throws -> [Interpretation] {
        try meanings(Self.push("14", #"{"trade_order_id":"700000000000001","buyer_id":"1","fulfillment_package_id":"FP099912345670001","status":"\#(word)","status_update_time":1761021605}"#))
    }

    @Test func `a package's status is news of its shipment`() throws {
        #expect(try package("INFO_ST_DOMESTIC_OUT_FOR_DELIVERY") == [.tracking(TrackingUpdate(
            externalID: "th:100190009:700000000000001/FP099912345670001", occurredAt: Timestamp(seconds: 1_761_021_605), fulfilment: .outForDelivery, rawStatus: "INFO_ST_DOMESTIC_OUT_FOR_DELIVERY"))])
    }

    @Test(arguments: ["CANCELLED", "PACKAGE_INTERCEPTED", "INFO_ST_DOMESTIC_PICKUP_SIGN_IN_FAILURE", "FROBBED"]) func `a package that needs a person is raised, and its order read again`(_ word: String) throws {
        let found = try package(word)
        guard case .tracking(let update)? = found.first else { Issue.record("no tracking"); return }
        #expect(update.rawStatus == word && (update.trouble != nil) == (word != "FROBBED"))
        #expect(found.last == .fetch(Sample.externalID, hint: Timestamp(seconds: 1_761_021_605)))
    }

    @Test(arguments: ["1", "3", "4", "5", "6", "8", "12", "13", "2", "77", #""21""#]) func `every other type is kept with a reason`(_ type: String) throws {
        guard case .ignored(let reason)? = try meanings(Self.push(type, #"{"x":1}"#)).first else { Issue.record("not ignored"); return }
        #expect(!reason.isEmpty)
    }

    @Test func `another seller's push changes nothing here`() throws {
        guard case .ignored? = try meanings(Self.push("0", Self.status, seller: #""555""#)).first, case .ignored? = try meanings(Self.push("0", Self.status, site: "lazada_sg")).first else {
            Issue.record("it was taken")
            return
        }
    }

    @Test(arguments: [
        PushTests.push("0", "{}"), PushTests.push("0", #"{"trade_order_id":"a/b"}"#), PushTests.push("0", "[]"), PushTests.push("0", "null"), PushTests.push("10", #"{"trade_order_id":-1}"#),
        PushTests.push("14", #"{"trade_order_id":1}"#), PushTests.push("14", #"{"trade_order_id":1,"fulfillment_package_id":"a b","status":"DELIVERED"}"#),
        PushTests.push("14", #"{"trade_order_id":1,"fulfillment_package_id":"FP1"}"#), #"{"data":{}}"#, "{}", "[]", "7",
    ]) func `a message that names nothing is not understood`(_ body: String) throws {
        let receipt = try #require(try receipt(body))
        #expect(throws: ConnectorError.self) { try connector.interpret(Sample.delivery(Array(body.utf8), topic: receipt.topic, origin: .webhook)) }
    }

    @Test func `without the seller's number nothing is named`() throws {
        let unknown = try FakeLazada { _ in .silentAnswer }.connector(["sellerID": ""])
        #expect(throws: ConnectorError.self) { try unknown.interpret(Sample.delivery(Array(Self.push("0", Self.status).utf8), topic: "push/0", origin: .webhook)) }
    }
}
