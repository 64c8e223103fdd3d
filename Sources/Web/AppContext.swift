package import Hummingbird
import Domain
import Hub
import NIOCore

/// What every request carries.
package struct AppContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Set by the caller's middleware on everything but hooks, health and signing in.
    package var caller: Caller?
    /// What is said to somebody at the console, in their language; programs are answered in English.
    var words: Words?
    package let requestID: String
    /// The other end of the connection: a browser, or a proxy.
    let remoteAddress: SocketAddress?
    package var maxUploadSize: Int { 1 << 20 }

    package init(source: Source) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
        requestID = String(UInt64.random(in: .min ... .max), radix: 36)
    }
}

extension AppContext {
    func said(_ sentence: String) -> String { words?.said(sentence) ?? sentence }

    static let maximumAddress = 45

    /// From where somebody signs in. A proxy on this machine or in its network is believed about the address that it was called from.
    func place(of request: Request) -> SignInPlace {
        var address = remoteAddress?.ipAddress ?? "unknown"
        if Self.isNear(address), let said = request.headers[.init("X-Forwarded-For")!]?.split(separator: ",").last {      // a literal: a valid name
            let text = said.filter { !$0.isWhitespace }.prefix(Self.maximumAddress)
            if !text.isEmpty, text.allSatisfy({ $0.isHexDigit || $0 == "." || $0 == ":" }) { address = String(text) }
        }
        return SignInPlace(address: address, browser: request.headers[.userAgent] ?? "")
    }

    private static func isNear(_ address: String) -> Bool {
        if ["127.", "10.", "192.168.", "169.254.", "fe80:", "fd", "fc"].contains(where: address.hasPrefix) || address == "::1" { return true }
        let parts = address.split(separator: ".")
        return parts.count == 4 && parts[0] == "172" && Int(parts[1]).map((16...31).contains) == true
    }
}
