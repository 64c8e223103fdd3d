import Domain
import Foundation
import Testing

@Suite struct MoneyTests {
    private static let currencies = [Currency.thb, .clp, .jpy, .usd, .kwd, .eur] + [Currency("CLF")].compactMap(\.self)

    private static func parse(_ text: String, _ code: String, rounding: Bool = false) throws -> Int64 {
        try Money(parsing: text, try #require(Currency(code)), rounding: rounding).minor
    }

    @Test(arguments: [
        ("19.99", "THB", 1_999), ("19.9900", "THB", 1_999), ("1290.0", "THB", 129_000), ("1290", "THB", 129_000), ("-50.00", "USD", -5_000), ("+1.5", "EUR", 150),
        (".5", "USD", 50), ("5.", "USD", 500), ("0", "USD", 0), ("-0.00", "USD", 0), ("000012.30", "USD", 1_230), ("  7.25 ", "USD", 725),
        ("1290", "JPY", 1_290), ("1290.00", "JPY", 1_290), ("1.234", "KWD", 1_234), ("1", "KWD", 1_000), ("1.2345", "CLF", 12_345), ("37990.0000", "CLP", 37_990),
        ("1.29e3", "THB", 129_000), ("129000E-2", "THB", 129_000), ("1e+2", "JPY", 100), ("92233720368547758.07", "USD", .max), ("-92233720368547758.07", "USD", -.max),
    ] as [(String, String, Int64)])
    func `a decimal text is exact minor units`(text: String, code: String, minor: Int64) throws {
        #expect(try Self.parse(text, code) == minor)
    }

    @Test(arguments: ["", " ", "-", ".", "+", "abc", "1,290.00", "1.2.3", "0x10", "NaN", "inf", "1e", "e5", "1e5.0", "1e99", "1e-9223372036854775808", "--1", "1 000", "๑๐", "١٢", "1\u{0}"])
    func `what is no number is refused`(text: String) {
        let error = #expect(throws: MoneyProblem.self) { try Self.parse(text, "USD") }
        #expect(error == .notANumber(String(text.prefix(40))))
    }

    @Test(arguments: [("19.999", "THB"), ("0.5", "JPY"), ("1.2345", "KWD"), ("1.23456", "CLF"), ("1e-3", "USD"), ("0.0000001", "CLP")])
    func `decimals a currency does not have are refused unless they are zeros`(text: String, code: String) throws {
        let currency = try #require(Currency(code))
        let error = #expect(throws: MoneyProblem.self) { try Self.parse(text, code) }
        #expect(error == .tooPrecise(text, currency))
    }

    @Test(arguments: ["92233720368547758.08", "-92233720368547758.08", "99999999999999999999", "1e30", String(repeating: "9", count: 60)])
    func `what 64 bits do not hold is refused`(text: String) {
        let error = #expect(throws: MoneyProblem.self) { try Self.parse(text, "USD") }
        #expect(error == .outOfRange(String(text.prefix(40))))
    }

    @Test(arguments: [
        ("1.005", "USD", 101), ("1.0049", "USD", 100), ("-1.005", "USD", -101), ("0.5", "JPY", 1), ("0.4999", "JPY", 0), ("2.675", "USD", 268), ("1e-9", "USD", 0), ("0.004", "USD", 0), ("0.005", "USD", 1),
    ] as [(String, String, Int64)])
    func `rounding is half away from zero`(text: String, code: String, minor: Int64) throws {
        #expect(try Self.parse(text, code, rounding: true) == minor)
    }

    @Test func `rounding past the largest amount is refused`() {
        let error = #expect(throws: MoneyProblem.self) { try Self.parse("92233720368547758.075", "USD", rounding: true) }
        #expect(error == .outOfRange("92233720368547758.075"))
    }

    @Test(arguments: 0..<200)
    func `an amount written is the amount read`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for currency in Self.currencies {
            let shift = Int64.random(in: 0...62, using: &random)
            let minor = max(Int64.random(in: .min ... .max, using: &random) >> shift, -.max)
            let text = Money(minor: minor, currency).description
            #expect(text.hasSuffix(" \(currency)"))
            #expect(try Money(parsing: text.dropLast(4), currency).minor == minor)
        }
    }

    @Test(arguments: 0..<200)
    func `any text is read or refused`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let alphabet = Array("0123456789999..-+eE ,x๑")
        let text = String((0..<Int.random(in: 0...50, using: &random)).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
        for rounding in [false, true] {
            do throws(MoneyProblem) {
                let money = try Money(parsing: text, .thb, rounding: rounding)
                #expect(abs(Double(money.minor) / 100 - (Double(text.trimmingCharacters(in: .whitespaces)) ?? .nan)) <= max(0.0051, abs(Double(money.minor)) * 1e-15))
            } catch { #expect(error != .outOfRange("")) }
        }
    }

    @Test func `the smallest amount of all can be written`() {
        #expect(Money(minor: .min, .jpy).description == "-9223372036854775808 JPY")
        #expect(Money(minor: .min, .usd).description == "-92233720368547758.08 USD")
        #expect(Money(minor: -5, .usd).description == "-0.05 USD")
        #expect(Money(minor: 7, .kwd).description == "0.007 KWD")
    }
}

@Suite struct CurrencyTests {
    @Test(arguments: [("THB", 2), ("CLP", 0), ("JPY", 0), ("KRW", 0), ("VND", 0), ("KWD", 3), ("BHD", 3), ("TND", 3), ("CLF", 4), ("USD", 2), ("EUR", 2), ("IDR", 2), ("XYZ", 2)])
    func `the decimals of a currency's minor unit`(code: String, exponent: Int) throws {
        #expect(try #require(Currency(code)).exponent == exponent)
    }

    @Test(arguments: ["", "TH", "THBX", "T1B", "฿฿฿", "ＴＨＢ", "t b", "ßa"])
    func `what is not three letters is no currency`(code: String) {
        #expect(Currency(code) == nil)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Currency.self, from: JSONEncoder().encode(code)) }
    }

    @Test func `a code is one text in JSON, in capitals`() throws {
        #expect(Currency("thb") == .thb)
        #expect(String(decoding: try JSONEncoder.crossdock.encode([Currency.thb]), as: UTF8.self) == #"["THB"]"#)
        #expect(try JSONDecoder().decode(Money.self, from: JSONEncoder.crossdock.encode(Money(minor: 5, .kwd))) == Money(minor: 5, .kwd))
    }
}

/// A seeded generator: the failing seed is in the test's name.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
