import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import Logging
import Mustache
import NIOCore

/// Files of the program that are not there.
struct MissingResources: Error, CustomStringConvertible {
    var names: [String]
    var description: String { "The folder crossdock_Web.resources must lie beside the program; these files are missing: \(names.joined(separator: ", "))." }
}

/// What all pages share: templates, texts, assets and the live stream.
final class Console: Sendable {
    let hub: Hub
    let assets: AssetShelf
    let live: LiveDesk
    let exceptions = ExceptionCount()
    private let library: MustacheLibrary
    private let tables: [Language: Words]

    /// - Throws: when a template or a string table of ours cannot be read.
    init(hub: Hub, libraries: String? = AssetShelf.librariesFolder()) throws {
        self.hub = hub
        let missing = ConsoleResources.all.flatMap(\.missing).sorted()
        guard missing.isEmpty else { throw MissingResources(names: missing) }
        tables = try Words.tables(ConsoleResources.all.reduce(into: [:]) { $0.merge($1.words) { first, _ in first } })
        assets = AssetShelf(own: ConsoleResources.all.reduce(into: [:]) { $0.merge($1.assets) { first, _ in first } }, libraries: libraries, words: tables)
        live = LiveDesk(hub: hub)
        MustacheContentTypes.register(PageText(), named: PageText.name)
        library = MustacheLibrary(templates: try ConsoleResources.all.reduce(into: [:]) { all, area in
            for (name, bytes) in area.templates {
                all[name] = try MustacheTemplate(string: "{{% CONTENT_TYPE:\(PageText.name)}}\n" + String(decoding: bytes, as: UTF8.self))
            }
        })
    }

    func words(_ language: Language) -> Words { tables[language] ?? Words(language: language) }

    /// A route's handler for somebody who is signed in; others are asked to sign in and come back.
    func page(_ body: @escaping @Sendable (Visit) async throws -> Response) -> @Sendable (Request, AppContext) async throws -> Response {
        { request, context in
            guard let caller = try await RequestCaller(hub: self.hub).caller(of: request) else { return Self.askToSignIn(request) }
            let visit = Visit(console: self, caller: caller, request: request, context: context)
            do { return try await body(visit) } catch is CancellationError { throw CancellationError() } catch {
                let problem = APIProblem(error)
                if problem.status.code >= 500 { context.logger.error("page failed", metadata: ["request.id": "\(context.requestID)", "error.code": "\(problem.code)"]) }
                return try visit.notice(problem)
            }
        }
    }

    static func askToSignIn(_ request: Request) -> Response {
        let isPart = request.headers[.init("HX-Request")!] != nil || request.headers[.accept]?.contains("text/html") != true      // a literal: a valid name
        if isPart || request.method != .get { return APIProblem(.unauthorized, "session_ended", "Sign in again.").response() }
        let path = request.uri.path + (request.uri.query.map { "?\($0)" } ?? "")
        let next = path == "/" ? "" : "?next=\(path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        return Response(status: .seeOther, headers: [.location: "/sign-in\(next)", .cacheControl: "no-store"])
    }

    /// - Parameter root: what the template's names mean.
    func html(_ template: String, _ root: Any, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) throws -> Response {
        guard let text = library.render(root, withTemplate: template) else { throw APIProblem(.internalServerError, "template_missing", "The page \(template) is missing.") }
        var fields = headers
        fields[.contentType] = "text/html; charset=utf-8"
        return Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
