import ArgumentParser

struct DoctorCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Checks everything an engineer would look at; each failing row has its remedy.",
        discussion: "Exit code 1 when a row fails, 4 when the hub cannot be reached at all.")
    @OptionGroup var hub: HubOptions

    func work(_ api: APIClient) async throws {
        let folder = hub.isLocal ? hub.data : nil
        let rows = try await DoctorExamination(api: api, dataFolder: folder).rows(), failing = rows.filter { !$0.isGood }.count
        try hub.print(["isGood": .bool(failing == 0), "rows": .array(rows.map(\.json))]) {
            var table = Table("", "check", "found", "remedy")
            for row in rows { table.add(row.isGood ? "ok" : "FAILS", row.name, row.found, row.remedy ?? "") }
            return table.text(ifEmpty: "") + (failing == 0 ? "All \(rows.count) checks are good.\n" : "\(failing) of \(rows.count) checks fail.\n")
        }
        if failing > 0 { throw QuietEnding(code: .failed) }
    }
}
