import Connect
import Domain
import HTTPTypes
import Testing
@testable import ThailandPostConnector

/// Numbers of our own ranges and of Post One (platforms/thailandpost.md §6.2).
@Suite struct ConnectorNumberTests {
    private static func numbers(_ post: FakePost, _ count: Int, service: String? = nil, isCOD: Bool = false, after last: String? = nil, _ changed: [String: String] = [:]) async throws(ConnectorError) -> [String] {
        try await post.connector(changed).trackingNumbers(count, service: service, isCOD: isCOD, after: last)
    }

    @Test func `a range is used from its beginning, and goes on behind the last number`() async throws {
        let post = FakePost()
        #expect(try await Self.numbers(post, 1) == ["EF123456785TH"])
        let first = try await Self.numbers(post, 3), next = try await Self.numbers(post, 2, after: first.last)
        #expect(first.count == 3 && Set(first + next).count == 5)
        #expect((first + next).compactMap { S10Number(reading: $0)?.serial } == Array(12_345_678...12_345_682))
        #expect(post.requests.isEmpty)
    }

    @Test func `services and COD have ranges of their own`() async throws {
        let mapped = ["services": "Thai Post = registered, EMS-Express=ems"]
        #expect(try await Self.numbers(FakePost(), 1, service: "registered") == ["RR473124829TH"])
        #expect(try await Self.numbers(FakePost(), 1, service: "Thai Post", mapped) == ["RR473124829TH"])
        #expect(try await Self.numbers(FakePost(), 1, service: "flat_rate", mapped) == ["EF123456785TH"])
        #expect(try await Self.numbers(FakePost(), 1, isCOD: true) == ["EB000000014TH"])
        let error = await connectorError { () async throws(ConnectorError) in try await Self.numbers(FakePost(), 1, service: "registered", isCOD: true) }
        #expect(error == .misconfigured(setting: "codRegisteredRange", problem: "is not set: there are no numbers for registered with COD"))
    }

    @Test func `the end of a range is told, and a second range follows the first`() async throws {
        let small = ["emsRange": "EF 10000000-10000001"], two = ["emsRange": "EF 10000000-10000001, EX 20000000-20000009"]
        let last = try #require(try await Self.numbers(FakePost(), 2, small).last)
        for count in [1, 5] {
            let error = await connectorError { () async throws(ConnectorError) in try await Self.numbers(FakePost(), count, after: last, small) }
            #expect(error?.code == "range_exhausted" && error?.failureClass == .rejected)
        }
        let across = try await Self.numbers(FakePost(), 3, two)
        #expect(across.map { String($0.prefix(10)) } == ["EF10000000", "EF10000001", "EX20000000"])
        #expect(try await Self.numbers(FakePost(), 1, after: across.last, two).first?.hasPrefix("EX20000001") == true)
    }

    @Test func `a range at the very end of the serials ends there`() async throws {
        let end = ["emsRange": "EE 99999998-99999999"]
        #expect(try await Self.numbers(FakePost(), 2, end).last == "EE999999995TH")
        let error = await connectorError { () async throws(ConnectorError) in try await Self.numbers(FakePost(), 1, after: "EE999999995TH", end) }
        #expect(error?.code == "range_exhausted")
    }

    @Test func `a last number of another stock begins the range`() async throws {
        #expect(try await Self.numbers(FakePost(), 1, after: "EX999999993TH") == ["EF123456785TH"])
        #expect(try await Self.numbers(FakePost(), 1, after: "nonsense") == ["EF123456785TH"])
        #expect(try await Self.numbers(FakePost(), 0).isEmpty)
    }

    @Test(arguments: [
        ("emsRange", "EF12345678"), ("emsRange", "EF 1234567-12345679"), ("emsRange", "EF 12345679-12345678"), ("emsRange", "RR 10000000-10000001"), ("registeredRange", "EF 10000000-10000001"),
        ("emsRange", "E1 10000000-10000001"), ("emsRange", "EF 10000000-10000009, EF 10000005-10000020"), ("ecoRange", "EF 12345678-12345680"), ("codEcoRange", "EF 12345678-12345680"),
        ("emsRange", "EF ๑๐๐๐๐๐๐๐-๑๐๐๐๐๐๐๑"),
    ]) func `a range that cannot be is refused when the channel is set up`(key: String, text: String) {
        let error = #expect(throws: ConnectorError.self) { try FakePost().connector([key: text]) }
        #expect(error?.code == "misconfigured")
    }

    // MARK: Post One

    private static let postOne = ["numbersFrom": "postone", "postOneShopID": "SHOP", "postOneKey": "KEY"]
    private static func drawn(_ begin: String, _ end: String, mark: String = "\u{FEFF}") -> PlatformAnswer { .json(mark + ##"{"STATUS":"SUCCESS","MESSAGE":"","PRE":"EFTH","BEGIN":"\##(begin)","END":"\##(end)"}"##) }

    @Test(arguments: ["\u{FEFF}", ""]) func `a draw is read with its byte order mark and without`(mark: String) async throws {
        let post = FakePost { _ in Self.drawn("12345678", "12345687", mark: mark) }
        let numbers = try await Self.numbers(post, 10, Self.postOne)
        #expect(numbers.first == "EF123456785TH" && numbers.count == 10 && numbers.allSatisfy { S10Number(reading: $0) != nil })
        #expect(post.requests.map(\.url) == ["https://postone.thailandpost.com/api/bc.php?typ=1&cnt=10"])
        #expect(post.requests[0].headers[.authorization] == "Basic U0hPUDpLRVk=")
    }

    @Test func `a test key's two numbers at a time are enough in the end`() async throws {
        let post = FakePost { request in
            let wanted = request.url.hasSuffix("cnt=3")
            return wanted ? Self.drawn("00000001", "00000002") : Self.drawn("00000003", "00000004")
        }
        #expect(try await Self.numbers(post, 3, service: "registered", Self.postOne).compactMap { S10Number(reading: $0)?.serial } == [1, 2, 3])
        #expect(post.requests.map { String($0.url.suffix(11)) } == ["typ=2&cnt=3", "typ=2&cnt=1"])
    }

    @Test func `COD never draws: its account is told by the number`() async throws {
        let post = FakePost { _ in Self.drawn("12345678", "12345678") }
        #expect(try await Self.numbers(post, 1, isCOD: true, Self.postOne) == ["EB000000014TH"])
        #expect(post.requests.isEmpty)
    }

    @Test(arguments: [
        (PlatformAnswer.json(#"{"STATUS":"ERROR","MESSAGE":"no more"}"#), "range_exhausted"), (.html(403), "unauthorised"), (.html(401), "unauthorised"), (.html(500), "unreachable"), (.html(200), "unreachable"),
        (.json("[]"), "unreachable"), (.json("null"), "unreachable"), (.json(#"{"STATUS":"SUCCESS","PRE":"EF","BEGIN":"1","END":"2"}"#), "not_understood"),
        (.json(#"{"STATUS":"SUCCESS","PRE":"EFTH","BEGIN":"2","END":"1"}"#), "not_understood"), (.json(#"{"STATUS":"SUCCESS","PRE":"EFSG","BEGIN":"1","END":"2"}"#), "not_understood"),
        (.json(#"{"STATUS":"SUCCESS","PRE":"EFTH","BEGIN":"00000000","END":"99999999"}"#), "not_understood"), (.json(#"{"STATUS":"SUCCESS"}"#), "not_understood"),
        (.html(429), "throttled"), (.html(404), "http_404"),
    ]) func `a draw that gives nothing says why`(answer: PlatformAnswer, code: String) async {
        let error = await connectorError { () async throws(ConnectorError) in try await Self.numbers(FakePost { _ in answer }, 2, Self.postOne) }
        #expect(error?.code == code)
    }
}
