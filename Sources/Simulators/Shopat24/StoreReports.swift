package import Foundation
import SimulatorKit

/// What may be odd about the two known reports (shopat24.md §4A.4).
package struct ReportStyle: Sendable, Equatable {
    /// `.asc` members with rows.
    package var parts = 2
    package var hasEmptyMember = true
    /// Rows that stand twice.
    package var duplicates = 1
    /// Rows of the receive report whose order no history file knows.
    package var orphans = 0
    /// Columns the house has and nobody knows.
    package var hasExtraColumns = true

    package init() {}
}

/// The operator's two back-office reports: tab-separated `.asc` in ISO-8859-11, in a ZIP, or in a ZIP inside a ZIP.
package enum StoreReports {
    package static let historyHeader = ["ORD_DATE", "ORD_NO", "INV_NO", "SHIP_TO"]
    package static let receiveHeader = ["Order date", "Order no.", "Invoice no.", "Type", "Store recv./Pay to cust."]

    /// One `.asc`: tabs, CR LF, ISO-8859-11.
    package static func asc(_ rows: [[String]]) -> Data {
        TextEncoding.iso8859_11.data(DelimitedText.write(rows, delimiter: "\t"))
    }

    /// `t_general_ordhistory*.zip`: a row an order and invoice.
    static func history(_ orders: [Shopat24Order], style: ReportStyle) -> Data {
        let header = historyHeader + (style.hasExtraColumns ? ["CUST_NAME"] : [])
        let rows = orders.flatMap { order in
            order.invoices.map { invoice in
                [BangkokTime(order.placedAt).text("dd.MM.yyyy"), order.orderNo, invoice.invoiceNo, order.shipToWord]
                    + (style.hasExtraColumns ? [order.recipient.name] : [])
            }
        }
        return StoredZip(members("t_general_ordhistory", header: header, rows: rows, style: style)).bytes
    }

    /// `Report_Store_Receive*.zip`, a ZIP that holds a ZIP: parcels on their way to a store, and what the store keyed.
    static func receive(_ orders: [Shopat24Order], style: ReportStyle, at date: Date) -> Data {
        var rows = orders.filter { $0.store != nil }.flatMap { order in
            order.invoices.filter { $0.trackingNumber != nil }.map { invoice in
                [
                    BangkokTime(order.placedAt).text("dd/MM/yyyy"), order.orderNo, invoice.invoiceNo, invoice.key?.rawValue ?? "",
                    invoice.keyedAt.map { BangkokTime($0).text("dd/MM/yyyy") } ?? "",
                ]
            }
        }
        let day = BangkokTime(date).text("dd/MM/yyyy")
        rows += (0..<style.orphans).map { [day, "24" + Shopat24Book.padded($0 + 1, to: 10), "98" + Shopat24Book.padded($0 + 1, to: 8), StoreKey.received.rawValue, day] }
        let inner = StoredZip(members("Report_Store_Receive", header: receiveHeader, rows: rows, style: style)).bytes
        return StoredZip([("Report_Store_Receive.zip", inner)]).bytes
    }

    private static func members(_ name: String, header: [String], rows: [[String]], style: ReportStyle) -> [(name: String, content: Data)] {
        let all = rows + rows.prefix(style.duplicates)
        let share = max(1, (all.count + style.parts - 1) / max(1, style.parts))
        var members = stride(from: 0, to: max(1, all.count), by: share).enumerated().map { number, start in
            ("\(name)_\(number + 1).asc", asc([header] + all.dropFirst(start).prefix(share)))
        }
        if style.hasEmptyMember { members.append(("\(name)_\(members.count + 1).asc", Data())) }
        return members
    }
}
