import Database
import Foundation

/// Which hub this is to those that share its database: the same after a restart on the same machine and data directory, and of one process at a time.
///
/// So a hub that died and was started again need not wait until its own right has run out: whoever holds the lock on the directory knows that the holder before is gone.
package final class NodeIdentity: Sendable {
    package let name: String
    private let lock: FileLock?

    /// - Throws: when the data directory cannot be written.
    package init(dataFolder: String) throws {
        try FileManager.default.createDirectory(atPath: dataFolder, withIntermediateDirectories: true)
        let file = dataFolder + "/node"
        do { lock = try FileLock(databasePath: file) } catch {
            guard case .fileInUse = error else { throw error }
            // Another process works with this directory: to the database we are somebody else.
            lock = nil
            name = UUID().uuidString
            return
        }
        if let known = FileManager.default.contents(atPath: file).map({ String(decoding: $0, as: UTF8.self) }).flatMap(UUID.init(uuidString:)) {
            name = Self.name(known)
        } else {
            let fresh = UUID()
            try Data(fresh.uuidString.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
            name = Self.name(fresh)
        }
    }

    /// A directory that several machines see, on storage that does not carry locks between them, makes no two of them one.
    private static func name(_ id: UUID) -> String { "\(id.uuidString)@\(ProcessInfo.processInfo.hostName)" }

    /// Lets another process be this hub.
    package func release() { lock?.release() }
}
