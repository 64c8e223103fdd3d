import Connect
import Crypto
package import Documents
package import Domain
import Database
import Foundation
import Logging

/// What came out of a print of labels: one file in the order asked for, and what is not in it.
package struct LabelBatch: Sendable {
    package struct Refusal: Sendable, Equatable {
        package var parcel: Int64
        package var number: String?
        package var sentence: String
    }
    package var bytes: [UInt8]
    package var labels: Int
    package var notices: [PaperNotice]
    package var refused: [Refusal]
    /// How many had been printed before.
    package var reprints: Int
}

/// Labels of parcels: the carrier's own where it gives one, else ours. What was printed first is what is printed again; each print is written down.
///
/// A carrier's label is kept as its bytes, ours as what it shows: drawn again it is the same paper. Both are sealed, since they are a buyer's address.
package struct LabelDesk: Sendable {
    let ledger: Ledger
    let channels: ChannelStore
    let now: @Sendable () -> Timestamp
    let logger: Logger
    package static let maximumParcels = 1000
    /// Most of them wait for a marketplace that makes its labels on demand; what is asked at once, the channel's budget says.
    static let fetchedAtOnce = 32

    package struct Order: Sendable {
        package var parcels: [Int64], size: PaperSize, words: PaperWords, actor: String, reason: String?
        package var format = Format.pdf
        /// A moment as it is to be read on paper.
        package var date: @Sendable (Timestamp) -> String
        package init(parcels: [Int64], size: PaperSize, words: PaperWords, actor: String, reason: String? = nil, format: Format = .pdf, date: @escaping @Sendable (Timestamp) -> String) {
            self.parcels = parcels; self.size = size; self.words = words; self.actor = actor; self.reason = reason; self.format = format; self.date = date
        }
    }

    package enum Format: Sendable, Equatable {
        case pdf
        /// For a label printer with so many dots a millimetre.
        case zpl(dotsPerMillimetre: Double)

        package var name: String { self == .pdf ? "pdf" : "zpl" }
        package var contentType: String { self == .pdf ? "application/pdf" : "application/octet-stream" }

        /// By its first bytes: an error page is not printed.
        func isSeen(in bytes: [UInt8]) -> Bool {
            self == .pdf ? bytes.starts(with: Array("%PDF".utf8)) : String(decoding: bytes.prefix(1024), as: UTF8.self).contains("^XA")
        }
    }

    /// One paper: bytes of the carrier's, or a label of ours to draw.
    private enum Paper: Sendable { case carriers([UInt8]), ours(ParcelLabel) }
    private struct Prepared: Sendable {
        var parcel: Int64
        var number: String?
        var paper: Result<Paper, ConnectorError>
    }

    /// - Throws: `ShippingFault` for what was asked wrongly, `PaperError` and `PDFError` when nothing could be made at all.
    package func print(_ order: Order) async throws -> LabelBatch {
        guard !order.parcels.isEmpty else { throw PaperError.nothingToPrint }
        guard order.parcels.count <= Self.maximumParcels else { throw ShippingFault.tooMany(Self.maximumParcels) }
        let lines = try await lines(of: order.parcels)
        let prepared = await prepare(lines, order)
        var parts: [[UInt8]] = [], run: [ParcelLabel] = [], batch = LabelBatch(bytes: [], labels: 0, notices: [], refused: [], reprints: 0), printed: [Int64] = []
        func drawRun() async throws {
            guard !run.isEmpty else { return }
            let labels = run, paper = try await Self.drawn { try Self.draw(labels, order) }
            parts.append(paper.bytes)
            batch.notices += paper.notices
            run = []
        }
        for one in prepared {
            switch one.paper {
            case .failure(let error): batch.refused.append(.init(parcel: one.parcel, number: one.number, sentence: error.sentence))
            case .success(.ours(let label)):
                do { try label.check() } catch { batch.refused.append(.init(parcel: one.parcel, number: one.number, sentence: error.sentence)); continue }
                run.append(label)
                printed.append(one.parcel)
            case .success(.carriers(let bytes)):
                try await drawRun()
                parts.append(bytes)
                printed.append(one.parcel)
            }
        }
        try await drawRun()
        batch.labels = printed.count
        batch.reprints = try await note(printed, order)
        if parts.count == 1 { batch.bytes = parts[0] } else if order.format != .pdf {
            // A printer takes one label behind the other.
            batch.bytes = Array(parts.joined())
        } else if parts.count > 1 {
            let all = parts
            batch.bytes = try await Self.drawn { try PDFBinding.bind(all) }
        }
        return batch
    }

    private static func draw(_ labels: [ParcelLabel], _ order: Order) throws(PaperError) -> PrintedPaper {
        switch order.format {
        case .pdf: try LabelPDF.render(labels, size: order.size, words: order.words)
        case .zpl(let dots): try LabelZPL.render(labels, size: order.size, dotsPerMillimetre: dots, words: order.words)
        }
    }

    private func lines(of parcels: [Int64]) async throws -> [ParcelLine] {
        try await ledger.database.read { tx in
            try parcels.map { id in
                guard let line = try ParcelRows.one(id, in: tx).flatMap({ try PackDesk.line($0, in: tx) }) else { throw ShippingFault.unknownParcel }
                return line
            }
        }
    }

    private func prepare(_ lines: [ParcelLine], _ order: Order) async -> [Prepared] {
        await withTaskGroup(of: (Int, Prepared).self) { group in
            var results = [Prepared?](repeating: nil, count: lines.count), next = 0
            func add() { if next < lines.count { let index = next; next += 1; group.addTask { (index, await self.prepare(lines[index], order)) } } }
            for _ in 0..<Self.fetchedAtOnce { add() }
            while let (index, one) = await group.next() { results[index] = one; add() }
            return results.compactMap(\.self)
        }
    }

    private func prepare(_ line: ParcelLine, _ order: Order) async -> Prepared {
        var prepared = Prepared(parcel: line.parcel.id, number: line.parcel.trackingNumber, paper: .failure(.refused(platformCode: "no_label", platformMessage: "")))
        if let hindrance = line.hindrance {
            prepared.paper = .failure(.refused(platformCode: "parcel_void", platformMessage: hindrance))
            return prepared
        }
        do { prepared.paper = .success(try await paper(of: line, order)) } catch let error as ConnectorError { prepared.paper = .failure(error) } catch {
            prepared.paper = .failure(.unreachable(reason: (error as? any HubError)?.sentence ?? "\(type(of: error))"))
        }
        return prepared
    }

    private func paper(of line: ParcelLine, _ order: Order) async throws -> Paper {
        if let kept = try await kept(line, order.format) { return kept }
        let channel = channels.directory.channel(line.parcel.channel), connector = channels.directory.connector(of: line.parcel.channel)
        let isPlatforms = line.parcel.channel == line.order.channel
        let asksCarrier = isPlatforms || channel?.settings["labels"] == "carrier"
        if asksCarrier, let giving = connector as? any FetchesLabels {
            let shipment = try await ledger.shipments(of: line.order.id).first { $0.id == line.parcel.shipment }
            guard let reference = shipment?.parcels.first(where: { $0.ref == line.parcel.ref })?.externalID ?? shipment?.externalID else {
                throw ConnectorError.refused(platformCode: "no_label", platformMessage: "the carrier has given the parcel no reference yet")
            }
            let label = try await patiently { () throws(ConnectorError) in try await giving.fetchLabel(externalID: reference, format: order.format.name, size: order.size.name) }
            guard order.format.isSeen(in: label.bytes) else { throw ConnectorError.notUnderstood(field: "label", found: "something that is no \(order.format.name.uppercased())") }
            try await keep(.carriers(label.bytes), line, format: order.format.name)
            return .carriers(label.bytes)
        }
        guard let number = line.parcel.trackingNumber else { throw ConnectorError.refused(platformCode: "no_number", platformMessage: "the parcel has no tracking number yet") }
        let label = LabelText.label(of: line, number: number, sender: LabelText.sender(channel, channels.directory.descriptor(of: line.parcel.channel)), date: order.date(now()))
        try await keep(.ours(label), line, format: "own")
        return .ours(label)
    }

    /// Marketplaces make a label when it is asked for, and some fail at first: asked again a few times while the person waits.
    private func patiently<T: Sendable>(_ fetch: () async throws(ConnectorError) -> T) async throws -> T {
        for _ in 1..<Self.labelTries {
            do { return try await fetch() } catch {
                switch error.failureClass {
                case .throttled(let until): try await Task.sleep(for: min(max(until - now(), Self.shortestPause), Self.longestPause))
                case .transient: try await Task.sleep(for: Self.shortestPause)
                case .unauthorised, .rejected, .alreadyDone: throw error
                }
            }
        }
        return try await fetch()
    }
    static let labelTries = 5, shortestPause = Duration.milliseconds(500), longestPause = Duration.seconds(3)

    // MARK: what was printed

    /// A carrier's own label is kept in each form that it was fetched in.
    private func kept(_ line: ParcelLine, _ wanted: Format) async throws -> Paper? {
        let found = try await ledger.database.read { tx in
            try tx.first("""
                SELECT format, content FROM labels WHERE shipment_id = \(line.parcel.shipment.value) AND parcel_ref = \(line.parcel.ref) AND is_void = 0 AND content IS NOT NULL AND format IN ('own', \(wanted.name)) ORDER BY version DESC LIMIT 1
                """) { (try $0.text(0), try $0.blob(1)) }
        }
        guard let (format, sealed) = found, let text = try channels.vault.open(sealed)["label"] else { return nil }
        if format == "own" {
            let stored = try JSONDecoder().decode(StoredLabel.self, from: Data(text.utf8))
            // A changed address makes a new version: the old paper would go to the old place.
            guard stored.digest == LabelText.digest(of: line) else { return nil }
            return .ours(stored.label)
        }
        return Data(base64Encoded: text).map { .carriers([UInt8]($0)) }
    }

    private func keep(_ paper: Paper, _ line: ParcelLine, format: String) async throws {
        let text: String, digest: [UInt8]
        switch paper {
        case .carriers(let bytes): (text, digest) = (Data(bytes).base64EncodedString(), Array(SHA256.hash(data: bytes)))
        case .ours(let label):
            let data = try JSONEncoder.crossdock.encode(StoredLabel(label, digest: LabelText.digest(of: line)))
            (text, digest) = (String(decoding: data, as: UTF8.self), Array(SHA256.hash(data: data)))
        }
        let sealed = try channels.vault.seal(["label": text]), ref = line.parcel.ref, isPlatforms = line.parcel.channel == line.order.channel
        try await ledger.write { transaction in
            let tx = transaction.tx, shipment = line.parcel.shipment.value
            let version = try (tx.first("SELECT MAX(version) FROM labels WHERE shipment_id = \(shipment) AND parcel_ref = \(ref)") { try $0.optionalInt(0) } ?? nil).map { $0 + 1 } ?? 1
            try tx.run("UPDATE labels SET is_void = 1 WHERE shipment_id = \(shipment) AND parcel_ref = \(ref) AND (format IN ('own', \(format)) OR \(format) = 'own')")
            try tx.run("""
                INSERT INTO labels (id, shipment_id, order_id, parcel_ref, format, version, is_platforms, content, content_digest, is_void, prints, made_at)
                VALUES (\(transaction.nextID()), \(shipment), \(line.order.id.value), \(ref), \(format), \(version), \(isPlatforms), \(sealed), \(digest), 0, 0, \(transaction.now.milliseconds))
                """)
        }
    }

    /// - Returns: how many of them had been printed before.
    private func note(_ parcels: [Int64], _ order: Order) async throws -> Int {
        guard !parcels.isEmpty else { return 0 }
        return try await ledger.write { transaction in
            var reprints = 0
            let format = order.format.name
            for id in parcels {
                guard let parcel = try ParcelRows.one(id, in: transaction.tx) else { continue }
                let row = try transaction.tx.first("""
                    SELECT id, prints FROM labels WHERE shipment_id = \(parcel.shipment.value) AND parcel_ref = \(parcel.ref) AND is_void = 0 AND format IN ('own', \(format)) ORDER BY version DESC LIMIT 1
                    """) { (try $0.int64(0), try $0.int(1)) }
                guard let (label, prints) = row else { continue }
                if prints > 0 { reprints += 1 }
                try transaction.tx.run("UPDATE labels SET prints = prints + 1 WHERE id = \(label)")
                try transaction.tx.run("INSERT INTO label_prints (id, label_id, at, actor, reason) VALUES (\(transaction.nextID()), \(label), \(transaction.now.milliseconds), \(order.actor), \(order.reason))")
            }
            return reprints
        }
    }

    /// Drawing takes the processor for seconds: it gets a thread of its own, so that nothing else waits for it.
    package static func drawn<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
