import Domain
import Foundation
import Logging
import Synchronization

/// Writes one JSON object a line to standard error: a value with a newline cannot forge a line.
struct JSONLineLog: LogHandler {
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    let label: String
    private static let output = Mutex(FileHandle.standardError)

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields: [String: String] = [:]
        for (key, value) in metadata { fields[key] = "\(value)" }
        for (key, value) in metadataProvider?.get() ?? [:] { fields[key] = "\(value)" }
        for (key, value) in event.metadata ?? [:] { fields[key] = "\(value)" }
        fields["time"] = Timestamp.now.description
        fields["level"] = event.level.rawValue
        fields["message"] = "\(event.message)"
        fields["logger"] = label
        // A line that cannot be encoded is dropped: logging must not fail the work.
        guard var line = try? JSONEncoder.crossdock.encode(fields) else { return }
        line.append(0x0a)
        Self.output.withLock { try? $0.write(contentsOf: line) }      // a closed standard error loses the line, nothing else
    }
}

extension Timestamp {
    static var now: Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
