package import Connect
import Domain

extension ShopeeConnector: RecoversPushes {
    /// Kept by app, not by shop (platforms/shopee.md §3.4).
    package var pushApplication: String { "\(settings.partnerID)@\(settings.baseURL)" }

    /// The hundred earliest that were lost within three days and not confirmed, of all shops of the app (platforms/shopee.md §3.4).
    package func lostPushes() async throws(ConnectorError) -> LostPushes {
        let envelope = try await client.call(.get("push/get_lost_push_message", form: .publicly))
        let response = envelope["response"].isObject ? envelope["response"] : envelope
        guard response["push_message_list"].isList || response["push_message_list"].isAbsent else {
            throw .notUnderstood(field: "response.push_message_list", found: response["push_message_list"].quoted)
        }
        let pushes = response["push_message_list"].list.map { entry in
            let push = PushEnvelope(Self.inner(entry))
            // At the door a push without a topic is a test; the lost list holds none.
            let complaint = push.code == nil && push.orderNumber == nil ? "a lost push that names neither a topic nor an order" : nil
            return LostPush(topic: push.topic, body: push.json.bytes, receiptKey: push.receiptKey, account: push.shopID, complaint: complaint)
        }
        let last = response["last_message_id"].identifier
        // Without a mark nothing could be confirmed, and the same hundred would come for ever.
        guard pushes.isEmpty || last != nil else { throw .notUnderstood(field: "response.last_message_id", found: response["last_message_id"].quoted) }
        return LostPushes(pushes: pushes, watermark: pushes.isEmpty ? nil : last, hasMore: response["has_next_page"].flag == true)
    }

    /// `data` holds the whole push, as text or as an object; where it is only its inner part, the entry around it is the push.
    private static func inner(_ entry: LooseJSON) -> LooseJSON {
        var data = entry["data"]
        if case .text(let text) = data, let parsed = LooseJSON(Array(text.utf8)), parsed.isObject { data = parsed }
        if data["code"].integer != nil, data["data"].isObject { return data }
        var members: [String: LooseJSON] = [:]
        if case .object(let all) = entry { members = all }
        members["data"] = data
        return .object(members)
    }

    package func confirmLostPushes(upTo watermark: String) async throws(ConnectorError) {
        guard let mark = Int64(watermark) else { throw .notUnderstood(field: "watermark", found: watermark.cut(40)) }
        _ = try await client.call(.post("push/confirm_consumed_lost_push_message", form: .publicly) { $0.field("last_message_id", mark) })
    }
}
