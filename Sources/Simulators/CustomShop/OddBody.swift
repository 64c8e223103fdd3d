package import Foundation

/// Bodies a receiver must survive (companion-webhook.md §13), each made from a valid `order.upserted` and rightly signed as sent.
package enum OddBody: String, Sendable, CaseIterable {
    case byteOrderMark, utf16, invalidUTF8, duplicateMembers, threeHundredKilobytes, seventeenLevels
    case numbersAsStrings, nullOptionals, unknownMembers, unknownType, emptyObject, topLevelArray, gzip
    case fractionalQuantity, wrongGrand, emptyBody, textPlain

    /// Beside or instead of the usual ones.
    package var headers: [String: String] {
        switch self {
        case .gzip: ["content-encoding": "gzip"]
        case .textPlain: ["content-type": "text/plain"]
        case .utf16: ["content-type": "application/json; charset=utf-16"]
        default: [:]
        }
    }

    /// What the contract says to it; a receiver may answer any of these (companion-webhook.md §3, §6).
    package var expectedStatuses: Set<Int> {
        switch self {
        case .nullOptionals, .unknownMembers: [200, 202]
        case .gzip, .textPlain: [415]
        case .utf16: [400, 415]
        case .threeHundredKilobytes: [413]
        case .byteOrderMark, .invalidUTF8, .duplicateMembers, .seventeenLevels, .emptyBody: [400]
        case .topLevelArray, .emptyObject: [400, 422]
        case .numbersAsStrings, .unknownType, .fractionalQuantity, .wrongGrand: [422]
        }
    }

    /// - Parameter valid: a valid `order.upserted` body.
    package func body(from valid: Data) -> Data {
        let text = String(decoding: valid, as: UTF8.self)
        return switch self {
        case .byteOrderMark: Data([0xEF, 0xBB, 0xBF]) + valid
        case .utf16: text.data(using: .utf16) ?? valid
        case .invalidUTF8: Data(text.utf8.map { $0 == UInt8(ascii: "A") ? 0xFF : $0 })
        case .duplicateMembers: Data(("{\"type\":\"order.cancelled\"," + text.dropFirst()).utf8)
        case .threeHundredKilobytes: inserted(#""x_padding":""# + String(repeating: "x", count: 300_000) + "\",", into: text)
        case .seventeenLevels: inserted(#""x_deep":"# + String(repeating: "[", count: 17) + String(repeating: "]", count: 17) + ",", into: text)
        case .numbersAsStrings: Data(text.replacing(/"(revision|quantity)":(\d+)/) { "\"\($0.1)\":\"\($0.2)\"" }.utf8)
        case .nullOptionals: Data(text.replacing(/"(note|platformStatus|fulfilment|shipping|billTo)":null,/, with: "").replacing(/"(note|platformStatus|fulfilment)":"[^"]*",/, with: "")
            .replacing(/"(shipping|billTo)":\{[^}]*\},/, with: "")
            .replacing(#""order":{"#, with: #""order":{"billTo":null,"note":null,"shipping":null,"platformStatus":null,"fulfilment":null,"#).utf8)
        case .unknownMembers: inserted(#""x_colour":"เขียว","brandNew":{"a":[1,null]},"#, into: text)
        case .unknownType: Data(text.replacing(#""type":"order.upserted""#, with: #""type":"order.teleported""#).utf8)
        case .emptyObject: Data("{}".utf8)
        case .topLevelArray: Data("[\(text)]".utf8)
        case .gzip: Data(base64Encoded: "H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==") ?? valid
        case .fractionalQuantity: Data(text.replacing(/"quantity":\d+/, with: #""quantity":1.5"#).utf8)
        case .wrongGrand: Data(text.replacing(/"grand":(\d+)/) { "\"grand\":\($0.1)1" }.utf8)
        case .emptyBody: Data()
        case .textPlain: valid
        }
    }

    private func inserted(_ members: String, into text: String) -> Data { Data(("{" + members + text.dropFirst()).utf8) }
}
