import Foundation

/// Label jobs (shopee.md §6): made, polled, downloaded; batches fail in part or altogether.
extension ShopeeWorld {
    private static let maximumBatch = 50
    private static let types = ["NORMAL_AIR_WAYBILL", "THERMAL_AIR_WAYBILL"]

    private struct Row { var order: String, package: String, wish: ShopeeJSON }

    private func rows(_ call: ShopeeCall) throws(ShopeeProblem) -> [Row] {
        try call.bodyList("order_list", limit: Self.maximumBatch).map {
            Row(order: $0["order_sn"]?.string ?? "", package: $0["package_number"]?.string ?? "", wish: $0)
        }
    }

    /// The named package, or the only one of its order.
    private func package(_ row: Row, of shopID: Int64) throws(ShopeeProblem) -> ShopeePackage {
        let order = try order(row.order, of: shopID)
        guard let package = row.package.isEmpty && !order.isSplit ? order.packages.first : order.packages.first(where: { $0.number == row.package }) else {
            throw .shipping("The package_number is invalid.")
        }
        return package
    }

    /// Runs each row; what failed says so in its own element (shopee.md §6, "Batch results").
    private mutating func batch(
        _ call: ShopeeCall, _ work: (inout ShopeeWorld, Row, ShopeePackage) throws(ShopeeProblem) -> [ShopeeJSON.Member]
    ) throws(ShopeeProblem) -> ShopeeReply {
        var results: [ShopeeJSON] = [], warnings: [ShopeeJSON] = []
        for row in try rows(call) {
            var members: [ShopeeJSON.Member] = [.init("order_sn", .text(row.order)), .init("package_number", .text(row.package))]
            do throws(ShopeeProblem) {
                let package = try package(row, of: call.shopID)
                members[1] = .init("package_number", .text(package.number))
                members += try work(&self, row, package)
            } catch {
                members += [.init("fail_error", .text(error.code)), .init("fail_message", .text(error.message))]
                warnings.append(["order_sn": .text(row.order), "package_number": .text(row.package)])
            }
            results.append(.object(members))
        }
        let response: ShopeeJSON = ["result_list": .array(results)]
        guard warnings.count < results.count else {
            throw .init("common.batch_api_all_failed", "All orders failed.", response: response)
        }
        return ShopeeReply(response, warning: warnings.isEmpty ? nil : .array(warnings))
    }

    mutating func documentParameter(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        try batch(call) { world, _, package throws(ShopeeProblem) in
            try world.checkPrintable(package)
            return [
                .init("suggest_shipping_document_type", "THERMAL_AIR_WAYBILL"), .init("selectable_shipping_document_type", ShopeeJSON(texts: Self.types)),
            ]
        }
    }

    /// After arranging and before the courier has it; numbers of a seller's own fleet have no label.
    private func checkPrintable(_ package: ShopeePackage) throws(ShopeeProblem) {
        guard [.requestCreated, .pickupRetry].contains(package.status), package.channel.isIntegrated else {
            throw .init("logistics.package_can_not_print", "The package can not print now.")
        }
    }

    mutating func createDocument(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        try batch(call) { world, row, package throws(ShopeeProblem) in
            try world.checkPrintable(package)
            guard package.isTrackingShown, let tracking = package.trackingNumber else {
                throw .init("logistics.package_can_not_print", "The tracking number is not ready.")
            }
            if let given = row.wish["tracking_number"]?.string, !given.isEmpty, given != tracking { throw .shipping("The tracking_number is invalid.") }
            let type = row.wish["shipping_document_type"]?.string ?? Self.types[0]
            guard Self.types.contains(type) else { throw .shipping("The shipping_document_type is invalid.") }
            world.startLabel(package, type)
            return []
        }
    }

    /// A job that is under way or done stays; a failed one starts anew.
    private mutating func startLabel(_ package: ShopeePackage, _ type: String) {
        if let job = package.label, job.state != .failed, job.type == type { return }
        var job = ShopeeLabelJob(type: type, pollsLeft: configuration.labelPolls, willFail: false)
        if failingLabels > 0 {
            failingLabels -= 1
            job.willFail = true
        }
        changeQuietly(package.number) { $0.label = job }
        counters.labels[package.number, default: 0] += 1
        if let delay = configuration.labelDelay { due.append((.label(package: package.number), delay)) }
    }

    mutating func documentResult(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        try batch(call) { world, _, package throws(ShopeeProblem) in
            guard let job = package.label else { throw .init("logistics.shipping_document_should_print_first", "The document should be created first.") }
            if job.state == .processing, job.pollsLeft > 0 {
                world.changeQuietly(package.number) { $0.label?.pollsLeft -= 1 }
            } else {
                world.decideLabel(package.number)
            }
            let state = world.package(package.number).flatMap { $0.order.packages[$0.index].label?.state } ?? job.state
            guard state != .failed else {
                return [
                    .init("status", .text(state.rawValue)), .init("fail_error", "logistics.package_print_failed"), .init("fail_message", "The document failed."),
                ]
            }
            return [.init("status", .text(state.rawValue))]
        }
    }

    /// A file, or the envelope where anything is wrong with any of the packages.
    mutating func downloadDocument(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        var labels: [ShopeeLabel] = []
        for row in try rows(call) {
            let package = try package(row, of: call.shopID)
            guard let job = package.label else { throw .init("logistics.shipping_document_should_print_first", "The document should be created first.") }
            switch job.state {
            case .processing: throw .init("logistics.download_later", "The document is not ready, please download it later.")
            case .failed: throw .init("logistics.package_print_failed", "The document failed, please create it again.")
            case .ready: try checkPrintable(package)
            }
            labels.append(ShopeeLabel(order: row.order, package: package.number, tracking: package.trackingNumber ?? "", carrier: package.channel.name))
        }
        counters.labelDownloads += labels.count
        let type = switches.labelForm == .pdf ? "application/pdf" : "text/html; charset=utf-8"
        let file = switches.labelForm == .pdf ? ShopeeLabel.pdf(labels) : ShopeeLabel.html(labels)
        return .file(switches.hidesContentType ? "application/octet-stream" : type, Array(file.utf8))
    }
}

/// What stands on a label. Placeholders: text only, no barcode.
struct ShopeeLabel: Sendable {
    var order: String, package: String, tracking: String, carrier: String

    /// Points of 100 × 150 mm.
    private static let width = 283, height = 425

    /// The smallest file with text that a reader opens: a page a package, a standard font. All text is ASCII.
    static func pdf(_ labels: [ShopeeLabel]) -> String {
        var objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
        var pages: [String] = []
        for label in labels {
            let lines = [label.carrier, label.tracking, label.order, label.package].map { "(\($0)) Tj 0 -30 Td" }.joined(separator: " ")
            let text = "BT /F1 16 Tf 20 \(height - 40) Td \(lines) ET"
            objects.append("<< /Length \(text.utf8.count) >>\nstream\n\(text)\nendstream")
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(width) \(height)] /Resources << /Font << /F1 3 0 R >> >> /Contents \(objects.count) 0 R >>")
            pages.append("\(objects.count) 0 R")
        }
        objects[1] = "<< /Type /Pages /Kids [\(pages.joined(separator: " "))] /Count \(pages.count) >>"
        var file = "%PDF-1.4\n", offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let table = file.utf8.count
        file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets { file += String(repeating: "0", count: 10 - "\(offset)".utf8.count) + "\(offset) 00000 n \n" }
        return file + "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n"
    }

    static func html(_ labels: [ShopeeLabel]) -> String {
        "<!DOCTYPE html><html><body>" + labels.map { "<section><h1>\($0.carrier)</h1><p>\($0.tracking)</p><p>\($0.order)</p></section>" }.joined() + "</body></html>\n"
    }
}
