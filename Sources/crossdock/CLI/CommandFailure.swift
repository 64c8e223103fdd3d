import ArgumentParser
import Foundation

/// How a command ends when it could not do its work: a sentence for the person and a code for the script.
struct CommandFailure: Error, CustomStringConvertible {
    /// The exit codes, the same for every command (`docs/cli.md`).
    enum Code: Int32 { case failed = 1, usage = 2, refused = 3, unreachable = 4, unauthorised = 5 }

    var code: Code
    var description: String
    /// The problem document of a refusal, for `--json`.
    var document: JSONValue?

    init(_ code: Code, _ description: String, document: JSONValue? = nil) { self.code = code; self.description = description; self.document = document }
}

/// A command that did its work and found something wrong (a failing check, rejected rows): it has printed all there is to say.
struct QuietEnding: Error { var code: CommandFailure.Code }

enum CommandEnding {
    /// The exit codes of this program instead of the argument parser's own.
    static func end(with error: any Error) -> Never {
        switch error {
        case let failure as CommandFailure:
            Terminal.complain(failure.description)
            exit(failure.code.rawValue)
        case let ending as QuietEnding: exit(ending.code.rawValue)
        case let failure as Failure:
            Terminal.complain(failure.description)
            exit(CommandFailure.Code.failed.rawValue)
        default:
            let message = Crossdock.fullMessage(for: error), code = Crossdock.exitCode(for: error)
            if code == .success {
                Terminal.write(message + "\n")
                exit(0)
            }
            FileHandle.standardError.write(Data((message + "\n").utf8))
            exit((code == .validationFailure ? CommandFailure.Code.usage : .failed).rawValue)
        }
    }
}
