import HTTPTypes

/// `POST …/batch`: always 200, each item for itself (platforms/woocommerce.md §7).
extension ShopState {
    /// One item: a create (no id), an update (PUT) or a delete.
    typealias BatchStep = (inout ShopState, RestRequest, Int?) throws(RestError) -> RestAnswer

    static let maximumBatchItems = 100

    mutating func batch(_ request: RestRequest, _ step: BatchStep) throws(RestError) -> RestAnswer {
        try require(.batch, request)
        let create = request.body["create"]?.items ?? [], update = request.body["update"]?.items ?? [], delete = request.body["delete"]?.items ?? []
        guard create.count + update.count + delete.count <= Self.maximumBatchItems else {
            throw RestError(413, "woocommerce_rest_request_entity_too_large", "Unable to accept more than \(Self.maximumBatchItems) items for this request.")
        }
        var answer: [WooJSON.Member] = []
        if !create.isEmpty { answer.append(.init("create", .array(create.map { run(request, .post, nil, $0, step) }))) }
        if !update.isEmpty { answer.append(.init("update", .array(update.map { run(request, .put, $0["id"]?.looseInteger ?? 0, $0, step) }))) }
        if !delete.isEmpty {
            answer.append(.init("delete", .array(delete.map { run(request, .delete, $0.looseInteger ?? 0, ["force": true], step) })))
        }
        return RestAnswer(.object(answer))
    }

    private mutating func run(_ outer: RestRequest, _ method: HTTPRequest.Method, _ id: Int?, _ body: WooJSON, _ step: BatchStep) -> WooJSON {
        var request = outer
        request.method = method
        request.body = body
        do {
            return try step(&self, request, id).body
        } catch {
            return ["id": .integer(id ?? 0), "error": ["code": .string(error.code), "message": .string(error.message), "data": error.envelope["data"] ?? .null]]
        }
    }
}
