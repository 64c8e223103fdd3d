package import Domain

/// Why a text of rules was refused: the place, what is wrong there, and the names it could mean.
package struct RuleError: HubError, Equatable {
    /// Counted from 1.
    package var line: Int, column: Int
    /// What is wrong, without its place.
    package var message: String
    /// The known names nearest to the one that was not understood, nearest first.
    package var suggestions: [String]

    package init(line: Int, column: Int, message: String, suggestions: [String] = []) {
        self.line = line; self.column = column; self.message = message; self.suggestions = suggestions
    }

    package var code: String { "bad_rule" }
    package var sentence: String {
        let hint = suggestions.isEmpty ? "" : " Did you mean \(suggestions.joined(separator: ", "))?"
        return "Line \(line), column \(column): \(message).\(hint)"
    }
    package var failureClass: FailureClass { .rejected }
}

/// Finds the names that a mistyped one could mean.
enum NearNames {
    static let maximumSuggestions = 4

    /// The names within a third of the word's length (two at least), nearest first; names that the word begins or ends count as near.
    static func of(_ word: String, among names: [String]) -> [String] {
        let typed = Array(word.lowercased().utf8.prefix(60))
        guard !typed.isEmpty else { return [] }
        let limit = max(2, typed.count / 3)
        let scored = names.compactMap { name -> (name: String, score: Int)? in
            let known = Array(name.lowercased().utf8)
            let score = distance(typed, known)
            if score <= limit { return (name, score) }
            let isPart = typed.count >= 3 && (known.starts(with: typed) || name.lowercased().hasSuffix("." + word.lowercased()))
            return isPart ? (name, limit + 1) : nil
        }
        return scored.sorted { ($0.score, $0.name) < ($1.score, $1.name) }.prefix(maximumSuggestions).map(\.name)
    }

    /// Levenshtein's distance: insertions, deletions and replacements.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}
