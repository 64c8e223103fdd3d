package import Connect
import Domain

extension Shopat24Connector: InterpretsDeliveries {
    /// A push only says which order to ask for: "the order is fetched before anything is changed" (shopat24.md §3).
    package func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        if delivery.topic == Self.fileTopic { return [.order(try FileSnapshot.read(delivery.body))] }
        guard let body = JSONValue(reading: delivery.body) else { throw .notUnderstood(field: "body", found: "something that is no JSON, or nested too deeply") }
        switch delivery.topic {
        case Self.readTopic:
            let wasRead = switch delivery.origin {
            case .poll, .fetch, .reconciliation: true
            case .webhook, .file, .api: false
            }
            return [.order(try reading.snapshot(of: body, wasRead: wasRead))]
        case Self.pushTopic:
            guard let webhook = profile.webhook else { throw .notUnderstood(field: "webhook", found: "a push, and the profile no longer describes any") }
            let number = try reading.fields.number(webhook.orderNoPointer, in: body)
            return [.fetch(externalID(of: number), hint: webhook.versionPointer?.value(in: body).flatMap { reading.fields.time($0) })]
        default: throw .notUnderstood(field: "topic", found: delivery.topic.cut(60))
        }
    }
}
