import Foundation
import Yams

/// Sentences that are made far from the pages, in English (what a check found, what a connector, the hub or a reader of files says), in the other languages.
///
/// An entry is the English sentence with `{1}`, `{2}`, … where values stand, and its translations. A sentence that no entry fits stays as it is.
struct PhraseBook: Sendable {
    /// A text around its values: one part more than there are numbers of placeholders.
    private struct Pattern: Sendable {
        var parts: [String] = [], numbers: [Int] = []

        init(_ text: String) {
            var rest = Substring(text)
            while let match = rest.firstMatch(of: /\{([0-9])\}/), let number = Int(match.output.1) {
                parts.append(String(rest[..<match.range.lowerBound]))
                numbers.append(number)
                rest = rest[match.range.upperBound...]
            }
            parts.append(String(rest))
        }

        var literalCount: Int { parts.reduce(0) { $0 + $1.count } }

        /// What stands in the text for each placeholder; nil where the parts do not fit it.
        func values(in text: String) -> [Int: String]? {
            // Both ends first: almost every pattern ends there.
            guard let first = parts.first, let last = parts.last, text.hasPrefix(first), text.hasSuffix(last) else { return nil }
            var rest = text.dropFirst(first.count), values: [Int: String] = [:]
            for (part, number) in zip(parts.dropFirst().dropLast(), numbers) {
                guard let range = rest.firstRange(of: part) else { return nil }
                values[number] = String(rest[..<range.lowerBound])
                rest = rest[range.upperBound...]
            }
            guard let number = numbers.last, rest.hasSuffix(last) else { return nil }
            values[number] = String(rest.dropLast(last.count))
            return values
        }

        func filled(_ values: [Int: String]) -> String { zip(parts, numbers).reduce("") { $0 + $1.0 + (values[$1.1] ?? "") } + (parts.last ?? "") }
    }
    private struct Entry: Sendable { var english: Pattern, others: [Language: Pattern] }
    struct Fault: Error, Equatable { var entry: String, problem: String }

    /// Sentences without values.
    private let whole: [String: [Language: String]]
    /// The others, those with the most text first.
    private let open: [Entry]
    /// Every English entry.
    let entries: [String]
    static let shortestLiteral = 6, deepest = 3

    /// - Parameter files: YAML lists of `en`, `th` and `es`.
    /// - Throws: `Fault` for an entry that lacks a language, whose placeholders differ, that would fit too much, or that stands twice.
    init(_ files: [[UInt8]]) throws {
        var whole: [String: [Language: String]] = [:], open: [String: Entry] = [:]
        for file in files {
            guard let rows = try Yams.load(yaml: String(decoding: file, as: UTF8.self)) as? [[String: String]] else { throw Fault(entry: "", problem: "is no list of texts in all languages") }
            for row in rows {
                let english = row[Language.en.rawValue] ?? "", pattern = Pattern(english)
                var others: [Language: String] = [:]
                for language in Language.allCases where language != .en { others[language] = row[language.rawValue] }
                guard !english.isEmpty, row.count == Language.allCases.count, others.count == row.count - 1, !others.values.contains("") else { throw Fault(entry: english, problem: "lacks a language") }
                guard whole[english] == nil, open[english] == nil else { throw Fault(entry: english, problem: "stands twice") }
                guard pattern.literalCount >= Self.shortestLiteral else { throw Fault(entry: english, problem: "would fit too much") }
                let patterns = others.mapValues(Pattern.init)
                guard patterns.values.allSatisfy({ $0.numbers.sorted() == pattern.numbers.sorted() }) else { throw Fault(entry: english, problem: "has other placeholders in another language") }
                if pattern.numbers.isEmpty { whole[english] = others } else { open[english] = Entry(english: pattern, others: patterns) }
            }
        }
        self.whole = whole
        self.open = open.sorted { ($1.value.english.literalCount, $0.key) < ($0.value.english.literalCount, $1.key) }.map(\.value)
        entries = (Array(whole.keys) + open.keys).sorted()
    }

    /// The sentence in `language`, its values too where they are entries; itself where none fits.
    func said(_ text: String, in language: Language, depth: Int = 0) -> String {
        guard language != .en, depth < Self.deepest else { return text }
        if let known = whole[text]?[language] { return known }
        for entry in open {
            guard let values = entry.english.values(in: text), let pattern = entry.others[language] else { continue }
            return pattern.filled(values.mapValues { said($0, in: language, depth: depth + 1) })
        }
        return text
    }

    /// The program's own, read once.
    static let ours = Result { try PhraseBook(Array(ConsoleResources.phrases.values)) }

    /// No entries: every sentence stays as it is.
    static let empty = PhraseBook()
    private init() { whole = [:]; open = []; entries = [] }
}
