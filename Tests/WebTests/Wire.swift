import Dispatch
import Foundation
import Glibc

/// One raw connection to a server on this machine: bytes as a hostile client sends them.
enum Wire {
    enum Step: Sendable {
        case send([UInt8])
        /// One piece after another, with a pause between, until an answer comes.
        case drip([[UInt8]], pauseMilliseconds: Int32)
        /// Sends, waits for an answer, then lets the connection rest.
        case ask([UInt8], pauseMilliseconds: Int32)
        case finish
    }

    struct Reply: Sendable {
        var bytes: [UInt8]
        /// The server closed the connection.
        var isClosed: Bool
        var seconds: Double

        var text: String { String(decoding: bytes, as: UTF8.self) }
        /// The statuses of all answers, one after another.
        var statuses: [Int] { text.split(separator: "HTTP/1.1 ", omittingEmptySubsequences: false).dropFirst().compactMap { Int($0.prefix(3)) }.filter { $0 != 100 } }
        var status: Int { statuses.first ?? 0 }
        var body: String { text.range(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? "" }
        func field(_ name: String) -> String? {
            text.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }.map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }
        /// Its body is a document of RFC 9457 with this very status.
        var isProblem: Bool {
            guard field("content-type") == "application/problem+json", let document = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] else { return false }
            return document["status"] as? Int == status && document["code"] is String && document["title"] is String && document["detail"] is String && document["type"] is String
        }
    }

    struct Failed: Error { var step: String, code: Int32 }

    static func talk(_ port: Int, waitMilliseconds: Int32 = 5000, _ steps: Step...) async throws -> Reply {
        try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: it blocks.
            DispatchQueue.global().async { continuation.resume(with: Result { try conversation(port, waitMilliseconds, steps) }) }
        }
    }

    static func talk(_ port: Int, _ text: String) async throws -> Reply { try await talk(port, .send(Array(text.utf8))) }

    private static func conversation(_ port: Int, _ wait: Int32, _ steps: [Step]) throws -> Reply {
        let start = ContinuousClock.now, descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failed(step: "socket", code: errno) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) } }
        guard connected == 0 else { throw Failed(step: "connect", code: errno) }
        var isOpen = true, reply = Reply(bytes: [], isClosed: false, seconds: 0), buffer = [UInt8](repeating: 0, count: 65_536)
        for step in steps where isOpen {
            switch step {
            case .send(let bytes): isOpen = push(bytes, to: descriptor)
            case .drip(let pieces, let pause):
                for piece in pieces {
                    guard push(piece, to: descriptor) else { isOpen = false; break }
                    if isReadable(descriptor, pause) { break }
                }
            case .ask(let bytes, let pause):
                isOpen = push(bytes, to: descriptor)
                var isFirst = true
                while isReadable(descriptor, isFirst ? wait : pause) {
                    let count = recv(descriptor, &buffer, buffer.count, 0)
                    if count <= 0 { isOpen = false; break }
                    reply.bytes += buffer[..<count]
                    isFirst = false
                }
            case .finish: shutdown(descriptor, Int32(SHUT_WR))
            }
        }
        while isReadable(descriptor, wait) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { reply.isClosed = true; break }
            reply.bytes += buffer[..<count]
        }
        let elapsed = ContinuousClock.now - start
        reply.seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        return reply
    }

    /// False: nobody takes it any more.
    private static func push(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    private static func isReadable(_ descriptor: Int32, _ milliseconds: Int32) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, milliseconds) > 0
    }
}
