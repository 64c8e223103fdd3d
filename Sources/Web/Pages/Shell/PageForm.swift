import Foundation
import Hummingbird
import NIOCore

/// The fields of a form as a browser posts it.
struct PageForm: Sendable {
    static let maximumBytes = 1 << 20, maximumFields = 5000
    private let fields: [(name: String, value: String)]

    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
    /// A field without white space at its ends; nil when nothing is left.
    func text(_ name: String) -> String? {
        guard let text = self[name]?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty else { return nil }
        return text
    }
    var names: [String] { fields.map(\.name) }

    /// - Throws: 415 for another content type, 413 for too much, 400 for what is no form.
    init(_ request: Request) async throws {
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true else {
            throw APIProblem(.unsupportedMediaType, "unsupported_media_type", "Send the form as application/x-www-form-urlencoded.")
        }
        guard let buffer = try await APIRead.bytes(of: request, upTo: Self.maximumBytes) else { throw APIProblem(.contentTooLarge, "too_large", "The form holds more than \(Self.maximumBytes) bytes.") }
        try self.init(text: String(buffer: buffer))
    }

    init(text: String) throws {
        fields = try text.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true).prefix(Self.maximumFields + 1).enumerated().map { index, pair in
            guard index < Self.maximumFields else { throw APIProblem(.contentTooLarge, "too_large", "The form holds more than \(Self.maximumFields) fields.") }
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = APIQuery.decoded(parts[0]), let value = parts.count > 1 ? APIQuery.decoded(parts[1]) : "" else {
                throw APIProblem(.badRequest, "invalid_form", "The form is not UTF-8 in percent escapes.")
            }
            return (name, value)
        }
    }
}
