import CPostgres

/// PostgreSQL's SQLSTATEs as `DatabaseError`. The server's detail lines hold values of rows and are never read.
enum PostgresErrors {
    private static func field(_ result: OpaquePointer, _ code: Character) -> String? {
        guard let ascii = code.asciiValue, let text = PQresultErrorField(result, Int32(ascii)) else { return nil }
        return String(cString: text)
    }

    static func error(of result: OpaquePointer) -> DatabaseError {
        guard let state = field(result, "C") else { return .unreachable(reason: "the server closed the connection") }
        let constraint = field(result, "n") ?? ""
        switch state {
        case "23505": return .unique(constraint: constraint)
        case "23514": return .constraint(kind: .check, name: constraint)
        case "23502": return .constraint(kind: .notNull, name: field(result, "c") ?? "")
        case "23503": return .constraint(kind: .foreignKey, name: constraint)
        case "40001", "40P01", "55P03": return .retry
        case "53100": return .diskFull
        case "57014": return .timedOut
        case "25006": return .readOnly
        case "58030": return .ioFailure(code: 58030)
        case "25P03", "57P01", "57P02", "57P03", "57P04", "57P05": return .unreachable(reason: "the server ended the connection (\(state))")
        default: break
        }
        if state.hasPrefix("08") { return .unreachable(reason: "the connection failed (\(state))") }
        // The message of a data exception quotes the datum.
        let message = state.hasPrefix("22") ? "a value does not fit its type" : field(result, "M") ?? ""
        return .other(code: state, message: message)
    }
}
