package import Connect
import Domain
import Foundation

extension LazadaConnector: InterpretsDeliveries {
    package func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        if delivery.topic == Self.readTopic { return [.order(try order(delivery))] }
        guard delivery.topic.hasPrefix(Self.pushTopic) else { throw .notUnderstood(field: "topic", found: delivery.topic.cut(60)) }
        let message = try Self.decode(PushMessage.self, delivery.body)
        guard let type = message.type else { throw .notUnderstood(field: "message_type", found: "nothing") }
        if let account = message.account(in: settings.market), let sellerID = settings.sellerID, account != "\(settings.market.rawValue):\(sellerID)" {
            return [.ignored(reason: "it speaks of the seller \(account.cut(60)), which is another channel's")]
        }
        switch type {
        case PushMessage.orderStatus, PushMessage.reverseOrder: return [.fetch(try externalID(of: message), hint: LazadaTime.parse(message.changedAt))]
        case PushMessage.package: return try package(message, delivery)
        case PushMessage.tokenAlert: return [.ignored(reason: "Lazada warns that an access token ends within two days; the hub renews it by itself")]
        case _ where PushMessage.aboutOther.contains(type): return [.ignored(reason: "message type \(type) says nothing of an order")]
        default: return [.ignored(reason: "message type \(type.cut(20)) is none that orders come by")]
        }
    }

    private func externalID(of message: PushMessage) throws(ConnectorError) -> ExternalID {
        guard let order = message.orderID else { throw .notUnderstood(field: "data.trade_order_id", found: "nothing that is an order's number") }
        return try externalID(ofOrder: order)
    }

    /// A package's news is of its shipment; what a person has to look at, and a word nobody knows, is read again at the order as well (§3.4, §5.3).
    private func package(_ message: PushMessage, _ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        let order = try externalID(of: message)
        guard let package = message.packageID, PackageID.isName(package) else { throw .notUnderstood(field: "data.fulfillment_package_id", found: "nothing that is a package's number") }
        guard let word = message.packageStatus else { throw .notUnderstood(field: "data.status", found: "nothing") }
        let changedAt = LazadaTime.parse(message.changedAt), meaning = PackageStates.meaning(of: word)
        let update = TrackingUpdate(externalID: PackageID(order: order, package: package).text, occurredAt: changedAt ?? delivery.receivedAt, fulfilment: meaning?.fulfilment,
                                    rawStatus: word.cut(80), isVoid: meaning?.isVoid ?? false, trouble: meaning?.trouble)
        guard meaning == nil || meaning?.trouble != nil else { return [.tracking(update)] }
        return [.tracking(update), .fetch(order, hint: changedAt)]
    }

    private func order(_ delivery: StoredDelivery) throws(ConnectorError) -> OrderSnapshot {
        let joined = try Self.decode(JoinedOrder.self, delivery.body)
        let wasRead = switch delivery.origin {
        case .poll, .fetch, .reconciliation: true
        case .webhook, .file, .api: false
        }
        return try OrderReading(market: settings.market, externalID: try externalID(ofOrder: joined.order.id)).snapshot(of: joined, wasRead: wasRead)
    }

    /// Reads a body. The error names the field and never holds the body's words.
    static func decode<Body: Decodable>(_ type: Body.Type, _ body: [UInt8]) throws(ConnectorError) -> Body {
        do { return try JSONDecoder().decode(type, from: Data(body)) } catch let error as DecodingError {
            throw .notUnderstood(field: error.path, found: error.problem)
        } catch {
            throw .notUnderstood(field: "body", found: "no readable JSON")
        }
    }
}

/// A package in our own form: the order's id and the platform's number of the package, `th:100190009:700000000000001/FP0999`.
struct PackageID: Sendable, Equatable {
    var order: ExternalID, package: String
    var text: ExternalID { "\(order)/\(package)" }

    /// It becomes a part of ids: 1 to 64 letters, digits, `-` and `_`.
    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95 }
    }

    /// The platform's number out of our form; a bare number is taken as it is. nil for what is none.
    static func number(in externalID: ExternalID) -> String? {
        guard let last = externalID.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init), isName(last) else { return nil }
        return last
    }
}
