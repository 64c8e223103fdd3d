import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// A page that is open to those who are not signed in: signing in, an invitation, a new password.
struct Door: Sendable {
    let console: Console, request: Request, words: Words
    /// The language that was chosen on the page itself.
    let chosen: Language?

    init(_ console: Console, _ request: Request, form: PageForm? = nil) {
        self.console = console
        self.request = request
        // A query that cannot be read names no language.
        chosen = ((try? request.query["lang"]) ?? form?["lang"]).flatMap { Language(rawValue: $0) }
        words = console.words(chosen ?? Language(accepted: request.headers[.acceptLanguage]) ?? Language(rawValue: console.hub.workspace.current.language) ?? .en)
    }

    /// The links to the same page in the other languages.
    struct Tongue: Sendable { var code: String, name: String, path: String, isCurrent: Bool }

    func tongues(next: String? = nil) -> [Tongue] {
        Language.allCases.map { language in
            let path = request.uri.path + "?lang=\(language.rawValue)" + (next.map { "&next=" + ($0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "") } ?? "")
            return Tongue(code: language.rawValue, name: Self.names[language] ?? "", path: path, isCurrent: language == words.language)
        }
    }
    static let names: [Language: String] = [.en: "English", .th: "ไทย", .es: "Español"]

    func page(_ template: String, title: String, _ content: some Sendable, status: HTTPResponse.Status = .ok) throws -> Response {
        let notice = NoticeCookie.notice(of: request)
        let workspace = console.hub.workspace.current.name
        let frame = Frame(
            title: title, language: words.language.rawValue, theme: nil, place: "", items: [], name: workspace.isEmpty ? "Crossdock" : workspace, roleWord: "", csrf: "", isOwnAccount: false,
            workspace: workspace, hasWorkspace: !workspace.isEmpty, styles: ["console.css", "people.css"].map(console.assets.path), scripts: [], wordsScript: "", htmx: nil,
            icon: console.assets.path("icon.svg"), notice: notice)
        return try console.html(template, PageScope(content: content, frame: frame, t: words.root, csrf: ""), status: status, headers: notice == nil ? [:] : [.setCookie: NoticeCookie.cleared])
    }

    /// What went wrong, in the visitor's language.
    func sentence(_ fault: PeopleFault) -> String { FaultWords(words: words).sentence(fault) }

    /// A form of another site must not sign anybody in: before a session there is no secret to compare.
    static func refuseOtherSites(_ request: Request) throws {
        let refusal = APIProblem(.forbidden, "other_site", "Forms of other sites are not taken. Open this page itself.")
        if let site = request.headers[.init("Sec-Fetch-Site")!] {      // a literal: a valid name
            guard site == "same-origin" || site == "none" else { throw refusal }
            return
        }
        // A browser that says nothing of the kind; a proxy may have been called under another name.
        guard let origin = request.headers[.origin], let from = origin.split(separator: "/").last.map(String.init) else { return }
        guard from == request.head.authority || from == request.headers[.init("X-Forwarded-Host")!] else { throw refusal }      // a literal: a valid name
    }

    /// A place of our own to go to afterwards; anything else is the first page.
    static func ownPath(_ text: String?) -> String {
        guard let text, text.utf8.count <= maximumPath, text.hasPrefix("/"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { return "/" }
        let isElsewhere = text.hasPrefix("//") || ["/sign-in", "/sign-out", "/invite/", "/reset/"].contains(where: text.hasPrefix)
        return isElsewhere ? "/" : text
    }
    static let maximumPath = 2000
}
