import Connect
import Domain
import Testing
@testable import Shopat24Connector

/// The profile: what is built in, what may be laid over it, what is refused (shopat24.md §4B).
@Suite struct ConnectorProfileTests {
    @Test func `the built-in profile is whole`() throws {
        let profile = try Profile(laying: nil)
        #expect(profile.auth.scheme == .none)
        #expect(profile.rate == Profile.Rate(perSecond: 5, burst: 5))
        #expect(profile.list.maxWindow.milliseconds == 31 * 86_400_000)
        #expect(profile.statusMap.count == 25)
        #expect(profile.errors.map(\.code) == ["4001", "4002", "4003", "4009"])
        #expect(profile.webhook == nil)
    }

    @Test func `a channel's profile replaces what it names and leaves the rest`() throws {
        let profile = try Profile(laying: #"{"list":{"pageSize":50,"query":{"page":null,"size":null,"since":"{from}"},"paging":{"style":"none"}},"actions":{"label":null},"statusMap":{"PAID":"new","NEW":null},"errors":[{"code":"4002","means":"retry"},{"code":"77","means":"operator"}]}"#)
        #expect(profile.list.pageSize == 50)
        #expect(Set(profile.list.query.keys) == ["updatedFrom", "updatedTo", "since"])
        #expect(profile.actions.label == nil)
        #expect(profile.actions.ship != nil)
        #expect(profile.statusMap["PAID"] != nil)
        #expect(profile.statusMap["NEW"] == nil)
        let table = RefusalTable(profile)
        #expect(table.failure(of: .json("", status: 409), JSONValue(reading: Array(#"{"code":"4002"}"#.utf8)), now: Sample.now)?.failureClass == .transient)
        #expect(table.failure(of: .json("", status: 409), JSONValue(reading: Array(#"{"code":"4009"}"#.utf8)), now: Sample.now) == .alreadyDone)
    }

    @Test(arguments: [
        "[]", "nonsense", "{", #"{"rate":{"perSecond":0}}"#, #"{"rate":{"burst":0}}"#, #"{"timeoutMs":5}"#, #"{"timeoutMs":"15"}"#, #"{"list":{"pageSize":0}}"#, #"{"list":{"maxWindow":"31"}}"#, #"{"list":{"maxWindow":"99999d"}}"#,
        #"{"list":{"method":"BREW"}}"#, #"{"list":{"path":"vendor"}}"#, #"{"list":{"path":"/a?b=c"}}"#, #"{"list":{"path":"/a b"}}"#, #"{"list":{"query":{"x":"{secret}"}}}"#, #"{"list":{"timeFormat":"dd/MM/yy"}}"#, #"{"list":{"timeFormat":"HH:mm"}}"#,
        #"{"list":{"itemsPointer":"data"}}"#, #"{"list":{"itemsPointer":null}}"#, #"{"list":{"paging":{"style":"scroll"}}}"#, #"{"list":{"paging":{"style":"cursor"}}}"#, #"{"list":{"paging":{"style":"cursor","pointer":"/next"}}}"#,
        #"{"list":{"paging":{"style":"offset"}}}"#, #"{"list":{"query":{"page":null}}}"#, #"{"detail":{"path":"/o/{number}"}}"#, #"{"actions":{"ship":{"body":{"a":"{token}"}}}}"#, #"{"pointers":{"order":{"orderNo":null}}}"#,
        #"{"pointers":{"line":{"quantity":"qty"}}}"#, #"{"values":{"money":"satang"}}"#, #"{"values":{"dates":["yesterday"]}}"#, #"{"values":{"shipTo":{"X":"moon"}}}"#, #"{"statusMap":{"A":"gone"}}"#, #"{"statusMap":{"A":"new/nowhere"}}"#,
        #"{"statusMap":{"A":"new/packed/later"}}"#, #"{"statusMap":{"A":"new/packed/same/tag/more"}}"#, #"{"invoiceTypes":{"A":"lost"}}"#, #"{"errors":[{"code":"1","means":"maybe"}]}"#,
        #"{"webhook":{"header":"X-Sig","encoding":"hex","template":"{timestamp}","orderNoPointer":"/orderNo"}}"#, #"{"webhook":{"header":"X-Sig","encoding":"hex","template":"{timestamp}.{body}","orderNoPointer":"/orderNo"}}"#,
        #"{"webhook":{"header":"X Sig","encoding":"hex","template":"{body}","orderNoPointer":"/orderNo"}}"#, #"{"webhook":{"header":"X-Sig","encoding":"rot13","template":"{body}","orderNoPointer":"/orderNo"}}"#,
        #"{"webhook":{"header":"X-Sig","encoding":"hex","template":"{body}{body}","orderNoPointer":"/orderNo"}}"#, #"{"webhook":{"header":"X-Sig","encoding":"hex","template":"{body}","secret":"s","orderNoPointer":"/orderNo"}}"#,
    ])
    func `a profile that cannot work is refused when it is set`(profile: String) {
        let error = #expect(throws: ConnectorError.self) { try FakeChannel().connector(profile: profile) }
        guard case .misconfigured(setting: "profile", _)? = error else { Issue.record("\(String(describing: error))"); return }
    }

    @Test(arguments: ["", "vendor.example", "ftp://vendor.example", "https://", "https://user:word@vendor.example", "https://vendor.example?a=1", "https://vendor.example#x"])
    func `the base address is a plain one, and there is no default`(address: String) {
        let error = #expect(throws: ConnectorError.self) { try FakeChannel().connector(["baseURL": address]) }
        guard case .misconfigured(setting: "baseURL", _)? = error else { Issue.record("\(String(describing: error))"); return }
    }

    @Test func `the profile may hold the base address`() throws {
        #expect(try FakeChannel().connector(["baseURL": ""], profile: #"{"baseURL":"https://other.example/x/"}"#).settings.baseURL == "https://other.example/x")
    }

    @Test func `without a connection the channel's name stands in the identity`() throws {
        #expect(try FakeChannel().connector(["connection": ""]).externalID(of: "7") == "s24:7")
    }

    @Test func `a slower pace than the descriptor's is kept`() async throws {
        let channel = FakeChannel(200, Sample.page([]))
        let connector = try channel.connector(profile: #"{"rate":{"perSecond":0.001,"burst":1}}"#)
        _ = try await connector.listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: nil, limit: 10)
        let error = await #expect(throws: ConnectorError.self) { try await connector.listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: nil, limit: 10) }
        guard case .throttled? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(channel.requests.count == 1)
    }

    @Test func `a time limit is the profile's, in whole seconds`() async throws {
        let channel = FakeChannel(200, Sample.page([]))
        _ = try await channel.connector(profile: #"{"timeoutMs":2500}"#).listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: nil, limit: 10)
        #expect(channel.requests.first?.timeoutSeconds == 3)
    }

    @Test func `the check says what is wrong and how to mend it`() async throws {
        let good = await (try FakeChannel(200, Sample.page([])).connector(profile: #"{"auth":{"scheme":"bearer"}}"#)).check()
        #expect(good.map(\.name) == ["profile", "authorisation", "listing", "webhook", "actions"])
        #expect(good.allSatisfy { $0.isGood })
        let bad = await (try FakeChannel(401, "").connector(["webhookSecret": ""], profile: #"{"detail":null,"webhook":{"header":"X-Sig","encoding":"hex","template":"{body}","orderNoPointer":"/orderNo"}}"#)).check()
        #expect(bad.filter { !$0.isGood }.map(\.name) == ["authorisation", "listing", "webhook", "actions"])
        #expect(bad.filter { !$0.isGood }.allSatisfy { $0.remedy != nil })
        #expect(!bad.contains { "\($0)".contains(Sample.secret) })
    }
}
