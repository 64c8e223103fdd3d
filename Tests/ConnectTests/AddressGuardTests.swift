@testable import Connect
import NIOCore
import Testing

@Suite struct AddressGuardTests {
    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.9", "169.254.169.254", "172.16.0.1", "172.31.255.255",
        "192.0.0.8", "192.168.0.1", "198.18.0.1", "198.19.255.255", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:169.254.169.254", "::10.0.0.1", "64:ff9b::127.0.0.1", "fc00::1", "fdff::1", "fe80::1", "febf::1", "ff02::1",
    ])
    func `an address inside is inside`(text: String) throws {
        #expect(AddressGuard.isInside(try SocketAddress(ipAddress: text, port: 443)))
    }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0",
        "192.0.1.1", "192.167.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "fbff::1", "fec0::1", "2001:db8::1",
    ])
    func `an address outside is outside`(text: String) throws {
        #expect(!AddressGuard.isInside(try SocketAddress(ipAddress: text, port: 443)))
    }

    @Test(arguments: ["127.0.0.1", "localhost", "::1", "0.0.0.0", "2130706433", "0x7f.1", "169.254.169.254"])
    func `a name or an odd spelling of an inside address is refused`(host: String) async {
        do { try await AddressGuard().check(host: host, port: 80); Issue.record("let through") } catch { #expect(["misconfigured", "unreachable"].contains(error.code)) }
    }

    @Test(arguments: [["127.0.0.1"], ["*"]] as [Set<String>])
    func `what was allowed by name passes`(allowed: Set<String>) async throws {
        try await AddressGuard(allowedHosts: allowed).check(host: "127.0.0.1", port: 80)
        #expect(AddressGuard(allowedHosts: allowed).allowedHosts == allowed)
    }

    @Test func `a socket in a file is inside`() throws {
        #expect(AddressGuard.isInside(try SocketAddress(unixDomainSocketPath: "/run/anything.sock")))
    }
}
