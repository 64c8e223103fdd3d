/// Two texts line by line: what stayed, what went, what came.
package struct TextDifference: Sendable, Equatable {
    package struct Line: Sendable, Equatable, Codable {
        package enum Kind: String, Sendable, Codable { case same, removed, added }
        package var kind: Kind
        /// From 1; nil where the text has no such line.
        package var old: Int?
        package var new: Int?
        package var text: String
    }

    /// Changed places with their neighbours; what lies between them is left out.
    package typealias Hunk = [Line]

    /// Lines around a change that are shown with it.
    static let context = 3
    /// More differing lines on both sides together are shown as one piece replaced by another: looking for the shortest way would take too long.
    static let maximumCompared = 6000

    package var lines: [Line]
    package var added: Int { lines.count { $0.kind == .added } }
    package var removed: Int { lines.count { $0.kind == .removed } }
    package var isEmpty: Bool { lines.allSatisfy { $0.kind == .same } }

    package init(from old: String, to new: String) {
        let old = Self.lines(of: old), new = Self.lines(of: new)
        var start = 0
        while start < old.count, start < new.count, old[start] == new[start] { start += 1 }
        var end = 0
        while end < old.count - start, end < new.count - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
        let (gone, come) = Self.changes(Array(old[start..<old.count - end]), Array(new[start..<new.count - end]))
        var lines: [Line] = [], i = 0, j = 0
        while i < old.count || j < new.count {
            if i < old.count, gone.contains(i - start) {
                lines.append(Line(kind: .removed, old: i + 1, new: nil, text: old[i]))
                i += 1
            } else if j < new.count, come.contains(j - start) {
                lines.append(Line(kind: .added, old: nil, new: j + 1, text: new[j]))
                j += 1
            } else if i < old.count, j < new.count {
                lines.append(Line(kind: .same, old: i + 1, new: j + 1, text: old[i]))
                i += 1
                j += 1
            } else { break }
        }
        self.lines = lines
    }

    package var hunks: [Hunk] {
        var hunks: [Hunk] = [], last = -1
        for index in lines.indices where lines[index].kind != .same {
            let from = max(index - Self.context, last + 1), through = min(index + Self.context, lines.count - 1)
            if last >= 0, index - Self.context <= last + 1, !hunks.isEmpty {
                if through > last { hunks[hunks.count - 1] += lines[(last + 1)...through] }
            } else { hunks.append(Array(lines[from...through])) }
            last = max(last, through)
        }
        return hunks
    }

    private static func lines(of text: String) -> [String] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// The places of lines that are only in one of both.
    private static func changes(_ old: [String], _ new: [String]) -> (gone: Set<Int>, come: Set<Int>) {
        guard old.count + new.count <= maximumCompared else { return (Set(old.indices), Set(new.indices)) }
        var gone: Set<Int> = [], come: Set<Int> = []
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): gone.insert(offset)
            case .insert(let offset, _, _): come.insert(offset)
            }
        }
        return (gone, come)
    }
}
