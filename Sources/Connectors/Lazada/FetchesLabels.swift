package import Connect
package import Domain
import Foundation
import HTTPTypes

extension LazadaConnector: FetchesLabels {
    /// One package's label as PDF. `file` is HTML in base64 even then, a frame around `pdf_url`; the link dies in ten minutes, so it is fetched at once and its bytes are returned (§6.3).
    ///
    /// - Parameters:
    ///   - externalID: an `ArrangedPackage`'s.
    ///   - size: Lazada prints its own size; it is not asked for.
    package func fetchLabel(externalID: ExternalID, format: String, size: String) async throws(ConnectorError) -> (bytes: [UInt8], contentType: String) {
        guard format.lowercased() == "pdf" else { throw .refused(platformCode: "no_such_format", platformMessage: "Lazada gives labels as PDF, not as \(format.cut(20))") }
        guard let package = PackageID.number(in: externalID) else { throw .refused(platformCode: ErrorTable.notFound, platformMessage: "\(externalID.cut(80)) is no package of Lazada") }
        let answer = try await api.call(PackageRequests.document(package)).decode(DocumentAnswer.self)
        if let failure = answer.failure { throw failure.error }
        if let file = answer.file, Self.isPDF(file) { return (file, "application/pdf") }
        guard let link = answer.link else { throw .notUnderstood(field: "result.data.pdf_url", found: "nothing that leads to a PDF") }
        var headers = HTTPFields()
        headers[.accept] = "application/pdf"
        let pdf = try await context.http.send(PlatformRequest(.get, link, headers: headers, timeoutSeconds: 30))
        guard pdf.status == 200, Self.isPDF(pdf.body) else { throw .unreachable(reason: "the link to the label answered \(pdf.status) and no PDF; a new one is asked for with the next try") }
        return (pdf.body, "application/pdf")
    }

    private static func isPDF(_ bytes: [UInt8]) -> Bool { bytes.starts(with: Array("%PDF".utf8)) }
}

/// `result.data{file, doc_type, pdf_url?}`.
struct DocumentAnswer: Decodable, Sendable {
    var file: [UInt8]?, link: String?, failure: ActionFailure?

    private enum Key: String, CodingKey { case result }
    private enum ResultKey: String, CodingKey { case success, error_code, errorCode, error_msg, errorMsg, data }
    private enum DataKey: String, CodingKey { case file, pdf_url }

    init(from decoder: any Decoder) throws {
        let result = try decoder.container(keyedBy: Key.self).nestedContainer(keyedBy: ResultKey.self, forKey: .result)
        if let data = result.object(.data, DataKey.self) {
            file = data.text(.file).flatMap { Data(base64Encoded: $0, options: .ignoreUnknownCharacters) }.map { Array($0) }
            link = (data.text(.pdf_url) ?? file.flatMap(Self.framedLink)).flatMap { Self.isLink($0) ? $0 : nil }
        }
        if file == nil, link == nil {
            let code = result.text(.error_code) ?? result.text(.errorCode), message = result.text(.error_msg) ?? result.text(.errorMsg)
            if code != nil || message != nil || (result.contains(.success) && !result.flag(.success)) {
                failure = ActionFailure(unit: nil, package: nil, code: code ?? "unknown", message: message ?? "", mayRetry: false)
            }
        }
    }

    /// The address inside `<iframe src="…">`, where no `pdf_url` stands beside it.
    private static func framedLink(_ html: [UInt8]) -> String? {
        let text = String(decoding: html.prefix(longestPage), as: UTF8.self)
        guard let frame = text.range(of: "<iframe", options: .caseInsensitive), let source = text.range(of: "src=", options: .caseInsensitive, range: frame.upperBound..<text.endIndex),
              let quote = text[source.upperBound...].first, quote == "\"" || quote == "'" else { return nil }
        return String(text[source.upperBound...].dropFirst().prefix { $0 != quote }).replacing("&amp;", with: "&")
    }

    private static let longestPage = 1 << 20

    private static func isLink(_ text: String) -> Bool { (text.hasPrefix("https://") || text.hasPrefix("http://")) && !text.contains { $0.isWhitespace } && text.utf8.count <= 4000 }
}
