import Connect
import Domain
import HTTPTypes
import Testing
@testable import Shopat24Connector

/// What we do at the channel (shopat24.md §6).
@Suite struct ConnectorFulfilmentTests {
    private static func refused(_ code: String, _ status: Int = 200) -> PlatformAnswer { .json(#"{"success":false,"code":"\#(code)","message":"words of the channel"}"#, status: status) }

    private func code(_ call: () async throws(ConnectorError) -> Void) async -> String? {
        do throws(ConnectorError) { try await call(); return nil } catch { return error.code }
    }

    @Test func `a shipment is confirmed and told, each with a key that never changes`() async throws {
        let channel = FakeChannel(), order = Sample.action(try Sample.snapshot())
        for _ in 0..<2 { try await channel.connector().markShipped(Sample.shipment(["EX000000001TH"]), of: order, idempotencyKey: "shipped:77:1") }
        let requests = channel.requests
        #expect(requests.map(\.url) == Array(repeating: ["https://vendor.example/vendor/v1/orders/250000000123/confirm", "https://vendor.example/vendor/v1/shipments"], count: 2).flatMap(\.self))
        #expect(requests.allSatisfy { $0.method == .post })
        #expect(requests.map { $0.header("Idempotency-Key") } == ["shipped:77:1:confirm", "shipped:77:1", "shipped:77:1:confirm", "shipped:77:1"])
        #expect(requests[0].body.isEmpty)
        #expect(requests[1].text == #"{"carrier":"THP","orderNo":"250000000123","trackingNo":"EX000000001TH"}"#)
        #expect(requests[1].headers[.contentType] == "application/json")
    }

    @Test func `each number is told once, under a key of its own`() async throws {
        let channel = FakeChannel(), profile = #"{"actions":{"confirm":null,"ship":{"body":{"invoiceNo":"{invoiceNo}","n":"{parcels}","at":"{shippedAt}"}}},"carriers":{"flash express":"FLE"}}"#
        var snapshot = try Sample.snapshot()
        snapshot.tags = ["invoice:11", "invoice:22"]
        let shipment = Sample.shipment(["A", "B", "A", nil, "C"], carrier: "Flash Express", contents: [["11-1"], ["22-1", "22-2"], [], [], ["11-1", "22-1"]])
        try await channel.connector(profile: profile).markShipped(shipment, of: Sample.action(snapshot), idempotencyKey: "k")
        #expect(channel.requests.map { $0.header("Idempotency-Key") } == ["k:1", "k:2", "k:3"])
        #expect(channel.requests.map(\.text) == [
            #"{"at":"2025-10-21T11:40:00+07:00","carrier":"FLE","invoiceNo":"11","n":"3","orderNo":"250000000123","trackingNo":"A"}"#,
            #"{"at":"2025-10-21T11:40:00+07:00","carrier":"FLE","invoiceNo":"22","n":"3","orderNo":"250000000123","trackingNo":"B"}"#,
            #"{"at":"2025-10-21T11:40:00+07:00","carrier":"FLE","n":"3","orderNo":"250000000123","trackingNo":"C"}"#,
        ])
    }

    @Test(arguments: [("4009", nil), ("4002", nil), ("4001", "not_found"), ("9", "9")] as [(String, String?)])
    func `an order that is past confirming is told its shipment all the same`(code: String, thrown: String?) async throws {
        let channel = FakeChannel { $0.url.hasSuffix("/confirm") ? Self.refused(code, 409) : .json(Sample.taken) }, connector = try channel.connector()
        do throws(ConnectorError) {
            try await connector.markShipped(Sample.shipment(["EX1"]), of: Sample.action(try Self.snapshot()), idempotencyKey: "k")
            #expect(thrown == nil)
            #expect(channel.requests.count == 2)
        } catch { #expect(error.code == thrown) }
    }
    private static func snapshot() throws(ConnectorError) -> OrderSnapshot {
        do { return try Sample.snapshot() } catch { throw .notUnderstood(field: "sample", found: "\(error)") }
    }

    @Test(arguments: [("4009", "already_done"), ("4001", "not_found"), ("4002", "wrong_state"), ("4003", "4003")])
    func `each refusal of a shipment is told as it is`(code: String, thrown: String) async throws {
        let connector = try FakeChannel { $0.url.hasSuffix("/shipments") ? Self.refused(code) : .json(Sample.taken) }.connector()
        let order = Sample.action(try Sample.snapshot())
        let error = await #expect(throws: ConnectorError.self) { try await connector.markShipped(Sample.shipment(["EX1"]), of: order, idempotencyKey: "k") }
        #expect(error?.code == thrown)
    }

    @Test func `one number that was known and one that was not are both told`() async throws {
        let channel = FakeChannel { $0.text.contains("KNOWN") ? Self.refused("4009") : .json(Sample.taken) }
        try await channel.connector().markShipped(Sample.shipment(["KNOWN", "NEW"]), of: Sample.action(try Sample.snapshot()), idempotencyKey: "k")
        #expect(channel.requests.count == 3)
    }

    @Test func `a shipment without a number is not told`() async throws {
        let channel = FakeChannel(), connector = try channel.connector(), order = Sample.action(try Sample.snapshot())
        let error = await #expect(throws: ConnectorError.self) { try await connector.markShipped(Sample.shipment([nil]), of: order, idempotencyKey: "k") }
        #expect(error?.code == "no_tracking_number")
        #expect(channel.requests.isEmpty)
    }

    @Test func `a profile without the action says so`() async throws {
        let connector = try FakeChannel().connector(profile: #"{"actions":{"ship":null,"cancel":null,"label":null},"detail":null}"#), order = Sample.action(try Sample.snapshot())
        #expect(await code { () async throws(ConnectorError) in _ = try await connector.markShipped(Sample.shipment(["A"]), of: order, idempotencyKey: "k") } == "no_ship_action")
        #expect(await code { () async throws(ConnectorError) in _ = try await connector.fetchLabel(externalID: Sample.externalID, format: "pdf", size: "100x150") } == "no_label_action")
        #expect(await code { () async throws(ConnectorError) in _ = try await connector.fetchOrder(Sample.externalID) } == "no_detail")
        #expect(try await connector.cancelOrder(order, reason: "x", idempotencyKey: "k") == .unknown)
    }

    @Test(arguments: [
        (Sample.taken, 200, CancelAnswer.pending), (#"{"success":true,"data":{"status":"CANCELLED"}}"#, 200, .cancelled), (#"{"success":true,"data":{"status":"ยกเลิก"}}"#, 200, .cancelled), (#"{"success":true,"data":{"status":"SHIPPED"}}"#, 200, .pending),
        ("", 204, .pending), (#"{"success":false,"code":"4009"}"#, 200, .cancelled), (#"{"code":"4002","message":"it left"}"#, 409, .tooLate(platformMessage: "it left (4002)")), (#"{"code":"4001"}"#, 404, .unknown), ("", 404, .unknown),
    ])
    func `a cancellation is a wish until the channel says that it is done`(body: String, status: Int, expected: CancelAnswer) async throws {
        let channel = FakeChannel(status, body)
        #expect(try await channel.connector().cancelOrder(Sample.action(try Sample.snapshot()), reason: "no stock left", idempotencyKey: "c:1") == expected)
        #expect(channel.requests.first?.url == "https://vendor.example/vendor/v1/orders/250000000123/cancel")
        #expect(channel.requests.first?.text == #"{"reason":"OUT_OF_STOCK"}"#)
        #expect(channel.requests.first?.header("Idempotency-Key") == "c:1")
    }

    @Test(arguments: [(500, "transient"), (429, "throttled"), (401, "unauthorised"), (400, "rejected")])
    func `a cancellation that was not answered is not believed`(status: Int, word: String) async throws {
        let connector = try FakeChannel(status, "").connector(), order = Sample.action(try Sample.snapshot())
        let error = await #expect(throws: ConnectorError.self) { try await connector.cancelOrder(order, reason: "", idempotencyKey: "k") }
        #expect(error?.failureClass.word == word)
    }

    @Test(arguments: [
        ("OUT_OF_STOCK", CancelReason.outOfStock), ("out of stock", .outOfStock), ("ของหมด", .outOfStock), ("wrong price", .priceError), ("ราคาผิด", .priceError), ("damaged in the warehouse", .damaged), ("สินค้าเสียหาย", .damaged), ("buyer asked", .other), ("", .other),
    ])
    func `our reason becomes one of the channel's four`(reason: String, expected: CancelReason) { #expect(CancelReason(reason) == expected) }

    @Test func `the operator's label is a PDF or nothing`() async throws {
        let channel = FakeChannel(200, "%PDF-1.7 …"), connector = try channel.connector()
        let label = try await connector.fetchLabel(externalID: Sample.externalID, format: "pdf", size: "100x150")
        #expect(label.contentType == "application/pdf" && label.bytes.starts(with: Array("%PDF".utf8)))
        #expect(channel.requests.first?.url == "https://vendor.example/vendor/v1/orders/250000000123/label")
        #expect(channel.requests.first?.headers[.accept] == "application/pdf")
        #expect(await code { () async throws(ConnectorError) in _ = try await connector.fetchLabel(externalID: Sample.externalID, format: "zpl", size: "100x150") } == "no_such_format")
        for (answer, expected) in [(FakeChannel(200, "<html>"), "unreachable"), (FakeChannel(200, ""), "unreachable"), (FakeChannel(200, #"{"success":false,"code":"4001"}"#), "not_found"), (FakeChannel(404, ""), "not_found"), (FakeChannel(403, "%PDF"), "unauthorised")] {
            let connector = try answer.connector()
            #expect(await code { () async throws(ConnectorError) in _ = try await connector.fetchLabel(externalID: Sample.externalID, format: "pdf", size: "100x150") } == expected)
        }
    }

    @Test func `an order of another connection is not acted on`() async throws {
        let channel = FakeChannel(), connector = try channel.connector(["connection": "store-02"]), order = Sample.action(try Sample.snapshot())
        await #expect(throws: ConnectorError.self) { try await connector.markShipped(Sample.shipment(["A"]), of: order, idempotencyKey: "k") }
        await #expect(throws: ConnectorError.self) { try await connector.cancelOrder(order, reason: "", idempotencyKey: "k") }
        #expect(channel.requests.isEmpty)
    }

    @Test func `a write is signed over the bytes that are sent`() async throws {
        let channel = FakeChannel()
        try await channel.connector(profile: #"{"auth":{"scheme":"hmac","keyId":"v"}}"#).markShipped(Sample.shipment(["EX1"]), of: Sample.action(try Sample.snapshot()), idempotencyKey: "k")
        let request = try #require(channel.requests.last)
        let expected = RequestSignature(keyID: "v", secret: Sample.secret).sign(method: "POST", path: "/vendor/v1/shipments", query: "", seconds: Sample.seconds, body: request.body)
        #expect(request.header("X-Signature") == expected)
    }
}
