import Waiting
@testable import Database
import Dispatch
import Foundation
import Glibc
import Testing

@Suite(.timeLimit(.minutes(2))) struct SQLiteFileTests {
    private func path(in folder: URL, _ name: String = "test.db") -> String { folder.appending(path: name).path(percentEncoded: false) }

    @Test func `a second owner of a file is refused with the first one's process id`() async throws {
        try await withScratchFolder { folder in
            let path = path(in: folder)
            let owner = try await open(.sqlite(path: path))
            let error = await #expect(throws: DatabaseError.self) { try await open(.sqlite(path: path)) }
            guard case .fileInUse(_, let processID) = error else { Issue.record("\(String(describing: error))"); return }
            #expect(processID == getpid())
            await owner.close()
            let next = try await open(.sqlite(path: path))
            await next.close()
        }
    }

    @Test func `a log that is laid out beforehand keeps what was committed, whether it is opened again or copied as a crash leaves it`() async throws {
        try await withScratchFolder { folder in
            let path = path(in: folder), copy = self.path(in: folder, "copy.db")
            var options = DatabaseOptions()
            options.reservedLogBytes = 3 << 20
            let first = try await open(.sqlite(path: path), options: options)
            for id in 0..<50 { try await first.write { try $0.run(TestSchema.insert(id)) } }
            let size = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? 0
            #expect(size == 3 << 20)
            for end in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + end, toPath: copy + end) }
            await first.close()
            for (file, rows) in [(path, 50), (copy, 50)] {
                let database = try await open(.sqlite(path: file), options: options)
                #expect(try await database.count("orders") == rows)
                try await database.write { try $0.run(TestSchema.insert(99)) }
                #expect(try await database.read { try $0.first("PRAGMA integrity_check") { try $0.text(0) } } == "ok")
                await database.close()
            }
        }
    }

    @Test func `a link to an owned file is refused too`() async throws {
        try await withScratchFolder { folder in
            let owner = try await open(.sqlite(path: path(in: folder)))
            try FileManager.default.createSymbolicLink(atPath: path(in: folder, "link.db"), withDestinationPath: path(in: folder))
            let error = await #expect(throws: DatabaseError.self) { try await open(.sqlite(path: path(in: folder, "link.db"))) }
            #expect(error?.code == "file_in_use")
            await owner.close()
        }
    }

    @Test func `a database that is dropped without close gives its file back`() async throws {
        try await withScratchFolder { folder in
            let path = path(in: folder)
            do { _ = try await open(.sqlite(path: path)) }
            #expect(await eventually {
                guard let next = try? await open(.sqlite(path: path)) else { return false }
                await next.close()
                return true
            })
        }
    }

    @Test func `what was acknowledged before a kill is there after it, and the file is free`() async throws {
        try await withScratchFolder { folder in
            let path = path(in: folder)
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let database = try await open(.sqlite(path: path))
                for id in 0..<100 { try await database.write { try $0.run(TestSchema.insert(id)) } }
                // A transaction that is open when the process dies.
                try await database.write { tx in
                    try tx.run(TestSchema.insert(1_000))
                    kill(getpid(), SIGKILL)
                }
            }
            let database = try await open(.sqlite(path: path))
            #expect(try await database.count("orders") == 100)
            #expect(try await database.read { try $0.first("PRAGMA integrity_check") { try $0.text(0) } } == "ok")
            await database.close()
        }
    }

    @Test func `a folder that does not exist is an error with a sentence`() async throws {
        let error = await #expect(throws: DatabaseError.self) { try await open(.sqlite(path: "/nonexistent-folder/x.db")) }
        #expect(error?.sentence.contains("/nonexistent-folder/x.db") == true)
    }

    @Test func `the log is copied into the file beside the commits and stays within its bound`() async throws {
        var options = DatabaseOptions()
        options.checkpointInterval = .milliseconds(5)
        options.checkpointBytes = 256 << 10
        options.restartBytes = 1 << 20
        options.maximumWALBytes = 4 << 20
        try await withScratchFolder { folder in
            let path = path(in: folder)
            let database = try await open(.sqlite(path: path), options: options)
            for id in 0..<1_000 {
                try await database.write { try $0.run("INSERT INTO orders (id, external_id, body) VALUES (\(id), \("o\(id)"), \([UInt8](repeating: 1, count: 20_000)))") }
            }
            let log = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? .max
            #expect(log < 16 << 20)
            #expect(database.statistics.checkpoints > 2)
            await database.close()
            let again = try await open(.sqlite(path: path))
            #expect(try await again.count("orders") == 1_000)
            await again.close()
        }
    }

    @Test func `a long read lets the log grow and does not stop the writes, and afterwards the log is started afresh`() async throws {
        var options = DatabaseOptions()
        options.checkpointInterval = .milliseconds(5)
        options.checkpointBytes = 64 << 10
        options.restartBytes = 256 << 10
        options.maximumWALBytes = 1 << 20
        try await withScratchFolder { folder in
            let database = try await open(.sqlite(path: path(in: folder)), options: options)
            func write(_ id: Int) async throws {
                try await database.write { try $0.run("INSERT INTO orders (id, external_id, body) VALUES (\(id), \("o\(id)"), \([UInt8](repeating: 1, count: 20_000)))") }
            }
            try await write(0)
            let started = Locked(false)
            let gate = DispatchSemaphore(value: 0)
            async let count = database.read { tx in
                let before = try tx.first("SELECT COUNT(*) FROM orders") { try $0.int(0) }
                started.withLock { $0 = true }
                gate.wait()
                return [before, try tx.first("SELECT COUNT(*) FROM orders") { try $0.int(0) }]
            }
            #expect(await eventually { started.withLock { $0 } })
            for id in 1...100 { try await write(id) }
            #expect(database.statistics.walBytes > 100 * 20_000)
            gate.signal()
            #expect(try await count == [1, 1])

            var id = 100
            #expect(try await eventually {
                id += 1
                try await write(id)
                return database.statistics.walBytes < 256 << 10
            })
            #expect(try await database.count("orders") == id + 1)
            await database.close()
        }
    }

    @Test func `close leaves one file without a log`() async throws {
        try await withScratchFolder { folder in
            let path = path(in: folder)
            let database = try await open(.sqlite(path: path))
            try await database.write { try $0.run(TestSchema.insert(1)) }
            await database.close()
            let size = (try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int) ?? 0
            #expect(size == 0)
        }
    }

    @Test func `a backup is a complete database while work goes on, and replaces nothing`() async throws {
        try await withScratchFolder { folder in
            let database = try await open(.sqlite(path: path(in: folder)))
            for id in 0..<100 { try await database.write { try $0.run(TestSchema.insert(id)) } }
            async let more: Void = { for id in 100..<200 { try await database.write { try $0.run(TestSchema.insert(id)) } } }()
            try await database.backup(to: path(in: folder, "copy.db"))
            try await more
            await #expect(throws: DatabaseError.self) { try await database.backup(to: path(in: folder, "copy.db")) }
            await database.close()
            let copy = try await open(.sqlite(path: path(in: folder, "copy.db")))
            #expect(try await copy.count("orders") >= 100)
            await copy.close()
        }
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a small file system needs root"))
    func `a full disk fails the writes, loses nothing, and the work goes on once there is space`() async throws {
        try await withScratchFolder { folder in
            let mount = folder.appending(path: "disk")
            try FileManager.default.createDirectory(at: mount, withIntermediateDirectories: true)
            let point = mount.path(percentEncoded: false)
            guard Glibc.mount("tmpfs", point, "tmpfs", 0, "size=6m") == 0 else { Issue.record("mount: errno \(errno)"); return }
            defer { umount2(point, 2) }  // MNT_DETACH
            let database = try await open(.sqlite(path: path(in: mount)))
            let ballast = path(in: mount, "ballast")
            try Data(repeating: 1, count: 2 << 20).write(to: URL(filePath: ballast))

            var kept: [Int] = []
            var refusals: [DatabaseError] = []
            for id in 0..<2_000 where refusals.count < 3 {
                do {
                    try await database.write { try $0.run("INSERT INTO orders (id, external_id, body) VALUES (\(id), \("o\(id)"), \([UInt8](repeating: 1, count: 20_000)))") }
                    kept.append(id)
                } catch let error as DatabaseError { refusals.append(error) }
            }
            #expect(refusals == [.diskFull, .diskFull, .diskFull])
            #expect(try await database.count("orders") == kept.count)

            try FileManager.default.removeItem(atPath: ballast)
            try await database.write { try $0.run(TestSchema.insert(5_000)) }
            #expect(try await database.read { try $0.rows("SELECT id FROM orders ORDER BY id") { try $0.int(0) } } == kept + [5_000])
            await database.close()
        }
    }
}
