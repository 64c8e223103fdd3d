import Domain
import Foundation
import HTTPTypes
import Hub
import NIOCore
import Testing
import Web

/// What no honest client sends, over a real connection. Each has its answer, and the server goes on answering.
@Suite(.serialized) struct HostileTests {
    struct Attack: Sendable, CustomTestStringConvertible {
        var name: String, request: String, statuses: Set<Int>
        /// `TOKEN` and `HOOK` stand for real ones.
        init(_ name: String, _ request: String, _ statuses: Int...) { self.name = name; self.request = request; self.statuses = Set(statuses) }
        var testDescription: String { name }
    }

    private static func get(_ path: String, _ more: String = "") -> String { "GET \(path) HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nAuthorization: Bearer TOKEN\r\n\(more)\r\n" }
    private static func post(_ path: String, _ more: String, _ body: String = "") -> String { "POST \(path) HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer TOKEN\r\n\(more)\r\n\(body)" }
    private static func json(_ path: String, _ body: String) -> String { post(path, "Connection: close\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n", body) }
    private static func long(_ count: Int, _ character: Character = "a") -> String { String(repeating: character, count: count) }

    static let attacks: [Attack] = [
        Attack("two hundred header fields", get("/api/v1/orders", (0..<200).map { "X-\($0): 1\r\n" }.joined()), 431),
        Attack("a header field of 20 kB", get("/api/v1/orders", "X-Long: \(long(20_000))\r\n"), 431),
        Attack("header fields of 40 kB together", get("/api/v1/orders", (0..<40).map { "X-\($0): \(long(1000))\r\n" }.joined()), 431),
        Attack("a header that never ends", "GET / HTTP/1.1\r\nHost: hub\r\nX-Long: \(long(300_000))", 431),
        Attack("a path of 64 kB", get("/" + long(65_536)), 414, 431),
        Attack("a path of 10 kB", get("/api/v1/orders/" + long(10_000)), 414),
        Attack("a query of 20 kB", get("/api/v1/orders?search=" + long(20_000)), 414, 431),
        Attack("a first line that never ends", "GET /" + long(300_000), 414, 431),

        Attack("ten gigabytes announced to a hook", post("HOOK", "Content-Length: 10737418240\r\n"), 413),
        Attack("ten gigabytes announced to the API", post("/api/v1/rules/check", "Content-Type: application/json\r\nContent-Length: 10737418240\r\n"), 413),
        Attack("ten gigabytes announced to an import", post("/api/v1/channels/Sheet/imports", "Content-Length: 10737418240\r\n"), 413),
        Attack("ten gigabytes announced under an idempotency key", post("/api/v1/routes", "Idempotency-Key: k\r\nContent-Length: 10737418240\r\n"), 413),
        Attack("a length beyond every number", post("HOOK", "Content-Length: 99999999999999999999999999\r\n"), 400),
        Attack("a chunked body above a hook's limit", post("HOOK", "Connection: close\r\nTransfer-Encoding: chunked\r\n", (0..<10).map { _ in "400\r\n\(long(1024))\r\n" }.joined() + "0\r\n\r\n"), 413),
        Attack("a chunked body above the API's limit", post("/api/v1/rules/check", "Connection: close\r\nTransfer-Encoding: chunked\r\n", (0..<20).map { _ in "10000\r\n\(long(65_536))\r\n" }.joined() + "0\r\n\r\n"), 413),
        Attack("a chunk of no size", post("HOOK", "Transfer-Encoding: chunked\r\n", "zz\r\n"), 400),
        Attack("a chunk larger than every number", post("HOOK", "Transfer-Encoding: chunked\r\n", "fffffffffffffffffff\r\n"), 400),

        Attack("up and out of the hooks", get("/hooks/../api/v1/orders"), 404),
        Attack("up and out of the hooks, escaped", get("/hooks/%2e%2e/api/v1/orders"), 404),
        Attack("up and out of the hooks, slashes escaped", get("/hooks/..%2fapi%2fv1%2forders"), 404, 405),
        Attack("a hook with a part too many", post("HOOK/../../api/v1/orders", "Connection: close\r\nContent-Length: 0\r\n"), 404),
        Attack("doubled slashes without a token", "GET //api//v1//orders HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n", 401),
        Attack("an escaped letter in the path", "GET /%61pi/v1/orders HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n", 404),
        Attack("an escaped slash in an id", get("/api/v1/orders/1%2Ftimeline"), 404),
        Attack("a NUL, escaped", get("/api/v1/orders/%00"), 400),
        Attack("a NUL, raw", get("/api/v1/orders/\u{0}"), 400),
        Attack("an address of another server", get("http://elsewhere.example/api/v1/nothing"), 404),
        Attack("a tunnel", "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n", 400, 404, 405),
        Attack("nothing but a question mark", get("/?"), 200),
        Attack("a fragment", get("/api/v1/nothing#/api/v1/orders"), 404),
        Attack("a broken escape in an id", get("/api/v1/orders/%zz"), 404),
        Attack("an id in another script", get("/api/v1/orders/%D9%A5"), 404),

        Attack("a method that the path does not have", "DELETE /api/v1/orders HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n", 405),
        Attack("a trace", "TRACE /api/v1/orders HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n", 405),
        Attack("a get at a hook", get("HOOK"), 405),
        Attack("a method nobody knows", "BREW /api/v1/orders HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n", 400),

        Attack("bytes that are no UTF-8 in the query, escaped", get("/api/v1/orders?search=%FF%FE"), 400),
        Attack("half an escape", get("/api/v1/orders?search=%4"), 400),
        Attack("a parameter given twice", get("/api/v1/orders?limit=1&limit=200"), 400),

        Attack("length and chunks together", post("HOOK", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nGET /api/v1/orders HTTP/1.1\r\nHost: hub\r\n\r\n"), 400),
        Attack("chunks and length together", post("HOOK", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400),
        Attack("two lengths", post("HOOK", "Content-Length: 5\r\nContent-Length: 6\r\n", "12345"), 400),
        Attack("a list of lengths", post("HOOK", "Content-Length: 5, 5\r\n", "12345"), 400),
        Attack("a signed length", post("HOOK", "Content-Length: +5\r\n", "12345"), 400),
        Attack("a length below nothing", post("HOOK", "Content-Length: -1\r\n", "12345"), 400),
        Attack("a space before the colon", post("HOOK", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400),
        Attack("another coding than chunked at the end", post("HOOK", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400),
        Attack("a carriage return in a value", get("/api/v1/orders", "X-A: a\rX-B: b\r\n"), 400),
        Attack("a NUL in a value", get("/api/v1/orders", "X-A: a\u{0}b\r\n"), 400),
        Attack("no request at all", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{FC}\u{3}\u{3}", 400),
        Attack("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        Attack("a version of the future", "GET / HTTP/9.9\r\nHost: hub\r\n\r\n", 400, 505),

        Attack("JSON ten thousand deep", json("/api/v1/rules/check", long(10_000, "[") + long(10_000, "]")), 422),
        Attack("objects ten thousand deep", json("/api/v1/rules/check", String(repeating: #"{"text":"#, count: 10_000) + "1" + long(10_000, "}")), 422),
        Attack("a number beyond every number", json("/api/v1/orders/1", "{}").replacingOccurrences(of: "POST", with: "PATCH"), 422),
        Attack("1e400 for a revision", json("/api/v1/orders/1/actions", #"{"action":"approve","revision":1e400}"#), 422),
        Attack("a number of ten thousand digits", json("/api/v1/orders/1/actions", #"{"action":"approve","revision":\#(long(10_000, "9"))}"#), 422),
        Attack("half a text", json("/api/v1/rules/check", #"{"text":"abc"#), 422),
        Attack("half a surrogate", json("/api/v1/rules/check", #"{"text":"\ud800"}"#), 422),
        Attack("a NUL in a text", json("/api/v1/rules/check", #"{"text":"a\u0000b"}"#), 422),
        Attack("the wrong type of body", post("/api/v1/rules/check", "Connection: close\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n", "<a/>"), 415),
        Attack("a form for an import", post("/api/v1/channels/Sheet/imports", "Connection: close\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 4\r\n", "--x\r"), 415),
    ]

    @Test func `every hostile request has its answer, and the server answers on`() async throws {
        try await WebBench.run { bench in
            let paper = try await bench.hub.channels.add(platform: "paper", name: "Paper", settings: ["word": "open sesame"], by: "test")
            try await bench.listen { port, token in
                for attack in Self.attacks {
                    let reply = try await Wire.talk(port, attack.request.replacing("TOKEN", with: token).replacing("HOOK", with: "/hooks/\(paper.hookKey)"))
                    #expect(reply.statuses.count == 1 && attack.statuses.contains(reply.status), "\(attack.name): \(reply.text.prefix(300))")
                    if reply.status >= 400 { #expect(reply.isProblem, "\(attack.name): \(reply.text.prefix(600))") }
                    if reply.status == 405 { #expect(reply.field("allow") != nil, "\(attack.name)") }
                    #expect(reply.isClosed, "\(attack.name) is left open")
                    #expect(try await Wire.talk(port, "GET /health/live HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n").status == 200, "after \(attack.name)")
                }
                #expect(try await bench.hub.journal.lastID() == DeliveryID(0))
            }
        }
    }

    @Test func `bytes that are no UTF-8 in the address do no harm`() async throws {
        try await WebBench.run { bench in
            try await bench.listen { port, token in
                for path in ["/api/v1/orders?search=", "/api/v1/orders/", "/hooks/", "/"] {
                    let request = Array("GET \(path)".utf8) + [0xFF, 0xFE, 0xC3, 0x28] + Array(" HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nAuthorization: Bearer \(token)\r\n\r\n".utf8)
                    let reply = try await Wire.talk(port, .send(request))
                    #expect((400..<500).contains(reply.status) || reply.status == 200, "\(path): \(reply.text.prefix(200))")
                    #expect(try await Wire.talk(port, "GET /health/live HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n").status == 200)
                }
            }
        }
    }

    @Test func `of two members with one name the first counts`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let answer = try await call(.post, "/api/v1/tokens", #"{"name":"first","name":"second","scopes":["metrics"]}"#)
                #expect(answer.status == 201 && answer.json["name"] as? String == "first")
            }
        }
    }

    private static var quick: RequestLimits {
        var limits = RequestLimits()
        limits.whole = .milliseconds(400)
        limits.uploadIdle = .milliseconds(1500)
        limits.uploadGrace = .milliseconds(2000)
        limits.uploadWhole = .milliseconds(20_000)
        limits.linger = .milliseconds(300)
        return limits
    }

    @Test(arguments: [
        "POST /api/v1/rules/check HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n",
        "POST HOOK HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000\r\n\r\n",
        "GET / HTTP/1.1\r\nX-Slow: ",
        "GET /",
    ])
    func `a request that drips is answered 408`(start: String) async throws {
        try await WebBench.run { bench in
            let paper = try await bench.hub.channels.add(platform: "paper", name: "Paper", settings: ["word": "open sesame"], by: "test")
            try await bench.listen(Self.quick) { port, token in
                let head = start.replacing("TOKEN", with: token).replacing("HOOK", with: "/hooks/\(paper.hookKey)")
                let reply = try await Wire.talk(port, .send(Array(head.utf8)), .drip(Array(repeating: [UInt8(ascii: "a")], count: 200), pauseMilliseconds: 20))
                #expect(reply.statuses == [408], Comment(rawValue: String(reply.text.prefix(200))))
                #expect(reply.isProblem && reply.isClosed && reply.seconds < 10)
            }
        }
    }

    @Test func `the deadline begins anew with each request of a connection`() async throws {
        try await WebBench.run { bench in
            try await bench.listen(Self.quick) { port, _ in
                let request = Array("GET /health/live HTTP/1.1\r\nHost: hub\r\n\r\n".utf8)
                // Together they take longer than one may.
                let reply = try await Wire.talk(port, .ask(request, pauseMilliseconds: 500), .ask(request, pauseMilliseconds: 500), .ask(request, pauseMilliseconds: 500), .finish)
                #expect(reply.statuses == [200, 200, 200] && reply.seconds > 1.4, "\(reply.seconds) \(reply.text)")
            }
        }
    }

    @Test func `a client that hears no before its body is whole is let go, and its rest is thrown away`() async throws {
        try await WebBench.run { bench in
            var limits = RequestLimits()
            limits.linger = .milliseconds(300)
            try await bench.listen(limits) { port, _ in
                let head = Array("POST /api/v1/rules/check HTTP/1.1\r\nHost: hub\r\nContent-Length: 100000\r\n\r\n".utf8)
                let reply = try await Wire.talk(port, .send(head), .send([UInt8](repeating: 97, count: 20_000)))
                #expect(reply.statuses == [401] && reply.isClosed && reply.field("connection") == "close" && reply.seconds < 9, "\(reply.seconds) \(reply.isClosed) \(reply.text)")
            }
        }
    }

    // MARK: files

    private static let file = "Order number,Recipient,Phone,Address,Province,Postcode,SKU,Quantity,Unit price\r\n" + (1...400).map { "S-\($0),Ann,0812345678,1 Rama IV Road,Bangkok,10330,TEA,1,129.00\r\n" }.joined()

    private static func upload(_ token: String, length: Int) -> [UInt8] {
        Array("POST /api/v1/channels/Sheet/imports HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\nContent-Type: text/csv\r\nContent-Length: \(length)\r\n\r\n".utf8)
    }

    @Test func `a file that keeps moving may take longer than other requests`() async throws {
        try await WebBench.run { bench in
            try await bench.listen(Self.quick) { port, token in
                let bytes = Array(Self.file.utf8), piece = bytes.count / 20 + 1
                let pieces = stride(from: 0, to: bytes.count, by: piece).map { Array(bytes[$0..<min($0 + piece, bytes.count)]) }
                let reply = try await Wire.talk(port, waitMilliseconds: 15_000, .send(Self.upload(token, length: bytes.count)), .drip(pieces, pauseMilliseconds: 60))
                #expect(reply.statuses == [200] && reply.text.contains("\"good\":400"), Comment(rawValue: String(reply.text.prefix(400))))
                #expect(reply.seconds > 0.8)
            }
        }
    }

    @Test func `a file that stops moving, or only drips, is answered 408`() async throws {
        try await WebBench.run { bench in
            try await bench.listen(Self.quick) { port, token in
                let stalled = try await Wire.talk(port, .send(Self.upload(token, length: 10_000)), .send(Array("Order".utf8)))
                #expect(stalled.statuses == [408] && stalled.isProblem && stalled.isClosed)
                let dripping = try await Wire.talk(port, .send(Self.upload(token, length: 10_000)), .drip(Array(repeating: [UInt8(ascii: "a")], count: 300), pauseMilliseconds: 40))
                #expect(dripping.statuses == [408] && dripping.isProblem && dripping.seconds < 15)
                // What came of them is thrown away, and their places are free again.
                let imports = bench.hub.imports, folder = try FileImporter(hub: bench.hub).store.folder()
                _ = try await eventually { try FileManager.default.contentsOfDirectory(atPath: folder).contains { $0.hasPrefix("upload-") } ? nil : true }
                let places = (0..<ImportDesk.maximumRunning).compactMap { imports.enter(Int64($0 + 1)) }
                #expect(places.count == ImportDesk.maximumRunning)
            }
        }
    }

    @Test func `a file larger than it said it would be, or than any may be, is answered 413`() async throws {
        try await WebBench.run { bench in
            try await bench.listen { port, token in
                let reply = try await Wire.talk(port, .send(Self.upload(token, length: (64 << 20) + 1)))
                #expect(reply.statuses == [413] && reply.isProblem && reply.isClosed)
            }
        }
    }
}
