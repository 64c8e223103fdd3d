package import Connect
package import Domain
import HTTPTypes

extension ShopeeConnector: FetchesLabels {
    /// A label is a job at the platform: created, looked at, downloaded (platforms/shopee.md §6). A job that is not ready is `.throttled`; asking again goes on from where it is.
    ///
    /// - Parameters:
    ///   - externalID: `{shop_id}:{order_sn}/{package_number}`, as `ArrangedPackage` tells it; without a package for an order that has one.
    ///   - format: what the platform has decides; the content type tells it (PDF as a rule, sometimes a ZIP or a page).
    package func fetchLabel(externalID: ExternalID, format: String, size: String) async throws(ConnectorError) -> (bytes: [UInt8], contentType: String) {
        let job = try await labelJob(externalID)
        let type = try await labelType(job, size: size)
        switch try await state(of: job, type) {
        case .ready: break
        case .processing: throw notReady
        case .none: try await create(job, type)
        }
        return try await download(job, type)
    }

    /// The label is asked for again soon; push 15 says when it is ready.
    private var notReady: ConnectorError { .throttled(until: context.now() + StateRefusal.labelPause) }

    struct LabelJob: Sendable, Equatable {
        var orderNumber: String, packageNumber: String?

        func write(to json: inout JSONText, _ more: (inout JSONText) -> Void = { _ in }) {
            json.name("order_list")
            json.array { json in
                json.object { json in
                    json.field("order_sn", orderNumber)
                    json.field("package_number", packageNumber)
                    more(&json)
                }
            }
        }
    }

    private func labelJob(_ externalID: ExternalID) async throws(ConnectorError) -> LabelJob {
        let parts = externalID.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let number = try orderNumber(of: String(parts[0]))
        if parts.count == 2 {
            guard Self.isName(parts[1]) else { throw Self.notFound(externalID) }
            return LabelJob(orderNumber: number, packageNumber: String(parts[1]))
        }
        let packages = try await currentOrder(externalID).packages
        guard packages.count < 2 else { throw .refused(platformCode: "package_missing", platformMessage: "the order has \(packages.count) packages; say of which the label is wanted") }
        return LabelJob(orderNumber: number, packageNumber: packages.first?.number)
    }

    /// The setting's type where the platform offers it, else the one that fits the paper, else what it suggests.
    private func labelType(_ job: LabelJob, size: String) async throws(ConnectorError) -> String {
        let path = "logistics/get_shipping_document_parameter"
        let entry = try await element(of: .post(path) { job.write(to: &$0) })
        let suggested = entry["suggest_shipping_document_type"].text
        let selectable = entry.first("selectable_shipping_document_type", "selectable_shipping_document_types").list.compactMap(\.text)
        guard let type = LabelType.choose(setting: settings.labelType, size: size, suggested: suggested, selectable: selectable) else {
            throw .notUnderstood(field: "suggest_shipping_document_type", found: entry["suggest_shipping_document_type"].quoted)
        }
        return type
    }

    private enum JobState { case ready, processing, none }

    /// FAILED counts as none: it is made anew, once.
    private func state(of job: LabelJob, _ type: String) async throws(ConnectorError) -> JobState {
        let entry: LooseJSON
        switch try await elementOutcome(of: result(job, type)) {
        case .success(let found): entry = found
        case .failure(let refusal):
            // Nobody asked for it yet. What the creation refuses then is told.
            guard refusal.error.failureClass == .rejected else { throw refusal.error }
            return .none
        }
        switch entry["status"].text?.uppercased() {
        case "READY"?: return .ready
        case "PROCESSING"?: return .processing
        default: return .none
        }
    }

    private func result(_ job: LabelJob, _ type: String) -> ShopeeCall {
        .post("logistics/get_shipping_document_result") { json in job.write(to: &json) { $0.field("shipping_document_type", type) } }
    }

    /// - Throws: `.throttled` while the courier has given no number, or the job is not ready.
    private func create(_ job: LabelJob, _ type: String) async throws(ConnectorError) {
        let order = try await currentOrder(externalID(of: job.orderNumber))
        guard let tracking = try await trackingNumber(of: job.orderNumber, job.packageNumber, in: order) else {
            // Numbers are asked for no faster than every five minutes (§6).
            throw .throttled(until: context.now() + .seconds(300))
        }
        _ = try await element(of: .post("logistics/create_shipping_document") { json in
            job.write(to: &json) { json in
                json.field("tracking_number", tracking)
                json.field("shipping_document_type", type)
            }
        })
        let entry = try await element(of: result(job, type))
        switch entry["status"].text?.uppercased() {
        case "READY"?: return
        case "FAILED"?: throw .refused(platformCode: "label_failed", platformMessage: "Shopee could not make the label; print it in the seller centre if this repeats")
        default: throw notReady
        }
    }

    private func download(_ job: LabelJob, _ type: String) async throws(ConnectorError) -> (bytes: [UInt8], contentType: String) {
        var call = ShopeeCall.post("logistics/download_shipping_document") { json in
            json.field("shipping_document_type", type)
            job.write(to: &json)
        }
        call.timeoutSeconds = 30
        switch try await client.download(call) {
        case .success(let answer):
            guard let document = LabelDocument(answer) else { throw .unreachable(reason: "Shopee answered with something that is no label") }
            return (answer.body, document.contentType)
        case .failure(let refusal):
            // The job was forgotten between two looks: it is made again by the next.
            if refusal.kind == .state(.labelNotMade) { throw notReady }
            throw refusal.error
        }
    }

    // MARK: Batches of one

    private func element(of call: ShopeeCall) async throws(ConnectorError) -> LooseJSON {
        switch try await elementOutcome(of: call) {
        case .success(let entry): return entry
        case .failure(let refusal): throw refusal.error
        }
    }

    /// The one element that was asked for. Its own `fail_error` says more than the batch's word, and stands there even where the whole batch failed.
    private func elementOutcome(of call: ShopeeCall) async throws(ConnectorError) -> Result<LooseJSON, Refusal> {
        switch try await client.batch(call) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let envelope):
            let entry = envelope["response"]["result_list"].list.first ?? .null
            if let refusal = Refusal.ofElement(entry, path: call.path, now: context.now()) { return .failure(refusal) }
            return .success(entry)
        }
    }
}

extension ShopeeClient {
    /// An answer to a batch: failing as a whole it still tells each element's fate (§6).
    func batch(_ call: ShopeeCall) async throws(ConnectorError) -> Result<LooseJSON, Refusal> {
        switch try await outcome(of: call) {
        case .success(let envelope): return .success(envelope)
        case .failure(let refusal):
            if let envelope = refusal.envelope, ErrorCode(refusal.code).name == "batch_api_all_failed", !envelope["response"]["result_list"].list.isEmpty { return .success(envelope) }
            return .failure(refusal)
        }
    }
}

enum LabelType {
    /// - Parameter size: of the paper (`A4`, `100x150`).
    static func choose(setting: String?, size: String, suggested: String?, selectable: [String]) -> String? {
        let offered = selectable.isEmpty ? [suggested].compactMap(\.self) : selectable
        if let setting, offered.isEmpty || offered.contains(setting) { return setting }
        let fitting = size.uppercased() == "A4" ? "NORMAL_AIR_WAYBILL" : "THERMAL_AIR_WAYBILL"
        if offered.contains(fitting) { return fitting }
        return suggested ?? offered.first
    }
}
