/// The common text of a statement, made into PostgreSQL's. Done once a statement, when it is prepared.
enum PostgresDialect {
    /// `?` becomes `$1`, `$2`… except in quotes and in comments.
    /// - Returns: the text, and how many question marks it had.
    static func numbered(_ text: String) -> (text: String, count: Int) {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count + 32)
        var count = 0
        var state = State.plain
        var previous: UInt8 = 0
        for byte in text.utf8 {
            switch (state, byte) {
            case (.plain, UInt8(ascii: "?")):
                count += 1
                result.append(UInt8(ascii: "$"))
                result.append(contentsOf: String(count).utf8)
                previous = byte
                continue
            case (.plain, UInt8(ascii: "'")), (.plain, UInt8(ascii: "\"")): state = .quoted(byte)
            case (.plain, UInt8(ascii: "-")) where previous == UInt8(ascii: "-"): state = .comment
            case (.quoted(let quote), _) where byte == quote: state = .plain
            case (.comment, UInt8(ascii: "\n")): state = .plain
            default: break
            }
            result.append(byte)
            previous = byte
        }
        return (String(decoding: result, as: UTF8.self), count)
    }

    private enum State { case plain, quoted(UInt8), comment }

    /// How many rows one INSERT carries: few sizes make few statements.
    static let insertSizes = [256, 64, 16, 4, 1]
    static let maximumInsertBytes = 4 << 20
    /// The protocol counts parameters in 16 bits.
    static let maximumParameters = 65_535

    static func insertText(table: String, columns: [String], rows: Int, onConflictDoNothing: Bool) -> String {
        let row = "(" + repeatElement("?", count: columns.count).joined(separator: ",") + ")"
        let values = repeatElement(row, count: rows).joined(separator: ",")
        return "INSERT INTO \(table) (\(columns.joined(separator: ","))) VALUES \(values)\(onConflictDoNothing ? " ON CONFLICT DO NOTHING" : "")"
    }
}
