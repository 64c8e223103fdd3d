import CNIOLinux
import Glibc
import NIOCore
import NIOPosix

/// Keeps calls to addresses that a user typed away from the inside of the network: loopback, private, link-local and metadata ranges, looked at after DNS.
package struct AddressGuard: Sendable {
    /// Host names (or addresses) that are allowed although they are inside; `*` allows everything (demo and tests).
    package var allowedHosts: Set<String>
    package init(allowedHosts: Set<String> = []) { self.allowedHosts = allowedHosts }

    /// - Throws: `.misconfigured` with the reason; `.unreachable` when the name does not resolve.
    package func check(host: String, port: Int) async throws(ConnectorError) {
        if allowedHosts.contains("*") || allowedHosts.contains(host.lowercased()) { return }
        let addresses: [SocketAddress]
        do {
            addresses = try await NIOThreadPool.singleton.runIfActive { [try SocketAddress.makeAddressResolvingHost(host, port: port)] }
        } catch { throw .unreachable(reason: "the name \(host) does not resolve") }
        for address in addresses where Self.isInside(address) {
            throw .misconfigured(setting: "url", problem: "points to \(host), an address inside this network; allow it by name with --allow-host if that is meant")
        }
    }

    static func isInside(_ address: SocketAddress) -> Bool {
        switch address {
        case .v4(let v4):
            let value = UInt32(bigEndian: v4.address.sin_addr.s_addr)
            return insideV4.contains { value & $0.mask == $0.network }
        case .v6(let v6):
            let bytes = withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
            if bytes.prefix(15).allSatisfy({ $0 == 0 }) { return true }                                          // :: and ::1
            let start = Array(bytes.prefix(12)), carriesV4 = [[UInt8](repeating: 0, count: 12), [UInt8](repeating: 0, count: 10) + [0xff, 0xff], [0, 0x64, 0xff, 0x9b] + [UInt8](repeating: 0, count: 8)]
            if carriesV4.contains(start) {                                                                       // IPv4 in IPv6: compatible, mapped, NAT64
                let value = bytes.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                return insideV4.contains { value & $0.mask == $0.network }
            }
            return bytes[0] & 0xfe == 0xfc || (bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80) || bytes[0] == 0xff
        case .unixDomainSocket: return true
        }
    }

    private static let insideV4: [(network: UInt32, mask: UInt32)] = [
        (0x0000_0000, 0xff00_0000), (0x0a00_0000, 0xff00_0000), (0x6440_0000, 0xffc0_0000), (0x7f00_0000, 0xff00_0000), (0xa9fe_0000, 0xffff_0000),
        (0xac10_0000, 0xfff0_0000), (0xc000_0000, 0xffff_ff00), (0xc0a8_0000, 0xffff_0000), (0xc612_0000, 0xfffe_0000), (0xe000_0000, 0xe000_0000),
    ]
}
