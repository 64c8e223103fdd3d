import Connect
import Domain
import HTTPTypes
import Testing
@testable import ThailandPostConnector

/// The door for pushes: the bearer and the receipt keys (platforms/thailandpost.md §3).
@Suite struct ConnectorPushTests {
    private static func verdict(_ header: String?, body: String = PostBench.push(PostBench.event("301")), settings: [String: String] = [:]) throws -> HookVerdict {
        var headers = HTTPFields()
        if let header { headers[.authorization] = header }
        return try FakePost().connector(settings).verify(IncomingDelivery(headers: headers, body: Array(body.utf8), receivedAt: PostBench.now))
    }
    private static func key(_ body: String) throws -> String? {
        if case .accept(let receipt) = try verdict("Bearer bearer-of-ours", body: body) { receipt.key } else { nil }
    }

    @Test func `our bearer opens, and so does the previous one while it is changed`() throws {
        guard case .accept(let receipt) = try Self.verdict("Bearer bearer-of-ours") else { Issue.record("refused"); return }
        #expect(receipt.topic == "tracking.push")
        guard case .accept = try Self.verdict("Bearer old-word", settings: ["previousWebhookBearer": "old-word"]) else { Issue.record("refused"); return }
    }

    @Test(arguments: [nil, "", "Bearer", "Bearer ", "bearer bearer-of-ours", "Bearer bearer-of-ourz", "Bearer bearer-of-our", "Bearer bearer-of-ours2", "Token bearer-of-ours", "bearer-of-ours", "Bearer  bearer-of-ours", "Bearer old-word"])
    func `no other word opens`(header: String?) throws {
        guard case .refuse(let answer) = try Self.verdict(header) else { Issue.record("taken"); return }
        #expect(answer.status == 401 && answer.code == "bad_bearer")
    }

    @Test(arguments: ["Bearer ", "Bearer", ""]) func `without a bearer of ours nothing opens`(header: String) throws {
        guard case .refuse = try Self.verdict(header, settings: ["webhookBearer": ""]) else { Issue.record("taken"); return }
    }

    @Test(arguments: [
        (PostBench.event("103", "03/06/2567 09:15:20+07:00", postcode: "10240"), "9a4f4aae70f782297e284a9349fabbdd6ba9f32b51088a8324e5b61a06903cf9"),
        (PostBench.event("501", "04/06/2567 11:02:41+07:00", postcode: "50220", delivery: "S"), "5495276ffaa65116f3978b66a31ea1569f8f3e44f1473b403fc839f4a9b8ec3f"),
        (PostBench.event("501", "04/06/2024 11:02:41+07:00", postcode: "50220", delivery: "S"), "5495276ffaa65116f3978b66a31ea1569f8f3e44f1473b403fc839f4a9b8ec3f"),
    ]) func `the vectors of the receipt key`(event: String, key: String) throws {
        #expect(try Self.key(PostBench.push(event)) == key)
        #expect(try Self.key(##"{"items":[\##(event)],"track_datetime":"04/06/2567 09:30+07:00","new":1}"##) == key)
    }

    @Test func `another fact has another key`() throws {
        let first = PostBench.event("301"), keys = try [
            PostBench.push(first), PostBench.push(PostBench.event("302")), PostBench.push(PostBench.event("301", "04/06/2567 08:41:11+07:00")), PostBench.push(PostBench.event("301", postcode: "50221")),
            PostBench.push(PostBench.event("301", delivery: "S")), PostBench.push(PostBench.event("301", barcode: "RR473124829TH")), PostBench.push(first, PostBench.event("302")), PostBench.push(first, first),
            PostBench.push(PostBench.event("302"), first), "{}", "[]", "<html>", ##"{"items":[\##(first),null]}"##, PostBench.push(PostBench.event("301", "no time")),
        ].map(Self.key)
        #expect(keys.allSatisfy { $0?.isEmpty == false } && Set(keys).count == keys.count)
        #expect(try Self.key("[]")?.hasPrefix("digest:") == true)
    }

    @Test func `a copy that comes late has the key of the first`() throws {
        let connector = try FakePost().connector(), body = Array(PostBench.push(PostBench.event("301"), PostBench.event("301", barcode: "RR473124829TH")).utf8)
        let verdicts = [PostBench.now, PostBench.now + .seconds(400 * 86_400)].map { connector.verify(IncomingDelivery(headers: [.authorization: "Bearer bearer-of-ours"], body: body, receivedAt: $0)) }
        #expect(verdicts[0] == verdicts[1])
    }

    @Test func `what was kept is answered at once`() throws {
        let answer = try FakePost().connector().answer(.accepted, receipt: Receipt(key: "k", topic: "tracking.push"))
        #expect(answer.status == 200)
    }
}
