import Foundation
import SimulatorKit

/// Writes an answer in another of the ways the platform was seen to write it (lazada.md §4.2, §9 "strings in the reference, numbers live").
struct NumberStyling {
    var style: LazadaNumberStyle
    var generator: SeededGenerator

    /// Texts that are numbers elsewhere. Postcodes, phones and tracking numbers never are.
    private static let numericTexts: Set<String> = ["price", "sku_id", "product_id", "order_number", "order_id", "order_item_id", "reverse_order_id", "code"]
    /// 0/1, true/false and "0"/"1" are all met.
    private static let flags: Set<String> = ["is_digital", "is_fbl", "is_reroute", "delivery_option_sof", "gift_option", "need_cancel_confirm", "is_cancel_pending"]

    mutating func apply(to value: LazadaJSON, named name: String = "") -> LazadaJSON {
        guard style != .live else { return value }
        switch value {
        case .object(let members):
            var result: [String: LazadaJSON] = [:]
            // Sorted, so that a seed gives the same answer again.
            for (name, member) in members.sorted(by: { $0.key < $1.key }) { result[name] = apply(to: member, named: name) }
            return .object(result)
        case .array(let items): return .array(items.map { apply(to: $0, named: name) })
        default: return scalar(value, name)
        }
    }

    private mutating func scalar(_ value: LazadaJSON, _ name: String) -> LazadaJSON {
        switch style {
        case .live: value
        case .strings: Self.asText(value)
        case .numbers: Self.asNumber(value, name)
        case .shuffled:
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: value
            case 1: Self.asText(value)
            default: Self.flags.contains(name) ? .bool(value.looseBool ?? false) : Self.asNumber(value, name)
            }
        }
    }

    private static func asText(_ value: LazadaJSON) -> LazadaJSON {
        if case .null = value { return value }
        return .optional(value.looseText)
    }

    private static func asNumber(_ value: LazadaJSON, _ name: String) -> LazadaJSON {
        guard case .string(let text) = value, numericTexts.contains(name) else { return value }
        if let integer = Int64(text) { return .integer(integer) }
        return Decimal(string: text).map { .decimal($0) } ?? value
    }
}
