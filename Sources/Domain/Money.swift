/// An ISO 4217 currency: three capital letters and the number of decimals of its minor unit.
package struct Currency: Sendable, Hashable, Codable, CustomStringConvertible {
    package let code: String

    /// - Returns: nil unless `code` is three ASCII letters.
    package init?(_ code: String) {
        let upper = code.uppercased()
        guard code.utf8.count == 3, upper.utf8.count == 3, code.utf8.allSatisfy({ $0 < 128 }), upper.utf8.allSatisfy({ $0 >= 65 && $0 <= 90 }) else { return nil }
        self.code = upper
    }
    private init(trusted: String) { code = trusted }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let currency = Currency(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a currency code"))
        }
        self = currency
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(code)
    }

    package var description: String { code }

    /// Decimals of the minor unit by ISO 4217: 2 unless listed.
    package var exponent: Int {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF": 0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        case "CLF", "UYW": 4
        default: 2
        }
    }

    package static let thb = Currency(trusted: "THB"), clp = Currency(trusted: "CLP"), jpy = Currency(trusted: "JPY")
    package static let usd = Currency(trusted: "USD"), kwd = Currency(trusted: "KWD"), eur = Currency(trusted: "EUR")
}

package enum MoneyProblem: Error, Sendable, Equatable {
    case notANumber(String)
    /// More decimals than the currency has, and they are not zeros.
    case tooPrecise(String, Currency)
    case outOfRange(String)
}

/// Integer minor units of one currency. Never a floating-point number.
package struct Money: Sendable, Hashable, Codable, CustomStringConvertible {
    package var minor: Int64
    package var currency: Currency

    package init(minor: Int64, _ currency: Currency) { self.minor = minor; self.currency = currency }

    /// Parses a plain decimal text in major units: `"19.99"`, `"19.9900"`, `"1290.0"`, `"-50.00"`, `"1290"`, `"1.29e3"`.
    ///
    /// Digits past the currency's minor unit must be zeros unless `rounding` is true (then half away from zero: WooCommerce's tax lines may carry more).
    package init(parsing text: some StringProtocol, _ currency: Currency, rounding: Bool = false) throws(MoneyProblem) {
        self.init(minor: try Self.minorUnits(of: text, exponent: currency.exponent, currency: currency, rounding: rounding), currency)
    }

    package var description: String {
        let exponent = currency.exponent
        guard exponent > 0 else { return "\(minor) \(currency)" }
        var scale: UInt64 = 1
        for _ in 0..<exponent { scale *= 10 }
        let fraction = String(minor.magnitude % scale)
        return "\(minor < 0 ? "-" : "")\(minor.magnitude / scale).\(String(repeating: "0", count: exponent - fraction.count))\(fraction) \(currency)"
    }

    private static func minorUnits(of text: some StringProtocol, exponent: Int, currency: Currency, rounding: Bool) throws(MoneyProblem) -> Int64 {
        var digits: [UInt8] = [], point: Int?, power = 0
        var bytes = Substring(text).utf8.drop { $0 == 32 }
        while bytes.last == 32 { bytes = bytes.dropLast() }
        let negative = bytes.first == UInt8(ascii: "-")
        if negative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
        scan: while let byte = bytes.first {
            bytes = bytes.dropFirst()
            switch byte {
            case 48...57: digits.append(byte - 48)
            case UInt8(ascii: ".") where point == nil: point = digits.count
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard !digits.isEmpty, let parsed = Int(String(decoding: bytes, as: UTF8.self)), (-30...30).contains(parsed) else { throw .notANumber(String(text.prefix(40))) }
                power = parsed
                break scan
            default: throw .notANumber(String(text.prefix(40)))
            }
            guard digits.count <= 40 else { throw .outOfRange(String(text.prefix(40))) }
        }
        guard !digits.isEmpty else { throw .notANumber(String(text.prefix(40))) }
        let kept = (point ?? digits.count) + power + exponent
        var value: Int64 = 0
        for index in 0..<max(0, kept) {
            let (times, o1) = value.multipliedReportingOverflow(by: 10)
            let (sum, o2) = times.addingReportingOverflow(index < digits.count ? Int64(digits[index]) : 0)
            guard !o1, !o2 else { throw .outOfRange(String(text.prefix(40))) }
            value = sum
        }
        let rest = kept < 0 ? digits[...] : digits.dropFirst(kept)
        if rest.contains(where: { $0 != 0 }) {
            guard rounding else { throw .tooPrecise(String(text.prefix(40)), currency) }
            if kept >= 0, let first = rest.first, first >= 5 {
                guard value < .max else { throw .outOfRange(String(text.prefix(40))) }
                value += 1
            }
        }
        return negative ? -value : value
    }
}
