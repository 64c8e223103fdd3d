import Foundation

/// For a process that has to be told its port before it starts.
package enum LoopbackPort {
    package struct Taken: Error, CustomStringConvertible { package var description: String { "no port of 127.0.0.1 is free" } }

    /// A port of 127.0.0.1 that nobody listens on now.
    package static func free() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(UInt32(0x7f00_0001).bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 }
        }
        guard bound else { throw Taken() }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
