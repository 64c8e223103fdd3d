import Foundation
import HTTPTypes

/// System B: who is to be told of what (thailandpost.md §3).
extension PostState {
    /// Numbers and persons remembered; more are refused item by item.
    private static let maximumSubscriptions = 200_000, maximumProfiles = 10_000

    mutating func webhook(_ call: PostCall) -> PostReply {
        guard let operation = call.below(Self.apiPrefix) else { return .notFound }
        if call.method == .post, operation == "authenticate/token" { return exchangeToken(call, .webhook) }
        let isUnsubscribe = call.method == .delete && operation.hasPrefix("unsubscribe/")
        guard isUnsubscribe || (call.method == .post && ["hook", "hook/receipt", "user-register/user-profile"].contains(operation)) else { return .notFound }
        if let refused = refusal(of: call, at: .webhook) { return refused }
        switch operation {
        case "hook": return subscribe(call)
        case "hook/receipt": return subscribeReceipts(call)
        case "user-register/user-profile": return register(call)
        default: return unsubscribe(String(operation.dropFirst("unsubscribe/".count)), ref: call.query["ref"])
        }
    }

    private mutating func subscribe(_ call: PostCall) -> PostReply {
        guard let question = Question(call, list: "barcode") else { return .refused(400, "Invalid request body") }
        guard question.numbers.count <= settings.numbersPerCall else { return overLimit("barcode", settings.numbersPerCall) }
        guard let count = hookCount.take(question.numbers.count, on: ThaiDay(now), limit: settings.hookCountLimit) else { return overQuota() }
        let wantsPast = call.json?["req_previous_status"]?.flag ?? false
        let items = question.numbers.map { number -> PostJSON in
            ["barcode": .string(number), "status": .bool(subscribe(number, question, wantsPast: wantsPast))]
        }
        return answer(["items": .array(items), "track_count": countLine(count, settings.hookCountLimit, question.language)])
    }

    /// Unknown receipts get an empty list.
    private mutating func subscribeReceipts(_ call: PostCall) -> PostReply {
        guard let question = Question(call, list: "receiptNo") else { return .refused(400, "Invalid request body") }
        guard let count = hookCount.take(question.numbers.count, on: ThaiDay(now), limit: settings.hookCountLimit) else { return overQuota() }
        let wantsPast = call.json?["req_previous_status"]?.flag ?? false
        var receipts: [String: PostJSON] = [:]
        for receipt in question.numbers {
            let numbers = consignments(ofReceipt: receipt).map(\.barcode).filter { subscribe($0, question, wantsPast: wantsPast) }
            receipts[receipt] = .array(numbers.map { .string($0) })
        }
        return answer(["receipts": .object(receipts), "track_count": countLine(count, settings.hookCountLimit, question.language)])
    }

    /// False for a bad number. A number need not be known yet. A second subscription replaces the first.
    private mutating func subscribe(_ number: String, _ question: Question, wantsPast: Bool) -> Bool {
        guard S10.isValid(number), !settings.refusedSubscriptions.contains(number) else { return false }
        guard subscriptions[number] != nil || subscriptions.count < Self.maximumSubscriptions else { return false }
        let subscription = PostSubscription(status: question.status, language: question.language)
        subscriptions[number] = subscription
        guard wantsPast, let known = consignments[number] else { return true }
        for event in known.events where subscription.wants(event.status) {
            outbox.append(PlannedPush(items: [PushItem(barcode: number, event: event)], language: question.language))
        }
        return true
    }

    /// Follows a person's parcels. Here `status` is a number.
    private mutating func register(_ call: PostCall) -> PostReply {
        guard let json = call.json, let name = json["fullName"]?.text, !name.isEmpty, let telephone = json["telephone"]?.loose, !telephone.isEmpty else {
            return .refused(400, "Invalid request body")
        }
        guard profiles.count < Self.maximumProfiles else { return overQuota() }
        let uid = S10.padded(Int.random(in: 1...99_999_999, using: &generator), to: 8) + "\(profiles.count)"
        let ref = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
        profiles[uid] = Profile(ref: ref, telephone: telephone)
        return .json(["status": 1, "message": "successful", "uid": .string(uid), "ref": .string(ref)])
    }

    private mutating func unsubscribe(_ uid: String, ref: String?) -> PostReply {
        guard let profile = profiles[uid], profile.ref == ref else { return .refused(400, "Unknown uid or ref") }
        profiles[uid] = nil
        return .json(["status": 1, "message": "successful"])
    }
}
