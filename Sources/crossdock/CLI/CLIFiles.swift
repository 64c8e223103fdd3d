import Foundation

/// Files named on the command line.
enum CLIFiles {
    static let maximumTextBytes = 1 << 20

    /// A text file, or standard input for `-`.
    static func text(_ path: String) throws -> String {
        let data: Data
        if path == "-" { data = try FileHandle.standardInput.readToEnd() ?? Data() } else {
            guard let found = FileManager.default.contents(atPath: path) else { throw CommandFailure(.usage, "The file \(path) cannot be read.") }
            data = found
        }
        guard data.count <= maximumTextBytes else { throw CommandFailure(.usage, "\(path) is larger than \(maximumTextBytes) bytes.") }
        guard let text = String(data: data, encoding: .utf8) else { throw CommandFailure(.usage, "\(path) is not UTF-8 text.") }
        return text
    }
}
