package import Domain

/// What a flag's sentence quotes of a buyer is for those who may read buyers' data. The others see dots in its place: on every page, in every answer, in every language.
extension Flag {
    private static let dots = "•••"
    /// Fields of an edit that tell nothing of the buyer; of all others, new ones too, the values are hidden.
    private static let openFields = ["tag.", "lines.", "totals.", "payment.", "shipping."]

    /// A person's edit that stands although the platform says something else. Its sentence begins with the field's name.
    static func ofEdit(_ field: String, here: String?, platform: String?) -> Flag {
        Flag(code: editDiffers, message: "\(field) was changed here to \"\(here ?? "")\"; the platform now says \"\(platform ?? "")\".")
    }

    package func shown(isMasked: Bool) -> Flag { isMasked ? masked : self }

    /// With dots for what it quotes of the buyer; its code, and the field of an edit that differs, stay.
    package var masked: Flag {
        if code == Flag.editDiffers {
            if Self.openFields.contains(where: { message.hasPrefix($0) }) { return self }
            return .ofEdit(String(message.prefix(while: { $0 != " " })), here: Self.dots, platform: Self.dots)
        }
        guard code.hasPrefix("address_") else { return self }
        // From the first mark to the last: a buyer's text may hold marks of its own. By scalars: a Thai vowel after a mark is one character with it.
        let scalars = message.unicodeScalars
        guard let first = scalars.firstIndex(where: Self.isMark), let last = scalars.lastIndex(where: Self.isMark) else { return self }
        return Flag(code: code, message: "\(String(scalars[..<first]))“\(Self.dots)”\(String(scalars[scalars.index(after: last)...]))")
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool { scalar == "“" || scalar == "”" || scalar == "\"" }
}
