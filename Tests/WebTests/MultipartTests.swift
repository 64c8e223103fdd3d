@testable import Web
import Foundation
import Testing

@Suite struct MultipartTests {
    private static let type = "multipart/form-data; boundary=----edge7"
    private static let form = "------edge7\r\nContent-Disposition: form-data; name=\"channel\"\r\n\r\n12\r\n------edge7\r\n"
        + "Content-Disposition: form-data; name=\"file\"; filename=\"ร้าน %22A%22.csv\"\r\nContent-Type: text/csv\r\n\r\na,b\r\n--not the edge\r\n\u{0}\u{1}\r\n------edge7--\r\n"

    private static func read(_ text: String, pieces: Int) throws -> [(name: String, file: String?, text: String)] {
        var parser = try MultipartParser(contentType: type), parts: [(name: String, file: String?, text: String)] = []
        let bytes = Data(text.utf8)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + pieces)
            for event in try parser.take(bytes[start..<end]) {
                switch event {
                case .begin(let name, let file): parts.append((name, file, ""))
                case .bytes(let bytes): parts[parts.count - 1].text += String(decoding: bytes, as: UTF8.self)
                case .end: break
                }
            }
            start = end
        }
        try parser.finish()
        return parts
    }

    @Test(arguments: [1, 2, 3, 7, 16, 61, 100_000])
    func `a form is read the same however it is cut into pieces`(pieces: Int) throws {
        let parts = try Self.read(Self.form, pieces: pieces)
        #expect(parts.map(\.name) == ["channel", "file"] && parts.first?.text == "12" && parts.first?.file == nil)
        #expect(parts.last?.file == "ร้าน \"A\".csv" && parts.last?.text == "a,b\r\n--not the edge\r\n\u{0}\u{1}")
    }

    @Test func `an empty part is empty`() throws {
        let parts = try Self.read("------edge7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n------edge7--", pieces: 5)
        #expect(parts.count == 1 && parts.first?.text == "" && parts.first?.file == "")
    }

    @Test(arguments: [
        ("------edge7\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhalf", MultipartParser.Fault.endsEarly), ("no form at all", .endsEarly),
        ("------edge7\r\nX: y\r\n\r\nbody\r\n------edge7--", .badHead), ("------edge7 \r\n", .badHead),
        ("------edge7\r\n" + String(repeating: "h", count: 9000), .headTooLarge),
        (String(repeating: "------edge7\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n", count: 40), .tooManyParts),
    ])
    func `what is no whole form is refused`(text: String, fault: MultipartParser.Fault) {
        #expect(throws: fault) { _ = try Self.read(text, pieces: 1000) }
    }

    @Test(arguments: ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + String(repeating: "x", count: 71)])
    func `a form without an edge is refused`(type: String) {
        #expect(throws: MultipartParser.Fault.noBoundary) { _ = try MultipartParser(contentType: type) }
    }
}
