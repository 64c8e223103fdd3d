package import Connect
package import Domain
import HTTPTypes

extension ThailandPostConnector: FetchesLabels {
    /// Thailand Post's own label of one parcel: PDF, of the one size that its server draws (thailandpost.md §6.3).
    ///
    /// - Parameter externalID: a parcel's number. A booking of several parcels is asked for number by number.
    package func fetchLabel(externalID: ExternalID, format: String, size: String) async throws(ConnectorError) -> (bytes: [UInt8], contentType: String) {
        guard format.lowercased() == "pdf" else { throw .refused(platformCode: "label_format", platformMessage: "Thailand Post draws its labels as PDF, not as \(format.cut(20))") }
        let numbers = try Self.numbers(in: externalID)
        guard let number = numbers.first, numbers.count == 1 else {
            let words = "the booking has \(numbers.count) parcels; Thailand Post draws one label for each number: \(numbers.joined(separator: ", "))"
            throw .refused(platformCode: "one_label_each", platformMessage: words)
        }
        var refusal: ConnectorError?
        for account in accounts(of: number) {
            let answer = try await account.label(number, logoURL: settings.logoURL)
            if answer.body.starts(with: Array("%PDF".utf8)) { return (answer.body, "application/pdf") }
            guard let json = JSONValue(reading: answer.body), let result = EParcelResult.list(json)?.first(where: { !$0.isSuccess }) else {
                throw .unreachable(reason: "e-Parcel answered with something that is no PDF")
            }
            let error = EParcelErrors.error(result, about: "the label of \(number)")
            guard error.failureClass == .rejected else { throw error }
            // The number may be the other account's: the likelier account's words are kept.
            refusal = refusal ?? error
        }
        throw refusal ?? .refused(platformCode: "no_label", platformMessage: "e-Parcel has no label of \(number)")
    }
}
