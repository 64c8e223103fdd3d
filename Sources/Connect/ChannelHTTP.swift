package import HTTPTypes

/// A request to a platform, as a value: connectors build it purely and it is tested without a network.
package struct PlatformRequest: Sendable, Equatable {
    package var method: HTTPRequest.Method
    /// Absolute URL. A secret in its query never reaches a log: URLs are recorded without their query.
    package var url: String
    package var headers: HTTPFields
    package var body: [UInt8]
    /// The whole exchange, body included.
    package var timeoutSeconds: Int
    package init(_ method: HTTPRequest.Method, _ url: String, headers: HTTPFields = [:], body: [UInt8] = [], timeoutSeconds: Int = 15) {
        self.method = method; self.url = url; self.headers = headers; self.body = body; self.timeoutSeconds = timeoutSeconds
    }
}

package struct PlatformAnswer: Sendable, Equatable {
    package var status: Int
    package var headers: HTTPFields
    package var body: [UInt8]
    package init(status: Int, headers: HTTPFields = [:], body: [UInt8] = []) { self.status = status; self.headers = headers; self.body = body }

    static let longestPauseSeconds = 3600.0
    /// `Retry-After` in whole seconds, rounded up, from 1 to an hour; nil where it is absent, a date, or no number.
    package var pauseSeconds: Int64? {
        guard let seconds = headers[.retryAfter].flatMap({ Double($0) }), !seconds.isNaN else { return nil }
        return Int64(min(max(seconds, 1), Self.longestPauseSeconds).rounded(.up))
    }
}

/// Sends requests for one channel: within its budget, with time and size limits, never following a redirect, refusing addresses a user may not reach.
///
/// Only the transport's failures are thrown here (`.unreachable`, `.throttled` by our own budget); what a status means is the connector's to say.
package struct ChannelHTTP: Sendable {
    package var send: @Sendable (PlatformRequest) async throws(ConnectorError) -> PlatformAnswer
    package init(send: @escaping @Sendable (PlatformRequest) async throws(ConnectorError) -> PlatformAnswer) { self.send = send }
}
