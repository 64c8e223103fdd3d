import Crypto
import CryptoExtras
import Foundation
import NIOPosix
import Synchronization

/// Passwords as scrypt hashes that carry their own parameters (`scrypt$rounds$block$parallelism$salt$key`), so that the cost can rise.
///
/// A hash takes tens of milliseconds and 32 MB: it runs on a thread of its own, and few at once.
package final class PasswordKeeper: Sendable {
    /// RFC 7914 with what costs a server of today about a tenth of a second.
    package static let usualRounds = 1 << 15
    static let blockSize = 8, parallelism = 1, keyBytes = 32, saltBytes = 16
    static let maximumRounds = 1 << 20, maximumWaiting = 8

    private let rounds: Int
    private let waiting = Mutex(0)
    /// Stands for the hash of somebody unknown: checking it costs what checking a real one costs.
    private let nobody: String

    package init(rounds: Int) {
        self.rounds = rounds
        nobody = Self.text(rounds: rounds, salt: Self.random(Self.saltBytes), key: Self.random(Self.keyBytes))
    }

    package func hash(_ password: String) async throws -> String {
        let salt = Self.random(Self.saltBytes), rounds = rounds
        let key = try await derive(password, salt: salt, rounds: rounds, block: Self.blockSize, parallelism: Self.parallelism)
        return Self.text(rounds: rounds, salt: salt, key: key)
    }

    /// - Parameter stored: nil takes as long as any other and is false.
    /// - Throws: `.busy` when too many wait already.
    package func verify(_ password: String, _ stored: String?) async throws -> Bool {
        guard let parts = Self.parts(stored ?? nobody) else { return false }
        let key = try await derive(password, salt: parts.salt, rounds: parts.rounds, block: parts.block, parallelism: parts.parallelism)
        let isSame = key.count == parts.key.count && zip(key, parts.key).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
        return isSame && stored != nil
    }

    /// Made with a lower cost than is usual now.
    package func isOutdated(_ stored: String) -> Bool { Self.parts(stored).map { $0.rounds < rounds } ?? true }

    private func derive(_ password: String, salt: [UInt8], rounds: Int, block: Int, parallelism: Int) async throws -> [UInt8] {
        let isTaken = waiting.withLock { count -> Bool in
            guard count < Self.maximumWaiting else { return false }
            count += 1
            return true
        }
        guard isTaken else { throw PeopleFault.busy }
        defer { waiting.withLock { $0 -= 1 } }
        // The same word typed on another keyboard may be another sequence of code points.
        let bytes = Data(password.precomposedStringWithCompatibilityMapping.utf8)
        return try await NIOThreadPool.singleton.runIfActive {
            try KDF.Scrypt.deriveKey(from: bytes, salt: salt, outputByteCount: Self.keyBytes, rounds: rounds, blockSize: block, parallelism: parallelism).withUnsafeBytes { Array($0) }
        }
    }

    private static func text(rounds: Int, salt: [UInt8], key: [UInt8]) -> String {
        "scrypt$\(rounds)$\(blockSize)$\(parallelism)$\(Data(salt).base64EncodedString())$\(Data(key).base64EncodedString())"
    }

    private static func parts(_ text: String) -> (rounds: Int, block: Int, parallelism: Int, salt: [UInt8], key: [UInt8])? {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), (2...maximumRounds).contains(rounds), let block = Int(parts[2]), (1...32).contains(block),
              let parallelism = Int(parts[3]), (1...16).contains(parallelism), let salt = Data(base64Encoded: String(parts[4])), let key = Data(base64Encoded: String(parts[5])) else { return nil }
        return (rounds, block, parallelism, Array(salt), Array(key))
    }

    private static func random(_ count: Int) -> [UInt8] { SymmetricKey(size: SymmetricKeySize(bitCount: count * 8)).withUnsafeBytes { Array($0) } }
}
