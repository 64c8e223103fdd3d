package import Domain
package import Logging

/// From an approved order to a parcel in its carrier's hands.
package struct ShippingDesk: Sendable {
    package let packing: PackDesk
    package let manifests: ManifestDesk
    package let labels: LabelDesk
    package let papers: PaperDesk
    package let arranging: ArrangingDesk
    package let exceptions: ShippingExceptions
    package let remittances: RemittanceDesk
    package let consolidations: ConsolidationDesk

    package init(ledger: Ledger, channels: ChannelStore, now: @escaping @Sendable () -> Timestamp, stillHours: @escaping @Sendable () -> Int, logger: Logger) {
        packing = PackDesk(ledger: ledger)
        manifests = ManifestDesk(ledger: ledger)
        labels = LabelDesk(ledger: ledger, channels: channels, now: now, logger: logger)
        papers = PaperDesk(directory: channels.directory)
        arranging = ArrangingDesk(ledger: ledger, directory: channels.directory)
        remittances = RemittanceDesk(ledger: ledger, now: now)
        consolidations = ConsolidationDesk(ledger: ledger, directory: channels.directory)
        exceptions = ShippingExceptions(ledger: ledger, now: now, stillHours: stillHours)
    }
}
