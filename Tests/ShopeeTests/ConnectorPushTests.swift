import Connect
import Crypto
import Domain
import Foundation
import HTTPTypes
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorPushTests {
    private func signed(_ body: String) -> HTTPFields {
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(Bench.pushURL)|\(body)".utf8), using: SymmetricKey(data: Data(Bench.pushKey.utf8)))
        return [.authorization: code.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()]
    }

    private func verdict(_ body: String, isSigned: Bool = true) throws -> HookVerdict {
        try FakeShopee().connector().verify(IncomingDelivery(headers: isSigned ? signed(body) : [:], body: Array(body.utf8), receivedAt: Bench.now))
    }

    private func receipt(_ body: String) throws -> Receipt? { if case .accept(let receipt) = try verdict(body) { receipt } else { nil } }

    private func meaning(_ body: String, topic: String? = nil) throws -> Interpretation? {
        let push = PushEnvelope(Array(body.utf8))
        return try FakeShopee().connector().interpret(Bench.delivery(topic ?? push?.topic ?? "push/3", Array(body.utf8))).first
    }

    // MARK: The door

    @Test(arguments: [#"{"code":0,"data":{"verify_info":"This is a Verification message."},"shop_id":0,"timestamp":1}"#, "{}", #"{"code":3,"data":{},"shop_id":40071188}"#, #"{"data":null}"#])
    func `a test push without an order is answered 204 also without a key, and nothing is kept`(body: String) throws {
        #expect(try verdict(body, isSigned: false) == .answer(HookAnswer(status: 204, code: "accepted")))
    }

    @Test(arguments: [
        #"{"code":3,"data":{"ordersn":"A1"},"shop_id":40071188}"#, #"{"data":{"ordersn":"A1"}}"#, #"{"data":{"order_sn":"A1"},"code":0}"#, "not json", "", "[]",
        #"{"code":2,"data":{"shopid":40071188,"success":1}}"#, #"{"code":0,"data":{"x":"\#(String(repeating: "y", count: 5_000))"}}"#,
    ])
    func `without a signature nothing but a test push is answered`(body: String) throws {
        guard case .refuse(let answer) = try verdict(body, isSigned: false) else { Issue.record("taken"); return }
        #expect(answer.status == 401 && answer.body.isEmpty)
    }

    @Test func `a signed test push changes nothing`() throws {
        #expect(try verdict(#"{"code":0,"data":{},"timestamp":1}"#) == .answer(HookAnswer(status: 204, code: "accepted")))
        guard case .ignored? = try meaning(#"{"code":3,"data":{},"shop_id":40071188,"timestamp":1}"#) else { Issue.record("it meant something"); return }
    }

    @Test(arguments: [AcceptanceOutcome.accepted, .duplicate, .stale, .idReused, .revisionConflict, .quarantined(HookAnswer(status: 422, code: "x", body: "words"))])
    func `whatever became of it, a push that was kept is answered 204 with an empty body`(outcome: AcceptanceOutcome) throws {
        let answer = try FakeShopee().connector().answer(outcome, receipt: Receipt(key: "k", topic: "push/3"))
        #expect(answer.status == 204 && answer.body.isEmpty)
    }

    @Test func `a signed body that is no JSON is kept for a person`() throws {
        let receipt = try #require(try receipt("not json"))
        #expect(receipt.topic == "push/unreadable")
        #expect(throws: ConnectorError.self) { try meaning("not json", topic: "push/unreadable") }
    }

    // MARK: Names

    private static let status = #"{"data":{"ordersn":"A1","status":"SHIPPED","update_time":1761021605},"shop_id":40071188,"code":3,"timestamp":1761021606}"#

    @Test func `the message id names the push, where there is one`() throws {
        let id = "9f0c2a7e51d84b6f8a3c1e7d20b4f655"
        let first = try receipt(#"{"msg_id":"\#(id)",\#(Self.status.dropFirst())"#), second = try receipt(#"{"timestamp":7,"msg_id":"\#(id)","code":3,"data":{"ordersn":"B"},"shop_id":40071188}"#)
        #expect(first?.key == "push:\(id)" && second?.key == first?.key)
    }

    @Test func `without one a try of the same fact has the same key, though it was sent later`() throws {
        #expect(try receipt(Self.status)?.key == receipt(Self.status.replacing("1761021606", with: "1761021906"))?.key)
    }

    @Test(arguments: [("\"code\":3", "\"code\":30"), ("40071188", "40071189"), ("A1", "A2"), ("SHIPPED", "CANCELLED"), ("\"update_time\":1761021605", "\"update_time\":1761021607"),
                      ("\"status\"", "\"package_number\":\"P2\",\"status\""), ("\"status\"", "\"tracking_no\":\"T2\",\"status\"")])
    func `another fact has another key`(old: String, new: String) throws {
        #expect(try receipt(Self.status)?.key != receipt(Self.status.replacing(old, with: new))?.key)
    }

    @Test func `pushes that say nothing of a moment are told apart by all of them`() throws {
        let body = #"{"code":2,"data":{"authorize_type":"shop","success":1,"shopid":40071188},"partner_id":1180042,"timestamp":1}"#
        #expect(try receipt(body)?.key == receipt(body)?.key)
        #expect(try receipt(body)?.key != receipt(body.replacing("\"timestamp\":1", with: "\"timestamp\":2"))?.key)
        #expect(try receipt(body)?.account == "40071188")
    }

    @Test func `a push of several shops names none`() throws {
        #expect(try receipt(#"{"code":1,"data":{"main_account_id":5,"shop_id_list":[40071188,7]},"partner_id":1180042,"timestamp":1}"#)?.account == nil)
    }

    // MARK: Meaning

    private static let fetch = Interpretation.fetch("40071188:A1", hint: Timestamp(seconds: 1_761_021_605))

    /// The topics of platforms/shopee.md §3.2 that name an order.
    @Test(arguments: [
        (3, #""ordersn":"A1","status":"SHIPPED","completed_scenario":null,"items":[]"#), (4, #""ordersn":"A1","forder_id":"x","package_number":"P","tracking_no":"T""#),
        (15, #""ordersn":"A1","package_number":"P","status":"READY""#), (15, #""order_sn":"A1","package_number":"P","status":"FAILED""#), (29, #""order_sn":"A1","return_sn":"R""#),
        (30, #""ordersn":"A1","package_number":"P","fulfillment_status":"LOGISTICS_PICKUP_DONE""#), (37, #""ordersn":"A1""#), (47, #""order_sn":"A1""#), (8, #""ordersn":"A1""#), (99, #""ordersn":"A1""#),
    ])
    func `a push that names an order has it fetched`(code: Int, members: String) throws {
        #expect(try meaning(#"{"msg_id":"m","code":\#(code),"shop_id":40071188,"timestamp":1,"data":{\#(members),"update_time":1761021605,"unknown":{"a":[1]}},"more":7}"#) == Self.fetch)
    }

    @Test(arguments: [1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 22, 23, 24, 25, 27, 29, 99])
    func `a push that names no order is ignored with a reason`(code: Int) throws {
        guard case .ignored(let reason)? = try meaning(#"{"code":\#(code),"shop_id":40071188,"timestamp":1,"data":{"item_id":1}}"#) else { Issue.record("not ignored"); return }
        #expect(!reason.isEmpty)
    }

    @Test func `a push of another shop is ignored`() throws {
        guard case .ignored(let reason)? = try meaning(#"{"code":3,"shop_id":40071189,"data":{"ordersn":"A1"}}"#) else { Issue.record("not ignored"); return }
        #expect(reason.contains("40071189"))
    }

    @Test(arguments: [#"{"authorize_type":"shop authorization","success":1,"shopid":40071188}"#, #"{"success":1,"shop_id":40071188}"#, #"{"shop_id":"40071188"}"#, #"{"main_account_id":5,"shop_id_list":[7,40071188]}"#])
    func `a withdrawn consent loses the channel`(data: String) throws {
        guard case .channelLost(let reason)? = try meaning(#"{"code":2,"partner_id":1180042,"timestamp":1,"data":\#(data)}"#) else { Issue.record("not lost"); return }
        #expect(reason.contains("40071188"))
    }

    @Test(arguments: [#"{"success":0,"shopid":40071188}"#, #"{"success":1,"shopid":7}"#, #"{"merchant_id":3,"success":1}"#, #"{"shop_id_list":[7]}"#])
    func `a withdrawal that failed or is another's loses nothing`(data: String) throws {
        guard case .ignored? = try meaning(#"{"code":2,"partner_id":1180042,"timestamp":1,"data":\#(data)}"#) else { Issue.record("lost"); return }
    }

    @Test func `consents that end soon say whether this shop's is among them`() throws {
        guard case .ignored(let reason)? = try meaning(#"{"code":12,"data":{"shop_expire_soon":[7,40071188],"expire_before":1,"page_no":1,"total_page":1}}"#) else { Issue.record("not ignored"); return }
        #expect(reason.contains("this shop's"))
    }

    @Test(arguments: [#"{"code":3,"shop_id":40071188,"data":{"ordersn":null,"status":"SHIPPED"}}"#, #"{"code":3,"shop_id":40071188,"data":{"ordersn":["A"]}}"#,
                      #"{"code":30,"shop_id":40071188,"data":{"ordersn":"","status":"X"}}"#, #"{"code":4,"shop_id":40071188,"data":{"ordersn":"A1/../B&x=1"}}"#])
    func `an order that cannot be named is a problem for a person`(body: String) throws {
        #expect(throws: ConnectorError.self) { try meaning(body) }
    }

    @Test func `a topic that is none of ours is not guessed`() {
        #expect(throws: ConnectorError.notUnderstood(field: "topic", found: "orders/create")) { try meaning("{}", topic: "orders/create") }
    }

    // MARK: Lost pushes

    @Test func `lost pushes are read in both forms, under the keys that they would have had`() async throws {
        let inner = Self.status, quoted = String(decoding: try JSONEncoder().encode(inner), as: UTF8.self)
        let shop = FakeShopee(["push/get_lost_push_message": [.json(#"""
            {"error":"-","message":"","response":{"push_message_list":[
              {"shop_id":40071188,"code":3,"timestamp":1761021606,"data":\#(inner)},{"shop_id":40071188,"code":3,"timestamp":1761021606,"data":\#(quoted)},
              {"shop_id":40071188,"code":3,"timestamp":1761021606,"data":{"ordersn":"A1","status":"SHIPPED","update_time":1761021605}}],"has_next_page":true,"last_message_id":885511}}
            """#)]])
        let lost = try await shop.connector().lostPushes()
        let key = try #require(try receipt(inner)?.key)
        #expect(lost.pushes.count == 3 && lost.pushes.allSatisfy { $0.topic == "push/3" && $0.receiptKey == key })
        #expect(lost.watermark == "885511" && lost.hasMore)
        for push in lost.pushes { #expect(try meaning(String(decoding: push.body, as: UTF8.self)) == Self.fetch) }
        #expect(Set(shop.requests[0].query.keys) == ["partner_id", "timestamp", "sign"])
    }

    @Test func `where nothing was lost there is no mark`() async throws {
        let shop = FakeShopee(["push/get_lost_push_message": [.response(#"{"push_message_list":[],"has_next_page":false,"last_message_id":0}"#)]])
        #expect(try await shop.connector().lostPushes() == LostPushes(pushes: [], watermark: nil, hasMore: false))
    }

    @Test func `a mark is confirmed as the number it is`() async throws {
        let shop = FakeShopee(["push/confirm_consumed_lost_push_message": [.json(#"{"error":"-"}"#)]])
        try await shop.connector().confirmLostPushes(upTo: "885511")
        #expect(shop.requests[0].text == #"{"last_message_id":885511}"#)
        let error = await Bench.error { () async throws(ConnectorError) in try await FakeShopee().bare().confirmLostPushes(upTo: "x") }
        #expect(error == .notUnderstood(field: "watermark", found: "x"))
    }
}

extension FakeShopee {
    /// A connector inside a closure that throws only connectors' errors.
    func bare(_ settings: [String: String] = [:]) throws(ConnectorError) -> ShopeeConnector { try ShopeeConnector(context(settings), jitter: { 0 }) }
}
