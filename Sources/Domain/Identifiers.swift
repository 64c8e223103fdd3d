/// An identifier made by the hub: a time-ordered 64-bit integer, written as text in JSON (it exceeds what a JSON number carries safely).
package protocol HubIdentifier: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    var value: Int64 { get }
    init(_ value: Int64)
}

extension HubIdentifier {
    package var description: String { String(value) }
    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
    /// - Returns: nil unless `text` is a positive decimal integer.
    package init?(text: some StringProtocol) {
        guard let value = Int64(text), value > 0 else { return nil }
        self.init(value)
    }
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let parsed = Self(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an identifier")
        }
        self = parsed
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(value))
    }
}

package struct ChannelID: HubIdentifier { package let value: Int64; package init(_ value: Int64) { self.value = value } }
package struct OrderID: HubIdentifier { package let value: Int64; package init(_ value: Int64) { self.value = value } }
package struct DeliveryID: HubIdentifier { package let value: Int64; package init(_ value: Int64) { self.value = value } }
package struct EventID: HubIdentifier { package let value: Int64; package init(_ value: Int64) { self.value = value } }
package struct JobID: HubIdentifier { package let value: Int64; package init(_ value: Int64) { self.value = value } }
package struct RouteID: HubIdentifier { package let value: Int64; package init(_ value: Int64) { self.value = value } }
package struct ShipmentID: HubIdentifier { package let value: Int64; package init(_ value: Int64) { self.value = value } }
package struct RuleSetID: HubIdentifier { package let value: Int64; package init(_ value: Int64) { self.value = value } }

/// The platform's identifier of something, kept as text whatever its shape.
package typealias ExternalID = String
/// `shopify`, `woocommerce`, …: the name of an outside system, defined by its connector.
package typealias PlatformName = String
