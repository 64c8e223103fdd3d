package import Domain

package struct PersonID: HubIdentifier { package let value: Int64; package init(_ value: Int64) { self.value = value } }
package struct SessionID: HubIdentifier { package let value: Int64; package init(_ value: Int64) { self.value = value } }

/// What a person is here for; what each role may do is a table of `Web` (docs/people.md).
package enum Role: String, Sendable, Codable, CaseIterable { case viewer, `operator`, manager, engineer, admin }

/// Somebody who signs in at the console.
package struct Person: Sendable, Equatable {
    package var id: PersonID
    /// In small letters; the name to sign in with.
    package var email: String
    package var name: String
    package var role: Role
    package var isDisabled: Bool
    /// `en`, `th`, `es`; nil: the workspace's.
    package var language: String?
    /// `light`, `dark`; nil: as the device is set.
    package var theme: String?
    package var hasSecondFactor: Bool
    package var createdAt: Timestamp
    package var seenAt: Timestamp?
}

/// What a person may say of themselves, checked.
package enum PersonText {
    package static let maximumEmail = 254, maximumName = 100
    package static let shortestPassword = 10, longestPassword = 200
    package static let languages = ["en", "th", "es"], themes = ["light", "dark"]

    /// In small letters and without white space around it; nil: no address.
    package static func email(_ text: String) -> String? {
        let email = text.lowercased().filter { !$0.isWhitespace }, parts = email.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, email.utf8.count <= maximumEmail, isPlain(email) else { return nil }
        return email
    }

    /// Without white space around it; nil: empty, too long or with characters that are not for reading.
    package static func name(_ text: String) -> String? {
        let name = text.drop(while: \.isWhitespace), end = name.lastIndex { !$0.isWhitespace }
        guard let end, name[...end].count <= maximumName, isPlain(name[...end]) else { return nil }
        return String(name[...end])
    }

    /// No control characters and none that turn the direction of what follows.
    private static func isPlain(_ text: some StringProtocol) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFF9...0xFFFB: false
            default: true
            }
        }
    }

    /// - Throws: what is wrong with it.
    package static func checkPassword(_ password: String, email: String, name: String) throws {
        guard password.count >= shortestPassword else { throw PeopleFault.weakPassword(.short) }
        guard password.count <= longestPassword else { throw PeopleFault.weakPassword(.long) }
        let small = password.lowercased()
        guard Set(password).count >= 4, small != email, small != name.lowercased(), small != email.split(separator: "@").first.map(String.init) else { throw PeopleFault.weakPassword(.guessable) }
    }
}
