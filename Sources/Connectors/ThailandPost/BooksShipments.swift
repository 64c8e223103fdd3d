package import Connect
package import Domain

extension ThailandPostConnector: BooksShipments {
    /// One consignment a parcel under the account that the COD amount chooses. The numbers are the idempotency: a repeat meets `018`, is compared with what is stored,
    /// and ours is a success (thailandpost.md §4.2).
    package func book(_ request: BookingRequest, idempotencyKey: String) async throws(ConnectorError) -> Booking {
        let consignments = try Consignment.all(of: request, settings: settings)
        let account = try account(isCOD: request.codAmount != nil)
        announced.note(consignments, isCOD: account.isCOD, under: request.externalRef)
        let results = try await account.announce(consignments), answers = try Announcement.match(results, to: consignments)
        let complaint = results.first { !$0.isSuccess }
        var failures: [(index: Int, error: ConnectorError)] = []
        for (index, consignment) in consignments.enumerated() {
            let subject = consignments.count == 1 ? "the parcel (\(consignment.barcode))" : "parcel \(request.parcels[index].ref.cut(60)) (\(consignment.barcode))"
            if let error = try await settle(consignment, answers[index], complaint, account, subject) { failures.append((index, error)) }
        }
        if let error = Announcement.error(failures, of: consignments) { throw error }
        await subscribe(consignments.map(\.barcode))
        return booking(consignments.map(\.barcode), refs: request.parcels.map(\.ref), externalRef: request.externalRef)
    }

    /// What stands under our reference, by the numbers that this process announced under it.
    package func findBooking(externalRef: String) async throws(ConnectorError) -> Booking? {
        guard let entry = announced[externalRef] else { return nil }
        let refs = entry.consignments.map { String($0.invNo.dropFirst(externalRef.count + 1)) }
        var found = booking(entry.consignments.map(\.barcode), refs: refs, externalRef: externalRef)
        if entry.isCancelled { found.isCancelled = true; return found }
        let account = try account(isCOD: entry.isCOD)
        for consignment in entry.consignments {
            guard let stored = try await account.stored(consignment.barcode), stored.isOurs(consignment) else { return nil }
            if stored.isCancelled { found.isCancelled = true }
        }
        return found
    }

    /// After a restart the numbers tell: they were written down for these parcels before they were announced, and nobody else is given them (thailandpost.md §4.3). nil while one of them is missing.
    package func findBooking(_ reference: BookingReference) async throws(ConnectorError) -> Booking? {
        guard announced[reference.externalRef] == nil, !reference.trackingNumbers.isEmpty else { return try await findBooking(externalRef: reference.externalRef) }
        let parcels = reference.trackingNumbers.sorted { ($0.key.utf8.count, $0.key) < ($1.key.utf8.count, $1.key) }
        var isCancelled = false
        for (ref, number) in parcels {
            guard let stored = try await stored(number), stored.isOurs(number: number, invoice: "\(reference.externalRef)-\(ref)", order: reference.externalRef) else { return nil }
            if stored.isCancelled { isCancelled = true }
        }
        var found = booking(parcels.map(\.value), refs: parcels.map(\.key), externalRef: reference.externalRef)
        found.isCancelled = isCancelled
        return found
    }

    /// Under whichever account.
    private func stored(_ number: String) async throws(ConnectorError) -> StoredConsignment? {
        for account in accounts(of: number) { if let stored = try await account.stored(number) { return stored } }
        return nil
    }

    package func cancelBooking(externalRef: String, externalID: ExternalID?, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer {
        let entry = announced[externalRef]
        if entry?.isCancelled == true { return .cancelled }
        let numbers = try externalID.map { (id) throws(ConnectorError) in try Self.numbers(in: id) } ?? entry?.consignments.map(\.barcode) ?? []
        var answers: [(number: String, answer: CancelAnswer)] = []
        for number in numbers { answers.append((number, try await cancel(number))) }
        let late = answers.compactMap { (number, answer) -> String? in if case .tooLate(let words) = answer { "\(number): \(words)" } else { nil } }
        if !late.isEmpty {
            let others = answers.filter { $0.answer == .cancelled }.map(\.number)
            return .tooLate(platformMessage: late.joined(separator: "; ") + (others.isEmpty ? "" : "; cancelled: \(others.joined(separator: ", "))"))
        }
        guard answers.contains(where: { $0.answer == .cancelled }) else { return .unknown }
        announced.cancelled(externalRef)
        return .cancelled
    }

    // MARK: parts

    private func account(isCOD: Bool) throws(ConnectorError) -> EParcelService {
        guard isCOD else { return eparcel }
        guard let eparcelCOD else { throw .misconfigured(setting: "codUser", problem: "is not set: Thailand Post books cash on delivery under a second account") }
        return eparcelCOD
    }

    /// nil: it stands as we want it.
    /// - Parameter complaint: the first failure of the whole answer, for a parcel that no line speaks of.
    private func settle(_ consignment: Consignment, _ result: EParcelResult?, _ complaint: EParcelResult?, _ account: EParcelService, _ subject: String)
    async throws(ConnectorError) -> ConnectorError? {
        if let result, result.isSuccess { return nil }
        let rangeKey = S10Number(reading: consignment.barcode).flatMap { number in
            PostalService.allCases.first { settings.stock($0, isCOD: account.isCOD)?.contains(number) == true }
        }.map { ThailandPostSettings.rangeKey($0, isCOD: account.isCOD) } ?? "numbersFrom"
        // A line for this parcel that is no duplicate needs no second question.
        if let result, result.code != EParcelResult.duplicate { return EParcelErrors.error(result, about: subject, rangeKey: rangeKey) }
        guard let stored = try await account.stored(consignment.barcode) else {
            guard let result = result ?? complaint else { return .unreachable(reason: "e-Parcel did not say what became of \(subject), and has nothing stored") }
            return EParcelErrors.error(result, about: subject, rangeKey: rangeKey)
        }
        guard stored.isOurs(consignment), !stored.isCancelled else {
            let words = stored.isCancelled ? "its number was cancelled, and a cancelled number is not used again" : "another consignment has this number"
            return .refused(platformCode: EParcelResult.duplicate, platformMessage: "\(subject): \(words). Give the parcel the next number")
        }
        return stored.isUpToDate(with: consignment) ? nil : try await mend(consignment, stored, account, subject)
    }

    /// Ours, but of an earlier try: the order was edited since. It is changed as long as the counter has not accepted it.
    private func mend(_ consignment: Consignment, _ stored: StoredConsignment, _ account: EParcelService, _ subject: String) async throws(ConnectorError) -> ConnectorError? {
        guard let result = try await account.update(consignment).first(where: { !$0.isSuccess }) else { return nil }
        if result.code == EParcelResult.accepted, stored.hasReceiver(of: consignment) { return nil }
        return EParcelErrors.error(result, about: subject)
    }

    private func cancel(_ number: String) async throws(ConnectorError) -> CancelAnswer {
        for account in accounts(of: number) {
            let results = try await account.cancel(number)
            guard let failure = results.first(where: { !$0.isSuccess }) else { return .cancelled }
            if failure.code == EParcelResult.accepted { return .tooLate(platformMessage: failure.detail.isEmpty ? "accepted already (071)" : failure.detail) }
            switch EParcelErrors.meanings[failure.code] {
            case .credentials, .tryAgain: throw EParcelErrors.error(failure, about: number)
            default: break
            }
            // It may be the other account's, or gone: what is stored tells.
            guard let stored = try await account.stored(number) else { continue }
            if stored.isCancelled { return .cancelled }
            throw EParcelErrors.error(failure, about: number)
        }
        return .unknown
    }

    private func booking(_ numbers: [String], refs: [String], externalRef: String) -> Booking {
        Booking(externalRef: externalRef, externalID: numbers.joined(separator: ","), carrier: Self.carrier,
                       trackingNumber: numbers.first, trackingURL: numbers.first.map(Self.trackingPage),
                       parcelTrackingNumbers: Dictionary(zip(refs, numbers), uniquingKeysWith: { first, _ in first }))
    }

    /// A booking's own id: its numbers, joined by commas.
    static func numbers(in externalID: ExternalID) throws(ConnectorError) -> [String] {
        let numbers = externalID.split(separator: ",").map(String.init)
        guard !numbers.isEmpty, numbers.count <= Consignment.maximumParcels, numbers.allSatisfy(S10Number.hasShape) else {
            throw .notUnderstood(field: "externalID", found: String(externalID.cut(60)))
        }
        return numbers
    }
}

/// Which line of an answer speaks of which consignment (thailandpost.md §4.2). Pure.
enum Announcement {
    /// By number where every line names one, else by position, else nil: it has to be read again.
    ///
    /// - Throws: what concerns the whole call: an account that is refused.
    static func match(_ results: [EParcelResult], to consignments: [Consignment]) throws(ConnectorError) -> [EParcelResult?] {
        if let refused = results.first(where: { $0.code == EParcelResult.badUser }) { throw EParcelErrors.error(refused, about: "the booking") }
        if results.allSatisfy({ $0.barcode != nil }) { return consignments.map { wanted in results.first { $0.barcode == wanted.barcode } } }
        if results.count == consignments.count { return results }
        // One line for several that says one and the same of all: each is looked up, and what is not there failed for this reason.
        return consignments.map { _ in nil }
    }

    /// One error for the booking, naming each parcel that did not go through and those that did. What may pass comes first: the repeat finds the others done.
    static func error(_ failures: [(index: Int, error: ConnectorError)], of consignments: [Consignment]) -> ConnectorError? {
        guard let first = failures.first?.error else { return nil }
        if consignments.count == 1 { return first }
        if let passing = failures.first(where: { $0.error.failureClass != .rejected })?.error { return passing }
        let failed = Set(failures.map(\.index)), standing = consignments.indices.filter { !failed.contains($0) }.map { consignments[$0].barcode }
        let words = failures.map { failure in
            if case .refused(_, let message) = failure.error { message } else { failure.error.sentence }
        }.joined(separator: "; ")
        let code = if case .refused(let code, _) = first { code } else { first.code }
        let rest = standing.isEmpty ? "none is announced" : "announced and kept: \(standing.joined(separator: ", "))"
        return .refused(platformCode: code, platformMessage: "\(words); \(rest)".cut(1_000))
    }
}
