import Documents

extension PaperWords {
    /// The headings of paper in the language of whoever prints it; what a buyer wrote stays as it is.
    static func of(_ language: Language) -> PaperWords {
        switch language {
        case .en: .english
        case .th: .thai
        case .es: .spanish
        }
    }
}
