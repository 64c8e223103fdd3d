package import Domain

/// Somebody signed in at one browser.
package struct Session: Sendable, Equatable {
    package enum Holder: Sendable, Equatable {
        case person(Person)
        /// Signed in with an access token: ends when the token is revoked.
        case token(TokenStore.Token)
    }

    package var id: SessionID
    package var holder: Holder
    /// What every form and script of this session sends along, so that no other site can.
    package var csrf: String
    package var browser: String, address: String
    package var createdAt: Timestamp, usedAt: Timestamp
    package var expiresAt: Timestamp

    package var person: Person? { if case .person(let person) = holder { person } else { nil } }
    package var name: String { switch holder { case .person(let person): person.name; case .token(let token): token.name } }
}

/// From where somebody signs in, as it is shown in the list of their sessions.
package struct SignInPlace: Sendable, Equatable {
    package var address: String, browser: String
    package init(address: String, browser: String) { self.address = address; self.browser = String(browser.unicodeScalars.filter { $0.value >= 0x20 }.prefix(200).map(Character.init)) }
}

/// A new session and the text of its cookie, which is kept nowhere.
package struct SignedIn: Sendable, Equatable { package var cookie: String, session: Session }
