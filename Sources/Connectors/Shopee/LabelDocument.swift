import Connect
import HTTPTypes

/// What a label's bytes are: told by their beginning and the content type, never by the status (platforms/shopee.md §6).
enum LabelDocument: Sendable, Equatable {
    case pdf, zip, page

    var contentType: String {
        switch self {
        case .pdf: "application/pdf"
        case .zip: "application/zip"
        case .page: "text/html"
        }
    }

    /// - Returns: nil for an envelope, an edge's error page and anything else.
    init?(_ answer: PlatformAnswer) {
        let start = answer.body.drop { $0 <= 32 }
        if start.starts(with: "%PDF".utf8) { self = .pdf; return }
        if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) { self = .zip; return }
        let type = answer.headers[.contentType]?.lowercased() ?? ""
        guard answer.status == 200, type.hasPrefix("text/html"), start.first == UInt8(ascii: "<") else { return nil }
        self = .page
    }
}

extension PlatformAnswer {
    var isDocument: Bool { LabelDocument(self) != nil }
}
