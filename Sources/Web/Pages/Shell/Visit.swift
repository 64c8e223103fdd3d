import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// One request of somebody who is signed in.
struct Visit: Sendable {
    let console: Console
    let caller: Caller
    let words: Words
    let clock: WorkspaceClock
    let now: Timestamp
    let request: Request, context: AppContext

    var hub: Hub { console.hub }
    /// Asked by a part of a page, which wants that part alone.
    var isFragment: Bool { request.headers[.init("HX-Request")!] != nil }      // a literal: a valid name
    var csrf: String { caller.csrf ?? "" }

    init(console: Console, caller: Caller, request: Request, context: AppContext) {
        self.console = console
        self.caller = caller
        self.request = request
        var context = context
        context.caller = caller
        self.context = context
        now = console.hub.now()
        let language = caller.language ?? Language(accepted: request.headers[.acceptLanguage]) ?? .en
        words = console.words(language)
        clock = WorkspaceClock(zone: caller.zone, language: language, now: now)
    }

    func require(_ scope: Scope) throws {
        guard caller.may(scope) else { throw APIProblem(.forbidden, "scope_missing", words("shell.notAllowed", ["scope": scope.rawValue]), more: ["scope": scope.rawValue]) }
    }

    /// The fields of a posted form, after its secret was compared.
    func form() async throws -> PageForm {
        let form = try await PageForm(request)
        guard isOurs(form["csrf"]) else { throw APIProblem(.forbidden, "csrf", words("shell.csrf")) }
        return form
    }

    /// Whether the request carries this session's own secret, in the form or in a header.
    func isOurs(_ field: String?) -> Bool {
        guard let secret = caller.csrf, let given = field ?? request.headers[.init("X-CSRF-Token")!] else { return false }      // a literal: a valid name
        return secret.utf8.count == given.utf8.count && zip(secret.utf8, given.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The audit's line of a person who sees buyers: of one order (`order:ID`), or of a list.
    func readsBuyers(of subject: String = "orders") {
        guard caller.may(.buyersRead) else { return }
        hub.readings.note(caller.actor, subject == "orders" ? "orders.read" : "order.read", subject)
    }

    // MARK: answers

    /// A whole page. `content`'s members are the template's names; a template begins with `{{<shell}}{{$main}}`.
    func page(_ template: String, title: String, at place: Place?, _ content: some Sendable, scripts: [String] = [], styles: [String] = [],
              status: HTTPResponse.Status = .ok) throws -> Response {
        var headers: HTTPFields = [:]
        let notice = NoticeCookie.notice(of: request)
        if notice != nil { headers[.setCookie] = NoticeCookie.cleared }
        let frame = Frame(
            title: title, language: words.language.rawValue, theme: caller.theme, place: place?.rawValue ?? "",
            items: Place.allCases.map { Frame.Item(name: words("shell.places.\($0.rawValue)"), path: $0.path, key: "g \($0.key)", isCurrent: $0 == place) },
            name: caller.name, roleWord: caller.roleName.map { words("shell.roles.\($0)") } ?? words("shell.roles.token"), csrf: csrf, isOwnAccount: caller.roleName != nil,
            workspace: caller.workspaceName, hasWorkspace: !caller.workspaceName.isEmpty, styles: (["console.css"] + styles).map(console.assets.path), scripts: (["console.js"] + scripts).map(console.assets.path),
            wordsScript: console.assets.path("words-\(words.language.rawValue).js"), htmx: console.assets.has("htmx.js") ? console.assets.path("htmx.js") : nil,
            icon: console.assets.path("icon.svg"), notice: notice)
        return try console.html(template, PageScope(content: content, frame: frame, t: words.root, csrf: csrf), status: status, headers: headers)
    }

    /// A part of a page.
    func fragment(_ template: String, _ content: some Sendable, status: HTTPResponse.Status = .ok) throws -> Response {
        try console.html(template, PageScope(content: content, frame: nil, t: words.root, csrf: csrf), status: status)
    }

    /// - Parameter notice: ready words that the next page shows once.
    func redirect(_ path: String, notice: String? = nil, tone: Tone = .good) -> Response {
        var headers: HTTPFields = [.location: path, .cacheControl: "no-store"]
        if let notice { headers[.setCookie] = NoticeCookie.set(Frame.Notice(text: words.said(notice), tone: tone.rawValue)) }
        return Response(status: .seeOther, headers: headers)
    }

    /// What went wrong, as a page or a part of one.
    func notice(_ problem: APIProblem) throws -> Response {
        var problem = problem
        problem.detail = words.said(problem.detail)
        if isFragment { return problem.response() }
        struct Contents: Sendable { var heading: String, message: String, code: String }
        let heading = words(words.has("shell.failed.\(problem.status.code)") ? "shell.failed.\(problem.status.code)" : problem.status.code >= 500 ? "shell.failed.500" : "shell.failed.other")
        return try page("notice", title: heading, at: nil, Contents(heading: heading, message: problem.detail, code: problem.code), status: problem.status)
    }

    func time(_ time: Timestamp) -> PageTime { clock.time(time) }
}

/// A sentence for the next page, in a cookie that lives for one page.
enum NoticeCookie {
    static let name = "crossdock_notice", maximumBytes = 1500, lifeSeconds = 60

    static func set(_ notice: Frame.Notice) -> String {
        let text = Data("\(notice.tone) \(notice.text)".utf8.prefix(maximumBytes)).base64EncodedString()
        return "\(name)=\(text); Path=/; Max-Age=\(lifeSeconds); HttpOnly; SameSite=Lax"
    }
    static let cleared = "\(name)=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"

    static func notice(of request: Request) -> Frame.Notice? {
        guard let value = request.cookies[name]?.value, value.utf8.count < maximumBytes * 2, let data = Data(base64Encoded: value) else { return nil }
        let parts = String(decoding: data, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let tone = Tone(rawValue: String(parts[0])) else { return nil }
        return Frame.Notice(text: String(parts[1]), tone: tone.rawValue)
    }
}
