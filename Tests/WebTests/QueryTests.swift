@testable import Web
import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@Suite struct QueryTests {
    private static func request(_ query: String) -> Request {
        Request(head: HTTPRequest(method: .get, scheme: "http", authority: "hub", path: "/api/v1/orders?" + query), body: RequestBody(buffer: ByteBuffer()))
    }

    @Test(arguments: [
        ("search=green+tea", "green tea"), ("search=green%20tea", "green tea"), ("search=1%2B1", "1+1"), ("search=%E0%B8%8A%E0%B8%B2", "ชา"), ("search=a=b", "a=b"), ("search", ""),
        ("&&search=x&", "x"), ("se%61rch=x", "x"),
    ])
    func `a query is read as forms and browsers write it`(text: String, expected: String) throws {
        #expect(try APIQuery(text: text)["search"] == expected)
    }

    @Test(arguments: ["search=%", "search=%4", "search=%ZZ", "search=%FF", "search=%C3%28", "search=a%00b", "limit=1&limit=2", "%FF=1"])
    func `a broken escape, bytes that are no text and a parameter given twice are refused`(text: String) {
        let problem = #expect(throws: APIProblem.self) { try APIQuery(text: text) }
        #expect(problem?.status == .badRequest)
    }

    @Test func `a query of more parameters than any route knows is refused`() {
        let text = (0...APIQuery.maximumParameters).map { "p\($0)=1" }.joined(separator: "&")
        #expect(throws: APIProblem.self) { try APIQuery(text: text) }
    }

    @Test(arguments: [
        "2026-01-01T00:00:00+07:00", "2026-01-01T00:00:00%2B07:00", "2026-01-01T00:00:00%2b07%3A00", "2026-01-01T00:00:00 07:00", "2026-01-01T00:00:00.000+0700", "2026-01-01+00:00:00+07",
        "2025-12-31T17:00:00Z", "2025-12-31+17:00:00Z", "2025-12-31T10:00:00-07:00",
    ])
    func `a time keeps its offset whether or not its plus sign was escaped`(text: String) throws {
        #expect(try APIRead.time(Self.request("placedFrom=" + text.replacing(" ", with: "%20")), "placedFrom") == Timestamp(rfc3339: "2025-12-31T17:00:00Z"))
    }

    @Test(arguments: ["2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00++07:00", "2026-02-30T00:00:00Z", "yesterday", ""])
    func `what is no time is refused`(text: String) {
        #expect(throws: APIProblem.self) { try APIRead.time(Self.request("placedFrom=" + text), "placedFrom") }
    }

    @Test(arguments: ["0", "201", "-1", "%2B5", "05", "5+", "1e2", "", "٥"])
    func `a limit is a plain number within its bounds`(text: String) {
        #expect(throws: APIProblem.self) { try APIRead.limit(Self.request("limit=" + text)) }
    }
}
