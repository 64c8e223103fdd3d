import Crypto
import Foundation
import HTTPTypes
import Hub
import Hummingbird

extension Visit {
    /// What went wrong, in the visitor's language.
    func sentence(_ fault: PeopleFault) -> String { FaultWords(words: words).sentence(fault) }

    /// The browser goes on with a session that has a new id.
    func redirect(_ path: String, notice: String, as signedIn: SignedIn) -> Response {
        var response = redirect(path, notice: notice)
        response.headers.append(.init(name: .setCookie, value: SessionCookie.set(signedIn.cookie, for: request)))
        return response
    }

    var place: SignInPlace { context.place(of: request) }

    /// Makes something that is shown once. A second click on the same form is answered as the first was and makes nothing more.
    func once(_ form: PageForm, _ work: @escaping () async throws -> Response) async throws -> Response {
        guard let key = form["once"], !key.isEmpty, let name = HTTPField.Name(Idempotency.field) else { return try await work() }
        var head = request.head
        head.headerFields[name] = String(key.prefix(Idempotency.maximumKeyBytes))
        let named = Request(head: head, body: request.body)
        let fields = form.names.map { "\($0)=\(form.all($0))" }.joined(separator: "&")
        return try await context.once(named, in: hub, digest: Array(SHA256.hash(data: Data(fields.utf8))), unless: {}, work)
    }

    /// Names a form's one effect.
    static func newOnce() -> String { Vault.randomWord(bytes: 16) }

    /// A link of ours as the visitor would open it.
    func address(_ path: String) -> String {
        let host = request.headers[.init("X-Forwarded-Host")!] ?? request.head.authority ?? ""      // a literal: a valid name
        return (SessionCookie.isSecure(request) ? "https://" : "http://") + host + path
    }
}

/// Faults of people in a language of the console.
struct FaultWords: Sendable {
    let words: Words

    func sentence(_ fault: PeopleFault) -> String {
        let minutes = switch fault { case .tooManyAttempts(let seconds): max(1, (seconds + 59) / 60); default: 0 }
        let path = switch fault { case .weakPassword(let weakness): "people.faults.weak_password_\(weakness.rawValue)"; default: "people.faults.\(fault.code)" }
        return words.has(path) ? words(path, ["minutes": "\(minutes)", "count": "\(PersonText.shortestPassword)"]) : words.said(fault.sentence)
    }
}
