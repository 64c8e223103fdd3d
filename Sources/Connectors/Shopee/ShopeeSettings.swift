import Connect
import Crypto
import Domain
import Foundation

/// A Shopee channel's settings, read once and refused as a whole when one of them is malformed.
struct ShopeeSettings: Sendable {
    static let productionHost = "https://partner.shopeemobile.com"
    static let productionConsentHost = "https://open.shopee.com"

    enum PushKeys: String, CaseIterable, Sendable { case auto, pushKey, partnerKey, both }
    enum ConsentLink: String, CaseIterable, Sendable { case newer, signed }
    enum Handover: String, CaseIterable, Sendable { case auto, pickup, dropoff }
    enum Escrow: String, CaseIterable, Sendable { case bundles, always }

    let partnerID: Int64
    let partnerKey: String
    let shopID: Int64
    /// What a push may be signed with (platforms/shopee.md §3.3).
    let pushKeys: [SymmetricKey]
    /// Whether a push key of its own is set; the console issues one, and pushes verify only with it where it was generated.
    let hasPushKey: Bool
    let pushURL: String?
    let baseURL: String
    let consentURL: String
    let consentLink: ConsentLink
    let handover: Handover
    let senderName: String?
    let labelType: String?
    let cancelReason: CancelReason
    let escrow: Escrow

    init(_ values: ChannelSettings) throws(ConnectorError) {
        partnerID = try Self.number("partnerID", of: values)
        shopID = try Self.number("shopID", of: values)
        partnerKey = try values.required("partnerKey")
        pushKeys = try Self.pushKeys(values, partnerKey: partnerKey)
        hasPushKey = values.optional("pushKey") != nil
        pushURL = values.optional("pushURL")
        baseURL = try Self.address("baseURL", of: values) ?? Self.productionHost
        consentURL = try Self.address("consentURL", of: values) ?? Self.productionConsentHost
        consentLink = try Self.choice("consentLink", of: values, default: .newer)
        handover = try Self.choice("handover", of: values, default: .auto)
        senderName = values.optional("senderName")
        labelType = values.optional("labelType")?.uppercased()
        cancelReason = try Self.choice("cancelReason", of: values, default: .customerRequest)
        escrow = try Self.choice("escrow", of: values, default: .bundles)
    }

    private static func pushKeys(_ values: ChannelSettings, partnerKey: String) throws(ConnectorError) -> [SymmetricKey] {
        let own = ["pushKey", "previousPushKey"].compactMap { values.optional($0) }
        let signed: PushKeys = try choice("pushSignedWith", of: values, default: .auto)
        let texts: [String]
        switch signed {
        case .auto: texts = values.optional("pushKey") == nil ? [partnerKey] + own : own
        case .pushKey:
            _ = try values.required("pushKey")
            texts = own
        case .partnerKey: texts = [partnerKey]
        case .both: texts = own + [partnerKey]
        }
        return texts.map { SymmetricKey(data: Array($0.utf8)) }
    }

    private static func number(_ key: String, of values: ChannelSettings) throws(ConnectorError) -> Int64 {
        let text = try values.required(key)
        guard let number = Int64(text), number > 0 else { throw .misconfigured(setting: key, problem: "must be a whole number") }
        return number
    }

    private static func address(_ key: String, of values: ChannelSettings) throws(ConnectorError) -> String? {
        guard var text = values.optional(key) else { return nil }
        while text.hasSuffix("/") { text.removeLast() }
        guard text.hasPrefix("https://") || text.hasPrefix("http://"), let host = URL(string: text)?.host, !host.isEmpty else {
            throw .misconfigured(setting: key, problem: "must be an address such as \(productionHost)")
        }
        return text
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of values: ChannelSettings, default fallback: Choice
    ) throws(ConnectorError) -> Choice where Choice.RawValue == String {
        guard let word = values.optional(key) else { return fallback }
        guard let choice = Choice.allCases.first(where: { $0.rawValue.lowercased() == word.lowercased() }) else {
            throw .misconfigured(setting: key, problem: "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }
}
