import Foundation

/// What is written for people and scripts: results on standard output, all else on standard error.
enum Terminal {
    static var isErrorATerminal: Bool { isatty(STDERR_FILENO) == 1 }
    static var isInputATerminal: Bool { isatty(STDIN_FILENO) == 1 }

    static func write(_ text: String) { write(Data(text.utf8)) }

    /// A reader that went away (`| head`) ends the command as it ends every other one.
    static func write(_ data: Data) {
        do { try FileHandle.standardOutput.write(contentsOf: data) } catch { exit(0) }
    }

    static func line(_ text: String) { write(text + "\n") }
    static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
    static func complain(_ text: String) { note("crossdock: " + text) }

    /// Asks on standard error; only "y" or "yes" agrees.
    /// - Throws: `.usage` where nobody can answer.
    static func confirm(_ question: String) throws -> Bool {
        guard isInputATerminal else { throw CommandFailure(.usage, "\(question) Nobody can answer here: add --yes to go on.") }
        FileHandle.standardError.write(Data("\(question) [y/N] ".utf8))
        return ["y", "yes"].contains((readLine() ?? "").trimmingCharacters(in: .whitespaces).lowercased())
    }
}
