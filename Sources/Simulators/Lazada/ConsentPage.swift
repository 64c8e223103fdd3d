import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// `https://auth.lazada.com/oauth/authorize` (lazada.md §2.2): the seller agrees and is sent back with a code.
struct ConsentPage: Sendable {
    let market: Market

    func answer(_ query: [(name: String, value: String)]) -> Response {
        func value(_ name: String) -> String? { query.last { $0.name == name }.map(\.value).flatMap { $0.isEmpty ? nil : $0 } }
        let configuration = market.read { $0.configuration }
        guard value("response_type") == "code", value("client_id") == configuration.appKey else { return Pages.refusal("The app is not known.") }
        guard value("uuid") == nil else { return Pages.refusal("uuid must not be sent.") }
        guard let redirect = value("redirect_uri"), redirect == configuration.redirectURL ?? redirect, var target = URLComponents(string: redirect),
            target.scheme == "http" || target.scheme == "https"
        else { return Pages.refusal("redirect_uri is not the app's callback URL.") }
        let chosen = value("account")
        guard configuration.approvesAutomatically || chosen != nil else { return choice(query) }
        let code = market.change { state -> String? in
            guard let account = state.account(choosing: chosen, country: value("country")) else { return nil }
            return state.makeCode(for: account)
        }
        guard let code else { return Pages.refusal("There is no such account.") }
        target.queryItems = (target.queryItems ?? []) + [URLQueryItem(name: "code", value: code)] + (value("state").map { [URLQueryItem(name: "state", value: $0)] } ?? [])
        // A bare plus would be read as a space.
        target.percentEncodedQuery = target.percentEncodedQuery?.replacing("+", with: "%2B")
        return Response(status: .found, headers: [.location: target.string ?? redirect])
    }

    /// Each account is a link that says yes for it.
    private func choice(_ query: [(name: String, value: String)]) -> Response {
        let accounts = market.read { $0.accounts }
        let links = accounts.map { account in
            var page = URLComponents()
            page.path = "/oauth/authorize"
            page.queryItems = query.map { URLQueryItem(name: $0.name, value: $0.value) } + [URLQueryItem(name: "account", value: account.id)]
            page.percentEncodedQuery = page.percentEncodedQuery?.replacing("+", with: "%2B")
            let name = account.country == "cb" ? "Crossborder" : account.country.uppercased()
            return "<p><a href=\"\(Pages.escape(page.string ?? ""))\">\(name): agree as \(Pages.escape(account.login))</a></p>"
        }
        return Pages.html(200, "Authorise", "<h1>Authorise this app</h1>" + links.joined())
    }
}

/// Answers that are no JSON.
enum Pages {
    static func html(_ status: Int, _ title: String, _ text: String) -> Response {
        let page = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>\(escape(title))</title></head><body>\(text)</body></html>\n"
        return Response(status: .init(code: status), headers: [.contentType: "text/html; charset=utf-8"], body: .init(byteBuffer: ByteBuffer(string: page)))
    }

    static func refusal(_ words: String) -> Response { html(400, "Error", "<h1>Authorisation failed</h1><p>\(escape(words))</p>") }
    static let notFound = html(404, "404 Not Found", "<h1>404 Not Found</h1>")
    /// What stands before the platform's gateway answers when the gateway does not.
    static func gateway(_ status: Int) -> Response {
        html(status, "\(status) error", "<center><h1>Sorry, we have detected an error</h1></center><hr><center>Tengine</center>")
    }

    static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
