/// FNV-1a, 64 bits: the same on every machine and in every run. For lanes and content comparison, never for security.
package struct StableHash: Sendable {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325
    package init() {}
    package mutating func combine(_ bytes: some Sequence<UInt8>) { for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 } }
    package mutating func combine(_ text: String) { combine(text.utf8); combine(CollectionOfOne(0)) }
    package var value: UInt64 { state }
    package static func of(_ bytes: some Sequence<UInt8>) -> UInt64 { var hash = StableHash(); hash.combine(bytes); return hash.value }
}

/// One of the ordered shares of the work; an order keeps its lane for ever.
package struct Lane: Sendable, Hashable {
    package static let count = 256
    package let number: Int
    package init(of order: OrderID) { number = Int((UInt64(bitPattern: order.value) &* 0x9E37_79B9_7F4A_7C15) >> 56) }
}
