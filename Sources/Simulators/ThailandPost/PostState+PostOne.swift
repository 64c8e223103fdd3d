import Foundation
import HTTPTypes

/// System D: runs of numbers, drawn once (thailandpost.md §6.2).
extension PostState {
    static let postOnePath = "/api/bc.php"
    /// A byte order mark stands before D's JSON.
    private static let byteOrderMark = Data([0xEF, 0xBB, 0xBF])

    mutating func postOne(_ call: PostCall) -> PostReply {
        guard call.method == .get, call.path == Self.postOnePath else { return .notFound }
        guard let given = call.basic, given.user == settings.shopID, given.password == settings.apiKey else { return .html(401, "Unauthorized") }
        guard let type = call.query["typ"].flatMap({ Int($0) }), settings.drawRanges[type] != nil, let wanted = call.query["cnt"].flatMap({ Int($0) }), wanted > 0 else {
            return drawn(nil, message: "INVALID PARAMETER")
        }
        let range = draw(type: type, count: min(wanted, settings.numbersPerDraw))
        if range == nil { counts["D exhausted", default: 0] += 1 }
        return drawn(range, message: range == nil ? "BARCODE NOT ENOUGH" : "")
    }

    /// The failing form is unverified. `PRE` is the first two and the last two letters.
    private func drawn(_ range: NumberRange?, message: String) -> PostReply {
        var reply = PostReply.json([
            "STATUS": .string(range == nil ? "ERROR" : "SUCCESS"), "MESSAGE": .string(message), "PRE": .string(range.map { $0.prefix + "TH" } ?? ""),
            "BEGIN": .string(range.map { S10.padded($0.first, to: 8) } ?? ""), "END": .string(range.map { S10.padded($0.last, to: 8) } ?? ""),
        ])
        reply.body = Self.byteOrderMark + reply.body
        return reply
    }
}
