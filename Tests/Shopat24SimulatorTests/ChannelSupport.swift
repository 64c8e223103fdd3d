import Foundation
import Shopat24Simulator
import SimulatorKit
import Synchronization

/// Time that stands still until it is moved; 1761021600 is 2025-10-21 11:40 in Bangkok.
final class StillClock: Sendable {
    private let moment = Mutex(Date(timeIntervalSince1970: 1_761_021_600))
    var now: Date { moment.withLock { $0 } }
    func advance(seconds: TimeInterval) { moment.withLock { $0 += seconds } }
}

/// A channel with its clock, its two folders and a catcher in the hub's place.
struct Bench {
    let channel: Shopat24Simulator
    let clock: StillClock
    let catcher: WebhookCatcher
    let folder: URL
    var incoming: URL { folder.appending(path: "incoming") }
    var outgoing: URL { folder.appending(path: "outgoing") }

    func names() throws -> [String] {
        guard FileManager.default.fileExists(atPath: incoming.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: incoming.path).sorted()
    }
    func read(_ name: String) throws -> Data { try Data(contentsOf: incoming.appending(path: name)) }

    /// A file of the hub with its `.ok`.
    func send(_ name: String, _ text: String, withOK: Bool = true) throws {
        try FileManager.default.createDirectory(at: outgoing, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: outgoing.appending(path: name))
        if withOK { try Data().write(to: outgoing.appending(path: name + ".ok")) }
    }

    func call(
        _ method: String = "GET", _ path: String, body: String? = nil, key: String? = nil, headers: [(name: String, value: String)] = [],
        limit: Duration = .seconds(10)
    ) async throws -> PlainAnswer {
        var headers = headers
        if let key { headers.append(("Idempotency-Key", key)) }
        return try await PlainHTTP.send(method, channel.baseURL + path, headers: headers, body: body.map { Data($0.utf8) }, limit: limit)
    }
}

/// Runs a channel for one test and clears up afterwards, whatever happened. Files only where the test sets `filesToo`.
func withChannel(
    filesToo: Bool = false, _ change: (inout Shopat24Configuration) -> Void = { _ in },
    answer: @escaping @Sendable (CaughtWebhook, Int) -> WebhookCatcher.Answer = { _, _ in .init(status: 204) },
    _ body: (Bench) async throws -> Void
) async throws {
    let clock = StillClock()
    let catcher = try await WebhookCatcher.start(answer: answer)
    let folder = FileManager.default.temporaryDirectory.appending(path: "s24-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var configuration = Shopat24Configuration()
    configuration.now = { clock.now }
    configuration.requestsPerSecond = 100_000
    configuration.timeScale = 0.000_001
    configuration.oddShare = 0
    if filesToo {
        configuration.incomingFolder = folder.appending(path: "incoming")
        configuration.outgoingFolder = folder.appending(path: "outgoing")
    }
    change(&configuration)
    if configuration.webhook != nil { configuration.webhook?.hookURL = catcher.url }
    let channel = try await Shopat24Simulator.start(configuration)
    func end() async {
        await channel.stop()
        await catcher.stop()
        try? FileManager.default.removeItem(at: folder)     // a folder left over in the temporary directory hurts nobody
    }
    do {
        try await body(Bench(channel: channel, clock: clock, catcher: catcher, folder: folder))
        await end()
    } catch {
        await end()
        throw error
    }
}

extension PlainAnswer {
    var code: String? { json["code"] as? String }
    var isSuccess: Bool? { json["success"] as? Bool }
    var data: [String: Any] { json["data"] as? [String: Any] ?? [:] }
    var content: [[String: Any]] { data["content"] as? [[String: Any]] ?? [] }
    var orderNos: [String] { content.compactMap { $0["orderNo"] as? String } }
}

/// Rows of a file as the tests read it: the delimiter splits outside quotes only.
func rows(_ text: String, delimiter: Character = ",") -> [[String]] {
    var (rows, row, field, isQuoted) = ([[String]](), [String](), "", false)
    for character in text {
        switch character {
        case "\"": isQuoted.toggle()
        case delimiter where !isQuoted:
            row.append(field)
            field = ""
        case "\r\n" where !isQuoted, "\n" where !isQuoted:
            rows.append(row + [field])
            (row, field) = ([], "")
        default: field.append(character)
        }
    }
    return rows
}

/// Bytes of a single-byte Thai text back as characters.
func thai(_ bytes: Data) -> String {
    String(String.UnicodeScalarView(bytes.map { $0 < 0x80 ? UnicodeScalar($0) : UnicodeScalar(UInt32($0) + 0x0D60) ?? " " }))
}

/// One entry of a ZIP's central directory, with the bytes that stand in the file.
struct ZipEntry {
    var name: String, flags: Int, method: Int, packed: Data, size: Int, crc: UInt32, mode: UInt32
}

func zipEntries(_ archive: Data) throws -> [ZipEntry] {
    struct NotAZip: Error {}
    let bytes = [UInt8](archive)
    func number(_ at: Int, _ width: Int) throws -> Int {
        guard at >= 0, at + width <= bytes.count else { throw NotAZip() }
        return (0..<width).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    let end = bytes.count - 22
    guard try number(end, 4) == 0x0605_4B50 else { throw NotAZip() }
    var (entries, at) = ([ZipEntry](), try number(end + 16, 4))
    for _ in 0..<(try number(end + 10, 2)) {
        guard try number(at, 4) == 0x0201_4B50 else { throw NotAZip() }
        let (length, packed, local) = (try number(at + 28, 2), try number(at + 20, 4), try number(at + 42, 4))
        guard try number(local, 4) == 0x0403_4B50, try number(local + 14, 4) == number(at + 16, 4) else { throw NotAZip() }
        let start = local + 30 + (try number(local + 26, 2)) + (try number(local + 28, 2))
        entries.append(ZipEntry(
            name: String(decoding: bytes[(at + 46)..<(at + 46 + length)], as: UTF8.self), flags: try number(at + 8, 2), method: try number(at + 10, 2),
            packed: Data(bytes[start..<(start + packed)]), size: try number(at + 24, 4), crc: UInt32(try number(at + 16, 4)),
            mode: UInt32(try number(at + 38, 4)) >> 16))
        at += 46 + length
    }
    return entries
}
