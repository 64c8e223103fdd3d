import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "import", abstract: "Takes orders in from files.", subcommands: [Orders.self])

    struct Orders: HubCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes in a file of orders (.xlsx or .csv): the good rows; the rejected ones are listed with cell, reason and remedy.",
            discussion: "Exit code 1 when a row was rejected. `--dry-run` shows the same result and keeps nothing.")
        @Argument(help: "The file.") var file: String
        @Option(help: "The channel the orders belong to.") var channel: String
        @Flag(name: .customLong("dry-run"), help: "Only show what would happen.") var dryRun = false
        @Option(help: ArgumentHelp("Write the rejected rows to this CSV file, to be mended and imported again.", valueName: "file")) var rejected: String?
        @OptionGroup var hub: HubOptions

        static let chunkBytes = 256 << 10, shownProblems = 50, shownNumbers = 10
        static let look = Duration.milliseconds(250)

        func work(_ api: APIClient) async throws {
            let url = URL(fileURLWithPath: file)
            guard let handle = try? FileHandle(forReadingFrom: url), let size = try? handle.seekToEnd() else { throw CommandFailure(.usage, "The file \(file) cannot be read.") }
            try handle.seek(toOffset: 0)
            let bar = ProgressBar("Sending \(url.lastPathComponent)", total: Int64(size), unit: "bytes")
            let chunks = AsyncThrowingStream<ByteBuffer, any Error>(unfolding: {
                guard let data = try handle.read(upToCount: Self.chunkBytes), !data.isEmpty else { return nil }
                bar.advance(by: Int64(data.count))
                return ByteBuffer(bytes: data)
            })
            let kind = url.pathExtension.lowercased() == "xlsx" ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv"
            let name = url.lastPathComponent.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? "orders"
            let answer = try await api.send(
                .POST, "/api/v1/channels/\(try await api.channel(channel))/imports?wait=false&commit=\(dryRun ? "false" : "true")",
                headers: [("Content-Type", kind), ("X-File-Name", name)], body: .stream(chunks, length: .known(Int64(size))))
            bar.finish()
            let report = try await finished(try APIClient.read(answer), api)
            try hub.print(report) { text(report) }
            let count = report["rejected"].whole ?? 0
            if let rejected, count > 0 {
                let rows = try await api.send(.GET, "/api/v1/imports/\(APIClient.part(report["id"].plain))/rejected")
                guard rows.status == 200 else { _ = try APIClient.read(rows); return }
                try rows.data.write(to: URL(fileURLWithPath: rejected))
                Terminal.note("The rejected rows are in \(rejected).")
            }
            if count > 0 { throw QuietEnding(code: .failed) }
        }

        /// Watches the import to its end: first the rows that are read, then those that are checked and taken.
        private func finished(_ begun: JSONValue, _ api: APIClient) async throws -> JSONValue {
            var report = begun, reading: ProgressBar?, taking: ProgressBar?, read: Int64 = 0, done: Int64 = 0
            while report["state"].string == "running" {
                let progress = report["progress"]
                if let total = progress["rowsTotal"].whole {
                    reading?.finish()
                    reading = nil
                    let bar = taking ?? ProgressBar(dryRun ? "Checking" : "Taking in", total: total, unit: "rows"), rows = progress["rowsDone"].whole ?? 0
                    taking = bar
                    bar.advance(by: rows - done)
                    done = rows
                } else {
                    let bar = reading ?? ProgressBar("Reading", total: nil, unit: "rows"), rows = progress["rowsRead"].whole ?? 0
                    reading = bar
                    bar.advance(by: rows - read)
                    read = rows
                }
                try await Task.sleep(for: Self.look)
                report = try await api.get("imports/\(APIClient.part(begun["id"].plain))")
            }
            reading?.finish()
            if let rows = report["rows"].whole, rows > done { taking?.advance(by: rows - done) }
            taking?.finish()
            switch report["state"].string {
            case "failed": throw CommandFailure(.refused, report[path: "failure.message"].plain, document: report)
            case "interrupted": throw CommandFailure(.unreachable, "The hub ended while it took the file in. Send the file again: orders that were taken are recognised.", document: report)
            case "needsMapping":
                let missing = report["missingColumns"].elements.map(\.plain).joined(separator: ", ")
                throw CommandFailure(.refused, "Nothing was taken: no column was recognised for \(missing). Name the headers as in the template (GET /api/v1/files/template.xlsx), or send the file to the API with a mapping.", document: report)
            default: return report
            }
        }

        /// The first few order numbers, in brackets.
        private static func some(_ numbers: [JSONValue]) -> String {
            guard !numbers.isEmpty else { return "" }
            return " (\(numbers.prefix(shownNumbers).map(\.plain).joined(separator: ", "))\(numbers.count > shownNumbers ? ", …" : ""))"
        }

        private func text(_ report: JSONValue) -> String {
            var text = "\(report["fileName"].plain): \(report["rows"].plain) rows, \(report["orders"].plain) orders, \(report["good"].plain) good, \(report["rejected"].plain) rejected\n"
            let known = report["duplicates"], same = known["same"].whole ?? 0, changed = known["changed"].whole ?? 0
            if same + changed > 0 { text += "Known already: \(same) unchanged, \(changed) changed\(Self.some(known["numbers"].elements))\n" }
            text += dryRun ? "Nothing was kept: leave out --dry-run to take them in.\n" : "Taken in as import \(report["id"].plain).\n"
            let problems = report["problems"].elements
            guard !problems.isEmpty else { return text }
            var table = Table("cell", ">row", "column", "what is wrong", "remedy")
            for problem in problems.prefix(Self.shownProblems) {
                table.add(problem["cell"].plain, problem["row"].plain, problem["column"].plain, problem["message"].plain, problem["remedy"].plain)
            }
            text += "\n" + table.text(ifEmpty: "")
            return problems.count > Self.shownProblems ? text + "… and \(problems.count - Self.shownProblems) more: --json lists all, --rejected FILE keeps the rows.\n" : text
        }
    }
}
