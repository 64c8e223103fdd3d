import Connect
import Domain
import Foundation
import Hub
import Hummingbird

/// A delivery as it came: what a platform really said, for the change that it caused.
enum DeliveryPage {
    static let shownBytes = 200_000

    struct View: Sendable {
        var id: String, channelName: String, channelAddress: String, topic: String, origin: String, received: PageTime, asked: [PageTime], size: String
        var headers: [Header], hasHeaders: Bool, complaint: [String], body: String, isCut: Bool, isMasked: Bool, isBinary: Bool, back: [String]
    }
    struct Header: Sendable { var name: String, value: String }

    @Sendable static func show(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let words = visit.words
        guard let id = visit.context.parameters.get("id").flatMap({ DeliveryID(text: $0) }), let kept = try await visit.hub.journal.find(id) else {
            throw APIProblem(.notFound, "delivery_unknown", words("order.delivery.unknown"))
        }
        let delivery = kept.delivery, isMasked = !visit.caller.may(.buyersRead), order = try visit.request.query["order"].flatMap { OrderID(text: $0) }
        let text = ReadableBody.text(isMasked ? Array(MaskedBody.masked(String(decoding: delivery.body, as: UTF8.self)).utf8) : delivery.body)
        if !isMasked { try await visit.hub.audit.record(AuditChange(visit.caller.actor, "delivery.read", "delivery:\(id)")) }
        let view = View(
            id: "\(id)", channelName: visit.hub.channels.directory.channel(delivery.channel)?.name ?? "\(delivery.channel)", channelAddress: "/channels/\(delivery.channel)", topic: delivery.topic,
            origin: words("order.delivery.origins.\(delivery.origin.rawValue)"), received: visit.time(delivery.receivedAt), asked: delivery.askedAt.map { [visit.time($0)] } ?? [],
            size: PageWords.grouped("\(delivery.body.count)"), headers: delivery.headers.sorted { $0.key < $1.key }.map { Header(name: $0.key, value: $0.value) }, hasHeaders: !delivery.headers.isEmpty,
            complaint: kept.complaint.map { [$0] } ?? [], body: String(text?.prefix(shownBytes) ?? ""), isCut: (text?.count ?? 0) > shownBytes, isMasked: isMasked, isBinary: text == nil,
            back: order.map { ["/orders/\($0)"] } ?? [])
        return try visit.page("order-delivery", title: words("order.delivery.title"), at: .orders, view, styles: ["order.css"])
    }
}

/// JSON with a line for each member, every number and text as it came; other texts as they are.
enum ReadableBody {
    static let indent = "  ", deepest = 200

    /// nil: no text at all.
    static func text(_ body: [UInt8]) -> String? {
        guard let text = String(validating: body, as: UTF8.self) else { return nil }
        guard (try? JSONSerialization.jsonObject(with: Data(body))) != nil else { return text }      // what is no JSON is shown as it is
        return indented(text)
    }

    /// White space only is changed: a number that was 19.90 stays 19.90.
    private static func indented(_ json: String) -> String {
        var out = "", depth = 0, isInText = false, isEscaped = false
        func line() -> String { "\n" + String(repeating: indent, count: min(depth, deepest)) }
        for character in json.unicodeScalars {
            if isInText {
                out.unicodeScalars.append(character)
                if isEscaped { isEscaped = false } else if character == "\\" { isEscaped = true } else if character == "\"" { isInText = false }
                continue
            }
            switch character {
            case "\"": isInText = true; out.unicodeScalars.append(character)
            case "{", "[": depth += 1; out.unicodeScalars.append(character); out += line()
            case "}", "]": depth -= 1; out += line(); out.unicodeScalars.append(character)
            case ",": out += "," + line()
            case ":": out += ": "
            case " ", "\n", "\r", "\t": break
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}
