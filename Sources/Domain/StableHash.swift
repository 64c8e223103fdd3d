/// FNV-1a, 64 bits: the same on every machine and in every run. For lanes and content comparison, never for security.
package struct StableHash: Sendable {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325
    package init() {}
    /// Over memory and not over any sequence: a generic loop is not specialised across modules and took a fifth of the interpretation.
    package mutating func combine(_ bytes: UnsafeRawBufferPointer) {
        var hash = state
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        state = hash
    }
    package var value: UInt64 { state }
    package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 { var hash = StableHash(); hash.combine(bytes); return hash.value }
    package static func of(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { of($0) } }
    package static func of(_ text: String) -> UInt64 { var text = text; return text.withUTF8 { of(UnsafeRawBufferPointer($0)) } }
}

/// One of the ordered shares of the work; an order keeps its lane for ever.
package struct Lane: Sendable, Hashable {
    package static let count = 256
    package let number: Int
    package init(of order: OrderID) { number = Int((UInt64(bitPattern: order.value) &* 0x9E37_79B9_7F4A_7C15) >> 56) }
}
