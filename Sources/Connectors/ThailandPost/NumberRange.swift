import Connect
import Domain
import Synchronization

/// A piece of the number stock that the contract gave: a service's two letters and its first and last serial (thailandpost.md §6.2).
struct NumberRange: Sendable, Equatable {
    let prefix: String, from: Int, to: Int

    var count: Int { to - from + 1 }
    func contains(_ number: S10Number) -> Bool { number.service == prefix && number.country == S10Number.thailand && (from...to).contains(number.serial) }

    /// Reads `EF 10000000-10000999`; several ranges of one service stand in a list, in the order in which they are used up.
    static func list(_ text: String, setting: String, letters: PostalService) throws(ConnectorError) -> [NumberRange] {
        var ranges: [NumberRange] = []
        for part in text.split(separator: ",") {
            let plain = part.filter { !$0.isWhitespace }.uppercased()
            let ends = plain.dropFirst(2).split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, let first = serial(ends[0]), let last = serial(ends[1]), first <= last, S10Number(service: String(plain.prefix(2)), serial: first) != nil else {
                throw .misconfigured(setting: setting, problem: "wants a prefix and two serials of eight digits without check digit, like EF 10000000-10000999")
            }
            guard letters.firstLetter.map({ plain.first == $0 }) ?? true else {
                throw .misconfigured(setting: setting, problem: "must begin with \(letters.firstLetter.map(String.init) ?? ""): other letters are another service's")
            }
            let range = NumberRange(prefix: String(plain.prefix(2)), from: first, to: last)
            guard !ranges.contains(where: { $0.prefix == range.prefix && $0.from <= range.to && range.from <= $0.to }) else {
                throw .misconfigured(setting: setting, problem: "holds the same serial twice")
            }
            ranges.append(range)
        }
        return ranges
    }

    private static func serial(_ digits: Substring) -> Int? { digits.utf8.count == 8 && digits.utf8.allSatisfy { (48...57).contains($0) } ? Int(digits) : nil }
}

/// The services whose numbers differ. The words are those of the settings.
package enum PostalService: String, Sendable, CaseIterable {
    case ems, registered, eco

    /// `E?` is EMS and `R?` registered (thailandpost.md §6.2); eCo-Post's letters are not certain.
    var firstLetter: Character? {
        switch self {
        case .ems: "E"
        case .registered: "R"
        case .eco: nil
        }
    }
    /// `typ` of Post One; 3 for eCo is unverified (§6.2).
    var postOneType: Int {
        switch self {
        case .ems: 1
        case .registered: 2
        case .eco: 3
        }
    }
}

/// The ranges of one service, used up one after the other.
struct NumberStock: Sendable, Equatable {
    var ranges: [NumberRange]

    /// The `count` numbers after `last`. A `last` of none of the ranges was given out of a stock that is no longer set: the first range begins.
    ///
    /// - Returns: the numbers and how many stay behind them; fewer than `count` numbers when the stock ends.
    func next(_ count: Int, after last: S10Number?) -> (numbers: [S10Number], left: Int) {
        var numbers: [S10Number] = [], left = 0
        let start = last.flatMap { last in ranges.firstIndex { $0.contains(last) } }
        for (index, range) in ranges.enumerated() where index >= start ?? 0 {
            let first = index == start ? (last?.serial ?? range.from) + 1 : range.from
            let available = max(0, range.to - first + 1), taken = min(available, count - numbers.count)
            for serial in first..<(first + taken) { if let number = S10Number(service: range.prefix, serial: serial) { numbers.append(number) } }
            left += available - taken
        }
        return (numbers, left)
    }

    func contains(_ number: S10Number) -> Bool { ranges.contains { $0.contains(number) } }
    var count: Int { ranges.reduce(0) { $0 + $1.count } }
}

/// How many numbers were left of each range setting when this process last gave some out; the channel's check warns by it.
final class StockLevels: Sendable {
    private let left = Mutex<[String: Int]>([:])
    /// Of the whole stock (thailandpost.md §6.2).
    static let lowPercent = 20

    func note(_ count: Int, of setting: String) { left.withLock { $0[setting] = count } }
    subscript(_ setting: String) -> Int? { left.withLock { $0[setting] } }
}
