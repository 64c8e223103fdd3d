/// The merged areas of a sheet, handed out row by row from the top.
struct MergedAreas {
    private var waiting: ArraySlice<CellRange>
    private var active: [CellRange] = []

    init(_ areas: [CellRange]) { waiting = areas.sorted { $0.first < $1.first }[...] }

    /// The areas that touch this row, left of the last column that is read. Rows must be asked for in ascending order.
    mutating func touching(row: Int) -> [CellRange] {
        while let next = waiting.first, next.first.row <= row {
            active.append(next)
            waiting.removeFirst()
        }
        if active.contains(where: { $0.last.row < row }) { active.removeAll { $0.last.row < row } }
        return active
    }

    /// The file lists merged areas after all rows, so they are looked for in a pass of their own: first for the word alone in the unpacked
    /// bytes, and only where it occurs with the XML parser.
    static func find(in part: ZipArchive.Part, of archive: ZipArchive, limits: TableLimits, watch: (Int) -> Void) throws -> MergedAreas {
        var search = ByteSearch("mergeCell")
        var isNarrow = true
        var isFirst = true
        try archive.read(part) { bytes in
            if isFirst { isNarrow = bytes.first.map { $0 != 0xFE && $0 != 0xFF && $0 != 0 } ?? true }
            isFirst = false
            search.add(bytes)
            watch(bytes.count)
        }
        guard search.isFound || !isNarrow else { return MergedAreas([]) }
        let reader = MergedAreaReader(limit: limits.maximumMergedAreas, columns: limits.maximumColumns)
        try archive.parse(part, reader)
        return MergedAreas(reader.areas)
    }
}

private final class MergedAreaReader: XMLEvents {
    var areas: [CellRange] = []
    private let limit: Int, columns: Int

    init(limit: Int, columns: Int) { self.limit = limit; self.columns = columns }

    func start(_ name: XMLName, _ attributes: XMLAttributes) throws {
        guard name == "mergeCell", let range = attributes["ref"].flatMap({ CellRange($0) }), range.first != range.last else { return }
        guard areas.count < limit else { throw FileProblem.tooManyMergedAreas(limit: limit) }
        if range.first.column < columns { areas.append(range) }
    }
}

/// Looks for a word in a stream of pieces.
private struct ByteSearch {
    private let word: [UInt8]
    private var matched = 0
    private(set) var isFound = false

    init(_ word: StaticString) { self.word = Array(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)) }

    /// The word's first letter occurs in it once, so a failed match can only begin anew at the failing byte.
    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        if isFound { return }
        for byte in bytes {
            if byte == word[matched] {
                matched += 1
                if matched == word.count { return isFound = true }
            } else {
                matched = byte == word[0] ? 1 : 0
            }
        }
    }
}
