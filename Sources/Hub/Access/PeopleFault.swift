package import Domain

/// What keeps a person from signing in or from changing who may.
package enum PeopleFault: HubError, Equatable {
    /// Wrong, unknown or disabled: which of them is not told.
    case wrongSignIn
    /// The password was right; `ticket` stands for it when the code is sent.
    case codeNeeded(ticket: String)
    case wrongCode(ticket: String)
    case unknownToken
    case tooManyAttempts(retryAfterSeconds: Int)
    /// More passwords are being checked than the machine should do at once.
    case busy
    case wrongPassword
    case weakPassword(Weakness)
    case badEmail, badName
    case emailTaken
    case unknownPerson
    case linkSpent
    case lastAdmin
    case hasOwner
    case noSecondFactorPending
    case badSetting(String)
    case notAPerson

    package enum Weakness: String, Sendable { case short, long, guessable }

    package var code: String {
        switch self {
        case .wrongSignIn: "wrong_sign_in"
        case .codeNeeded: "code_needed"
        case .wrongCode: "wrong_code"
        case .unknownToken: "unknown_token"
        case .tooManyAttempts: "too_many_attempts"
        case .busy: "busy"
        case .wrongPassword: "wrong_password"
        case .weakPassword: "weak_password"
        case .badEmail: "bad_email"
        case .badName: "bad_name"
        case .emailTaken: "email_taken"
        case .unknownPerson: "not_found"
        case .linkSpent: "link_spent"
        case .lastAdmin: "last_admin"
        case .hasOwner: "has_owner"
        case .noSecondFactorPending: "no_second_factor_pending"
        case .badSetting: "bad_setting"
        case .notAPerson: "not_a_person"
        }
    }

    package var sentence: String {
        switch self {
        case .wrongSignIn: "The e-mail address or the password is not right."
        case .codeNeeded: "Type the six digits that your authenticator shows, or a recovery code."
        case .wrongCode: "This code is not right, or it was used already. Type the one that the authenticator shows now."
        case .unknownToken: "This token is unknown or was revoked. Look whether all of it was copied."
        case .tooManyAttempts(let seconds): "Too many attempts. Try again in \(seconds) seconds."
        case .busy: "Too many people sign in at this moment. Try again in a few seconds."
        case .wrongPassword: "The present password is not right."
        case .weakPassword(.short): "A password has at least \(PersonText.shortestPassword) characters."
        case .weakPassword(.long): "A password has at most \(PersonText.longestPassword) characters."
        case .weakPassword(.guessable): "This password is too easy to guess. Take a few words that belong together only for you."
        case .badEmail: "This is no e-mail address."
        case .badName: "A name has 1 to \(PersonText.maximumName) characters."
        case .emailTaken: "Somebody with this e-mail address is here already. If they were switched off, switch them on again."
        case .unknownPerson: "There is no person with this id."
        case .linkSpent: "This link was used, withdrawn or is too old. Ask for a new one."
        case .lastAdmin: "This is the last admin who can sign in. Make somebody else an admin first."
        case .hasOwner: "The hub has an admin already. `crossdock person reset` makes a link for a lost password."
        case .noSecondFactorPending: "Begin again: no second factor is being set up."
        case .badSetting(let why): why
        case .notAPerson: "An access token has no account of its own."
        }
    }
    package var failureClass: FailureClass { .rejected }
}
