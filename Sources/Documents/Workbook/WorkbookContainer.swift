/// The parts of a workbook and how they hang together: found through the relationships, never by customary names.
struct WorkbookContainer {
    struct Sheet {
        let name: String
        let isHidden: Bool
        /// nil for a sheet without cells (a chart, a macro sheet).
        let part: String?
    }

    let archive: ZipArchive
    let sheets: [Sheet]
    /// Serial numbers of dates count from 1 January 1904 instead of 1900.
    let countsFrom1904: Bool
    let sharedTexts: ZipArchive.Part?
    let styles: ZipArchive.Part?

    init(path: String, limits: TableLimits) throws {
        let archive = try ZipArchive(path: path, limits: limits)
        self.archive = archive
        if archive.hasEncryptedParts { throw FileProblem.passwordProtected }
        guard let workbookName = try Self.workbookName(in: archive), let workbook = archive.part(workbookName) else {
            throw FileProblem.notATable(found: Self.otherContent(of: archive.names))
        }
        if workbookName.lowercased().hasSuffix(".bin") { throw FileProblem.notATable(found: "a binary workbook (.xlsb)") }
        let relationships = try Relationships.of(workbookName, in: archive)
        let list = SheetList()
        try archive.parse(workbook, list)
        guard list.isWorkbook else { throw FileProblem.damaged(part: workbook.name, reason: "is not a workbook") }
        countsFrom1904 = list.countsFrom1904
        sheets = list.sheets.map { entry in
            let target = relationships.first { $0.id == entry.relationship && $0.kind == "worksheet" }
            return Sheet(name: entry.name, isHidden: entry.isHidden, part: target?.part)
        }
        sharedTexts = relationships.first { $0.kind == "sharedStrings" }.flatMap { archive.part($0.part) }
        styles = relationships.first { $0.kind == "styles" }.flatMap { archive.part($0.part) }
    }

    private static func workbookName(in archive: ZipArchive) throws -> String? {
        let roots = try Relationships.of("", in: archive)
        if let root = roots.first(where: { $0.kind == "officeDocument" }) {
            guard archive.part(root.part) != nil else { throw FileProblem.damaged(part: root.part, reason: "is missing") }
            let name = root.part.lowercased()
            return name.contains("word/") || name.contains("ppt/") ? nil : root.part
        }
        return archive.part("xl/workbook.xml")?.name
    }

    /// What a zip file without a workbook is, as far as its names tell.
    private static func otherContent(of names: Set<String>) -> String {
        if names.isEmpty { return "an empty zip archive" }
        if names.contains("word/document.xml") { return "a text document (.docx)" }
        if names.contains(where: { $0.hasPrefix("ppt/") }) { return "a presentation (.pptx)" }
        if names.contains("xl/workbook.bin") { return "a binary workbook (.xlsb)" }
        if names.contains("content.xml"), names.contains("mimetype") { return "an OpenDocument file (.ods)" }
        if names.contains(where: { $0.hasPrefix("index/") }) { return "a Numbers document" }
        return "a zip archive without a workbook"
    }
}

/// What the workbook part says about its sheets.
private final class SheetList: XMLEvents {
    struct Entry { let name: String, isHidden: Bool, relationship: String }

    var sheets: [Entry] = []
    var countsFrom1904 = false
    var isWorkbook = false

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name == "workbook" {
            isWorkbook = true
        } else if name == "workbookPr" {
            countsFrom1904 = attributes.isTrue("date1904")
        } else if name == "sheet", sheets.count < 1_000 {
            sheets.append(Entry(name: attributes["name"] ?? "", isHidden: attributes["state"].map { $0 != "visible" } ?? false,
                                relationship: attributes["id"] ?? ""))
        }
    }
}

/// The relationships of one part: which other parts it means by which id.
private enum Relationships {
    struct Entry {
        let id: String
        /// The last word of the type's address, which is the same in the transitional and the strict form: `worksheet`, `styles`.
        let kind: String
        /// Name in the container.
        let part: String
    }

    /// - Parameter source: a part's name, or empty for the container itself.
    static func of(_ source: String, in archive: ZipArchive) throws -> [Entry] {
        let steps = source.split(separator: "/")
        let folder = steps.dropLast()
        let name = (folder.map(String.init) + ["_rels", "\(steps.last ?? "").rels"]).joined(separator: "/")
        guard let part = archive.part(name) else { return [] }
        let list = RelationshipList()
        try archive.parse(part, list)
        return try list.entries.map { id, kind, target in
            Entry(id: id, kind: kind.split(separator: "/").last.map(String.init) ?? "", part: try resolve(target, from: folder))
        }
    }

    /// Targets are relative to the source's folder, or absolute with a leading slash.
    private static func resolve(_ target: String, from folder: ArraySlice<Substring>) throws -> String {
        var steps = target.hasPrefix("/") ? [] : Array(folder)
        for step in target.split(separator: "/") where step != "." {
            if step == ".." {
                guard steps.popLast() != nil else { throw FileProblem.unsafePartName }
            } else {
                steps.append(step)
            }
        }
        return steps.joined(separator: "/")
    }
}

private final class RelationshipList: XMLEvents {
    var entries: [(id: String, kind: String, target: String)] = []

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        guard name == "Relationship", attributes["TargetMode"] != "External", entries.count < 10_000,
              let id = attributes["Id"], let kind = attributes["Type"], let target = attributes["Target"] else { return }
        entries.append((id, kind, target))
    }
}
