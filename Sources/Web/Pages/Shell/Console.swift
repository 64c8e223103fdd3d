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
        let missing = (ConsoleResources.all.flatMap(\.missing) + ConsoleResources.phrases.filter(\.value.isEmpty).keys).sorted()
        guard missing.isEmpty else { throw MissingResources(names: missing) }
        tables = try Words.tables(ConsoleResources.all.reduce(into: [:]) { $0.merge($1.words) { first, _ in first } }, phrases: try PhraseBook.ours.get())
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
            guard let caller = try await RequestCaller(hub: self.hub).caller(of: request) else { return try self.askToSignIn(request) }
            let visit = Visit(console: self, caller: caller, request: request, context: context)
            do { return try await body(visit) } catch is CancellationError { throw CancellationError() } catch {
                let problem = APIProblem(error)
                if problem.status.code >= 500 { context.logger.error("page failed", metadata: ["request.id": "\(context.requestID)", "error.code": "\(problem.code)"]) }
                return problem.code == RequestCaller.forgery.code && !visit.isFragment ? try self.askToRepeat(problem, visit) : try visit.notice(problem)
            }
        }
    }

    /// A page is asked for again after signing in, a posted form is answered by a page that says so and leads back, a script by a problem.
    private func askToSignIn(_ request: Request) throws -> Response {
        let problem = APIProblem(.unauthorized, "session_ended", "Sign in again.")
        let isPart = request.headers[.init("HX-Request")!] != nil || request.headers[.accept]?.contains("text/html") != true      // a literal: a valid name
        if isPart { return problem.response() }
        guard request.method == .get else {
            let door = Door(self, request), way = Way(address: Self.signIn(thenTo: Self.wayBack(from: request.uri.path)), word: door.words("shell.signInBack"))
            let heading = door.words("shell.failed.\(problem.status.code)")
            var response = try door.page("fault", title: heading, WithWayBack(heading: heading, message: door.words("shell.ended"), code: problem.code, back: [way]), status: problem.status)
            response.headers[.wwwAuthenticate] = problem.fields[.wwwAuthenticate]
            return response
        }
        let path = request.uri.path + (request.uri.query.map { "?\($0)" } ?? "")
        return Response(status: .seeOther, headers: [.location: Self.signIn(thenTo: path), .cacheControl: "no-store"])
    }

    /// The form is of an earlier session: its page is one click away.
    private func askToRepeat(_ problem: APIProblem, _ visit: Visit) throws -> Response {
        let way = Way(address: Self.wayBack(from: visit.request.uri.path), word: visit.words("shell.openAgain")), heading = visit.words("shell.failed.\(problem.status.code)")
        return try visit.page("notice", title: heading, at: nil, WithWayBack(heading: heading, message: visit.words.said(problem.detail), code: problem.code, back: [way]), status: problem.status)
    }

    private struct WithWayBack: Sendable { var heading: String, message: String, code: String, back: [Way] }
    private struct Way: Sendable { var address: String, word: String }

    private static func signIn(thenTo path: String) -> String { path == "/" ? "/sign-in" : "/sign-in?next=\(path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }

    /// The page whose form posts to `path`, or the list that it was opened from: browsers are told to keep the page's own address to themselves.
    static func wayBack(from path: String) -> String {
        let parts = path.split(separator: "/")
        guard let area = parts.first.map({ "/\($0)" }), area == "/account" || Place.allCases.contains(where: { $0.path == area }) else { return "/" }
        return parts.count > 1 && parts[1].utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? "\(area)/\(parts[1])" : area
    }

    /// - Parameter root: what the template's names mean.
    func html(_ template: String, _ root: Any, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) throws -> Response {
        guard let text = library.render(root, withTemplate: template) else { throw APIProblem(.internalServerError, "template_missing", "The page \(template) is missing.") }
        var fields = headers
        fields[.contentType] = "text/html; charset=utf-8"
        return Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
