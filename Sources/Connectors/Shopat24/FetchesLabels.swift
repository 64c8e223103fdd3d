package import Connect
package import Domain

extension Shopat24Connector: FetchesLabels {
    /// The operator's own label as PDF, where the profile has a call for it (shopat24.md §6.4).
    ///
    /// - Parameters:
    ///   - externalID: the order's.
    ///   - size: the operator prints its own size; it is not asked for.
    package func fetchLabel(externalID: ExternalID, format: String, size: String) async throws(ConnectorError) -> (bytes: [UInt8], contentType: String) {
        guard settings.form == .rest, let label = profile.actions.label else { throw .refused(platformCode: "no_label_action", platformMessage: "the profile has no way to ask for a label; print one of our own") }
        guard format.lowercased() == "pdf" else { throw .refused(platformCode: "no_such_format", platformMessage: "the channel gives labels as PDF, not as \(format.cut(20))") }
        var call = try call(label, ["orderNo": try orderNumber(in: externalID)], idempotencyKey: nil)
        call.accept = "application/pdf"
        let answer = try await client.send(call)
        let isPDF = answer.body.starts(with: Array("%PDF".utf8))
        if let failure = client.table.failure(of: answer, isPDF ? nil : JSONValue(reading: answer.body), now: context.now()) { throw failure }
        guard isPDF else { throw .unreachable(reason: "the channel answered with something that is no PDF") }
        return (answer.body, "application/pdf")
    }
}
