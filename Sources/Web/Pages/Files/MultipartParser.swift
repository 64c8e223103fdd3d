import Foundation

/// Reads `multipart/form-data` (RFC 7578) as it comes, piece by piece: nothing but the end of the last piece is kept, whatever a file's size.
struct MultipartParser {
    enum Event: Equatable {
        /// `fileName` is nil for an ordinary field.
        case begin(name: String, fileName: String?)
        case bytes(Data)
        case end
    }
    enum Fault: Error, Equatable { case noBoundary, headTooLarge, tooManyParts, badHead, endsEarly }

    static let maximumHeadBytes = 8 << 10, maximumParts = 32, maximumBoundaryBytes = 70
    private static let emptyLine = Data("\r\n\r\n".utf8)

    private enum Phase { case before, afterDelimiter, head, body, done }
    private var phase = Phase.before
    private let delimiter: Data
    /// Begins with a line's end, so that the first delimiter looks like the others.
    private var rest = Data("\r\n".utf8)
    private var parts = 0

    /// - Parameter contentType: the header's whole value.
    init(contentType: String) throws(Fault) {
        let parameter = contentType.split(separator: ";").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }.first { $0.lowercased().hasPrefix("boundary=") }
        guard let parameter else { throw .noBoundary }
        let boundary = parameter.dropFirst("boundary=".count).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        guard (1...Self.maximumBoundaryBytes).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ $0 > 0x1F && $0 < 0x7F }) else { throw .noBoundary }
        delimiter = Data("\r\n--\(boundary)".utf8)
    }

    mutating func take(_ bytes: Data) throws(Fault) -> [Event] {
        rest.append(bytes)
        var events: [Event] = []
        while try step(&events) {}
        return events
    }

    /// - Throws: when the form broke off.
    func finish() throws(Fault) { guard phase == .done else { throw .endsEarly } }

    /// - Returns: false: more bytes are needed.
    private mutating func step(_ events: inout [Event]) throws(Fault) -> Bool {
        switch phase {
        case .before:
            guard let found = rest.range(of: delimiter) else {
                // What stands before the first delimiter means nothing.
                rest = Data(rest.suffix(delimiter.count - 1))
                return false
            }
            drop(through: found.upperBound)
            phase = .afterDelimiter
            return true
        case .afterDelimiter:
            guard rest.count >= 2 else { return false }
            if rest.starts(with: Data("--".utf8)) {
                rest = Data()
                phase = .done
                return false
            }
            guard rest.starts(with: Data("\r\n".utf8)) else { throw .badHead }
            phase = .head
            return true
        case .head:
            guard let end = rest.range(of: Self.emptyLine) else {
                guard rest.count <= Self.maximumHeadBytes else { throw .headTooLarge }
                return false
            }
            guard end.lowerBound - rest.startIndex <= Self.maximumHeadBytes else { throw .headTooLarge }
            parts += 1
            guard parts <= Self.maximumParts else { throw .tooManyParts }
            events.append(try Self.beginning(of: String(decoding: rest[..<end.lowerBound], as: UTF8.self)))
            drop(through: end.upperBound)
            phase = .body
            return true
        case .body:
            if let found = rest.range(of: delimiter) {
                if found.lowerBound > rest.startIndex { events.append(.bytes(Data(rest[..<found.lowerBound]))) }
                events.append(.end)
                drop(through: found.upperBound)
                phase = .afterDelimiter
                return true
            }
            let safe = rest.count - (delimiter.count - 1)
            guard safe > 0 else { return false }
            events.append(.bytes(Data(rest.prefix(safe))))
            drop(through: rest.startIndex + safe)
            return false
        case .done:
            rest = Data()
            return false
        }
    }

    private mutating func drop(through index: Data.Index) { rest = Data(rest[index...]) }

    private static func beginning(of head: String) throws(Fault) -> Event {
        guard let line = head.split(whereSeparator: \.isNewline).first(where: { $0.lowercased().hasPrefix("content-disposition:") }), line.lowercased().contains("form-data") else { throw .badHead }
        guard let name = value("name", in: line) else { throw .badHead }
        return .begin(name: name, fileName: value("filename", in: line))
    }

    /// Of `; name="…"`. Browsers write a quotation mark inside as %22.
    private static func value(_ name: String, in line: Substring) -> String? {
        guard let start = line.range(of: "; \(name)=\"") ?? line.range(of: ";\(name)=\"") else { return nil }
        let rest = line[start.upperBound...]
        guard let end = rest.firstIndex(of: "\"") else { return nil }
        return String(rest[..<end]).replacing("%22", with: "\"").replacing("%0D", with: "").replacing("%0A", with: " ")
    }
}
