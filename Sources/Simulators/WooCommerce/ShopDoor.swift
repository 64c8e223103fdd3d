import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SimulatorKit

/// Every request to the shop's web server: the REST API, the browser flow, the control plane, and pages for all else.
struct ShopDoor: RouterMiddleware {
    typealias Context = BasicSimulatorContext

    let shop: Shop
    let runner: WebhookRunner
    let faults: FaultPlan
    let authorise: AuthoriseFlow
    let control: ControlPlane

    func handle(
        _ request: Request, context: BasicSimulatorContext, next: @concurrent (Request, BasicSimulatorContext) async throws -> Response
    ) async throws -> Response {
        let body = try await request.body.collect(upTo: SimulatorServer.maximumBodyBytes)
        let path = request.uri.path
        let configuration = shop.read { $0.configuration }
        for prefix in ["/_sim/", "\(configuration.subdirectory)/_sim/"] where path.hasPrefix(prefix) {
            return await control.handle(request.method, String(path.dropFirst(prefix.count)), request.uri.query ?? "", body)
        }
        guard path.hasPrefix("\(configuration.subdirectory)/") || path == configuration.subdirectory else { return Pages.notFound }
        let inside = String(path.dropFirst(configuration.subdirectory.count))
        let query = RestRequest.parseQuery(request.uri.query ?? "")
        if inside.hasPrefix("/wc-auth/v1/") {
            return await authorise.handle(request.method, inside.dropFirst(12).trimmingCharacters(in: ["/"]), query, body)
        }
        guard let route = Self.route(inside, query, configuration) else {
            return inside.isEmpty || inside == "/" ? Pages.home(configuration.siteName) : Pages.notFound
        }
        let rest = Self.restRequest(request, route: route, path: path, query: query, body: body)
        return try await answer(rest, context, slowBy: configuration.answerDelay)
    }

    /// The route of the REST API, or nil for another page. `rest_route` works with either kind of permalinks, the pretty path with one only.
    private static func route(_ path: String, _ query: [(name: String, value: String)], _ configuration: WooCommerceSimulator.Configuration) -> [String]? {
        if let named = query.last(where: { $0.name == "rest_route" })?.value, path == "/" || path == "/index.php" || path.isEmpty { return segments(named) }
        guard configuration.prettyPermalinks, path == "/wp-json" || path.hasPrefix("/wp-json/") else { return nil }
        return segments(String(path.dropFirst(8)))
    }

    private static func segments(_ path: String) -> [String] { path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) } }

    private static func restRequest(
        _ request: Request, route: [String], path: String, query: [(name: String, value: String)], body: ByteBuffer
    ) -> RestRequest {
        var rest = RestRequest(method: request.method, route: route, path: path, query: query, authorization: request.headers[.authorization])
        guard body.readableBytes > 0, !rest.isRead else { return rest }
        if request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true {
            rest.body = .object(RestRequest.parseQuery(String(buffer: body)).map { .init($0.name, .string($0.value)) })
        } else if let parsed = try? WooJSON(parsing: body.readableBytesView), parsed.members != nil {
            // A body that does not parse is answered below, in WordPress's words.
            rest.body = parsed
        } else {
            rest.hasInvalidJSON = true
        }
        return rest
    }

    // MARK: Answering, well or badly

    private func answer(_ request: RestRequest, _ context: BasicSimulatorContext, slowBy delay: Duration) async throws -> Response {
        if delay > .zero { try await Task.sleep(for: delay) }
        switch faults.draw(request.isRead ? .request : .write) {
        case .drop:
            return await context.loseAnswer()
        case .throttle(let seconds):
            return Pages.tooManyRequests(retryAfterSeconds: seconds)
        case .serverError(let status):
            // 500 comes out of WordPress, in one of its two forms; the others out of the server before it.
            return status == 500 ? Pages.criticalError(asJSON: faults.total.isMultiple(of: 2)) : Pages.gatewayError(status)
        case .expireToken:
            let error = (request.isRead ? RestRight.list : .edit).error(for: nil)
            return Self.response(RestAnswer(error.envelope, status: 401), request)
        case .lostAnswer:
            _ = await perform(request)
            return await context.loseAnswer()
        case .hang(let pause), .delay(let pause):
            try await Task.sleep(for: pause)
            return Self.response(await perform(request), request)
        case .malform:
            return Self.spoilt(await perform(request), request, kind: faults.total)
        case .duplicate, .badSignature, nil:
            return Self.response(await perform(request), request)
        }
    }

    private func perform(_ request: RestRequest) async -> RestAnswer {
        let answer = shop.change { $0.handle(request) }
        if let ping = answer.ping { await runner.ping(ping) }
        return answer
    }

    static func response(_ answer: RestAnswer, _ request: RestRequest) -> Response {
        var headers: HTTPFields = [.contentType: "application/json; charset=UTF-8"]
        for (name, value) in standingHeaders + answer.headers {
            if let field = HTTPField.Name(name) { headers[field] = value }
        }
        if answer.status == 401, answer.body["message"]?.text == "Consumer secret is invalid." {
            headers[.wwwAuthenticate] =
                #"Basic realm="WooCommerce API. Use a consumer key in the username field and a consumer secret in the password field.""#
        }
        let body = request.method == .head ? ByteBuffer() : ByteBuffer(bytes: answer.body.bytes)
        return Response(status: .init(code: answer.status), headers: headers, body: .init(byteBuffer: body))
    }

    private static let standingHeaders = [
        ("X-Robots-Tag", "noindex"), ("X-Content-Type-Options", "nosniff"), ("Access-Control-Expose-Headers", "X-WP-Total, X-WP-TotalPages, Link"),
    ]

    /// A 200 that is not what it should be: PHP's warnings before the JSON, a page of HTML, or nothing (platforms/woocommerce.md §8).
    private static func spoilt(_ answer: RestAnswer, _ request: RestRequest, kind: Int) -> Response {
        var response = response(answer, request)
        let body: ByteBuffer = switch kind % 4 {
        case 0: ByteBuffer()
        case 1: ByteBuffer(string: Pages.phpWarning + answer.body.rendered)
        case 2: ByteBuffer(string: Pages.phpWarning + Pages.phpWarning + answer.body.rendered)
        default: ByteBuffer(string: "<!DOCTYPE html><html><body>Briefly unavailable for scheduled maintenance.</body></html>")
        }
        response.status = .ok
        if kind % 4 == 3 { response.headers[.contentType] = "text/html; charset=UTF-8" }
        response.body = .init(byteBuffer: body)
        return response
    }
}

/// Answers that are not the API's own.
enum Pages {
    static let phpWarning = "<br />\n<b>Warning</b>:  Undefined array key \"total\" in <b>/var/www/html/wp-content/plugins/example/example.php</b> "
        + "on line <b>118</b><br />\n"

    static func html(_ status: Int, _ title: String, _ text: String, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "text/html; charset=UTF-8"
        let page = "<!DOCTYPE html>\n<html lang=\"en-US\"><head><title>\(title)</title></head><body>\(text)</body></html>\n"
        return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(string: page)))
    }

    static var notFound: Response { html(404, "Page not found", "<h1>Oops! That page can&rsquo;t be found.</h1>") }
    static func home(_ name: String) -> Response { html(200, escape(name), "<h1>\(escape(name))</h1>") }

    static func tooManyRequests(retryAfterSeconds: Int) -> Response {
        html(
            429, "429 Too Many Requests", "<center><h1>429 Too Many Requests</h1></center><hr><center>nginx</center>",
            headers: [.retryAfter: "\(retryAfterSeconds)"])
    }

    static func gatewayError(_ status: Int) -> Response {
        let words = [502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out"][status] ?? "Error"
        return html(status, "\(status) \(words)", "<center><h1>\(status) \(words)</h1></center><hr><center>nginx</center>")
    }

    private static let critical = "<p>There has been a critical error on this website.</p>"
        + "<p><a href=\"https://wordpress.org/documentation/article/faq-troubleshooting/\">Learn more about troubleshooting WordPress.</a></p>"

    /// WordPress answers a PHP crash in JSON with an HTML message, or in plain HTML, depending on where it happened.
    static func criticalError(asJSON: Bool) -> Response {
        guard asJSON else { return html(500, "WordPress &rsaquo; Error", critical) }
        let body: WooJSON = ["code": "internal_server_error", "message": .string(critical), "data": ["status": 500], "additional_errors": []]
        return Response(
            status: .internalServerError, headers: [.contentType: "application/json; charset=UTF-8"], body: .init(byteBuffer: ByteBuffer(bytes: body.bytes)))
    }

    static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
