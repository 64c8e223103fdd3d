import Connect
import Domain
import Foundation
import Testing
@testable import Shopat24Connector

/// Texts, dates, amounts and pointers (shopat24.md §4A.2, §4B).
@Suite struct ConnectorValueTests {
    static let forms: [TimeFormat] = [.iso, .pattern("dd/MM/yyyy"), .pattern("dd.MM.yyyy"), .pattern("yyyy-MM-dd")]

    @Test(arguments: [
        ("21/10/2025", "2025-10-20T17:00:00Z"), ("21.10.2025", "2025-10-20T17:00:00Z"), ("2025-10-21", "2025-10-20T17:00:00Z"), ("21/10/2568", "2025-10-20T17:00:00Z"), ("๒๑/๑๐/๒๕๖๘", "2025-10-20T17:00:00Z"),
        ("21/10/2025 11:38", "2025-10-21T04:38:00Z"), ("21.10.2568 11:38:09", "2025-10-21T04:38:09Z"), ("2025-10-21T11:38:00+07:00", "2025-10-21T04:38:00Z"), ("2568-10-21T11:38:00+07:00", "2025-10-21T04:38:00Z"),
        ("2025-10-21T11:38:00Z", "2025-10-21T11:38:00Z"), ("2025-10-21T11:38:00", "2025-10-21T04:38:00Z"), ("2025-10-21 11:38", "2025-10-21T04:38:00Z"), ("2025-10-21T11:38:00.250+07:00", "2025-10-21T04:38:00.250Z"),
        ("29/02/2567", "2024-02-28T17:00:00Z"), ("  21/10/2025\u{a0}", "2025-10-20T17:00:00Z"), ("21/10/2399", "2399-10-20T17:00:00Z"),
    ])
    func `a date is read in the time of Bangkok, Buddhist years and Thai digits too`(text: String, expected: String) {
        #expect(TimeFormat.read(text, Self.forms)?.description == expected)
    }

    @Test(arguments: [
        "21/10/25", "21.10.68", "10/21/2025", "31/02/2025", "29/02/2025", "29/02/2568", "2025/10/21", "1/2/2025", "21/10/2025 25:00", "21/10/2025 11", "21/10/2025x", "", "-", "today", "45951.484722", "2025-10-21T",
        "2025-13-01T00:00:00+07:00", "99/99/9999", "2025-10-21T11:38:00+99:00", "+025-10-21T11:38:00Z", "21/10/2025 11:38:00:00",
    ])
    func `what is no date in the wanted order stays unread`(text: String) {
        #expect(TimeFormat.read(text, Self.forms) == nil)
    }

    @Test(arguments: [
        (TimeFormat.iso, "2025-10-21T11:40:00+07:00"), (.epochS, "1761021600"), (.epochMs, "1761021600250"), (.pattern("dd/MM/yyyy HH:mm:ss"), "21/10/2025 11:40:00"), (.pattern("yyyyMMddHHmmss"), "20251021114000"),
        (.pattern("yyyy-MM-dd HH:mm:ss.SSS"), "2025-10-21 11:40:00.250"),
    ])
    func `a listing's times are written in the profile's form`(form: TimeFormat, expected: String) {
        #expect(form.text(Timestamp(milliseconds: Sample.seconds * 1000 + 250)) == expected)
    }

    @Test func `the end of a window is rounded up to what the form can say`() {
        let time = Timestamp(milliseconds: Sample.seconds * 1000 + 1)
        #expect(TimeFormat.epochS.text(time, up: true) == "1761021601")
        #expect(TimeFormat.iso.text(time, up: true) == "2025-10-21T11:40:01+07:00")
        #expect(TimeFormat.epochMs.text(time, up: true) == "1761021600001")
        #expect(TimeFormat.pattern("dd/MM/yyyy").text(time) == "21/10/2025")
        #expect(TimeFormat.pattern("dd/MM/yyyy").text(time, up: true) == "22/10/2025")
        #expect(TimeFormat.pattern("yyyy-MM-dd HH:mm").text(time, up: true) == "2025-10-21 11:41")
        #expect(TimeFormat.pattern("dd/MM/yyyy").text(Timestamp(seconds: Sample.seconds - 42_000), up: true) == "21/10/2025")
        #expect(TimeFormat.iso.text(Sample.now, up: true) == "2025-10-21T11:40:00+07:00")
    }

    @Test(arguments: [
        ("379.50", Int64(37_950)), ("1,299.00", 129_900), ("฿1,299.00", 129_900), ("1,299 บาท", 129_900), ("THB 12", 1_200), ("(12.00)", -1_200), ("-12.00", -1_200), ("๑๒.๕๐", 1_250), ("0.005", 1), ("0.004", 0), (".50", 50),
        ("12.", 1_200), ("1,234,567.89", 123_456_789), ("  7\u{a0}", 700), ("199.750000", 19_975), ("+5", 500), ("0", 0),
    ])
    func `an amount is read in any of the house's forms`(text: String, minor: Int64) throws {
        #expect(try MoneyText(form: .string, dashIsZero: false, currency: .thb).minor(.text(text), "x") == minor)
    }

    @Test(arguments: ["1.299,00", "12,5", "1,29", "1,2345", "12.00.00", "1e5", "abc", "0x10", "--5", "(-5)", "5-", "∞", "NaN", "99999999999999999999", "1,,000", ",500", "-", "١٢", "100000000000.01", "(", ")", "()", "+", "."])
    func `what is no amount, or could be two, is a problem for a person`(text: String) {
        #expect(throws: ConnectorError.self) { try MoneyText(form: .string, dashIsZero: false, currency: .thb).minor(.text(text), "x") }
    }

    @Test func `nothing, a dash and numbers as numbers`() throws {
        let money = MoneyText(form: .string, dashIsZero: true, currency: .thb)
        #expect(try money.minor(nil, "x") == nil)
        #expect(try money.minor(.text("  "), "x") == nil)
        #expect(try money.minor(.text("-"), "x") == 0)
        #expect(try money.minor(JSONValue(reading: Array("199.75".utf8)), "x") == 19_975)
        #expect(try money.minor(.integer(5), "x") == 500)
        #expect(throws: ConnectorError.self) { try money.minor(.bool(true), "x") }
        #expect(throws: ConnectorError.self) { try money.minor(.list([]), "x") }
        let minor = MoneyText(form: .minor, dashIsZero: false, currency: .thb)
        #expect(try minor.minor(.integer(37_950), "x") == 37_950)
        #expect(try minor.minor(.text("37,950"), "x") == 37_950)
        #expect(throws: ConnectorError.self) { try minor.minor(.text("379.50"), "x") }
    }

    @Test(arguments: [
        (JSONValue.text(" 0812345678 "), "0812345678"), (.integer(250_000_000_123), "250000000123"), (.text("'00123"), "00123"), (.text(#"="00123""#), "00123"), (.text("๐๑๒"), "012"), (.text("A\u{200b}B"), "AB"), (.text("A\u{a0}\u{a0} B"), "A B"),
        (.text("e\u{301}"), "é"),
    ])
    func `an identifier is text without wrappers`(value: JSONValue, expected: String) {
        #expect(CleanText(nullWords: []).identifier(value) == expected)
    }

    @Test func `lost zeros come back to phones and postcodes, and to nothing else`() {
        let texts = CleanText(nullWords: ["NULL", "N/A"])
        #expect(texts.phone(.integer(812_345_678)) == "0812345678")
        #expect(texts.phone(.text("021234567")) == "021234567")
        #expect(texts.phone(.text("+66812345678")) == "+66812345678")
        #expect(texts.postcode(.integer(1_234)) == "01234")
        #expect(texts.postcode(.text("10900")) == "10900")
        #expect(texts.identifier(.integer(123)) == "123")
        #expect(texts.text(.text("NULL")) == nil)
        #expect(texts.text(.text("n/a")) == "n/a")
        #expect(CleanText(nullWords: []).text(.text("NULL")) == "NULL")
    }

    @Test(arguments: [
        ("", #"{"a":1}"#, #"{"a":1}"#), ("/a", #"{"a":1}"#, "1"), ("/a/0", #"{"a":[7,8]}"#, "7"), ("/a~1b", #"{"a/b":2}"#, "2"), ("/m~0n", #"{"m~n":3}"#, "3"), ("/", #"{"":4}"#, "4"), ("/~01", #"{"~1":5}"#, "5"), ("/ก", #"{"ก":6}"#, "6"),
        ("/a/-", #"{"a":[7]}"#, nil), ("/a/01", #"{"a":[7,8]}"#, nil), ("/a/2", #"{"a":[7,8]}"#, nil), ("/a/b", #"{"a":[7]}"#, nil), ("/a/b", #"{"a":1}"#, nil), ("/b", #"{"a":1}"#, nil), ("/a", #"{"a":null}"#, nil),
        ("/a/99999999999999999999", #"{"a":[1]}"#, nil),
    ] as [(String, String, String?)])
    func `a pointer finds its place`(pointer: String, document: String, expected: String?) throws {
        let found = try #require(JSONPointer(pointer)).value(in: try #require(JSONValue(reading: Array(document.utf8))))
        #expect(found == expected.flatMap { JSONValue(reading: Array($0.utf8)) })
    }

    @Test(arguments: ["a", "/~2", "/~", "/a~"])
    func `what is no pointer is none`(text: String) { #expect(JSONPointer(text) == nil) }

    @Test(arguments: [("{a}-{b}", "1-2"), ("{a", "{a"), ("a}", "a}"), (#"{"x":{a}}"#, #"{"x":1}"#), ("{}", "{}"), ("{{a}}", "{1}"), ("{c}", nil), ("x{c}", nil), ("", "")] as [(String, String?)])
    func `a template takes names alone for names`(text: String, filled: String?) { #expect(Template(text).filled(["a": "1", "b": "2"]) == filled) }
}
