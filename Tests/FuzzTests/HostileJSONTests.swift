import Connect
@testable import CourierConnector
@testable import CustomShopConnector
import Domain
import Foundation
import HTTPTypes
@testable import ShopifyConnector
import SpreadsheetConnector
import Testing
@testable import WooCommerceConnector

/// JSON that was made to break parsers, through each connector's whole way in: a reason, in bounded time.
@Suite(.serialized) struct HostileJSONTests {
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let topic: String
        let connector: @Sendable (PlatformAnswer?) throws -> any InterpretsDeliveries
    }

    static let ways = [
        Way(testDescription: "shopify webhook", topic: "orders/updated") { try ShopifyConnector(FuzzBench.context(ShopifyFuzzing.settings, answer: $0)) },
        Way(testDescription: "shopify node", topic: ShopifyConnector.nodeTopic) { try ShopifyConnector(FuzzBench.context(ShopifyFuzzing.settings, answer: $0)) },
        Way(testDescription: "woocommerce", topic: "order.updated") { try WooCommerceConnector(FuzzBench.context(WooCommerceFuzzing.settings, answer: $0)) },
        Way(testDescription: "custom", topic: "order.upserted") { try CustomShopConnector(FuzzBench.context(CustomShopFuzzing.settings, answer: $0)) },
        Way(testDescription: "custom pull", topic: "pull.order") { try CustomShopConnector(FuzzBench.context(CustomShopFuzzing.settings, answer: $0)) },
        Way(testDescription: "courier", topic: "callback") { try CourierConnector(FuzzBench.context(CourierFuzzing.settings, answer: $0)) },
        Way(testDescription: "spreadsheet", topic: "api.order") { try SpreadsheetConnector(FuzzBench.context(SpreadsheetFuzzing.settings, answer: $0)) },
    ]

    enum Body: String, CaseIterable, Sendable {
        case deepLists, deepObjects, veryDeepLists, veryDeepObjects, fiftyMegabytes, megabytesOfTags, invalidUTF8, doubledMembers, hugeNumbers, loneSurrogate, manyMembers, manyMarks

        var bytes: [UInt8] {
            func times(_ text: String, _ count: Int) -> [UInt8] { Array(String(repeating: text, count: count).utf8) }
            switch self {
            case .deepLists: return times("[", 10_000) + times("]", 10_000)
            case .deepObjects: return times(#"{"id":"#, 10_000) + [49] + times("}", 10_000)
            case .veryDeepLists: return Array(#"{"id":1,"x":"#.utf8) + times("[", 1_000_000) + times("]", 1_000_000) + [0x7D]
            case .veryDeepObjects: return times(#"{"id":"#, 1_000_000) + [49] + times("}", 1_000_000)
            case .fiftyMegabytes: return Array(#"{"id":1,"note":""#.utf8) + [UInt8](repeating: 0x61, count: 50 << 20) + Array(#""}"#.utf8)
            case .megabytesOfTags: return Array(#"{"id":1,"status":"x","currency":"THB","total":"1","line_items":[],"customer_note":""#.utf8) + times("<a&", 1 << 20) + Array(#""}"#.utf8)
            case .invalidUTF8: return Array(#"{"id":1,"name":""#.utf8) + [0xC3, 0x28, 0xFF, 0xED, 0xA0, 0x80] + Array(#""}"#.utf8)
            case .doubledMembers: return Array(#"{"id":1,"id":2,"currency":"THB","currency":"JPY","externalID":"a","externalID":"b"}"#.utf8)
            case .hugeNumbers: return Array(#"{"id":1e400,"total":1e400,"total_price":-1e400,"line_items":[{"id":1,"quantity":1e400,"price":1e400}],"seq":1e400,"type":"shipment.status","data":{"order":{"revision":1e400}}}"#.utf8)
            case .loneSurrogate: return Array(#"{"id":1,"name":"\ud800","type":"\udc00"}"#.utf8)
            case .manyMembers: return Array(("{" + (0..<100_000).map { "\"k\($0)\":\($0)," }.joined() + #""id":1}"#).utf8)
            case .manyMarks: return Array(#"{"id":1,"currency":""#.utf8) + times("\u{301}", 1_000_000) + Array(#"","type":"x"}"#.utf8)
            }
        }
    }

    private static let longest = Duration.seconds(15)

    @Test(arguments: Body.allCases) func `hostile JSON is refused with a reason, or read, soon`(body: Body) async throws {
        let bytes = body.bytes
        for way in Self.ways {
            let start = ContinuousClock.now
            let verdict = FuzzBench.verdict(try way.connector(nil), FuzzBench.delivery(bytes, topic: way.topic))
            #expect(verdict.complaints.isEmpty, "\(way.testDescription): \(verdict.complaints)")
            let took = ContinuousClock.now - start
            #expect(took < Self.longest, "\(way.testDescription) took \(took)")
        }
    }

    @Test(arguments: Body.allCases) func `a hostile answer to a listing is refused with a reason, or read, soon`(body: Body) async throws {
        let answer = PlatformAnswer(status: 200, headers: [.contentType: "application/json"], body: body.bytes)
        for way in Self.ways {
            guard let connector = try way.connector(answer) as? any ListsOrders else { continue }
            let start = ContinuousClock.now
            let verdict = await FuzzBench.verdict { () async throws(ConnectorError) in
                FuzzBench.verdict(connector, try await connector.listOrders(changedSince: FuzzBench.now, until: nil, cursor: nil, limit: 50).orders)
            }
            #expect(verdict.complaints.isEmpty, "\(way.testDescription): \(verdict.complaints)")
            let took = ContinuousClock.now - start
            #expect(took < Self.longest, "\(way.testDescription) took \(took)")
        }
    }

    @Test(arguments: Body.allCases) func `a hostile signed push gets an answer soon`(body: Body) throws {
        let key = try StandardWebhookKey(CustomShopFuzzing.secret, setting: "secret"), bytes = body.bytes
        let headers: HTTPFields = [
            .contentType: "application/json", CustomShopConnector.Names.id: "msg_12345678", CustomShopConnector.Names.timestamp: "1795225000",
            CustomShopConnector.Names.signature: "v1," + key.sign(id: "msg_12345678", timestamp: "1795225000", body: bytes),
        ]
        let connector = try CustomShopConnector(FuzzBench.context(CustomShopFuzzing.settings)), start = ContinuousClock.now
        let verdict = connector.verify(IncomingDelivery(headers: headers, body: bytes, receivedAt: FuzzBench.now))
        #expect(ContinuousClock.now - start < Self.longest)
        switch verdict {
        case .refuse(let answer): #expect((400..<500).contains(answer.status) && !answer.code.isEmpty)
        case .accept(let receipt): #expect(receipt.quarantine != nil)
        case .answer: Issue.record("a hostile body was answered like a ping")
        }
    }
}
