package import Connect
import Domain
import Foundation

/// A channel whose orders come from spreadsheets and from programs that push through the API: each order is a delivery in our own JSON, checked before it was taken.
package struct SpreadsheetConnector: InterpretsDeliveries {
    package static let descriptor = PlatformDescriptor(
        platform: "file", title: "Excel, CSV and API", kind: .file,
        settings: [
            SettingField("currency", "Currency", help: "for files without a currency column", defaultValue: "THB"),
            SettingField("country", "Country", help: "for files without a country column", defaultValue: "TH"),
            SettingField("timeZone", "Time zone", help: "of dates without a zone", defaultValue: "Asia/Bangkok"),
        ])

    package init(_ context: ChannelContext) throws(ConnectorError) {
        if let code = context.settings.optional("currency"), Currency(code) == nil { throw .misconfigured(setting: "currency", problem: "must be a three-letter currency code") }
        if let zone = context.settings.optional("timeZone"), TimeZone(identifier: zone) == nil { throw .misconfigured(setting: "timeZone", problem: "must be a zone name like Asia/Bangkok") }
    }

    package func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        let order: OrderSnapshot
        do { order = try JSONDecoder().decode(OrderSnapshot.self, from: Data(delivery.body)) } catch {
            throw .notUnderstood(field: "body", found: "not an order")
        }
        guard !Self.holdsNUL(delivery.body) else { throw .notUnderstood(field: "body", found: "a NUL character in a text, which no database keeps") }
        if let wrong = Self.outOfBounds(order) { throw .notUnderstood(field: wrong.field, found: wrong.found) }
        return [.order(order)]
    }
}
