package import Domain
import Foundation

/// A file that stays with the hub until its orders are taken, so that a person can look, say which column is which, correct cells, and commit.
extension FileImporter {
    /// Keeps the upload under the import's id and checks it without anyone waiting.
    ///
    /// - Returns: the report as it begins.
    package func keep(_ upload: String, fileName: String, channel: ChannelID, options: ImportOptions, by actor: AuditActor, place: ImportDesk.Place) async throws -> ImportReport {
        let kept = store.keptPath(place.id)
        try FileManager.default.moveItem(atPath: upload, toPath: kept)
        do { return try await begin(place, fileName: fileName, channel: channel, options: options, by: actor, sentBy: actor.name, isDry: true) } catch {
            try? FileManager.default.removeItem(atPath: kept)      // scrap; what stays behind is swept
            throw error
        }
    }

    /// Looks at the kept file again with what was said about it since.
    ///
    /// - Throws: `ImportFault.running`, `.committed`, `.notKept`.
    package func check(_ id: Int64, changing change: (inout ImportOptions) throws -> Void, by actor: AuditActor) async throws -> ImportReport {
        let place = try enter(id)
        do {
            let report = try await keptReport(id)
            guard report.committedAt == nil else { throw ImportFault.committed }
            var options = try await store.options(id)
            try change(&options)
            guard options.corrections.count <= ImportOptions.maximumCorrections else { throw ImportFault.tooManyCorrections }
            return try await begin(place, fileName: report.fileName, channel: report.channel, options: options, by: actor, sentBy: report.sentBy, isDry: true)
        } catch {
            hub.imports.leave(place)
            throw error
        }
    }

    /// Takes the good orders of the kept file. One that was committed already is left as it is.
    package func commit(_ id: Int64, by actor: AuditActor) async throws -> ImportReport {
        let place = try enter(id)
        do {
            let report = try await store.report(id, besidesDesk: true)
            if report.state == .committed {
                hub.imports.leave(place)
                return report
            }
            let kept = try await keptReport(id)
            return try await begin(place, fileName: kept.fileName, channel: kept.channel, options: try await store.options(id), by: actor, sentBy: kept.sentBy, isDry: false)
        } catch {
            hub.imports.leave(place)
            throw error
        }
    }

    /// Checks the file of an import anew under another id: its rejected rows can be corrected, and the orders that were taken are recognised.
    package func again(_ id: Int64, by actor: AuditActor) async throws -> ImportReport {
        let report = try await keptReport(id), options = try await store.options(id), other = newID()
        let place = try enter(other)
        do {
            try FileManager.default.linkItem(atPath: store.keptPath(id), toPath: store.keptPath(other))
            return try await begin(place, fileName: report.fileName, channel: report.channel, options: options, by: actor, sentBy: actor.name, isDry: true)
        } catch {
            hub.imports.leave(place)
            try? FileManager.default.removeItem(atPath: store.keptPath(other))      // scrap; what stays behind is swept
            throw error
        }
    }

    /// Forgets the kept file; what was taken of it stays.
    package func discard(_ id: Int64) async throws {
        let place = try enter(id)
        defer { hub.imports.leave(place) }
        _ = try await store.report(id, besidesDesk: true)
        store.forget(id)
    }

    private func enter(_ id: Int64) throws(ImportFault) -> ImportDesk.Place {
        if let place = hub.imports.enter(id) { return place }
        throw hub.imports.isRunning(id) ? .running : .tooManyRunning
    }

    private func keptReport(_ id: Int64) async throws -> ImportReport {
        let report = try await store.report(id, besidesDesk: true)
        guard store.isKept(id) else { throw ImportFault.notKept }
        return report
    }

    private func begin(_ place: ImportDesk.Place, fileName: String, channel: ChannelID, options: ImportOptions, by actor: AuditActor, sentBy: String?, isDry: Bool) async throws -> ImportReport {
        var report = begun(place.id, channel, fileName)
        report.sentBy = sentBy
        report.isCommit = !isDry
        _ = try channelSettings(of: channel)
        try await store.save(report, options: options)
        hub.imports.show(report, id: place.id)
        hub.beacon.tell("imports", report.id)
        let first = report
        hub.imports.detach(place) {
            defer {
                hub.imports.leave(place)
                hub.beacon.tell("imports", first.id)
            }
            let end = try await run(store.keptPath(place.id), as: first, options: options, isDry: isDry, by: actor)
            // Nothing is left to correct.
            if !isDry, end.rejected == 0 { store.forgetFile(place.id) }
        }
        return report
    }
}
