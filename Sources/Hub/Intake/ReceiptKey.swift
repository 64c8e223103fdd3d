package import Domain
import Crypto

/// The permanent, compact form of a receipt key: the first 16 bytes of SHA-256 over channel and key.
package struct ReceiptKey: Sendable, Hashable {
    package let bytes: [UInt8]
    package init(channel: ChannelID, key: String) {
        var hash = SHA256()
        withUnsafeBytes(of: channel.value.bigEndian) { hash.update(bufferPointer: $0) }
        var key = key
        key.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        bytes = Array(hash.finalize().prefix(16))
    }
    package init(stored: [UInt8]) { bytes = stored }
}
