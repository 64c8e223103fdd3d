import Foundation

/// A GraphQL operation: its name (for messages and costs) and its text.
struct GraphQLDocument: Sendable, Equatable {
    let name: String, text: String
}

/// A variable's value.
enum GraphQLValue: Sendable, Equatable, Encodable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral {
    case text(String), integer(Int), flag(Bool), list([GraphQLValue]), object([String: GraphQLValue]), null

    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }
    init(arrayLiteral elements: GraphQLValue...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, GraphQLValue)...) { self = .object(Dictionary(elements, uniquingKeysWith: { first, _ in first })) }
    init(nilLiteral: ()) { self = .null }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .integer(let integer): try container.encode(integer)
        case .flag(let flag): try container.encode(flag)
        case .list(let list): try container.encode(list)
        case .object(let object): try container.encode(object)
        case .null: try container.encodeNil()
        }
    }
}

/// The body of a call.
struct GraphQLBody: Encodable { let query: String, variables: [String: GraphQLValue] }
