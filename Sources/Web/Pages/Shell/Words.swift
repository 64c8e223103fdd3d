import Domain
import Foundation
import Mustache
import Yams

/// The languages of the console.
enum Language: String, Sendable, CaseIterable, Codable {
    case en, th, es

    /// The first language of an `Accept-Language` header that the console speaks.
    init?(accepted header: String?) {
        let wanted = (header ?? "").split(separator: ",").compactMap { part in
            part.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces).prefix(2).lowercased() }
        }
        guard let found = wanted.lazy.compactMap(Language.init(rawValue:)).first else { return nil }
        self = found
    }
}

/// One entry of the string tables: a text in every language, or more entries by name.
enum WordEntry: Sendable, Equatable {
    case text([Language: String])
    case branch([String: WordEntry])

    /// - Throws: `WordError` with the path of what is neither.
    init(_ value: Any, path: String) throws {
        guard let members = value as? [String: Any], !members.isEmpty else { throw WordError(path: path, problem: "is neither a text in all languages nor a group") }
        if members.keys.allSatisfy({ Language(rawValue: $0) != nil }) {
            var texts: [Language: String] = [:]
            for language in Language.allCases {
                guard let text = members[language.rawValue] as? String, !text.isEmpty else { throw WordError(path: path, problem: "has no text in \(language.rawValue)") }
                texts[language] = text
            }
            self = .text(texts)
        } else {
            self = .branch(try members.reduce(into: [:]) { $0[$1.key] = try WordEntry($1.value, path: "\(path).\($1.key)") })
        }
    }

    /// Every text by its dotted path.
    func texts(under path: String) -> [(path: String, texts: [Language: String])] {
        switch self {
        case .text(let texts): [(path, texts)]
        case .branch(let entries): entries.flatMap { $0.value.texts(under: path.isEmpty ? $0.key : "\(path).\($0.key)") }
        }
    }
}

struct WordError: Error, Equatable { var path: String, problem: String }

/// The console's texts in one language. In a template `{{t.orders.title}}`, in Swift `words("orders.title")`.
struct Words: Sendable {
    let language: Language
    private let texts: [String: String]
    private let tree: WordEntry
    private let phrases: PhraseBook

    private init(language: Language, texts: [String: String], tree: WordEntry, phrases: PhraseBook) { self.language = language; self.texts = texts; self.tree = tree; self.phrases = phrases }

    /// No table: every text shows its own path.
    init(language: Language) { self.init(language: language, texts: [:], tree: .branch([:]), phrases: .empty) }

    /// Every area's table, by the name of its file.
    static func tables(_ areas: [String: [UInt8]], phrases: PhraseBook = .empty) throws -> [Language: Words] {
        let tree = WordEntry.branch(try areas.reduce(into: [:]) { all, area in
            guard let value = try Yams.load(yaml: String(decoding: area.value, as: UTF8.self)) else { return }
            all[area.key] = try WordEntry(value, path: area.key)
        })
        let all = tree.texts(under: "")
        return Dictionary(uniqueKeysWithValues: Language.allCases.map { language in
            (language, Words(language: language, texts: Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0.texts[language] ?? $0.path) }), tree: tree, phrases: phrases))
        })
    }

    /// - Parameter values: what stands for `{name}` in the text.
    func callAsFunction(_ path: String, _ values: [String: String] = [:]) -> String {
        guard var text = texts[path] else { return path }
        for (name, value) in values { text = text.replacingOccurrences(of: "{\(name)}", with: value) }
        return text
    }

    /// The text of a number of things: `path.one` or `path.other` with `{count}`.
    func counted(_ path: String, _ count: Int, _ values: [String: String] = [:]) -> String {
        let form = count == 1 && texts["\(path).one"] != nil ? "one" : "other"
        return self("\(path).\(form)", values.merging(["count": PageWords.grouped("\(count)")]) { given, _ in given })
    }

    /// What a flag says: its own sentence in English; in another language that of its code, with what the sentence quotes.
    func flag(_ flag: Flag) -> String {
        let path = "flags.js.\(flag.code)"
        guard language != .en, has(path) else { return Self.isolated(flag.message) }
        let quoted = flag.message.split(omittingEmptySubsequences: false) { "“”\"".contains($0) }.enumerated().filter { $0.offset % 2 == 1 }.map { "“\($0.element)”" }
        return Self.isolated(([self(path)] + quoted).joined(separator: " "))
    }

    /// What is quoted turns no word outside its quotes, whichever direction it forces on itself.
    private static func isolated(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { (0x202A...0x202E).contains($0.value) || (0x2066...0x2069).contains($0.value) }) else { return text }
        return text.replacing("“", with: "“\u{2068}").replacing("”", with: "\u{2069}”")
    }

    /// A sentence that was made in English elsewhere, in this language where the phrase book has it.
    func said(_ sentence: String) -> String { phrases.said(sentence, in: language) }

    func has(_ path: String) -> Bool { texts[path] != nil }
    var paths: [String] { texts.keys.sorted() }

    /// What a script needs of every area: its entries under `js`, as `area.js.name`.
    var forScripts: [String: String] { texts.filter { $0.key.contains(".js.") || $0.key.hasPrefix("model.") } }

    /// For templates.
    var root: WordNode { WordNode(entry: tree, language: language) }
}

/// A place in the tables, as the template engine walks them.
struct WordNode: Sendable, MustacheParent {
    let entry: WordEntry, language: Language

    func child(named name: String) -> Any? {
        guard case .branch(let entries) = entry, let next = entries[name] else { return nil }
        if case .text(let texts) = next { return texts[language] }
        return WordNode(entry: next, language: language)
    }
}
