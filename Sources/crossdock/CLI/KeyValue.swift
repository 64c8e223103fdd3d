import ArgumentParser

/// `key=value` of the command line; the value may hold more `=`.
struct KeyValue: ExpressibleByArgument, Sendable {
    var key: String, value: String
    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        key = String(argument[..<equals]); value = String(argument[argument.index(after: equals)...])
    }

    static func dictionary(_ pairs: [KeyValue]) -> [String: String] { Dictionary(pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last }) }
}
