/// Reads the embedded tables: UTF-8, comma-separated, one header line, no quoting; lists inside a column are joined by `|`.
enum AddressTables {
    /// The rows below the header. A row with another number of columns would be a mistake of ours in the file, and stops the first look-up.
    static func rows(_ bytes: [UInt8], columns: Int) -> [[String]] {
        bytes.split(separator: UInt8(ascii: "\n")).dropFirst().map { line in
            let row = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
            precondition(row.count == columns, "an address table has a row with \(row.count) columns instead of \(columns)")
            return row
        }
    }

    static func list(_ column: String) -> [String] { column.split(separator: "|").map(String.init) }
}

/// Postcode prefixes and what they stand for. The longest prefix wins; several owners of one prefix are all candidates.
struct PostcodePrefixes: Sendable {
    private var owners: [String: [String]] = [:]
    private var longest = 0

    mutating func add(_ prefix: String, owner: String) {
        owners[prefix, default: []].append(owner)
        longest = max(longest, prefix.utf8.count)
    }

    func candidates(_ digits: String) -> [String] {
        for length in stride(from: min(longest, digits.utf8.count), to: 0, by: -1) {
            if let found = owners[String(digits.prefix(length))] { return found }
        }
        return []
    }
}
