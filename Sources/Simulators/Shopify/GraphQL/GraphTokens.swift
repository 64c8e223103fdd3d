/// Cuts a GraphQL text into tokens; commas and comments are white space.
struct GraphTokens {
    enum Token: Equatable {
        case name(String)
        case number(String)
        case text(String)
        /// `{`, `}`, `(`, `)`, `[`, `]`, `:`, `=`, `!`, `$`, `@`, `...`
        case mark(String)
        case end
    }

    private let bytes: [UInt8]
    private var at = 0
    private(set) var line = 1
    private var lineStart = 0
    private(set) var token = Token.end
    /// Where `token` starts.
    private(set) var tokenLine = 1, tokenColumn = 1

    init(_ text: String) throws(GraphProblem) {
        bytes = Array(text.utf8)
        try advance()
    }

    mutating func advance() throws(GraphProblem) {
        skipBlank()
        (tokenLine, tokenColumn) = (line, at - lineStart + 1)
        guard at < bytes.count else { token = .end; return }
        switch bytes[at] {
        case UInt8(ascii: "\""): token = .text(try string())
        case UInt8(ascii: "."):
            guard at + 2 < bytes.count, bytes[at + 1] == bytes[at], bytes[at + 2] == bytes[at] else { throw problem("Unexpected \".\"") }
            at += 3
            token = .mark("...")
        case let byte where Self.marks.contains(byte):
            at += 1
            token = .mark(String(UnicodeScalar(byte)))
        case let byte where Self.isNumberStart(byte): token = .number(take { Self.isNumberStart($0) || Self.numberTail.contains($0) })
        case let byte where Self.isName(byte): token = .name(take { Self.isName($0) || Self.isDigit($0) })
        case let byte: throw problem("Unexpected character \"\(UnicodeScalar(byte))\"")
        }
    }

    func problem(_ message: String) -> GraphProblem {
        GraphProblem(message: "syntax error, \(message) at [\(tokenLine), \(tokenColumn)]", line: tokenLine, column: tokenColumn)
    }

    private static let marks = Set("{}()[]:=!$@|&".utf8)
    private static let numberTail = Set(".eE+".utf8)
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
    private static func isNumberStart(_ byte: UInt8) -> Bool { isDigit(byte) || byte == UInt8(ascii: "-") }
    private static func isName(_ byte: UInt8) -> Bool { (byte | 32 >= 97 && byte | 32 <= 122) || byte == UInt8(ascii: "_") }

    private mutating func take(while accepts: (UInt8) -> Bool) -> String {
        let start = at
        while at < bytes.count, accepts(bytes[at]) { at += 1 }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func skipBlank() {
        while at < bytes.count {
            switch bytes[at] {
            case 10:
                at += 1
                (line, lineStart) = (line + 1, at)
            case 9, 13, 32, UInt8(ascii: ","), 0xEF, 0xBB, 0xBF: at += 1
            case UInt8(ascii: "#"): while at < bytes.count, bytes[at] != 10 { at += 1 }
            default: return
            }
        }
    }

    private mutating func string() throws(GraphProblem) -> String {
        let quote = UInt8(ascii: "\"")
        if at + 2 < bytes.count, bytes[at + 1] == quote, bytes[at + 2] == quote { return try blockString() }
        at += 1
        var out: [UInt8] = []
        while at < bytes.count, bytes[at] != quote, bytes[at] != 10 {
            if bytes[at] == UInt8(ascii: "\\") { try escape(into: &out) } else { out.append(bytes[at]); at += 1 }
        }
        guard at < bytes.count, bytes[at] == quote else { throw problem("unterminated string") }
        at += 1
        return String(decoding: out, as: UTF8.self)
    }

    private mutating func escape(into out: inout [UInt8]) throws(GraphProblem) {
        guard at + 1 < bytes.count else { throw problem("unterminated string") }
        let letter = bytes[at + 1]
        at += 2
        switch letter {
        case UInt8(ascii: "n"): out.append(10)
        case UInt8(ascii: "t"): out.append(9)
        case UInt8(ascii: "r"): out.append(13)
        case UInt8(ascii: "u"):
            guard at + 4 <= bytes.count, let code = UInt32(String(decoding: bytes[at..<(at + 4)], as: UTF8.self), radix: 16),
                let scalar = UnicodeScalar(code)
            else { throw problem("bad escape") }
            at += 4
            out += String(Character(scalar)).utf8
        default: out.append(letter)
        }
    }

    /// `"""…"""`, as it stands without its common indentation being removed.
    private mutating func blockString() throws(GraphProblem) -> String {
        at += 3
        let start = at
        while at + 2 < bytes.count {
            if bytes[at..<(at + 3)].allSatisfy({ $0 == UInt8(ascii: "\"") }) {
                defer { at += 3 }
                return String(decoding: bytes[start..<at], as: UTF8.self)
            }
            if bytes[at] == 10 { (line, lineStart) = (line + 1, at + 1) }
            at += 1
        }
        throw problem("unterminated string")
    }
}
