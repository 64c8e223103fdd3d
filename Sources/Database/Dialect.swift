/// The common dialect of migrations, made into each engine's own.
///
/// - SQLite: `CREATE TABLE` becomes `STRICT` (without it a wrong type reads as 0).
/// - PostgreSQL: `INTEGER` is `BIGINT`, `BLOB` is `BYTEA`, `REAL` is `DOUBLE PRECISION`, `TEXT` compares bytewise as SQLite's
///   does (`COLLATE "C"`), and a closing `WITHOUT ROWID` is dropped. Only `CREATE TABLE` and `ALTER TABLE` are touched,
///   and nothing inside quotes.
enum Dialect {
    static func translate(_ statement: String, to engine: Engine) -> String {
        var text = statement.trimmed
        if text.hasSuffix(";") { text = String(text.dropLast()).trimmed }
        let opening = text.prefix(12).uppercased()
        let isCreate = opening == "CREATE TABLE"
        guard isCreate || opening.hasPrefix("ALTER TABLE") else { return text }

        let marker = "WITHOUT ROWID"
        let isWithoutRowID = isCreate && text.uppercased().hasSuffix(marker)
        if isWithoutRowID { text = String(text.dropLast(marker.count)).trimmed }
        switch engine {
        case .sqlite:
            guard isCreate else { return text }
            return text + (isWithoutRowID ? " STRICT, WITHOUT ROWID" : " STRICT")
        case .postgres:
            return postgresTypes(in: text)
        }
    }

    private static func postgresTypes(in text: String) -> String {
        var result = ""
        var word = ""
        var previousWord = ""
        var quote: Character?
        func endWord() {
            guard !word.isEmpty else { return }
            switch word.uppercased() {
            case "INTEGER": result += "BIGINT"
            case "BLOB": result += "BYTEA"
            case "REAL": result += "DOUBLE PRECISION"
            case "TEXT" where previousWord != "AS": result += "TEXT COLLATE \"C\""
            default: result += word
            }
            previousWord = word.uppercased()
            word = ""
        }
        for character in text {
            if let open = quote {
                result.append(character)
                if character == open { quote = nil }
            } else if character.isLetter || character.isNumber || character == "_" {
                word.append(character)
            } else {
                endWord()
                result.append(character)
                if character == "'" || character == "\"" { quote = character }
            }
        }
        endWord()
        return result
    }
}
