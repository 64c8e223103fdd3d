import Connect
import Domain
import Foundation
import HTTPTypes
import Testing
@testable import ThailandPostConnector

/// What a channel is told, and what its check finds.
@Suite struct ConnectorSettingsTests {
    @Test func `every setting has a title, and the required ones are named when they are missing`() throws {
        let descriptor = ThailandPostConnector.descriptor
        #expect(descriptor.platform == "thailandpost" && descriptor.kind == .courier)
        #expect(descriptor.settings.allSatisfy { !$0.title.isEmpty } && Set(descriptor.settings.map(\.key)).count == descriptor.settings.count)
        #expect(Set(descriptor.settings.filter(\.isSecret).map(\.key)) == ["eparcelPassword", "codPassword", "staticToken", "webhookBearer", "previousWebhookBearer", "postOneKey"])
        let required = descriptor.settings.filter(\.isRequired).map(\.key)
        #expect(Set(required) == ["eparcelUser", "eparcelPassword", "staticToken"])
        for key in required {
            let error = #expect(throws: ConnectorError.self) { try FakePost().connector([key: ""]) }
            #expect(error == .misconfigured(setting: key, problem: "is not set"))
        }
    }

    @Test(arguments: [
        ("codUser", "", "codUser"), ("codPassword", "", "codPassword"), ("orderType", "X", "orderType"), ("defaultService", "dhl", "defaultService"), ("services", "EMS", "services"), ("services", "EMS=dhl", "services"),
        ("numbersFrom", "heaven", "numbersFrom"), ("numbersFrom", "postone", "postOneShopID"), ("postOneKey", "k", "postOneShopID"), ("webhookBearer", "two words", "webhookBearer"), ("webhookBearer", "คำลับ", "webhookBearer"),
        ("trackingHours", "0", "trackingHours"), ("confirmMoneyByPull", "maybe", "confirmMoneyByPull"), ("eparcelURL", "r_dservice.thailandpost.com", "eparcelURL"), ("staticToken", "a b", "staticToken"), ("staticToken", "a\nb", "staticToken"),
    ]) func `a setting that cannot be is refused by its name`(key: String, value: String, named: String) {
        let error = #expect(throws: ConnectorError.self) { try FakePost().connector([key: value]) }
        guard case .misconfigured(let setting, _)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(setting == named)
    }

    @Test(arguments: [("T!k$n", "T!k$n"), (" T!k$n\n", "T!k$n"), ("\"T!k$n\"", "T!k$n"), ("'T!k$n'", "T!k$n"), ("\"T!k$n", "\"T!k$n")]) func `quotation marks around the static token are somebody else's`(given: String, kept: String) throws {
        #expect(try FakePost().connector(["staticToken": given]).settings.staticToken == kept)
    }

    @Test func `addresses may end with a slash or not`() throws {
        for text in ["http://127.0.0.1:8080/webservice", "http://127.0.0.1:8080/webservice/"] {
            #expect(try FakePost().connector(["eparcelURL": text]).eparcel.request(.get, "getStatus").url == "http://127.0.0.1:8080/webservice/getStatus")
        }
    }

    @Test func `the host with an underscore is an address that the client can take apart`() throws {
        let url = try #require(URL(string: try FakePost().connector().eparcel.request(.get, "getStatus").url))
        #expect(url.host == "r_dservice.thailandpost.com" && url.scheme == "https")
    }

    @Test func `parcels are asked for every few hours`() throws {
        #expect(try FakePost().connector().trackingInterval == .seconds(4 * 3600))
        #expect(try FakePost().connector(["trackingHours": "12"]).trackingInterval == .seconds(12 * 3600))
    }

    // MARK: check

    private static func rows(_ post: FakePost, _ settings: [String: String] = [:], hookURL: String? = "https://hub.example/hooks/7") async throws -> [String: CheckRow] {
        Dictionary(uniqueKeysWithValues: try await post.connector(settings, hookURL: hookURL).check().map { ($0.name, $0) })
    }
    private static let postOne = ["numbersFrom": "postone", "postOneShopID": "SHOP", "postOneKey": "KEY"]

    @Test func `everything good is a row a system`() async throws {
        let post = FakePost { request in
            if request.url.hasSuffix("getStatus") { return .json(#"[{"code":"1","name":"รับฝาก"}]"#) }
            return request.url.contains("bc.php") ? .json(#"{"STATUS":"ERROR"}"#) : .json(PostBench.history(PostBench.event("103")))
        }
        let rows = try await Self.rows(post, Self.postOne)
        #expect(Set(rows.keys) == ["e-Parcel", "e-Parcel (COD)", "Track & Trace", "push address", "webhook service", "numbers (COD)", "Post One"])
        #expect(rows.values.allSatisfy { $0.isGood })
        #expect(rows["Track & Trace"]?.found == "48 of 1500 numbers asked today" && rows["push address"]?.found == "https://hub.example/hooks/7")
        #expect(post.requests(to: "bc.php").map(\.url) == ["https://postone.thailandpost.com/api/bc.php?typ=1&cnt=0"])
        #expect(post.requests.allSatisfy { !$0.url.contains("addItem") && !$0.url.contains("hook") })
    }

    @Test func `everything bad is told with a remedy each, and without a secret`() async throws {
        let post = FakePost { (request) throws(ConnectorError) in
            if request.url.contains("r_dservice") { throw .unreachable(reason: "r_dservice.thailandpost.com did not answer in time") }
            return .html(403)
        }
        let rows = try await Self.rows(post, Self.postOne.merging(["codEmsRange": ""]) { $1 }, hookURL: nil)
        #expect(rows.values.filter { !$0.isGood }.map(\.name).sorted() == ["Post One", "Track & Trace", "e-Parcel", "e-Parcel (COD)", "numbers (COD)", "push address"])
        #expect(rows.values.allSatisfy { $0.isGood || $0.remedy != nil })
        #expect(rows["e-Parcel"]?.remedy?.contains("IP address") == true && rows["Post One"]?.remedy?.contains("Thailand") == true)
        let words = rows.values.map { $0.found + ($0.remedy ?? "") }.joined()
        #expect(!words.contains("demo_pass") && !words.contains("T!k$n") && !words.contains("bearer-of-ours"))
    }

    @Test func `a password that e-Parcel refuses and a used-up quota are told`() async throws {
        let post = FakePost { request in request.url.hasSuffix("getStatus") ? .code("001", "invalid user") : .json(PostBench.history(PostBench.event("103"), used: 1450)) }
        let rows = try await Self.rows(post, ["webhookBearer": ""])
        #expect(rows["e-Parcel"]?.isGood == false && rows["Track & Trace"]?.isGood == false && rows["pushes"]?.isGood == false && rows["numbers"]?.found == "ems 102; registered 518")
    }

    @Test func `a stock below a fifth, parcels that wait and parcels that were refused are in the check`() async throws {
        let post = FakePost { request in
            if request.url.hasSuffix("getStatus") { return .json("[]") }
            return request.url.hasSuffix("hook") ? .json(#"{"response":{"items":[{"barcode":"EF123456785TH","status":false}]},"status":true}"#) : request.url.hasSuffix("addItem") ? .done : .html(500)
        }
        let connector = try post.connector(["emsRange": "EF 10000000-10000009", "codEmsRange": "EB 00000001-00000009"], hookURL: "https://hub.example/hooks/7")
        let numbers = try await connector.trackingNumbers(9, service: nil, isCOD: false, after: nil)
        _ = try await connector.book(PostBench.request(numbers: [numbers[0]]), idempotencyKey: "k")
        let rows = Dictionary(uniqueKeysWithValues: await connector.check().map { ($0.name, $0) })
        #expect(rows["numbers"]?.isGood == false && rows["numbers"]?.found == "ems 10, 1 left; registered 518" && rows["numbers"]?.remedy?.hasSuffix("emsRange.") == true)
        #expect(rows["webhook service"]?.isGood == true && rows["webhook service"]?.found == "a token is there; refused since the start: 1")

        let failing = FakePost { request in request.url.hasSuffix("hook") ? .html(500) : request.url.hasSuffix("addItem") ? .done : .json("[]") }
        let waiting = try failing.connector(hookURL: "https://hub.example/hooks/7")
        _ = try await waiting.book(PostBench.request(), idempotencyKey: "k")
        let row = try #require(await waiting.check().first { $0.name == "webhook service" })
        #expect(!row.isGood && row.found.contains("waiting to be subscribed: 1") && row.remedy != nil)
    }
}
