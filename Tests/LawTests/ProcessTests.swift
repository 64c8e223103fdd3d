import Domain
import Foundation
import Glibc
import Hub
import NIOHTTP1
import SimulatorKit
import Testing

extension Laws {
    /// What only a real process can show: its end, its rival, its full disk.
    @Suite struct ProcessTests {
        /// One order a call, signed as Shopify signs.
        static func deliver(_ id: Int, to hook: String) async throws -> LawHTTP.Answer {
            let body = WireBodies.shopify(id: id)
            return try await LawHTTP.call("POST", hook, headers: [
                ("Content-Type", "application/json"), ("X-Shopify-Topic", "orders/create"), ("X-Shopify-Shop-Domain", WireBodies.shopifyShop), ("X-Shopify-Webhook-Id", "law-\(id)"),
                ("X-Shopify-Triggered-At", "2026-11-06T03:12:44.118204377Z"), ("X-Shopify-Hmac-Sha256", SimulatorSignature.hmacSHA256(key: Data(WireBodies.shopifySecret.utf8), message: body).base64EncodedString()),
            ], body: Array(body))
        }

        static let settings: [String: String] = [
            "shop": WireBodies.shopifyShop, "grant": "static", "accessToken": "token-1", "clientSecret": WireBodies.shopifySecret, "baseURL": "http://127.0.0.1:9",
            "hub.webhooks": "manual", "hub.reconcileSeconds": "86400"]
        static var shop: [String: Any] { ["platform": "shopify", "name": "Shop", "settings": settings] }

        private static func folder() -> String { FileManager.default.temporaryDirectory.appending(path: "crossdock-law-\(UUID().uuidString)").path }

        @Test(.timeLimit(.minutes(2)))
        func `told to end under load it ends within ten seconds, and every delivery answered 200 is there afterwards`() async throws {
            // The courier hangs: calls under way must not keep the process.
            let courier = try await WebhookCatcher.start { _, _ in .init(delay: .seconds(600)) }, folder = Self.folder(), binary = try LawBinary(folder: folder)
            defer { try? FileManager.default.removeItem(atPath: folder) }      // left over in the temporary folder at worst
            try await binary.start()
            _ = try await binary.api("POST", "channels", json: ["platform": "courier", "name": "Courier", "settings": ["url": courier.url, "keyID": "k", "secret": "s", "callbackSecret": "c"]])
            let hook = try #require(try await binary.api("POST", "channels", json: Self.shop)["hookURL"] as? String)
            let answered = Flagged<Set<String>>([]), isSending = Flagged(true)
            let sending = Task {
                await withTaskGroup(of: Void.self) { group in
                    for worker in 0..<16 {
                        group.addTask {
                            var number = 0
                            while isSending.value {
                                number += 1
                                let id = 7_000_000_000_000 + worker * 1_000_000 + number
                                guard let status = try? await Self.deliver(id, to: hook).status else { break }      // the door is shut: nothing was promised
                                if status == 200 { answered.change { $0.insert("\(id)") } } else { break }
                            }
                        }
                    }
                }
            }
            try await until("the load is on") { answered.value.count >= 300 && courier.count > 0 }
            let end = try await binary.terminate(within: .seconds(12))
            isSending.value = false
            await sending.value
            let (took, status) = try #require(end, "still there after twelve seconds")
            #expect(took < .seconds(10), "took \(took)")
            #expect(status == 0)
            await courier.stop()
            let promised = answered.value
            try await binary.start()
            try await until("all of \(promised.count) are there", within: .seconds(60)) { try await promised.isSubset(of: binary.orders()) }
            _ = try await binary.terminate(within: .seconds(12))
        }

        @Test(.timeLimit(.minutes(1)))
        func `a second process on the same folder says so and stops, and the first goes on`() async throws {
            let folder = Self.folder(), binary = try LawBinary(folder: folder)
            defer { try? FileManager.default.removeItem(atPath: folder) }      // left over in the temporary folder at worst
            try await binary.start()
            let second = try await binary.runSecond()
            #expect(second.status != 0)
            #expect(second.words.contains("is in use by process \(binary.processID)"), "\(second.words)")
            #expect(second.words.contains("crossdock.db"))
            let ready = try await LawHTTP.call("GET", binary.base + "/health/ready")
            #expect(ready.status == 200)
            let overview = try await binary.api("GET", "overview")
            #expect(overview["channels"] != nil)
            _ = try await binary.terminate(within: .seconds(12))
        }

        /// Without any right: the kernel refuses writes beyond a file size, as a full disk would.
        @Test(.timeLimit(.minutes(2)))
        func `a hub whose files cannot grow refuses with 503, loses nothing it accepted, and recovers by itself`() async throws {
            let folder = Self.folder(), binary = try LawBinary(folder: folder)
            defer { try? FileManager.default.removeItem(atPath: folder) }      // left over in the temporary folder at worst
            try await binary.start(survivesFileLimit: true)
            let hook = try #require(try await binary.api("POST", "channels", json: Self.shop)["hookURL"] as? String)
            func limit(_ words: String) throws {
                let prlimit = Process()
                prlimit.executableURL = URL(fileURLWithPath: "/usr/bin/env")
                prlimit.arguments = ["prlimit", "--pid", "\(binary.processID)", "--fsize=\(words)"]
                try prlimit.run()
                prlimit.waitUntilExit()
                guard prlimit.terminationStatus == 0 else { throw LawFault.notReady("prlimit") }
            }
            try await Self.fillAndRecover(hook: hook, full: { try limit("400000:unlimited") }, room: { try limit("unlimited") }, orders: binary.orders)
            _ = try await binary.terminate(within: .seconds(12))
        }

        /// The same on a file system that is really full; a mount needs root, and the test before this one needs nothing.
        @Test(.timeLimit(.minutes(2)), .enabled(if: geteuid() == 0))
        func `a hub whose disk is full refuses with 503, loses nothing it accepted, and recovers by itself`() async throws {
            let mount = Self.folder()
            try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
            guard Glibc.mount("tmpfs", mount, "tmpfs", 0, "size=6m") == 0 else { throw LawFault.notReady("a mount: \(String(cString: strerror(errno)))") }
            defer { umount2(mount, CInt(MNT_DETACH)); rmdir(mount) }
            let law = try await LawHub.start(LawPlace(folder: mount + "/data", databaseURL: nil)), ballast = mount + "/ballast"
            let shop = try await law.hub.channels.add(platform: "shopify", name: "Shop", settings: Self.settings, by: "test").id
            try await Self.fillAndRecover(hook: law.hook(of: shop), full: {
                // All but the last pages: the hub itself writes the rest.
                let file = fopen(ballast, "w"), page = [UInt8](repeating: 7, count: 4096)
                while fwrite(page, 1, page.count, file) == page.count, fflush(file) == 0 {}
                fclose(file)
            }, room: { try FileManager.default.removeItem(atPath: ballast) }, orders: {
                var ids: Set<String> = [], cursor: OrderCursor?
                repeat {
                    let page = try await law.hub.ledger.orders(OrderFilter(), after: cursor, limit: 200)
                    ids.formUnion(page.orders.map(\.snapshot.externalID))
                    cursor = page.next
                } while cursor != nil
                return ids
            })
            await law.stop()
        }

        /// Delivers until it is refused, checks the refusals, makes room, and looks for everything that was promised.
        private static func fillAndRecover(hook: String, full: () throws -> Void, room: () throws -> Void, orders: () async throws -> Set<String>) async throws {
            var promised: Set<String> = [], refused: [LawHTTP.Answer] = [], next = 8_000_000_000_000
            func deliver() async throws -> LawHTTP.Answer {
                next += 1
                let answer = try await Self.deliver(next, to: hook)
                if answer.status == 200 { promised.insert("\(next)") }
                return answer
            }
            for _ in 0..<20 { _ = try await deliver() }
            #expect(promised.count == 20)
            try full()
            while refused.count < 20, next < 8_000_000_003_000 {
                let answer = try await deliver()
                if answer.status != 200 { refused.append(answer) }
            }
            #expect(refused.count == 20)
            #expect(Set(refused.map(\.status)) == [503])
            #expect(Set(refused.map { $0.headers.first(name: "retry-after") }) == ["5"])
            try room()
            try await until("it takes deliveries again") { try await deliver().status == 200 }
            try await until("all of \(promised.count) promised orders are there", within: .seconds(40)) { try await promised.isSubset(of: orders()) }
        }
    }
}
