import Foundation
import SimulatorKit
import Synchronization
import ThailandPostSimulator

/// A clock that stands until it is moved: 2024-06-03 09:15:20+07:00, the dossier's moment.
final class StandingClock: Sendable {
    private let moment = Mutex(Date(timeIntervalSince1970: 1_717_380_920))
    var now: Date {
        get { moment.withLock { $0 } }
        set { moment.withLock { $0 = newValue } }
    }
    func advance(by seconds: TimeInterval) { moment.withLock { $0 += seconds } }
}

/// A caller of the four systems, by the dossier's text, and the simulator it calls.
struct PostBench {
    static let plain = ("demo_user", "demo_pass"), cod = ("demo_cod", "cod_pass")

    let simulator: ThailandPostSimulator
    let clock: StandingClock

    // MARK: A and B

    func token(at base: String? = nil, scheme: String = "Token", of staticToken: String? = nil) async throws -> PlainAnswer {
        let header = "\(scheme) \(staticToken ?? ThailandPostConfiguration().staticToken)"
        return try await PlainHTTP.send("POST", (base ?? simulator.trackURL) + "authenticate/token", headers: [("Authorization", header)], body: Data("{}".utf8))
    }

    func temporaryToken(at base: String? = nil) async throws -> String { try await token(at: base).post["token"]?.text ?? "" }

    func track(_ body: String, token: String? = nil, path: String = "track", scheme: String = "Token") async throws -> PlainAnswer {
        let good = if let token { token } else { try await temporaryToken() }
        return try await PlainHTTP.send("POST", simulator.trackURL + path, headers: [("Authorization", "\(scheme) \(good)")], body: Data(body.utf8))
    }

    func track(_ barcodes: [String], language: String = "TH", status: String = "all") async throws -> PostJSON {
        try await track(Self.question("barcode", barcodes, language: language, status: status)).post
    }

    func hook(_ body: String, path: String = "hook", method: String = "POST") async throws -> PlainAnswer {
        let token = try await temporaryToken(at: simulator.webhookURL)
        return try await PlainHTTP.send(method, simulator.webhookURL + path, headers: [("Authorization", "Token \(token)")], body: Data(body.utf8))
    }

    @discardableResult
    func subscribe(_ barcodes: [String], language: String = "TH", status: String = "all", wantsPast: Bool = false) async throws -> PostJSON {
        try await hook(Self.question("barcode", barcodes, language: language, status: status, wantsPast: wantsPast)).post
    }

    static func question(_ list: String, _ numbers: [String], language: String = "TH", status: String = "all", wantsPast: Bool? = nil) -> String {
        let past = wantsPast.map { #","req_previous_status":\#($0)"# } ?? ""
        return #"{"status":"\#(status)","language":"\#(language)","\#(list)":[\#(numbers.map { "\"\($0)\"" }.joined(separator: ","))]\#(past)}"#
    }

    // MARK: C and D

    static func basic(_ user: String, _ password: String) -> (name: String, value: String) {
        ("Authorization", "Basic " + Data("\(user):\(password)".utf8).base64EncodedString())
    }

    func eParcel(_ method: String, _ operation: String, _ body: String? = nil, account: (String, String) = plain, limit: Duration = .seconds(10)) async throws -> PlainAnswer {
        try await PlainHTTP.send(
            method, simulator.eParcelURL + operation, headers: [Self.basic(account.0, account.1)], body: body.map { Data($0.utf8) }, limit: limit)
    }

    /// Books one item and answers with its code.
    @discardableResult
    func book(_ barcode: String, _ changes: [String: PostJSON?] = [:], account: (String, String) = plain) async throws -> String? {
        try await eParcel("POST", "addItem", Self.item(barcode, changes), account: account).post.items?.first?["errorCode"]?.text
    }

    func draw(type: Int = 1, count: Int, user: String = "SHOP01", key: String = "pk_7d20c4") async throws -> PlainAnswer {
        try await PlainHTTP.send("GET", simulator.postOneURL + "?typ=\(type)&cnt=\(count)", headers: [Self.basic(user, key)])
    }

    /// The members of `addItem` (thailandpost.md §4.2) with other values; nil leaves one out.
    static func item(_ barcode: String, _ changes: [String: PostJSON?] = [:]) -> String {
        var members: [String: PostJSON] = [
            "orderId": .string("ORD-\(barcode)"), "invNo": .string("INV-\(barcode)"), "barcode": .string(barcode), "shipperName": "ร้านตัวอย่าง",
            "shipperAddress": "99/1 ซอยรามคำแหง 24", "shipperDistrict": "บางกะปิ", "shipperProvince": "กรุงเทพมหานคร", "shipperZipcode": "10240",
            "shipperMobile": "021234567", "cusName": "ปิ่น ตัวอย่าง", "cusAdd": "123/45 หมู่ 6 ต.ป่าเมี่ยง", "cusAmp": "ดอยสะเก็ด", "cusProv": "เชียงใหม่",
            "cusZipcode": "50220", "cusTel": "0812345678", "productPrice": "0", "productInbox": "-", "productWeight": "850", "orderType": "D",
        ]
        for (name, value) in changes { members[name] = value }
        // Text and numbers always encode.
        return (try? JSONEncoder().encode(PostJSON.object(members))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    // MARK: Control

    func control(_ method: String, _ path: String, _ body: String? = nil, of system: PostSystem = .track) async throws -> PlainAnswer {
        try await PlainHTTP.send(method, simulator.host(of: system) + "/_control/" + path, body: body.map { Data($0.utf8) })
    }
}

/// Numbers of the demo accounts' ranges with their check digits.
enum Numbers {
    static let ems = "EF123456785TH", registered = "RR473124829TH"
    static func ems(_ index: Int) -> String { S10.number(prefix: "EF", serial: 12_345_678 + index) ?? "" }
    static func cod(_ index: Int) -> String { S10.number(prefix: "EB", serial: 20_000_000 + index) ?? "" }
}

extension PlainAnswer {
    /// The body as a value; null where it is no JSON.
    var post: PostJSON { (try? PostJSON(parsing: body)) ?? .null }
    var code: String? { post.items?.first?["errorCode"]?.text }
}

extension CaughtWebhook {
    var post: PostJSON { (try? PostJSON(parsing: body)) ?? .null }
    var status: String? { post["items"]?.items?.first?["status"]?.text }
}

extension PostJSON {
    /// The events of a number in an answer of system A.
    func events(of barcode: String) -> [PostJSON]? { self["response"]?["items"]?[barcode]?.items }
}

/// Runs a simulator for one test and stops it afterwards, whatever happened.
func withPost(_ change: (inout ThailandPostConfiguration) -> Void = { _ in }, _ body: (PostBench) async throws -> Void) async throws {
    let clock = StandingClock()
    var configuration = ThailandPostConfiguration()
    configuration.now = { clock.now }
    configuration.timeScale = 0.000_001
    change(&configuration)
    let simulator = try await ThailandPostSimulator.start(configuration)
    do {
        try await body(PostBench(simulator: simulator, clock: clock))
        await simulator.stop()
    } catch {
        await simulator.stop()
        throw error
    }
}
