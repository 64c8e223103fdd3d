import ArgumentParser
import Documents
import Foundation

/// All orders that fit a filter, page by page: memory stays flat however many there are.
struct ExportCommand: HubCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case ndjson, csv }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes orders to standard output: all, or those that fit the filter.",
        discussion: """
            ndjson: one order a line, exactly as the API gives it. csv: one row an order line, amounts in minor units, texts a spreadsheet would run made harmless.
            Example: crossdock export --format csv --placed-from 2026-11-01T00:00:00Z > november.csv
            """)
    @Option(help: "ndjson or csv") var format = Format.ndjson
    @OptionGroup var filter: OrderFilterOptions
    @OptionGroup var hub: HubOptions

    static let orderColumns = [
        "id", "channel", "platform", "externalID", "externalNumber", "placedAt", "buyer.name", "buyer.email", "buyer.phone", "shipTo.name", "shipTo.phone", "shipTo.line1", "shipTo.line2",
        "shipTo.subdistrict", "shipTo.district", "shipTo.city", "shipTo.province", "shipTo.postcode", "shipTo.countryCode", "currency", "totals.items", "totals.discount", "totals.shipping",
        "totals.fees", "totals.tax", "totals.grand", "totals.refunded", "payment.method", "payment.isCashOnDelivery", "payment.codAmount", "shipping.methodTitle", "workflow", "fulfilment",
        "paymentState", "platformStatus", "revision", "tags", "note",
    ]
    static let lineColumns = ["externalLineID", "sku", "title", "variant", "quantity", "unitPrice", "discount", "tax", "lineTotal", "weightGrams"]

    func work(_ api: APIClient) async throws {
        let bar = ProgressBar("Exporting", total: nil, unit: "orders")
        switch format {
        case .ndjson:
            try await forEachPage(api, bar) { orders in
                var chunk = Data()
                for order in orders { chunk += try order.data() + Data("\n".utf8) }
                Terminal.write(chunk)
            }
        case .csv:
            let file = URL.temporaryDirectory.appending(path: "crossdock-\(UUID().uuidString).csv")
            defer { try? FileManager.default.removeItem(at: file) }      // a left-over file in the temporary folder harms nobody
            try await forEachPage(api, bar, writer: CSVWriter(path: file.path))
            let source = try FileHandle(forReadingFrom: file)
            while let chunk = try source.read(upToCount: 1 << 20), !chunk.isEmpty { Terminal.write(chunk) }
        }
        bar.finish()
    }

    private func forEachPage(_ api: APIClient, _ bar: ProgressBar, writer: CSVWriter) async throws {
        try writer.append(Self.orderColumns + Self.lineColumns.map { "line." + $0 })
        try await forEachPage(api, bar) { orders in
            for order in orders {
                let head = Self.orderColumns.map { order[path: $0].plain }, lines = order["lines"].elements
                for line in lines.isEmpty ? [JSONValue.null] : lines { try writer.append(head + Self.lineColumns.map { line[$0].plain }) }
            }
        }
        try writer.finish()
    }

    private func forEachPage(_ api: APIClient, _ bar: ProgressBar, _ body: ([JSONValue]) throws -> Void) async throws {
        var cursor: String?
        repeat {
            let page = try await api.get("orders", filter.query + [("limit", String(APIClient.largestPage)), ("cursor", cursor)])
            try body(page["data"].elements)
            bar.advance(by: Int64(page["data"].elements.count))
            cursor = page["nextCursor"].string
        } while cursor != nil
    }
}
