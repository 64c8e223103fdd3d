extension ColumnMapping {
    private struct Candidate {
        var index: Int
        var column: OrderColumn
        var confidence: Confidence
        /// Order among equals: the whole header before its first part, that before later ones, those before a word inside (by its length).
        var strength: Int
    }

    /// Guesses from headers in English, Spanish or Thai, also mixed. A header that says what another one says better gets its next best
    /// meaning (`Name` is the order's number in a file that also has `Shipping Name` and `Lineitem name`).
    package static func guess(headers: [String]) -> ColumnMapping {
        var candidates = headers.enumerated().flatMap { index, header in self.candidates(of: header, at: index) }
        candidates.sort { a, b in
            (b.confidence.rawValue, b.strength, a.index, order(a.column)) < (a.confidence.rawValue, a.strength, b.index, order(b.column))
        }
        var byColumn: [OrderColumn: Candidate] = [:]
        var byIndex: [Int: Candidate] = [:]
        var lost: [(candidate: Candidate, to: Candidate)] = []
        for candidate in candidates where byIndex[candidate.index] == nil {
            if let winner = byColumn[candidate.column] {
                lost.append((candidate, winner))
            } else {
                byColumn[candidate.column] = candidate
                byIndex[candidate.index] = candidate
            }
        }
        let assignments = byIndex.values.map {
            Assignment(column: $0.column, index: $0.index, header: headers[$0.index], confidence: $0.confidence)
        }
        let unknown = headers.indices.filter { byIndex[$0] == nil && !HeaderFolding.fold(headers[$0]).isEmpty }
        return ColumnMapping(assignments: assignments, conflicts: conflicts(lost, unassigned: Set(unknown), headers: headers),
                             unknownHeaders: unknown.map { headers[$0] }, fingerprint: fingerprint(of: headers))
    }

    /// Finds the header row among the first rows (files may begin with a title or a date): the one with most meanings, the first of equals.
    /// nil when no row has at least two headers we know.
    package static func findHeader(in rows: [TableRow]) -> (row: TableRow, mapping: ColumnMapping)? {
        var best: (row: TableRow, mapping: ColumnMapping, score: Int)?
        for row in rows {
            let mapping = guess(headers: row.texts)
            let score = mapping.assignments.reduce(0) { $0 + $1.confidence.rawValue }
            if mapping.assignments.count >= 2, score > best?.score ?? 0 { best = (row, mapping, score) }
        }
        return best.map { ($0.row, $0.mapping) }
    }

    /// Two headers for one column are a conflict when the loser means nothing else and is not much weaker than the winner.
    private static func conflicts(_ lost: [(candidate: Candidate, to: Candidate)], unassigned: Set<Int>, headers: [String]) -> [Conflict] {
        var conflicts: [Conflict] = []
        var reported: Set<Int> = []
        for (candidate, winner) in lost where unassigned.contains(candidate.index) && !reported.contains(candidate.index) {
            guard candidate.confidence.rawValue + 1 >= winner.confidence.rawValue else { continue }
            reported.insert(candidate.index)
            if let known = conflicts.firstIndex(where: { $0.column == winner.column }) {
                conflicts[known].indexes.append(candidate.index)
                conflicts[known].headers.append(headers[candidate.index])
            } else {
                conflicts.append(Conflict(column: winner.column, indexes: [winner.index, candidate.index],
                                          headers: [headers[winner.index], headers[candidate.index]]))
            }
        }
        return conflicts
    }

    private static func candidates(of header: String, at index: Int) -> [Candidate] {
        guard header.utf8.count <= HeaderFolding.longestHeaderBytes else { return [] }
        let readings = HeaderFolding.readings(of: header)
        guard let whole = readings.first, !whole.isEmpty else { return [] }
        var best: [OrderColumn: Candidate] = [:]
        func add(_ column: OrderColumn, _ confidence: Confidence, _ strength: Int) {
            if let known = best[column], (known.confidence, known.strength) >= (confidence, strength) { return }
            best[column] = Candidate(index: index, column: column, confidence: confidence, strength: strength)
        }
        for (position, reading) in readings.enumerated() {
            for meaning in HeaderDictionary.shared.meanings[reading] ?? [] {
                // A part of a header says a little less than the whole, and later parts less than the first.
                let confidence = position == 0 ? meaning.confidence : min(meaning.confidence, .likely)
                add(meaning.column, confidence, 1_000 - position)
            }
        }
        if best.isEmpty, let (word, meaning) = HeaderDictionary.shared.longestWord(in: whole) {
            add(meaning.column, .guess, word.unicodeScalars.count)
        }
        return Array(best.values)
    }

    private static func order(_ column: OrderColumn) -> Int { OrderColumn.allCases.firstIndex(of: column) ?? 0 }
}

/// All synonyms by their folded form.
private struct HeaderDictionary: Sendable {
    struct Meaning: Sendable {
        var column: OrderColumn
        var confidence: ColumnMapping.Confidence
    }

    static let shared = HeaderDictionary()
    /// Shorter words turn up inside of others by chance.
    private static let shortestWordInside = 5

    let meanings: [String: [Meaning]]
    /// Unambiguous words, longest first.
    private let words: [(word: String, bytes: [UInt8], meaning: Meaning)]

    private init() {
        var meanings: [String: [Meaning]] = [:]
        for synonyms in HeaderLanguage.allCases.flatMap(\.synonyms) {
            let tiers: [(spellings: [Substring], confidence: ColumnMapping.Confidence)] =
                [(synonyms.exact, .exact), (synonyms.likely, .likely), (synonyms.guess, .guess)]
            for (spellings, confidence) in tiers {
                let meaning = Meaning(column: synonyms.column, confidence: confidence)
                for spelling in spellings { meanings[HeaderFolding.fold(String(spelling)), default: []].append(meaning) }
            }
        }
        self.meanings = meanings
        words = meanings.compactMap { word, meanings in
            guard word.unicodeScalars.count >= Self.shortestWordInside else { return nil }
            return meanings.first { $0.confidence == .exact }.map { (word, Array(word.utf8), $0) }
        }.sorted { ($1.word.unicodeScalars.count, $0.word) < ($0.word.unicodeScalars.count, $1.word) }
    }

    /// The longest word we know that the header contains: `Recipient phone (with country code)`.
    func longestWord(in header: String) -> (word: String, meaning: Meaning)? {
        let bytes = Array(header.utf8)
        return words.first { Self.contains(bytes, $0.bytes) }.map { ($0.word, $0.meaning) }
    }

    /// Folded texts are compared byte by byte.
    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard let first = part.first, text.count >= part.count else { return part.isEmpty }
        return text.withUnsafeBufferPointer { text in
            for start in 0...(text.count - part.count) where text[start] == first && text[start..<(start + part.count)].elementsEqual(part) { return true }
            return false
        }
    }
}
