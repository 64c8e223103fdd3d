import Connect
import Domain
import Foundation

/// How a channel's files look (shopat24.md §4A.3). Values only. All names but those of the two known reports are a reconstruction.
struct FileProfile: Sendable, Equatable, Decodable {
    struct Column: Sendable, Equatable, Decodable { var names: [String], required: Bool? }
    struct ReportTime: Sendable, Equatable, Decodable { var pattern: String, format: TimeFormat }

    /// Its name; part of each row's key (§4A.5).
    var profile: String
    /// Which file names are orders or reports, as a regular expression over the whole name.
    var match: String
    /// `auto`, `utf-8`, `windows-874`, `utf-16le`.
    var encoding: String
    var sheet: String?
    /// From 1; nil: looked for.
    var headerRow: Int?
    var reportTime: ReportTime
    var dates: [TimeFormat]
    var lineKey: [String]
    var columns: [String: Column]
    var quiet: Span, expectEvery: Span?, answerWithin: Span?
    var maximumBadPercent: Int
    /// Whether a confirmation goes out with a shipment (§6.1).
    var confirms: Bool

    static let encodings = ["auto", "utf-8", "windows-874", "utf-16le", "iso-8859-11"]
    private static let longestPattern = 500

    /// What a profile must not say; nil: it is sound.
    var fault: String? {
        if match.utf8.count > Self.longestPattern || (try? Regex(match)) == nil { return "has a file.match that is no regular expression" }
        guard reportTime.pattern.utf8.count <= Self.longestPattern, let pattern = try? Regex(reportTime.pattern) else { return "has a file.reportTime.pattern that is no regular expression" }
        _ = pattern
        if !Self.encodings.contains(encoding) { return "has a file.encoding that is none of \(Self.encodings.joined(separator: ", "))" }
        if let unknown = columns.keys.sorted().first(where: { FileField(rawValue: $0) == nil }) { return "names a column in file.columns that nobody knows: \(unknown.cut(40))" }
        if let unknown = lineKey.first(where: { FileField(rawValue: $0) == nil }) { return "names a column in file.lineKey that nobody knows: \(unknown.cut(40))" }
        for field in [FileField.orderNo, .sku, .quantity] where columns[field.rawValue]?.names.isEmpty ?? true { return "has no names for file.columns.\(field.rawValue)" }
        if !(0...100).contains(maximumBadPercent) { return "must have file.maximumBadPercent from 0 to 100" }
        if let headerRow, !(1...1000).contains(headerRow) { return "must have file.headerRow from 1 to 1000" }
        return nil
    }

    func exchange(_ settings: ChannelSettings, channelName: String, channel: ChannelID) throws(ConnectorError) -> FileExchange {
        let folder = settings.optional("folder") ?? (FileExchange.isPlain(channelName) ? channelName : "channel-\(channel)")
        let answers = settings.optional("answerFolder") ?? folder
        for (setting, name) in [("folder", folder), ("answerFolder", answers)] where !FileExchange.isPlain(name) {
            throw .misconfigured(setting: setting, problem: "must be a plain name of letters, digits, dashes and underscores")
        }
        let single = encoding == "auto" ? nil : encoding == "iso-8859-11" ? "windows-874" : encoding
        return FileExchange(
            incoming: folder, outgoing: answers, quietSeconds: quiet.milliseconds / 1000, expectEverySeconds: expectEvery.map { $0.milliseconds / 1000 },
            answerWithinSeconds: answerWithin.map { $0.milliseconds / 1000 }, maximumBadPercent: maximumBadPercent,
            encoding: single, usualEncoding: "windows-874", sheet: sheet, headerRow: headerRow)
    }
}

/// The columns that mean something to us.
enum FileField: String, Sendable, CaseIterable {
    case orderNo, invoiceNo, orderDate, shipTo, storeCode, storeName, recipient, phone, address, subdistrict, district, province, postcode
    case sku, title, lineNo, quantity, unitPrice, discount, shippingFee, grandTotal, payment, status, tracking, note
    /// Of the report of the stores (§4A.4).
    case type, keyedAt

    enum Form: Sendable { case text, identifier, phone, postcode, date, money, whole }
    var form: Form {
        switch self {
        case .orderNo, .invoiceNo, .storeCode, .sku, .lineNo, .tracking: .identifier
        case .phone: .phone
        case .postcode: .postcode
        case .orderDate, .keyedAt: .date
        case .unitPrice, .discount, .shippingFee, .grandTotal: .money
        case .quantity: .whole
        case .shipTo, .storeName, .recipient, .address, .subdistrict, .district, .province, .title, .payment, .status, .note, .type: .text
        }
    }

    /// Of the order as a whole: its rows may leave it out, and may not contradict each other.
    var isOfOrder: Bool {
        switch self {
        case .orderNo, .orderDate, .shipTo, .storeCode, .storeName, .recipient, .phone, .address, .subdistrict, .district, .province, .postcode, .shippingFee, .grandTotal, .payment, .status: true
        case .invoiceNo, .sku, .title, .lineNo, .quantity, .unitPrice, .discount, .tracking, .note, .type, .keyedAt: false
        }
    }

    /// Found in vendor order files alone.
    var isOfLines: Bool { self == .sku || self == .quantity || self == .unitPrice || self == .title || self == .recipient || self == .status }
}
