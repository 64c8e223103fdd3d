import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing
import Web

extension WebBench {
    static let here = SignInPlace(address: "192.0.2.1", browser: "Firefox/140 Linux")
    static let password = "four plain words here"

    /// Somebody of a role, signed in.
    func join(_ role: Role, email: String? = nil) async throws -> SignedIn {
        let made = try await hub.people.invite(email: nil, role: role, by: AuditActor(name: "test"))
        return try await hub.people.join(made.secret, .init(email: email ?? "\(role)@example.com", name: "The \(role)", password: Self.password, language: "en"), at: Self.here)
    }

    /// Calls in memory as a browser makes them.
    func browse(_ body: @Sendable (Browser) async throws -> Void) async throws {
        try await Application(router: WebServer(hub: hub, settings: .init()).router()).test(.router) { client in try await body(Browser(client: client)) }
    }

    struct Browser: Sendable {
        let client: any TestClientProtocol
        static let html: HTTPFields = [.accept: "text/html"]

        func get(_ path: String, as session: SignedIn? = nil, _ more: HTTPFields = [:]) async throws -> Answer { try await send(.get, path, as: session, fields: Self.html, more) }

        /// A form; with the session's secret, unless another one is given.
        func post(_ path: String, _ fields: [String: String] = [:], as session: SignedIn? = nil, csrf: String? = nil, _ more: HTTPFields = [:]) async throws -> Answer {
            var all = fields
            if let secret = csrf ?? session?.session.csrf { all["csrf"] = secret }
            let text = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }.joined(separator: "&")
            return try await send(.post, path, as: session, fields: [.accept: "text/html", .contentType: "application/x-www-form-urlencoded"], more, body: text)
        }

        func send(_ method: HTTPRequest.Method, _ path: String, as session: SignedIn? = nil, fields: HTTPFields = [:], _ more: HTTPFields = [:], body: String? = nil) async throws -> Answer {
            var all = fields
            if let session { all[.cookie] = "crossdock_session=\(session.cookie)" }
            for field in more { all[field.name] = field.value }
            return try await client.execute(uri: path, method: method, headers: all, body: body.map { ByteBuffer(string: $0) }) {
                Answer(status: $0.status.code, fields: $0.headers, text: String(buffer: $0.body))
            }
        }
    }
}

extension WebBench.Answer {
    /// The session that the answer gives to the browser.
    var cookie: String? {
        fields[values: .setCookie].lazy.compactMap { $0.split(separator: ";").first }.first { $0.hasPrefix("crossdock_session=") }.map { String($0.dropFirst("crossdock_session=".count)) }
    }
    var location: String? { fields[.location] }
}

/// A fault that is wanted.
func fault(_ work: () async throws -> some Any) async -> PeopleFault? {
    do { _ = try await work() } catch let fault as PeopleFault { return fault } catch { Issue.record("\(error)") }
    return nil
}
