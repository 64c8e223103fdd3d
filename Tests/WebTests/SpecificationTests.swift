import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import HummingbirdTesting
import Testing
import Web

/// The description that the hub serves, as the tests need it.
struct Specification: Decodable {
    struct Operation: Decodable {
        var operationId: String, scopes: [String], responses: [String: Nothing]
        enum CodingKeys: String, CodingKey { case operationId, responses, scopes = "x-required-scopes" }
    }
    struct Nothing: Decodable {}
    var paths: [String: [String: Operation]]

    var operations: [(method: HTTPRequest.Method, path: String, operation: Operation)] {
        paths.flatMap { path, methods in methods.compactMap { word, operation in HTTPRequest.Method(word.uppercased()).map { ($0, path, operation) } } }
            .sorted { ($0.path, $0.method.rawValue) < ($1.path, $1.method.rawValue) }
    }
}

@Suite struct SpecificationTests {
    @Test func `every route of the API is described, and every described route is there`() async throws {
        try await WebBench.run { bench in
            let routes = try WebServer(hub: bench.hub, settings: .init()).router().routes.map { "\($0.method.rawValue) \($0.path.description)" }.filter { $0.contains(" /api/") || $0.hasSuffix(" /metrics") }
            try await bench.call { call in
                let described = try await call(.get, "/api/v1/openapi.json").decode(Specification.self).operations.map { "\($0.method.rawValue) \($0.path)" }
                #expect(Set(routes) == Set(described))
                #expect(routes.count > 50)
            }
        }
    }

    @Test func `every operation says which scopes it needs, in words of the hub`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                for (method, path, operation) in try await call(.get, "/api/v1/openapi.json").decode(Specification.self).operations where !["getSpecification", "getSession"].contains(operation.operationId) {
                    #expect(!operation.scopes.isEmpty && operation.scopes.allSatisfy { Scope(rawValue: $0) != nil }, "\(method.rawValue) \(path)")
                    #expect(operation.responses["401"] != nil && operation.responses["403"] != nil, "\(method.rawValue) \(path)")
                }
            }
        }
    }

    @Test func `no route answers without a token, or with the token of another scope, and each does with its own`() async throws {
        try await WebBench.run { bench in
            var tokens: [Scope: String] = [:]
            for scope in Scope.allCases { tokens[scope] = try await bench.hub.tokens.create(name: scope.rawValue, scopes: [scope.rawValue]).text }
            let all = tokens
            try await bench.call { call in
                for (method, path, operation) in try await call(.get, "/api/v1/openapi.json").decode(Specification.self).operations {
                    // An id that nothing has: the answer tells whether the door was passed, and nothing is changed.
                    let uri = path.replacing("{id}", with: "1")
                    let bare = try await call(method, uri, token: "")
                    #expect(bare.status == 401 && bare.fields[.wwwAuthenticate] == "Bearer", "\(method.rawValue) \(path)")
                    #expect(try await call(method, uri, token: "cdt_unknown").status == 401, "\(method.rawValue) \(path)")
                    for (scope, token) in all where operation.operationId != "streamEvents" || scope != .ordersRead && scope != .admin {
                        let answer = try await call(method, uri, token: token)
                        let isAllowed = scope == .admin || Set(operation.scopes).isSubset(of: [scope.rawValue])
                        #expect((answer.status == 403) == !isAllowed, "\(method.rawValue) \(path) with \(scope.rawValue): \(answer.status)")
                        #expect(answer.status < 500, "\(method.rawValue) \(path) with \(scope.rawValue): \(answer.status)")
                        if answer.status >= 400 { #expect(answer.fields[.contentType] == "application/problem+json", "\(method.rawValue) \(path)") }
                    }
                }
            }
        }
    }

    @Test func `a token shows when it was used last, and its use costs one write a minute`() async throws {
        try await WebBench.run { bench in
            let (text, token) = try await bench.hub.tokens.create(name: "reader", scopes: ["orders:read"])
            #expect(try await bench.hub.tokens.all().first { $0.id == token.id }?.lastUsedAt == nil)
            _ = try await bench.hub.tokens.token(text)
            let first = try #require(try await bench.hub.tokens.all().first { $0.id == token.id }?.lastUsedAt)
            bench.clock.advance(seconds: 30)
            _ = try await bench.hub.tokens.token(text)
            #expect(try await bench.hub.tokens.all().first { $0.id == token.id }?.lastUsedAt == first)
            bench.clock.advance(seconds: 31)
            _ = try await bench.hub.tokens.token(text)
            let later = try #require(try await bench.hub.tokens.all().first { $0.id == token.id }?.lastUsedAt)
            #expect(later.milliseconds - first.milliseconds >= 61_000)
        }
    }
}
