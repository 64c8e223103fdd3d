/// One step of a schema: SQL only, applied once, in a transaction of its own, and never edited after it has shipped.
///
/// `statements` are in the common dialect and are translated for each engine (`Dialect`); `sqlite` and `postgres` are
/// taken as they stand and run after them.
package struct Migration: Sendable, Equatable {
    /// Number and purpose, as in `0001 deliveries`. Names are compared as text, so the numbers have equal lengths.
    package var name: String
    package var statements: [String]
    package var sqlite: [String]
    package var postgres: [String]

    package init(name: String, statements: [String], sqlite: [String] = [], postgres: [String] = []) {
        self.name = name
        self.statements = statements
        self.sqlite = sqlite
        self.postgres = postgres
    }

    /// Notices an edited migration; it is no protection against intent. White space at the ends of a statement does not count.
    var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
        for (part, list) in [statements, sqlite, postgres].enumerated() {
            for statement in list {
                for byte in "\(part)\u{0}\(statement.trimmed)\u{0}".utf8 {
                    hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
                }
            }
        }
        return String(hash, radix: 16)
    }

    func statements(for engine: Engine) -> [String] {
        let own = engine == .sqlite ? sqlite : postgres
        return statements.map { Dialect.translate($0, to: engine) } + own
    }
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmed: String {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? startIndex
        return start < end ? String(self[start..<end]) : ""
    }
}
