import Foundation
import HTTPTypes
import SimulatorKit

/// System A: tracking by number and by receipt (thailandpost.md §4.1).
extension PostState {
    static let apiPrefix = "/post/api/v1/"
    private static let receiptsPerCall = 10

    /// What every question of A and B says.
    struct Question {
        var status: String
        var language: PostLanguage
        var numbers: [String]

        init?(_ call: PostCall, list: String) {
            guard let json = call.json, let numbers = json[list]?.texts, !numbers.isEmpty, let status = json["status"]?.loose else { return nil }
            guard let language = PostLanguage(rawValue: json["language"]?.text ?? PostLanguage.thai.rawValue) else { return nil }
            (self.status, self.language, self.numbers) = (status, language, numbers)
        }
    }

    mutating func track(_ call: PostCall) -> PostReply {
        guard call.method == .post, let operation = call.below(Self.apiPrefix) else { return .notFound }
        if operation == "authenticate/token" { return exchangeToken(call, .track) }
        guard ["track", "receipt/track", "track/batch"].contains(operation) else { return .notFound }
        if let refused = refusal(of: call, at: .track) { return refused }
        guard trackWindow.admits(at: now, calls: settings.callsPerWindow, window: settings.windowSeconds, block: settings.blockSeconds) else {
            counts["A throttled", default: 0] += 1
            return .refused(429, "Too Many Requests")
        }
        return operation == "receipt/track" ? trackReceipts(call) : trackNumbers(call, isBatch: operation == "track/batch")
    }

    private mutating func trackNumbers(_ call: PostCall, isBatch: Bool) -> PostReply {
        guard let question = Question(call, list: "barcode") else { return .refused(400, "Invalid request body") }
        guard isBatch || question.numbers.count <= settings.numbersPerCall else { return overLimit("barcode", settings.numbersPerCall) }
        guard let count = trackCount.take(question.numbers.count, on: ThaiDay(now), limit: settings.trackCountLimit) else { return overQuota() }
        // The answer to a batch is an e-mail with a link, which nobody here sends.
        if isBatch { return answer(["track_count": countLine(count, settings.trackCountLimit, question.language)]) }
        var items: [String: PostJSON] = [:]
        for number in question.numbers {
            if let known = consignments[number] {
                items[number] = eventList(known, question)
            } else if settings.unknownNumbers == .emptyList {
                items[number] = []
            }
        }
        return answer(["items": .object(items), "track_count": countLine(count, settings.trackCountLimit, question.language)])
    }

    private mutating func trackReceipts(_ call: PostCall) -> PostReply {
        guard let question = Question(call, list: "receiptNo") else { return .refused(400, "Invalid request body") }
        guard question.numbers.count <= Self.receiptsPerCall else { return overLimit("receiptNo", Self.receiptsPerCall) }
        guard let count = trackCount.take(question.numbers.count, on: ThaiDay(now), limit: settings.trackCountLimit) else { return overQuota() }
        var receipts: [String: PostJSON] = [:]
        for receipt in question.numbers {
            let parcels = consignments(ofReceipt: receipt)
            guard !parcels.isEmpty || settings.unknownNumbers == .emptyList else { continue }
            receipts[receipt] = .object(Dictionary(parcels.map { ($0.barcode, eventList($0, question)) }, uniquingKeysWith: { $1 }))
        }
        return answer(["receipts": .object(receipts), "track_count": countLine(count, settings.trackCountLimit, question.language)])
    }

    func consignments(ofReceipt receipt: String) -> [Consignment] {
        consignments.values.filter { $0.receiptNumber == receipt }.sorted { $0.barcode < $1.barcode }
    }

    // MARK: Envelopes of A and B

    func answer(_ response: PostJSON) -> PostReply { .json(["response": response, "message": "successful", "status": true]) }

    /// 200 with `status: false`; the post's own words and status for this are unverified.
    func overLimit(_ list: String, _ limit: Int) -> PostReply { .refused(200, "\(list) exceeds the limit of \(limit) per request") }
    func overQuota() -> PostReply { .refused(200, "track count limit exceeded") }

    func countLine(_ count: Int, _ limit: Int, _ language: PostLanguage) -> PostJSON {
        [
            "track_date": .string(ThaiDay(now).slashed(buddhist: isBuddhist(language))), "count_number": .integer(count),
            "track_count_limit": .integer(limit),
        ]
    }

    /// Thai replies count years in the Buddhist era, the others do not.
    func isBuddhist(_ language: PostLanguage) -> Bool { language == .thai && !settings.usesGregorianYearInThai }

    // MARK: Items

    /// Oldest first.
    private func eventList(_ known: Consignment, _ question: Question) -> PostJSON {
        let wanted = known.events.filter { question.status == "all" || question.status == $0.status }
        return .array(wanted.map { .object(item(PushItem(barcode: known.barcode, event: $0), question.language, withExtras: settings.hasExtraFields)) })
    }

    /// One event as A lists it and B pushes it; what has no value is null.
    func item(_ item: PushItem, _ language: PostLanguage, withExtras: Bool) -> [String: PostJSON] {
        let event = item.event, words = PostStatus.of(event.status), buddhist = isBuddhist(language)
        let moment = PostJSON.string(ThaiTime.event(event.at, buddhist: buddhist))
        var members: [String: PostJSON] = [
            "barcode": .string(item.barcode), "status": .string(event.status),
            "status_description": .string(language == .thai ? words.thai : words.english), "status_date": moment,
            "location": .string(event.office.name), "postcode": .string(event.office.postcode), "delivery_status": .optional(event.deliveryStatus),
            "delivery_description": .optional(event.deliveryStatus.map { Self.deliveryWords($0, language) }),
            "delivery_datetime": event.deliveryStatus == nil ? .null : moment, "receiver_name": .optional(event.receiver), "signature": .null,
        ]
        if event.receiver != nil {
            let mark = SimulatorSignature.sha256(Data("\(item.barcode)\(event.status)".utf8)).hex.prefix(16)
            members["signature"] = .string("https://trackimage.thailandpost.co.th/f/signature/\(mark.prefix(8))/\(mark.suffix(8))")
        }
        guard withExtras else { return members }
        let isOut = event.status == "301"
        members["delivery_officer_name"] = .optional(isOut ? "สมชาย ตัวอย่าง" : nil)
        members["delivery_officer_tel"] = .optional(isOut ? "0800000000" : nil)
        members["office_name"] = .optional(isOut ? event.office.name : nil)
        members["office_tel"] = .null
        members["call_center_tel"] = "1545"
        members[settings.detailSpelling.rawValue] = .string(words.thai)
        return members
    }

    private static func deliveryWords(_ status: String, _ language: PostLanguage) -> String {
        let words = switch status {
        case "S": ("ผู้รับได้รับสิ่งของเรียบร้อยแล้ว", "The recipient has received the item")
        case "F": ("รอจ่าย ณ ที่ทำการ", "Waiting at the office")
        case "11C": ("สถานที่ปิด", "Place closed")
        case "21C": ("รอชำระเงิน", "Payment required")
        default: ("สถานะนำจ่าย \(status)", "Delivery status \(status)")
        }
        return language == .thai ? words.0 : words.1
    }
}
