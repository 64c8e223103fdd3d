@testable import Documents
import Foundation
import Testing

struct FlatMemoryTests {
    /// In a process of its own, since memory is the whole process's: 600,000 cells held at once would take more than 60 MB.
    @Test func `thirty thousand rows are written and read in flat memory`() async {
        await #expect(processExitsWith: .success) {
            let files = try ScratchFiles()
            let columns = 20
            let writer = try WorkbookWriter(path: files.path("large.xlsx"))
            let csv = try CSVWriter(path: files.path("large.csv"))
            for row in 0..<30_000 {
                let texts = (0..<columns).map { "r\(row)c\($0)" }
                try writer.append(texts)
                try csv.append(texts)
            }
            try writer.finish()
            try csv.finish()
            let before = try residentBytes()
            for name in ["large.xlsx", "large.csv"] {
                var count = 0
                var peak = 0
                try openTable(files.path(name)).forEachRow { row in
                    count += row.cells.count
                    if row.number % 1_000 == 0 { peak = max(peak, try residentBytes()) }
                }
                precondition(count == 30_000 * columns, "\(name): \(count) cells")
                precondition(peak - before < 16 << 20, "\(name): \(peak - before) bytes more than before")
            }
        }
    }

    @Test func `progress never goes back and ends at the whole`() throws {
        let files = try ScratchFiles()
        let writer = try WorkbookWriter(path: files.path("steps.xlsx"))
        for row in 0..<5_000 { try writer.append(["r\(row)", "some text to fill the row", "and some more of it"]) }
        try writer.finish()
        var steps: [TableProgress] = []
        try openTable(files.path("steps.xlsx")).forEachRow(progress: { steps.append($0) }, { _ in })
        #expect(steps.count > 10)
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.bytesRead < $1.bytesRead && $0.bytesTotal == $1.bytesTotal })
        #expect(steps.last?.fraction == 1)
    }
}

private func residentBytes() throws -> Int {
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return (Int(pages[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
}
