import CExpat

/// An element's or attribute's name without its prefix, valid only inside the call-back that delivers it.
struct XMLName {
    private let local: UnsafePointer<CChar>

    fileprivate init(_ name: UnsafePointer<CChar>) {
        var local = name
        var cursor = name
        while cursor.pointee != 0 {
            if cursor.pointee == CChar(bitPattern: UInt8(ascii: ":")) { local = cursor + 1 }
            cursor += 1
        }
        self.local = local
    }

    static func == (name: XMLName, word: StaticString) -> Bool {
        var index = 0
        while index < word.utf8CodeUnitCount {
            guard UInt8(bitPattern: name.local[index]) == word.utf8Start[index] else { return false }
            index += 1
        }
        return name.local[index] == 0
    }

    static func != (name: XMLName, word: StaticString) -> Bool { !(name == word) }
}

/// An element's attributes, valid only inside the call-back.
struct XMLAttributes {
    private let pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>?

    fileprivate init(_ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>?) { self.pairs = pairs }

    /// The value of the attribute with this local name; nil when absent.
    subscript(_ word: StaticString) -> String? { bytes(word).map { String(cString: $0) } }

    /// The value's bytes up to a 0, without making a string of them.
    func bytes(_ word: StaticString) -> UnsafePointer<CChar>? {
        guard let pairs else { return nil }
        var index = 0
        while let name = pairs[index], let value = pairs[index + 1] {
            if XMLName(name) == word { return value }
            index += 2
        }
        return nil
    }

    /// `1` or `true`, as spreadsheet XML writes yes.
    func isTrue(_ word: StaticString) -> Bool { ["1", "true", "on"].contains(self[word] ?? "") }
}

/// What a reader of one XML part wants to know. Whatever it throws ends the parsing.
protocol XMLEvents: AnyObject {
    func start(_ name: XMLName, _ attributes: XMLAttributes) throws
    func end(_ name: XMLName) throws
    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws
}

extension XMLEvents {
    func end(_ name: XMLName) throws {}
    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws {}
}

/// Expat around one part: fed in pieces, refuses document types and entities, stops at the first error of its events.
final class XMLStream {
    private static let maximumDepth = 100

    private let parser: OpaquePointer
    private let events: any XMLEvents
    private let part: String
    private var failure: (any Error)?
    private var depth = 0

    init(part: String, events: any XMLEvents) throws {
        guard let parser = XML_ParserCreate(nil) else {
            throw FileProblem.damaged(part: part, reason: "cannot be read now: memory is short")
        }
        self.parser = parser
        self.events = events
        self.part = part
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(parser, { data, name, pairs in
            guard let name else { return }
            XMLStream.of(data)?.perform {
                $0.depth += 1
                guard $0.depth <= XMLStream.maximumDepth else { throw FileProblem.damaged(part: $0.part, reason: "is nested too deeply") }
                try $0.events.start(XMLName(name), XMLAttributes(pairs))
            }
        }, { data, name in
            guard let name else { return }
            XMLStream.of(data)?.perform {
                $0.depth -= 1
                try $0.events.end(XMLName(name))
            }
        })
        XML_SetCharacterDataHandler(parser) { data, text, length in
            guard let text, length > 0 else { return }
            XMLStream.of(data)?.perform { stream in
                try text.withMemoryRebound(to: UInt8.self, capacity: Int(length)) {
                    try stream.events.text(UnsafeBufferPointer(start: $0, count: Int(length)))
                }
            }
        }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
            XMLStream.of(data)?.perform { throw FileProblem.declaresEntities(part: $0.part) }
        }
        XML_SetEntityDeclHandler(parser) { data, _, _, _, _, _, _, _, _ in
            XMLStream.of(data)?.perform { throw FileProblem.declaresEntities(part: $0.part) }
        }
    }

    deinit { XML_ParserFree(parser) }

    func feed(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        guard let base = bytes.baseAddress else { return }
        let status = base.withMemoryRebound(to: CChar.self, capacity: bytes.count) { XML_Parse(parser, $0, Int32(bytes.count), 0) }
        try check(status)
    }

    func finish() throws { try check(XML_Parse(parser, nil, 0, 1)) }

    private func check(_ status: XML_Status) throws {
        if let failure { throw failure }
        guard status == XML_STATUS_OK else {
            throw FileProblem.damaged(part: part, reason: "is not well-formed XML (line \(XML_GetCurrentLineNumber(parser)))")
        }
    }

    /// The parser lives no longer than the stream that owns it, so the pointer handed to it is always good.
    private static func of(_ data: UnsafeMutableRawPointer?) -> XMLStream? {
        data.map { Unmanaged<XMLStream>.fromOpaque($0).takeUnretainedValue() }
    }

    private func perform(_ work: (XMLStream) throws -> Void) {
        guard failure == nil else { return }
        do {
            try work(self)
        } catch {
            failure = error
            XML_StopParser(parser, XML_Bool(XML_FALSE))
        }
    }
}

extension ZipArchive {
    /// Unpacks a part through the XML parser. `watch` sees the size of each piece after it was parsed.
    func parse(_ part: Part, _ events: any XMLEvents, watch: (Int) -> Void = { _ in }) throws {
        let stream = try XMLStream(part: part.name, events: events)
        try read(part) { bytes in
            try stream.feed(bytes)
            watch(bytes.count)
        }
        try stream.finish()
    }
}
