import Crypto
import Foundation
import HTTPTypes
import Hub
import NIOCore

/// Takes a file in piece by piece, never whole in memory. Half a file is none: what is not finished is removed.
final class UploadSink {
    private let path: String
    private let handle: FileHandle
    private var hash = SHA256(), isWhole = false
    private(set) var bytes = 0

    init(_ path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]), let handle = FileHandle(forWritingAtPath: path) else { throw Self.notKept }
        self.path = path
        self.handle = handle
    }

    deinit {
        // Whoever reads the file opens it anew.
        try? handle.close()
        if !isWhole { try? FileManager.default.removeItem(atPath: path) }
    }

    func write(_ chunk: ByteBuffer) async throws {
        bytes += chunk.readableBytes
        guard bytes <= ImportRoutes.maximumFileBytes else { throw ImportRoutes.tooLarge }
        guard chunk.readableBytes > 0 else { return }
        let data = Data(chunk.readableBytesView), handle = handle
        hash.update(data: data)
        do { try await FileImporter.blocking { try handle.write(contentsOf: data) } } catch { throw Self.notKept }
    }

    /// - Returns: the SHA-256 of the file.
    func finish() -> SHA256Digest {
        isWhole = true
        return hash.finalize()
    }

    private static let notKept = APIProblem(.serviceUnavailable, "not_kept", "The file could not be put aside. Check the free space.", retryAfterSeconds: 5)
}
