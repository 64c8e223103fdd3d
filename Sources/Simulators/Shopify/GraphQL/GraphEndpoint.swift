import Foundation
import SimulatorKit
import Synchronization

/// `POST /admin/api/{version}/graphql.json`: budget, execution, and errors that come with HTTP 200 (platforms/shopify.md §4.2, §8).
final class GraphEndpoint: Sendable {
    private let store: ShopStore
    private let limitsNewOrders: Bool
    private let maximumQueryCost: Int
    private let clock: @Sendable () -> Date
    private let bucket: Mutex<CostBucket>
    private let counters = Mutex<(queries: Int, mutations: Int, throttled: Int, refused: Int)>((0, 0, 0, 0))
    /// Called with the cancellations a mutation started.
    private let startJobs: @Sendable ([String]) -> Void

    init(
        store: ShopStore, bucketSize: Double, restorePerSecond: Double, maximumQueryCost: Int, limitsNewOrders: Bool,
        clock: @escaping @Sendable () -> Date, startJobs: @escaping @Sendable ([String]) -> Void
    ) {
        self.store = store
        self.limitsNewOrders = limitsNewOrders
        self.maximumQueryCost = maximumQueryCost
        self.clock = clock
        self.startJobs = startJobs
        bucket = Mutex(CostBucket(capacity: bucketSize, restorePerSecond: restorePerSecond, now: clock()))
    }

    var statistics: [SimulatorStatistic] {
        let counts = counters.withLock { $0 }
        return [
            .init("graphql queries", counts.queries), .init("graphql mutations", counts.mutations),
            .init("graphql throttled", counts.throttled),
            .init("graphql refused", counts.refused),
        ]
    }

    /// Empties the budget, so that the next query is throttled.
    func drain() { bucket.withLock { $0.drain() } }

    /// A document that was read, with its variables: what a fault plan has to know before it strikes.
    struct Parsed: Sendable {
        var document: GraphDocument
        var operation: GraphOperation
        var variables: [String: JSONNode]
        var cost: Int
        var isMutation: Bool { operation.kind == .mutation }
    }

    func parse(_ body: Data) throws(GraphProblem) -> Parsed {
        // Whatever is wrong with the JSON, the platform says the same.
        guard let json = try? JSONNode(parsing: body), let text = json["query"]?.string else {
            throw GraphProblem(message: "Required parameter missing or invalid: query", code: "BAD_REQUEST")
        }
        let document = try GraphReader.read(text)
        let operation = try document.operation(named: json["operationName"]?.string)
        var variables: [String: JSONNode] = [:]
        for variable in operation.variables {
            let given = json["variables"]?[variable.name]
            if variable.isRequired, given?.isNull ?? true {
                throw GraphProblem(
                    message: "Variable $\(variable.name) of type \(variable.type) was provided invalid value", code: "INVALID_VARIABLE")
            }
            variables[variable.name] = given ?? variable.fallback?.resolved([:])
        }
        let cost = QueryCost.requested(operation, document, variables)
        return Parsed(document: document, operation: operation, variables: variables, cost: cost)
    }

    func refusal(_ problem: GraphProblem) -> ShopAnswer {
        counters.withLock { $0.refused += 1 }
        return .json(["errors": [problem.json]], .plain)
    }

    /// As the platform throttles: HTTP 200, nothing done (platforms/shopify.md §8).
    func throttled(_ parsed: Parsed, available: Double? = nil) -> ShopAnswer {
        counters.withLock { $0.throttled += 1 }
        let problem = GraphProblem(
            message: "Throttled", code: "THROTTLED", details: ["documentation": "https://shopify.dev/api/usage/rate-limits"])
        let cost = costJSON(requested: parsed.cost, actual: nil, available: available)
        return .json(["errors": [problem.json], "extensions": ["cost": cost]], .plain)
    }

    func internalError(requestID: String) -> ShopAnswer {
        let problem = GraphProblem(
            message:
                "Internal error. Looks like something went wrong on our end.\nRequest ID: \(requestID) (include this in support requests).",
            code: "INTERNAL_SERVER_ERROR", details: ["requestId": requestID])
        return .json(["errors": [problem.json]], .plain)
    }

    func answer(_ parsed: Parsed, scopes: [String], apiVersion: String) -> ShopAnswer {
        guard parsed.cost <= maximumQueryCost else {
            return refusal(
                GraphProblem(
                    message: "Query cost is \(parsed.cost), which exceeds the single query max cost limit (\(maximumQueryCost)).",
                    code: "MAX_COST_EXCEEDED",
                    details: [
                        "cost": "\(parsed.cost)", "maxCost": "\(maximumQueryCost)",
                        "documentation": "https://shopify.dev/api/usage/rate-limits",
                    ]))
        }
        guard bucket.withLock({ $0.reserve(parsed.cost, now: clock()) }) else { return throttled(parsed) }
        counters.withLock { if parsed.isMutation { $0.mutations += 1 } else { $0.queries += 1 } }
        var execution = GraphExecution(document: parsed.document, variables: parsed.variables)
        do throws(GraphProblem) {
            let (data, actual) = try run(parsed, &execution, scopes: Set(scopes), apiVersion: apiVersion)
            bucket.withLock { $0.refund(parsed.cost - actual, now: clock()) }
            var answer: JSONNode = ["data": data]
            if !execution.problems.isEmpty { answer = ["errors": .array(execution.problems.map(\.json)), "data": data] }
            return .json(answer.appending("extensions", ["cost": costJSON(requested: parsed.cost, actual: actual)]), .plain)
        } catch {
            // A document that turns out wrong costs nothing.
            bucket.withLock { $0.refund(parsed.cost, now: clock()) }
            return refusal(error)
        }
    }

    private func run(
        _ parsed: Parsed, _ execution: inout GraphExecution, scopes: Set<String>, apiVersion: String
    ) throws(GraphProblem) -> (JSONNode, Int) {
        guard parsed.isMutation else {
            let now = store.now
            let operation = parsed.operation
            var local = execution
            let result: Result<(json: JSONNode, cost: Double), GraphProblem> = store.read { state in
                let schema = GraphSchema(state: state, apiVersion: apiVersion, now: now, scopes: scopes)
                let root = GraphObject("QueryRoot") { name, arguments throws(GraphProblem) in try schema.query(name, arguments) }
                do throws(GraphProblem) { return .success(try local.object(root, operation.selections, path: [])) } catch {
                    return .failure(error)
                }
            }
            execution = local
            let (json, cost) = try result.get()
            return (json, Int(cost.rounded(.up)))
        }
        return (try mutate(parsed, &execution, scopes: scopes, apiVersion: apiVersion), parsed.cost)
    }

    private func mutate(_ parsed: Parsed, _ execution: inout GraphExecution, scopes: Set<String>, apiVersion: String) throws(GraphProblem)
        -> JSONNode
    {
        var local = execution
        let limits = limitsNewOrders
        let (result, jobs): (Result<JSONNode, GraphProblem>, [String]) = store.change { state, now in
            let mutations = GraphMutations(apiVersion: apiVersion, now: now, scopes: scopes, limitsNewOrders: limits)
            var members: [JSONNode.Member] = []
            do throws(GraphProblem) {
                for field in QueryCost.fields(parsed.operation.selections, parsed.document) {
                    // One root field at a time, each seeing what the one before it did.
                    let payload = try mutations.perform(field.name, local.arguments(of: field), on: &state)
                    let root = GraphObject("Mutation") { _, _ throws(GraphProblem) in payload.map(GraphValue.object) }
                    members += try local.object(root, [.field(field)], path: []).json.members
                }
            } catch {
                return (.failure(error), [])
            }
            defer { state.startedJobs = [] }
            return (.success(.object(members)), state.startedJobs)
        }
        execution = local
        if !jobs.isEmpty { startJobs(jobs) }
        return try result.get()
    }

    private func costJSON(requested: Int, actual: Int?, available: Double? = nil) -> JSONNode {
        let (capacity, rate, left) = bucket.withLock { ($0.capacity, $0.restorePerSecond, available ?? $0.available) }
        return [
            "requestedQueryCost": JSONNode(requested), "actualQueryCost": actual.map { JSONNode($0) } ?? .null,
            "throttleStatus": [
                "maximumAvailable": .number("\(capacity)"), "currentlyAvailable": JSONNode(Int(max(0, left))),
                "restoreRate": .number("\(rate)"),
            ],
        ]
    }
}
