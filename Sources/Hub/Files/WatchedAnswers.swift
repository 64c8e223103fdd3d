import Connect
import Database
import Documents
import Domain
import Foundation

/// What became of our own files: the other side's answers, and files that nobody answers.
extension WatchedFolders {
    /// `NAME.ack.csv` with `row,result,code,message` (shopat24.md §6). Refused rows, and rows that are not spoken of, are for a person.
    func answer(_ file: WatchedPlace.Found, to sent: String, _ channel: Channel, _ place: WatchedPlace, isClaimed: Bool) async throws {
        if !isClaimed, try await !FileImporter.blocking({ try place.claim(file.name) }) { return }
        let number = importer.newID(), own = place.outgoing + "/" + sent, path = place.working + "/" + file.name
        guard FileManager.default.fileExists(atPath: own), !sent.contains("/") else {
            try await FileImporter.blocking { try place.finish(file.name, in: place.failed, number: number) }
            return await tell(channel, "answer:\(sent)", code: "answer_unknown", "\(file.name) of \(channel.name) answers a file that we did not send, or that was answered before. It lies in in/\(place.name)/failed.")
        }
        let answers: [Answer], rows: [[String]]
        do { (answers, rows) = try await FileImporter.blocking { (try Answer.read(path), try Self.texts(own)) } } catch let fault as ImportFault {
            try await FileImporter.blocking { try place.finish(file.name, in: place.failed, number: number) }
            return await tell(channel, "answer:\(sent)", code: fault.code, "\(file.name) of \(channel.name) could not be read. \(fault.sentence)")
        }
        try await FileImporter.blocking { try place.conclude(sent, answer: file.name, number: number) }
        let sentRows = max(0, rows.count - 1), refused = answers.filter { !$0.isGood }
        let silent = Set(1...max(1, sentRows)).subtracting(answers.map(\.row)).filter { $0 <= sentRows }
        guard !refused.isEmpty || !silent.isEmpty else { return try await resolve(channel, "answer:\(sent)") }
        var sentences = refused.prefix(5).map { answer in
            let order = rows.indices.contains(answer.row) ? rows[answer.row].first : nil
            return "Row \(answer.row)\(order.map { " (order \($0))" } ?? "") was refused: \(answer.message.prefix(200)) (\(answer.code.prefix(20)))."
        }
        if refused.count > 5 { sentences.append("\(refused.count - 5) more were refused.") }
        if !silent.isEmpty { sentences.append("Nothing was said of \(silent.count) rows; ask the channel.") }
        await tell(channel, "answer:\(sent)", code: refused.isEmpty ? "answer_incomplete" : "answer_refused", "\(channel.name) answered \(sent). \(sentences.joined(separator: " ")) The channel does not know of these orders what we told; see to them by hand.")
    }

    /// Says once when nothing comes, and when nothing is answered.
    func watch(_ channel: Channel, _ exchange: FileExchange, _ place: WatchedPlace, now: Timestamp) async throws {
        if let limit = exchange.expectEverySeconds {
            let last = try await hub.ledgerDatabase.read { tx in try tx.first("SELECT MAX(taken_at) FROM watched_files WHERE channel_id = \(channel.id.value)") { try $0.optionalInt64(0) }.flatMap { $0 } }
            let since = max(Timestamp(milliseconds: last ?? 0), channel.createdAt)
            if now - since > .seconds(limit) {
                await tell(channel, "silent", once: true, code: "no_file", "No file of \(channel.name) came into in/\(exchange.incoming) for more than \(limit / 3600) hours. Ask the channel, or see whether the transfer of its files still runs.")
                hub.watchedBook.note(channel.id, at: now) { $0.problem = "No file came for more than \(limit / 3600) hours." }
            }
        }
        guard sweepIsDue(channel, now: now) else { return }
        let late = try await FileImporter.blocking { place.sent(before: now - .seconds(exchange.answerWithinSeconds ?? 0)) }
        if exchange.answerWithinSeconds != nil {
            for name in late { await tell(channel, "answer:\(name)", once: true, code: "no_answer", "\(channel.name) has not answered \(name). Ask whether it was taken; the orders in it may be unknown there.") }
        }
        await Self.swept(place, now)
    }

    private static func swept(_ place: WatchedPlace, _ now: Timestamp) async {
        // Only the pool's end can fail here, and then the process ends.
        try? await FileImporter.blocking { place.sweep(now: now) }
    }

    private static func texts(_ path: String) throws -> [[String]] {
        var rows: [[String]] = []
        try openTable(path).forEachRow { rows.append($0.texts) }
        return rows
    }
}

/// One line of an answer.
private struct Answer: Sendable {
    var row: Int, isGood: Bool, code: String, message: String

    private static let maximumRows = 500_000

    static func read(_ path: String) throws -> [Answer] {
        var answers: [Answer] = [], header: [String]?
        try openTable(path).forEachRow { row in
            let texts = row.texts
            guard let names = header else { header = texts.map { $0.lowercased() }; return }
            func text(_ name: String) -> String { names.firstIndex(of: name).flatMap { $0 < texts.count ? texts[$0] : nil } ?? "" }
            guard let number = Int(text("row")), answers.count < maximumRows else { throw FileProblem.damaged(part: "row \(row.number)", reason: "names no row of ours") }
            answers.append(Answer(row: number, isGood: text("result").lowercased() == "ok", code: text("code"), message: text("message")))
        }
        guard let header, header.contains("row"), header.contains("result") else { throw FileProblem.notATable(found: "no answer with the columns row and result") }
        return answers
    }
}

extension WatchedPlace {
    /// As people know it, below `in/`.
    var name: String { incoming.split(separator: "/").last.map(String.init) ?? incoming }

    /// Our file is answered: both are put away.
    func conclude(_ sent: String, answer: String, number: Int64) throws {
        try FileManager.default.createDirectory(atPath: answered, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o770])
        guard rename(outgoing + "/" + sent, answered + "/" + sent) == 0 else { throw WatchedFault.folder("out/" + name) }
        try? FileManager.default.removeItem(atPath: outgoing + "/" + sent + Self.wholeMark)      // its file is gone: it marks nothing
        try finish(answer, in: done, number: number)
    }

    /// Files of ours that wait for an answer since before that.
    func sent(before limit: Timestamp) -> [String] {
        // No folder yet: nothing was sent.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: outgoing)) ?? []
        return names.filter { $0.hasSuffix(Self.wholeMark) }.compactMap { mark -> String? in
            guard let changed = try? FileManager.default.attributesOfItem(atPath: outgoing + "/" + mark)[.modificationDate] as? Date else { return nil }      // gone meanwhile
            return Int64(changed.timeIntervalSince1970 * 1000) < limit.milliseconds ? String(mark.dropLast(Self.wholeMark.count)) : nil
        }.sorted()
    }
}
